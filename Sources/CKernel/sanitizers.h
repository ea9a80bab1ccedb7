// Which sanitizer must be told of switches, and so what the assembly's switch is called: without one it is `ck_switch` itself,
// which spares every switch a call.
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_TSAN 1
#endif
#if __has_feature(address_sanitizer)
#define CK_ASAN 1
#endif
#endif

#if defined(CK_TSAN) || defined(CK_ASAN)
#define CK_SWITCH ck_switch_asm
#else
#define CK_SWITCH ck_switch
#endif
