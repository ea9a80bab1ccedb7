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
// The code of the first frame of every context made so: where all walks of its stack end.
const void *ck_first_frame(void);
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
uint64_t ck_process_cpu_ns(void);
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// MARK: Threads

// The calling thread's machine; NULL in a blocking call, in which nothing may be asked of the runtime. Read anew each time: the
// compiler may not keep the address of a thread-local across a switch. So in assembly, or not inlined, as the next three.
#if defined(__x86_64__)
extern _Thread_local void *ck_current_machine __attribute__((tls_model("initial-exec")));
static inline void *ck_current(void) {
  void *machine;
  __asm__ volatile("movq ck_current_machine@gottpoff(%%rip), %0\n\tmovq %%fs:(%0), %0" : "=r"(machine));
  return machine;
}
#else
void *ck_current(void);
#endif
void ck_set_current(void *machine);
// The same in a blocking call too. Setting it sets both.
void *ck_machine(void);
void ck_set_machine(void *machine);
// Starts a thread with an alternate signal stack. 0 or -errno; nothing is left of one that could not be started.
int ck_thread_start(uint64_t *thread, const char *name, void (*body)(void *), void *argument);
// What a thread needs of the address space.
size_t ck_thread_bytes(void);
void ck_thread_join(uint64_t thread);
// Nobody will join it.
void ck_thread_detach(uint64_t thread);
int ck_thread_id(void);
// The system call in which a thread of this process waits; -1 while it runs, or if nobody can say. `place` tells this wait from
// others: the call, its arguments, and where it was made.
int64_t ck_waiting_call(int thread, uint64_t *place);
// NULL for one that is not known here.
const char *ck_call_name(int64_t call);
// CPUs that this process may use: affinity, then the cgroup's quota rounded up (but not below 2 for that reason).
int ck_available_cpus(void);
// Restricts the calling thread, and what it starts, to one of the CPUs that it may use: the first is 0. 0 or -errno.
int ck_pin_to_cpu(int ordinal);
// The CPU that the calling thread runs on just now; -1 if nobody can say.
int ck_current_cpu(void);

// Sleeps while *word == expected; at most timeout_ns if that is not negative. `shared`: on a word in memory that several processes
// share. 0 when woken, else -errno.
int ck_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns, bool shared);
// Wakes up to `count` sleepers. How many, or -errno.
int ck_futex_wake(const void *word, int count, bool shared);
// Makes every running thread of the process pass a full memory barrier. 0 or -errno. The process's first takes 13 ms if other
// threads run.
int ck_membarrier(void);

// MARK: Memory

// Reserves address space that costs nothing until touched. NULL when refused.
void *ck_reserve(size_t size);
void ck_release(void *address, size_t size);
// Makes a page fault on every access. 0 or -errno.
int ck_guard(void *address, size_t size);
size_t ck_page_size(void);
// The bytes of whole pages that take memory just now. 0 when the kernel does not say.
size_t ck_resident(void *address, size_t size);
// Gives the memory of whole pages back; they are zero when they are next touched. 0 or -errno.
int ck_discard(void *address, size_t size);

// MARK: The network poller

enum { CK_POLL_EVENTS = 128 };

typedef struct ck_poll_event {
  uint64_t tag;
  bool readable;
  bool writable;
  // An end, an error or urgent data is among what can be read: a short read has not always taken all.
  bool hides_more;
} ck_poll_event;

// The text of an errno. Lives for ever.
const char *ck_error_text(int error);
// The same as the C library's headers name it, as "ENOENT"; "" where they do not.
const char *ck_error_name(int error);
int ck_poller_create(void);
// A file whose only purpose is to interrupt who waits in the poller.
int ck_event_create(void);
int ck_event_raise(int event);
int ck_event_clear(int event);
// Watches a file for both directions; each change to ready is told once (edge-triggered).
int ck_poller_add(int poller, int file, uint64_t tag);
// Watches an event; it is told as long as it is raised.
int ck_poller_add_event(int poller, int event, uint64_t tag);
int ck_poller_remove(int poller, int file);
// Waits at most timeout_ns, for ever if that is negative. How many, at most CK_POLL_EVENTS, 0 also when interrupted.
int ck_poller_wait(int poller, ck_poll_event *events, int capacity, int64_t timeout_ns);
// Whether a file can be read or written, or has an error or a hang-up to tell of.
bool ck_is_ready(int file, bool writing);

// MARK: Files and sockets. All are made non-blocking, and closed in children.

typedef struct ck_address {
  _Alignas(8) uint8_t bytes[112];
  uint32_t size;
} ck_address;

