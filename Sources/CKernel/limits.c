// The kernel's limits, and what its threads wait in, as far as it tells.
#include "CKernel.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int64_t ck_resource_limit(ck_resource resource) {
  struct rlimit limit;
  int kinds[] = {[CK_ADDRESS_SPACE] = RLIMIT_AS, [CK_OPEN_FILES] = RLIMIT_NOFILE, [CK_PROCESSES] = RLIMIT_NPROC,
                 [CK_FILE_SIZE] = RLIMIT_FSIZE};
  if (getrlimit(kinds[resource], &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return -1;
  return (int64_t)limit.rlim_cur;
}

// The beginning of a file that begins with a digit, and a 0 after it. How many bytes, or -1.
static ssize_t read_digits(const char *path, char *text, size_t size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count = read(file, text, size - 1);
  close(file);
  if (count <= 0 || !isdigit((unsigned char)text[0])) return -1;
  text[count] = 0;
  return count;
}

int64_t ck_read_number(const char *path) {
  char text[64];
  return read_digits(path, text, sizeof text) < 0 ? -1 : strtoll(text, 0, 10);
}

int64_t ck_waiting_call(int thread, uint64_t *place) {
  char path[64], text[256];
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread);
  // "running", or -1 for a wait that is no system call, begin with no digit.
  ssize_t count = read_digits(path, text, sizeof text);
  if (count < 0) return -1;
  uint64_t hash = 14695981039346656037u;
  for (ssize_t i = 0; i < count; i++) hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
  *place = hash;
  return strtoll(text, 0, 10);
}

const char *ck_call_name(int64_t call) {
  switch (call) {
  case SYS_futex: return "futex";
  case SYS_read: return "read";
  case SYS_write: return "write";
  case SYS_readv: return "readv";
  case SYS_writev: return "writev";
  case SYS_recvfrom: return "recvfrom";
  case SYS_recvmsg: return "recvmsg";
  case SYS_sendto: return "sendto";
  case SYS_sendmsg: return "sendmsg";
  case SYS_accept: return "accept";
  case SYS_accept4: return "accept4";
  case SYS_connect: return "connect";
  case SYS_nanosleep: return "nanosleep";
  case SYS_clock_nanosleep: return "clock_nanosleep";
  case SYS_ppoll: return "ppoll";
  case SYS_pselect6: return "pselect6";
  case SYS_epoll_pwait: return "epoll_pwait";
  case SYS_wait4: return "wait4";
  case SYS_waitid: return "waitid";
  case SYS_flock: return "flock";
  case SYS_fsync: return "fsync";
  case SYS_fdatasync: return "fdatasync";
#ifdef SYS_poll
  case SYS_poll: return "poll";
  case SYS_select: return "select";
  case SYS_epoll_wait: return "epoll_wait";
#endif
  default: return 0;
  }
}

int64_t ck_mapping_count(void) {
  static const size_t size = 64 * 1024;
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  char *text = malloc(size);
  int64_t lines = text ? 0 : -1;
  ssize_t count;
  while (text && (count = read(file, text, size)) > 0) {
    for (ssize_t i = 0; i < count; i++) lines += text[i] == '\n';
  }
  free(text);
  close(file);
  return lines;
}
