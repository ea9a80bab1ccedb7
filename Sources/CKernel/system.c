// System calls. Each returns its result or -errno, so that no caller reads errno after a switch to another thread.
#include "CKernel.h"
#include "threads.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MADV_GUARD_INSTALL_ 102
#define MEMBARRIER_PRIVATE_EXPEDITED 8
#define MEMBARRIER_REGISTER_PRIVATE_EXPEDITED 16

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t ck_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }
uint64_t ck_thread_cpu_ns(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }
uint64_t ck_process_cpu_ns(void) { return nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }

// Initial-exec: a load, where the general model calls for the address each time. They take sixteen bytes of the room that the loader
// keeps for such variables, so a library that is opened late may have it too.
_Thread_local void *ck_current_machine __attribute__((tls_model("initial-exec")));
static _Thread_local void *machine_of_thread __attribute__((tls_model("initial-exec")));
#ifndef __x86_64__
__attribute__((noinline)) void *ck_current(void) {
  __asm__ volatile("");
  return ck_current_machine;
}
#endif
__attribute__((noinline)) void ck_set_current(void *machine) {
  __asm__ volatile("");
  ck_current_machine = machine;
}
__attribute__((noinline)) void *ck_machine(void) {
  __asm__ volatile("");
  return machine_of_thread;
}
__attribute__((noinline)) void ck_set_machine(void *machine) {
  __asm__ volatile("");
  machine_of_thread = machine;
  ck_current_machine = machine;
}

static const size_t thread_stack_size = 512 * 1024;
static const size_t alternate_stack_size = 64 * 1024;

size_t ck_thread_bytes(void) { return thread_stack_size + alternate_stack_size; }

struct start {
  void (*body)(void *);
  void *argument;
  // For signal handlers, so that a stack overflow can be reported.
  void *alternate_stack;
};

static void *thread_main(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  stack_t alternate = {.ss_sp = start.alternate_stack, .ss_size = alternate_stack_size};
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&alternate, 0);
  start.body(start.argument);
  sigaltstack(&none, 0);
  munmap(start.alternate_stack, alternate_stack_size);
  return 0;
}

int ck_start_without_signals(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  sigset_t all, old;
  sigfillset(&all);
  int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGPROF};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigdelset(&all, fatal[i]);
  pthread_sigmask(SIG_BLOCK, &all, &old);
  int error = pthread_create(thread, attributes, body, argument);
  pthread_sigmask(SIG_SETMASK, &old, 0);
  return error;
}

int ck_thread_start(uint64_t *thread, const char *name, void (*body)(void *), void *argument) {
  struct start *start = malloc(sizeof *start);
  if (!start) return -ENOMEM;
  start->body = body;
  start->argument = argument;
  start->alternate_stack = mmap(0, alternate_stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start->alternate_stack == MAP_FAILED) {
    free(start);
    return -ENOMEM;
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, thread_stack_size);
  pthread_t handle;
  int error = ck_start_without_signals(&handle, &attributes, thread_main, start);
  pthread_attr_destroy(&attributes);
  if (error) {
    munmap(start->alternate_stack, alternate_stack_size);
    free(start);
    return -error;
  }
  if (name) pthread_setname_np(handle, name);
  *thread = (uint64_t)handle;
  return 0;
}

void ck_thread_join(uint64_t thread) { pthread_join((pthread_t)thread, 0); }
void ck_thread_detach(uint64_t thread) { pthread_detach((pthread_t)thread); }
int ck_thread_id(void) { return (int)syscall(SYS_gettid); }

int ck_available_cpus(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (file) {
    long long quota, period;
    if (fscanf(file, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0) {
      long long limit = (quota + period - 1) / period;
      if (limit < 2) limit = 2;
      if (limit < count) count = (int)limit;
    }
    fclose(file);
  }
  return count < 1 ? 1 : count;
}

int ck_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns, bool shared) {
  struct timespec limit = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  int operation = shared ? FUTEX_WAIT : FUTEX_WAIT_PRIVATE;
  long result = syscall(SYS_futex, word, operation, expected, timeout_ns < 0 ? 0 : &limit, 0, 0);
  return result < 0 ? -errno : 0;
}

int ck_futex_wake(const void *word, int count, bool shared) {
  long result = syscall(SYS_futex, word, shared ? FUTEX_WAKE : FUTEX_WAKE_PRIVATE, count, 0, 0, 0);
  return result < 0 ? -errno : (int)result;
}

int ck_membarrier(void) {
  // Relaxed: who does not see it registers again, which costs nothing.
  static atomic_bool registered;
  if (!atomic_load_explicit(&registered, memory_order_relaxed)) {
    if (syscall(SYS_membarrier, MEMBARRIER_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0) return -errno;
    atomic_store_explicit(&registered, true, memory_order_relaxed);
  }
  return syscall(SYS_membarrier, MEMBARRIER_PRIVATE_EXPEDITED, 0, 0) == 0 ? 0 : -errno;
}

void *ck_reserve(size_t size) {
  void *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 0;
  madvise(memory, size, MADV_NOHUGEPAGE);
  return memory;
}

void ck_release(void *address, size_t size) { munmap(address, size); }

int ck_guard(void *address, size_t size) {
  if (madvise(address, size, MADV_GUARD_INSTALL_) == 0) return 0;
  return mprotect(address, size, PROT_NONE) == 0 ? 0 : -errno;
}

size_t ck_page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

size_t ck_resident(void *address, size_t size) {
  unsigned char pages[256];
  size_t page = ck_page_size(), resident = 0;
  for (size_t done = 0; done < size;) {
    size_t length = size - done < sizeof pages * page ? size - done : sizeof pages * page;
    if (mincore((char *)address + done, length, pages) != 0) return resident;
    for (size_t index = 0; index < (length + page - 1) / page; index++) resident += (pages[index] & 1) * page;
    done += length;
  }
  return resident;
}

int ck_discard(void *address, size_t size) { return madvise(address, size, MADV_DONTNEED) == 0 ? 0 : -errno; }

ck_usage ck_process_usage(void) {
  struct rusage usage;
  memset(&usage, 0, sizeof usage);
  getrusage(RUSAGE_SELF, &usage);
  return (ck_usage){
    .voluntary = (uint64_t)usage.ru_nvcsw,
    .involuntary = (uint64_t)usage.ru_nivcsw,
    .max_resident_bytes = (uint64_t)usage.ru_maxrss * 1024,
  };
}
