import CKernel
import Glibc
import MagpieEras
import MagpieTrace

/// What the kernel sees of this process, and of its tasks' processes: threads and switches. It knows nothing of fibers. What belongs to
/// the viewer, which runs, reads and draws in the same process, is known apart.
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
    /// What is the program's own: its tasks or machines, without the threads that watch, and without the tasks' host.
    var program = Program()
  }

  /// Processes and threads of the last look; switches since the start.
  struct Program: Sendable {
    var processes = 1
    var threads = 0
    var voluntary: UInt64 = 0
    var involuntary: UInt64 = 0
  }

  private struct State {
    var facts = Facts()
    /// The viewer's switches by thread, those that have ended too.
    var viewers: [Int32: (voluntary: UInt64, involuntary: UInt64)] = [:]
  }

  private let state = ThreadMutex(State())
  /// What all other threads had switched when it began: those of earlier runs.
  private let before: (voluntary: UInt64, involuntary: UInt64)

  init() {
    let usage = ck_process_usage()
    let viewers = KernelWatch.switches(of: BackgroundThread.ids.union([getpid()]))
    before = KernelWatch.less(usage, viewers)
    state.withLock { $0.viewers = viewers }
  }

  var facts: Facts { state.withLock { $0.facts } }

  /// Looks once: at this process, and at those of the tasks if they have some.
  func sample(_ program: KernelProgram? = nil) {
    count(program)
    let usage = ck_process_usage()
    let switches = program?.switches ?? (voluntary: 0, involuntary: 0)
    let hasProcesses = program?.era == .processes
    let viewers = BackgroundThread.ids.union([getpid(), program?.doorkeeperThread].compactMap { $0 })
    let samples = KernelWatch.switches(of: viewers)
    state.withLock { state in
      state.facts.voluntary = usage.voluntary + switches.voluntary
      state.facts.involuntary = usage.involuntary + switches.involuntary
      state.viewers.merge(samples) { $1 }
      let rest = KernelWatch.less(usage, state.viewers)
      let facts = state.facts
      state.facts.program =
        hasProcesses
        ? Program(
          processes: max(facts.processesNow - 1, 0), threads: max(facts.processesNow - 1, 0),
          voluntary: switches.voluntary, involuntary: switches.involuntary)
        : Program(
          threads: max(facts.threadsNow - viewers.count, 0),
          voluntary: rest.voluntary - min(before.voluntary, rest.voluntary),
          involuntary: rest.involuntary - min(before.involuntary, rest.involuntary))
    }
  }

  private static func switches(of threads: Set<Int32>) -> [Int32: (voluntary: UInt64, involuntary: UInt64)] {
    var switches: [Int32: (voluntary: UInt64, involuntary: UInt64)] = [:]
    for thread in threads {
      var sample = ck_thread_sample()
      if ck_sample_thread(getpid(), thread, &sample) { switches[thread] = (sample.voluntary, sample.involuntary) }
    }
    return switches
  }

  /// A process's switches without those of some threads. The two are not of one moment.
  private static func less(
    _ usage: ck_usage, _ threads: [Int32: (voluntary: UInt64, involuntary: UInt64)]
  ) -> (voluntary: UInt64, involuntary: UInt64) {
    threads.values.reduce((usage.voluntary, usage.involuntary)) {
      ($0.0 - min($1.voluntary, $0.0), $0.1 - min($1.involuntary, $0.1))
    }
  }

  /// Looks only how many there are: to ask for the switches of many processes takes long.
  func count(_ program: KernelProgram?) {
    let processes = program?.processCount.now ?? 0
    let threads = KernelWatch.threadCount() + processes
    state.withLock { state in
      state.facts.threads = max(state.facts.threads, threads)
      state.facts.threadsNow = threads
      state.facts.processesNow = processes
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
