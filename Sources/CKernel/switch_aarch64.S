// The context switch for AArch64 (AAPCS64): x19 to x30 and the low halves of v8 to v15.
#include "sanitizers.h"
#if defined(__aarch64__)

  .text
  .globl CK_SWITCH
  .type CK_SWITCH, %function
  .p2align 4
// void CK_SWITCH(ck_context *from /* x0 */, ck_context *to /* x1 */)
CK_SWITCH:
  .cfi_startproc
  sub sp, sp, #160
  .cfi_adjust_cfa_offset 160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  .cfi_rel_offset x29, 80
  .cfi_rel_offset x30, 88
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  ldr x9, [x1]
  mov sp, x9
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  .cfi_adjust_cfa_offset -160
  mov x9, x30
  br x9
  .cfi_endproc
  .size CK_SWITCH, . - CK_SWITCH

  .globl ck_trampoline
  .hidden ck_trampoline
  .type ck_trampoline, %function
  .p2align 4
// The bottom frame of a new context: calls x20(x19). Backtraces end here.
ck_trampoline:
  .cfi_startproc
  .cfi_undefined x30
  mov x0, x19
  blr x20
  brk #1
  .cfi_endproc
  .size ck_trampoline, . - ck_trampoline

#endif
#if defined(__linux__) && defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
