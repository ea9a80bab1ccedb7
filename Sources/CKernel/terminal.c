#include "CKernel.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

int ck_start_on_terminal(
    const char *path, char *const arguments[], char *const environment[], int columns, int lines, int *process) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return -errno;
  char name[64];
  struct winsize size = {.ws_row = (unsigned short)lines, .ws_col = (unsigned short)columns};
  int error = 0;
  if (grantpt(terminal) || unlockpt(terminal) || ioctl(terminal, TIOCSWINSZ, &size)) error = errno;
  if (!error) error = ptsname_r(terminal, name, sizeof name);
  if (!error) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    // The first terminal that the leader of a session opens is its own.
    posix_spawn_file_actions_addopen(&files, 0, name, O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, 0, 1);
    posix_spawn_file_actions_adddup2(&files, 0, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    pid_t child;
    error = posix_spawn(&child, path, &files, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (!error) *process = child;
  }
  if (!error) return terminal;
  close(terminal);
  return -error;
}
