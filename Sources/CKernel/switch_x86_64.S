// The context switch for x86-64 (System V ABI).
//
// Saves the callee-saved registers on the stack of the one that stops, exchanges stack pointers, and restores. mxcsr and
// the x87 control word are left out: Swift has no way to change them. It ends in an indirect jump: a `ret` onto another
// stack always misses the return predictor.
#include "sanitizers.h"
#if defined(__x86_64__)

  .text
  .globl CK_SWITCH
  .type CK_SWITCH, @function
  .p2align 4
// void CK_SWITCH(ck_context *from /* rdi */, ck_context *to /* rsi */)
CK_SWITCH:
  .cfi_startproc
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  pushq %rbx
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbx, 0
  pushq %r12
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r12, 0
  pushq %r13
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r13, 0
  pushq %r14
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r14, 0
  pushq %r15
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r15, 0
  movq %rsp, (%rdi)
  movq (%rsi), %rsp
  popq %r15
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r15
  popq %r14
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r14
  popq %r13
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r13
  popq %r12
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r12
  popq %rbx
  .cfi_adjust_cfa_offset -8
  .cfi_restore %rbx
  popq %rbp
  .cfi_adjust_cfa_offset -8
  .cfi_restore %rbp
  popq %rcx
  .cfi_adjust_cfa_offset -8
  .cfi_register %rip, %rcx
  jmpq *%rcx
  .cfi_endproc
  .size CK_SWITCH, . - CK_SWITCH

  .globl ck_trampoline
  .hidden ck_trampoline
  .type ck_trampoline, @function
  .p2align 4
// The bottom frame of a new context: calls r13(r12). Backtraces end here.
ck_trampoline:
  .cfi_startproc
  .cfi_undefined %rip
  movq %r12, %rdi
  callq *%r13
  ud2
  .cfi_endproc
  .size ck_trampoline, . - ck_trampoline

#endif
#if defined(__linux__) && defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
