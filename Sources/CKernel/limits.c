// The kernel's limits, as far as it tells them.
#include "CKernel.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int64_t ck_resource_limit(ck_resource resource) {
  struct rlimit limit;
  int kinds[] = {[CK_ADDRESS_SPACE] = RLIMIT_AS, [CK_OPEN_FILES] = RLIMIT_NOFILE, [CK_PROCESSES] = RLIMIT_NPROC};
  if (getrlimit(kinds[resource], &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return -1;
  return (int64_t)limit.rlim_cur;
}

int64_t ck_read_number(const char *path) {
  char text[64];
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0 || !isdigit((unsigned char)text[0])) return -1;
  text[count] = 0;
  return strtoll(text, 0, 10);
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
