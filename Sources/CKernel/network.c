// The network poller's system calls, and sockets. Each returns its result or -errno, as in system.c; what a signal
// interrupts is done again.
#include "CKernel.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct sockaddr_un) <= sizeof((ck_address *)0)->bytes, "every address has room");
_Static_assert(sizeof(struct sockaddr_in6) <= sizeof((ck_address *)0)->bytes, "every address has room");

#define AGAIN(call)                       \
  ({                                      \
    long result_;                         \
    do result_ = (call);                  \
    while (result_ < 0 && errno == EINTR); \
    result_ < 0 ? -errno : result_;       \
  })

const char *ck_error_name(int error) {
  const char *name = strerrorname_np(error);
  return name ? name : "";
}

const char *ck_error_text(int error) {
  const char *text = strerrordesc_np(error);
  return text ? text : "unknown error";
}

// MARK: Poller

int ck_poller_create(void) { return (int)AGAIN(epoll_create1(EPOLL_CLOEXEC)); }
int ck_event_create(void) { return (int)AGAIN(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int ck_event_raise(int event) {
  uint64_t one = 1;
  return (int)AGAIN(write(event, &one, sizeof one));
}

int ck_event_clear(int event) {
  uint64_t count;
  return (int)AGAIN(read(event, &count, sizeof count));
}

int ck_poller_add(int poller, int file, uint64_t tag) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET, .data.u64 = tag};
  return (int)AGAIN(epoll_ctl(poller, EPOLL_CTL_ADD, file, &event));
}

int ck_poller_add_event(int poller, int event_file, uint64_t tag) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};
  return (int)AGAIN(epoll_ctl(poller, EPOLL_CTL_ADD, event_file, &event));
}

int ck_poller_remove(int poller, int file) {
  struct epoll_event unused = {0};
  return (int)AGAIN(epoll_ctl(poller, EPOLL_CTL_DEL, file, &unused));
}

int ck_poller_wait(int poller, ck_poll_event *events, int capacity, int64_t timeout_ns) {
  struct epoll_event found[CK_POLL_EVENTS];
  if (capacity > CK_POLL_EVENTS) capacity = CK_POLL_EVENTS;
  struct timespec limit = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  long count = syscall(SYS_epoll_pwait2, poller, found, capacity, timeout_ns < 0 ? 0 : &limit, 0, 0);
  if (count < 0 && errno == ENOSYS) {
    // Before Linux 5.11: whole milliseconds, rounded up, as a wait that ends early is only repeated.
    int64_t ms = timeout_ns < 0 ? -1 : timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    count = epoll_wait(poller, found, capacity, ms > 1000000000 ? 1000000000 : (int)ms);
  }
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (long i = 0; i < count; i++) {
    uint32_t what = found[i].events;
    // Whoever waits for anything must hear of an error or a hang-up.
    events[i].hides_more = (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) != 0;
    events[i].readable = (what & EPOLLIN) != 0 || events[i].hides_more;
    events[i].writable = (what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    events[i].tag = found[i].data.u64;
  }
  return (int)count;
}

bool ck_is_ready(int file, bool writing) {
  struct pollfd poll_file = {.fd = file, .events = writing ? POLLOUT : POLLIN | POLLRDHUP};
  return AGAIN(poll(&poll_file, 1, 0)) != 0;
}

// MARK: Files

int ck_close(int file) { return close(file) == 0 ? 0 : -errno; }
int ck_open_beneath(int directory, const char *path, int flags) {
  struct open_how how = {.flags = (uint64_t)flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  return (int)AGAIN(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int ck_duplicate(int file) { return (int)AGAIN(fcntl(file, F_DUPFD_CLOEXEC, 0)); }
int ck_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : -errno; }

int ck_set_nonblocking(int file) {
  int flags = fcntl(file, F_GETFL);
  if (flags < 0) return -errno;
  return fcntl(file, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : -errno;
}

long ck_read(int file, void *buffer, size_t size) { return AGAIN(read(file, buffer, size)); }

long ck_write(int file, const void *buffer, size_t size, bool is_socket) {
  // A pipe has no such flag; its SIGPIPE is blocked on every thread of the runtime (ck_thread_start).
  return is_socket ? AGAIN(send(file, buffer, size, MSG_NOSIGNAL)) : AGAIN(write(file, buffer, size));
}

// MARK: Sockets

int ck_resolve(const char *host, uint16_t port, bool numeric, ck_address *address) {
  char service[8];
  snprintf(service, sizeof service, "%u", port);
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | (numeric ? AI_NUMERICHOST : 0)};
  struct addrinfo *found;
  int error = getaddrinfo(host, service, &hints, &found);
  if (error) return error == EAI_SYSTEM ? -errno : error == EAI_MEMORY ? -ENOMEM : -EADDRNOTAVAIL;
  memcpy(address->bytes, found->ai_addr, found->ai_addrlen);
  address->size = found->ai_addrlen;
  freeaddrinfo(found);
  return 0;
}

int ck_unix_address(const char *path, ck_address *address) {
  struct sockaddr_un *named = (struct sockaddr_un *)address->bytes;
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof named->sun_path) return -ENAMETOOLONG;
  memset(named, 0, sizeof *named);
  named->sun_family = AF_UNIX;
  memcpy(named->sun_path, path, length);
  address->size = sizeof *named;
  return 0;
}

static const struct sockaddr *generic(const ck_address *address) { return (const struct sockaddr *)address->bytes; }

int ck_socket(const ck_address *address) {
  int family = generic(address)->sa_family;
  long file = AGAIN(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (file >= 0 && family != AF_UNIX) ck_send_at_once((int)file);
  return (int)file;
}

void ck_send_at_once(int file) {
  int on = 1;
  setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int ck_bind(int file, const ck_address *address) {
  int on = 1;
  if (generic(address)->sa_family != AF_UNIX) setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return bind(file, generic(address), address->size) == 0 ? 0 : -errno;
}

int ck_listen(int file) { return listen(file, SOMAXCONN) == 0 ? 0 : -errno; }
int ck_accept(int file) { return (int)AGAIN(accept4(file, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)); }

int ck_connect(int file, const ck_address *address) {
  // Not repeated when interrupted: the connection goes on being made.
  if (connect(file, generic(address), address->size) == 0) return 0;
  return errno == EINTR ? -EINPROGRESS : -errno;
}

int ck_socket_error(int file) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? -error : -errno;
}

int ck_shutdown(int file, bool writing) { return shutdown(file, writing ? SHUT_WR : SHUT_RD) == 0 ? 0 : -errno; }

int ck_local_port(int file) {
  ck_address address;
  socklen_t size = sizeof address.bytes;
  if (getsockname(file, (struct sockaddr *)address.bytes, &size) != 0) return -errno;
  switch (generic(&address)->sa_family) {
  case AF_INET: return ntohs(((struct sockaddr_in *)address.bytes)->sin_port);
  case AF_INET6: return ntohs(((struct sockaddr_in6 *)address.bytes)->sin6_port);
  default: return 0;
  }
}
