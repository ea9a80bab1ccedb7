import CKernel
import Glibc
import MagpieTrace

/// A process that was forked from this one, which has only one thread.
struct ChildProcess {
  let id: pid_t

  /// Forks. The child, which never outlives its parent, makes `body` and ends; it returns to nobody.
  init(_ body: () -> Void) throws(LabObstacle) {
    let parent = getpid()
    id = fork()
    if id == 0 {
      ck_task_process_begin(parent)
      body()
      // Not `exit`: what its parent has buffered is its parent's to write.
      _exit(0)
    }
    guard id > 0 else { throw .refused(made: 0, of: 1, why: .noTask(SystemError(number: errno))) }
  }

  /// CPU time that it has used so far, in nanoseconds.
  var cpu: UInt64 {
    var clock = clockid_t(), used = timespec()
    guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &used) == 0 else { return 0 }
    return UInt64(used.tv_sec) * 1_000_000_000 + UInt64(used.tv_nsec)
  }

  /// Waits for its end. - Returns: its status, as the kernel tells it.
  @discardableResult
  func reap() -> Int32 { ChildProcess.reap(id) }

  static func reap(_ id: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return status
  }

  func kill() { Glibc.kill(id, SIGKILL) }

  /// CPU time of all children that have been waited for, in nanoseconds.
  static var reapedCPU: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    func nanoseconds(_ time: timeval) -> Double { Double(time.tv_sec) * 1e9 + Double(time.tv_usec) * 1000 }
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
  }
}
