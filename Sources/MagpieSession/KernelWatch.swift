import CKernel
import Glibc
import MagpieEras
import MagpieTrace

/// What the kernel sees of this process, and of its tasks' processes: threads and switches. It knows nothing of fibers.
final class KernelWatch: Sendable {
  struct Facts: Sendable {
    /// The most threads seen at once.
    var threads = 0
    /// The threads of the last look.
    var threadsNow = 0
    /// Those of the tasks, and their host.
    var processesNow = 0
    var voluntary: UInt64 = 0
    var involuntary: UInt64 = 0
  }

  private let state = ThreadMutex(Facts())

  var facts: Facts { state.withLock { $0 } }

  /// Looks once: at this process, and at those of the tasks if they have some.
  func sample(_ program: KernelProgram? = nil) {
    count(program)
    let usage = ck_process_usage()
    let switches = program?.switches ?? (voluntary: 0, involuntary: 0)
    state.withLock { facts in
      facts.voluntary = usage.voluntary + switches.voluntary
      facts.involuntary = usage.involuntary + switches.involuntary
    }
  }

  /// Looks only how many there are: to ask for the switches of many processes takes long.
  func count(_ program: KernelProgram?) {
    let processes = program?.processCount.now ?? 0
    let threads = KernelWatch.threadCount() + processes
    state.withLock { facts in
      facts.threads = max(facts.threads, threads)
      facts.threadsNow = threads
      facts.processesNow = processes
    }
  }

  /// The entries of /proc/self/task.
  private static func threadCount() -> Int {
    guard let directory = opendir("/proc/self/task") else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while let entry = readdir(directory) {
      if entry.pointee.d_name.0 != 46 { count += 1 }
    }
    return count
  }
}