int ck_close(int file);
// Opens a path below an open directory; symbolic links that lead out of it are refused (-EXDEV). -ENOSYS before Linux 5.6.
int ck_open_beneath(int directory, const char *path, int flags);
int ck_duplicate(int file);
int ck_pipe(int ends[2]);
int ck_set_nonblocking(int file);
long ck_read(int file, void *buffer, size_t size);
// Never raises SIGPIPE on a thread of the runtime.
long ck_write(int file, const void *buffer, size_t size, bool is_socket);
// Turns a host, an address or, unless `numeric`, a name (which may block), and a port into an address.
int ck_resolve(const char *host, uint16_t port, bool numeric, ck_address *address);
int ck_unix_address(const char *path, ck_address *address);
// A stream socket for an address of that family.
int ck_socket(const ck_address *address);
// Sends small messages without waiting for more (TCP_NODELAY).
void ck_send_at_once(int file);
int ck_bind(int file, const ck_address *address);
int ck_listen(int file);
int ck_accept(int file);
// 0, or -EINPROGRESS: then the socket becomes writable when `ck_socket_error` can tell.
int ck_connect(int file, const ck_address *address);
int ck_socket_error(int file);
// Ends one direction of a connection.
int ck_shutdown(int file, bool writing);
int ck_local_port(int file);

// MARK: The kernel's view of this process

typedef struct ck_usage {
  uint64_t voluntary;
  uint64_t involuntary;
  uint64_t max_resident_bytes;
} ck_usage;
ck_usage ck_process_usage(void);

// MARK: The kernel's limits

typedef enum { CK_ADDRESS_SPACE, CK_OPEN_FILES, CK_PROCESSES, CK_FILE_SIZE } ck_resource;
// What this process, or for processes its user, may have; -1: as much as it wants.
int64_t ck_resource_limit(ck_resource resource);
// The number that a file begins with; -1 if it begins with none, or cannot be read.
int64_t ck_read_number(const char *path);
// The memory mappings of this process; -1 if nobody can say.
int64_t ck_mapping_count(void);

// MARK: Tasks that the kernel schedules: a thread or a process each

// A file in memory, closed in programs that are started; what is never touched of it costs nothing. Its descriptor, or -errno.
int ck_shared_memory(size_t size);
// Maps it, so that children see the same; -1: memory that no other program can map. NULL when refused.
void *ck_map_shared(int file, size_t size);
// Gives its content back: it is zero again, for all that have mapped it. 0 or -errno.
int ck_drop_shared(void *address, size_t size);
// The number of the calling task, and its kernel thread's. A thread that has none gives -1.
int ck_task(void);
void ck_set_task(int task);
int ck_task_thread_id(void);
// Starts a thread that nobody joins: `body`, then `end`, both of `argument`. Its stack has the system's size, or `stack` bytes if that
// is not 0. 0 or -errno.
int ck_task_thread_start(size_t stack, void (*body)(void *), void (*end)(void *), void *argument);
// Ends `body` where it is: what its frames own is abandoned. In a process that was forked for a task, ends that.
_Noreturn void ck_task_leave(void);
// Forks a process that has the caller's parent for its own, so that one process can reap all. 0 in it, else its id, or -errno.
int ck_fork_sibling(void);
int ck_fork(void);
// The first thing in a process of a task: it takes signals again, and ends when its parent does.
void ck_task_process_begin(int parent);

// Starts a program whose descriptor 3 is `file`, in a process group of its own, without input; `quiet`: without any output. Its process
// id, or -errno.
int ck_start_host(const char *path, char *const arguments[], int file, bool quiet);
// What it does first: it becomes the parent of whatever its children leave behind, and is told by SIGTERM when `parent` ends.
// False if that has ended already.
bool ck_host_begin(int parent);
// Sleeps until a child has ended, SIGTERM has come, or so many nanoseconds are over. The signal's number, or 0.
int ck_host_wait(int64_t timeout_ns);

typedef struct ck_ended_process {
  int process;
  // The signal that ended it, or 0, and then its exit status.
  int signal;
  int status;
  // Its switches, and those of its children that it reaped.
  uint64_t voluntary;
  uint64_t involuntary;
} ck_ended_process;
// Reaps a child: that one, or any if `process` is -1. 1; 0 if none has ended yet (only without `waits`); -errno.
int ck_reap(int process, bool waits, ck_ended_process *ended);
int ck_kill(int process, int signal);
// The name of a signal, as "segmentation fault". Lives for ever.
const char *ck_signal_text(int signal);

typedef struct ck_thread_sample {
  // The letter of /proc/PID/task/TID/status.
  char state;
  uint64_t voluntary;
  uint64_t involuntary;
  uint64_t cpu_ns;
} ck_thread_sample;
// The kernel's own accounting of a thread. False if there is none of that number.
bool ck_sample_thread(int process, int thread, ck_thread_sample *sample);

// Has the C library keep one heap for all threads, from now on.
void ck_share_heap(void);

// MARK: Another program on a terminal

// Starts a program in a session of its own on a new pseudo-terminal of that size, which is its three streams. The other end of
// the terminal, or -errno.
int ck_start_on_terminal(
    const char *path, char *const arguments[], char *const environment[], int columns, int lines, int *process);

// The sanitizers slow fences and lock-free code differently: true in a build under TSan.
bool ck_under_tsan(void);
