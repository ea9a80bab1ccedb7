// Tasks that the kernel schedules: shared memory, threads, forks, and what /proc says of them.
#include "CKernel.h"
#include "threads.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int ck_shared_memory(size_t size) {
  // Past this limit the kernel does not only refuse: it sends SIGXFSZ.
  int64_t most = ck_resource_limit(CK_FILE_SIZE);
  if (most >= 0 && (uint64_t)most < size) return -EFBIG;
  int file = memfd_create("magpie", MFD_CLOEXEC);
  if (file < 0) return -errno;
  if (ftruncate(file, (off_t)size) == 0) return file;
  int error = errno;
  close(file);
  return -error;
}

void *ck_map_shared(int file, size_t size) {
  int kind = MAP_SHARED | MAP_NORESERVE | (file < 0 ? MAP_ANONYMOUS : 0);
  void *memory = mmap(0, size, PROT_READ | PROT_WRITE, kind, file, 0);
  return memory == MAP_FAILED ? 0 : memory;
}

int ck_drop_shared(void *address, size_t size) { return madvise(address, size, MADV_REMOVE) == 0 ? 0 : -errno; }

// MARK: Threads

static _Thread_local int task = -1;
static _Thread_local int thread_id;
static _Thread_local jmp_buf *way_out;

__attribute__((noinline)) int ck_task(void) { return task; }
__attribute__((noinline)) void ck_set_task(int number) { task = number; }

__attribute__((noinline)) int ck_task_thread_id(void) {
  if (!thread_id) thread_id = (int)syscall(SYS_gettid);
  return thread_id;
}

struct start {
  void (*body)(void *);
  void (*end)(void *);
  void *argument;
};

static void *task_main(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  jmp_buf here;
  way_out = &here;
  if (_setjmp(here) == 0) start.body(start.argument);
  way_out = 0;
  start.end(start.argument);
  return 0;
}

int ck_task_thread_start(size_t stack, void (*body)(void *), void (*end)(void *), void *argument) {
  struct start *start = malloc(sizeof *start);
  if (!start) return -ENOMEM;
  *start = (struct start){body, end, argument};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack) pthread_attr_setstacksize(&attributes, stack);
  pthread_t handle;
  int error = ck_start_without_signals(&handle, &attributes, task_main, start);
  pthread_attr_destroy(&attributes);
  if (!error) return 0;
  free(start);
  return -error;
}

void ck_task_leave(void) {
  if (way_out) _longjmp(*way_out, 1);
  _exit(0);
}

// MARK: Processes

int ck_fork_sibling(void) {
  // The C library's fork knows no CLONE_PARENT. What else that does is for threads, of which such a process has one.
  long result = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  return result < 0 ? -errno : (int)result;
}

int ck_fork(void) {
  pid_t result = fork();
  return result < 0 ? -errno : (int)result;
}

void ck_task_process_begin(int parent) {
  thread_id = 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have ended before that was set.
  if (getppid() != parent) _exit(0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
}

int ck_start_host(const char *path, char *const arguments[], int file, bool quiet) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_adddup2(&actions, file, 3);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  if (quiet) posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 4);
  extern char **environ;
  pid_t process;
  int error = posix_spawn(&process, path, &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error ? -error : process;
}

static void host_signals(sigset_t *set) {
  sigemptyset(set);
  sigaddset(set, SIGCHLD);
  sigaddset(set, SIGTERM);
}

bool ck_host_begin(int parent) {
  sigset_t set;
  host_signals(&set);
  sigprocmask(SIG_BLOCK, &set, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  fcntl(3, F_SETFD, FD_CLOEXEC);
  return getppid() == parent;
}

int ck_host_wait(int64_t timeout_ns) {
  sigset_t set;
  host_signals(&set);
  struct timespec limit = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  int signal = sigtimedwait(&set, 0, &limit);
  return signal < 0 ? 0 : signal;
}

int ck_reap(int process, bool waits, ck_ended_process *ended) {
  int status = 0;
  struct rusage usage;
  pid_t result;
  do result = wait4(process, &status, waits ? 0 : WNOHANG, &usage);
  while (result < 0 && errno == EINTR);
  if (result <= 0) return result < 0 ? -errno : 0;
  *ended = (ck_ended_process){
    .process = result,
    .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
    .status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
    .voluntary = (uint64_t)usage.ru_nvcsw,
    .involuntary = (uint64_t)usage.ru_nivcsw,
  };
  return 1;
}

int ck_kill(int process, int signal) { return kill(process, signal) == 0 ? 0 : -errno; }
const char *ck_signal_text(int signal) { return sigdescr_np(signal) ? sigdescr_np(signal) : "unknown signal"; }

// MARK: The kernel's accounting

// Reads a small file; how many bytes, with a 0 behind them.
static long read_text(const char *path, char *text, long size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  long count = read(file, text, (size_t)size - 1);
  close(file);
  if (count >= 0) text[count] = 0;
  return count;
}

static uint64_t number_after(const char *text, const char *label) {
  const char *place = strstr(text, label);
  return place ? strtoull(place + strlen(label), 0, 10) : 0;
}

bool ck_sample_thread(int process, int thread, ck_thread_sample *sample) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/task/%d/status", process, thread);
  if (read_text(path, text, sizeof text) <= 0) return false;
  // The name comes first, and could say anything; it ends with the line.
  const char *rest = strchr(text, '\n');
  if (!rest) return false;
  const char *state = strstr(rest, "\nState:");
  if (!state) return false;
  state += strlen("\nState:");
  while (*state == ' ' || *state == '\t') state++;
  sample->state = *state;
  sample->voluntary = number_after(rest, "\nvoluntary_ctxt_switches:");
  sample->involuntary = number_after(rest, "\nnonvoluntary_ctxt_switches:");
  snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", process, thread);
  sample->cpu_ns = read_text(path, text, sizeof text) > 0 ? strtoull(text, 0, 10) : 0;
  return true;
}
