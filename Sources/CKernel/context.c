// Contexts, and what the sanitizers must be told of them.
#include "CKernel.h"
#include "sanitizers.h"
#include <pthread.h>
#include <string.h>

#ifdef CK_TSAN
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
// A run that is stopped where it is leaves its threads behind.
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "report_thread_leaks=0"; }
#endif
#ifdef CK_ASAN
void __sanitizer_start_switch_fiber(void **fake_stack, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack, const void **bottom, size_t *size);
void __asan_unpoison_memory_region(const volatile void *address, size_t size);
#endif

_Static_assert(offsetof(ck_context, stack_pointer) == 0, "the assembly reads the stack pointer at offset 0");

void CK_SWITCH(ck_context *from, ck_context *to);
void ck_trampoline(void);

#ifdef CK_ASAN
// A new context begins by telling that the switch is over.
typedef struct landing {
  void (*entry)(void *);
  void *argument;
} landing;

static void land(void *pointer) {
  __sanitizer_finish_switch_fiber(0, 0, 0);
  landing *on = pointer;
  on->entry(on->argument);
}
#endif

void ck_context_make(ck_context *context, void *bottom, size_t size, void (*entry)(void *), void *argument) {
  uintptr_t top = ((uintptr_t)bottom + size) & ~(uintptr_t)15;
#ifdef CK_ASAN
  // Frames that were left without returning, and are no more.
  __asan_unpoison_memory_region(bottom, size);
  top -= 16;
  landing *on = (landing *)top;
  on->entry = entry;
  on->argument = argument;
  entry = land;
  argument = on;
#endif
#if defined(__x86_64__)
  // From the lowest address: r15 r14 r13 r12 rbx rbp rip; then rsp is 16-aligned, as the trampoline's call needs it.
  void **frame = (void **)(top - 16) - 7;
  frame[0] = 0;
  frame[1] = 0;
  frame[2] = (void *)entry;
  frame[3] = argument;
  frame[4] = 0;
  frame[5] = 0;
  frame[6] = (void *)ck_trampoline;
#elif defined(__aarch64__)
  void **frame = (void **)(top - 16) - 20;
  memset(frame, 0, 160);
  frame[0] = argument;
  frame[1] = (void *)entry;
  frame[11] = (void *)ck_trampoline;
#endif
  context->stack_pointer = frame;
  context->stack_bottom = bottom;
  context->stack_size = size;
  context->asan_fake_stack = 0;
#ifdef CK_TSAN
  if (!context->tsan_fiber) context->tsan_fiber = __tsan_create_fiber(0);
#endif
}

const void *ck_first_frame(void) { return (const void *)ck_trampoline; }

void ck_context_adopt_thread(ck_context *context) {
  memset(context, 0, sizeof *context);
#ifdef CK_TSAN
  context->tsan_fiber = __tsan_get_current_fiber();
#endif
#ifdef CK_ASAN
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    void *bottom;
    size_t size;
    pthread_attr_getstack(&attributes, &bottom, &size);
    context->stack_bottom = bottom;
    context->stack_size = size;
    pthread_attr_destroy(&attributes);
  }
#endif
}

void ck_context_destroy(ck_context *context) {
#ifdef CK_TSAN
  if (context->tsan_fiber) __tsan_destroy_fiber(context->tsan_fiber);
#endif
  context->tsan_fiber = 0;
}

#if defined(CK_TSAN) || defined(CK_ASAN)
void ck_switch(ck_context *from, ck_context *to) {
#ifdef CK_ASAN
  __sanitizer_start_switch_fiber(&from->asan_fake_stack, to->stack_bottom, to->stack_size);
#endif
#ifdef CK_TSAN
  __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
  CK_SWITCH(from, to);
#ifdef CK_ASAN
  __sanitizer_finish_switch_fiber(from->asan_fake_stack, 0, 0);
#endif
}
#endif

void ck_switch_last(ck_context *from, ck_context *to) {
#ifdef CK_ASAN
  __sanitizer_start_switch_fiber(0, to->stack_bottom, to->stack_size);
#endif
#ifdef CK_TSAN
  __tsan_switch_to_fiber(to->tsan_fiber, 0);
#endif
  CK_SWITCH(from, to);
}

bool ck_under_tsan(void) {
#ifdef CK_TSAN
  return true;
#else
  return false;
#endif
}
