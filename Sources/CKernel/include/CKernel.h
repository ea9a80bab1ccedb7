// What Swift cannot say: the context switch, the cycle counter, thread-locals that survive a switch, and system calls
// that return -errno (errno itself is a thread-local, and a fiber may come back on another thread).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Context switch

// A suspended flow of control. The stack pointer must stay the first field: the assembly reads it at offset 0.
// The rest is for the sanitizers, which must be told of every switch.
typedef struct ck_context {
  void *stack_pointer;
  void *tsan_fiber;
  void *asan_fake_stack;
  const void *stack_bottom;
  size_t stack_size;
} ck_context;

// Makes `context` start at `entry(argument)` on the stack [bottom, bottom + size) when it is first switched to.
// `entry` must never return.
void ck_context_make(ck_context *context, void *bottom, size_t size, void (*entry)(void *), void *argument);
// Makes `context` stand for the calling thread's own stack.
void ck_context_adopt_thread(ck_context *context);
// Frees what the sanitizers keep for a context made by ck_context_make.
void ck_context_destroy(ck_context *context);
// Saves the caller in `from` and continues `to`. Returns when somebody switches back to `from`, maybe on another thread.
void ck_switch(ck_context *from, ck_context *to);
// The same when `from` will never be continued.
void ck_switch_last(ck_context *from, ck_context *to);

// Swift's exclusivity checker keeps the open accesses of a thread in a thread-local list; a fiber has its own, two words,
// entered just before switching to it and exited just after coming back, on the thread that ran it.
void swift_task_enterThreadLocalContext(char *state);
void swift_task_exitThreadLocalContext(char *state);

// MARK: Time

// The cycle counter: invariant and synchronised between cores on the machines that magpie runs on.
static inline uint64_t ck_counter(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t value;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
  return value;
#endif
}
uint64_t ck_monotonic_ns(void);
uint64_t ck_thread_cpu_ns(void);
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// MARK: Threads

// The calling thread's machine. Never inlined: the compiler may not keep the address of a thread-local across a switch.
void *ck_current(void);
void ck_set_current(void *machine);
// Starts a thread with an alternate signal stack. 0 or -errno.
int ck_thread_start(uint64_t *thread, const char *name, void (*body)(void *), void *argument);
void ck_thread_join(uint64_t thread);
int ck_thread_id(void);
// Gives the calling thread a stack for signal handlers, so that a stack overflow can be reported.
void ck_alternate_stack_install(void);
void ck_alternate_stack_remove(void);
// CPUs that this process may use: affinity, then the cgroup's quota rounded up (but not below 2 for that reason).
int ck_available_cpus(void);
// Restricts the process to one of the CPUs that it may use. 0 or -errno.
int ck_pin_to_one_cpu(void);

// Sleeps while *word == expected; at most timeout_ns if that is not negative. 0 when woken, else -errno.
int ck_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns);
// Wakes up to `count` sleepers. How many, or -errno.
int ck_futex_wake(const void *word, int count);
// Makes every running thread of the process pass a full memory barrier. 0 or -errno.
int ck_membarrier(void);

// MARK: Memory

// Reserves address space that costs nothing until touched. NULL when refused.
void *ck_reserve(size_t size);
void ck_release(void *address, size_t size);
// Makes a page fault on every access. 0 or -errno.
int ck_guard(void *address, size_t size);
size_t ck_page_size(void);

// MARK: The kernel's view of this process

typedef struct ck_usage {
  uint64_t voluntary;
  uint64_t involuntary;
  uint64_t max_resident_bytes;
} ck_usage;
ck_usage ck_process_usage(void);

// The sanitizers slow fences and lock-free code differently: true in a build under TSan.
bool ck_under_tsan(void);
