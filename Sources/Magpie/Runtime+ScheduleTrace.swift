import Synchronization

extension Runtime {
  /// The line that Go prints under `GODEBUG=schedtrace`, of this moment: virtual time, processors, idle ones, kernel threads
  /// (sysmon's is one of them), those that spin, whether one should, those that sleep, the global queue, and the rings and
  /// schedule ticks by processor; runnext is not counted (Go's schedtrace).
  ///
  /// The scheduler's lists are read under its lock, the processors' rings as they go on.
  /// - Complexity: O(processors).
  public var scheduleTraceLine: String {
    let scheduler = scheduler
    scheduler.pointee.lock.lock()
    let idleProcessors = scheduler.locked.pointee.idleCount
    let idleMachines = scheduler.locked.pointee.idleMachineCount
    let machines = scheduler.locked.pointee.machineCount
    let queued = scheduler.pointee.globalCount.load(ordering: .relaxed)
    scheduler.pointee.lock.unlock()
    // Relaxed, all: a moment's guess, as Go's is.
    let spinning = scheduler.pointee.spinners.count
    let needsSpinning = scheduler.pointee.spinners.isNeeded
    let processors = (0..<processorCount).map(scheduler.processor)
    let rings = processors.map { String($0.pointee.queue.length) }.joined(separator: " ")
    let ticks = processors.map { String($0.pointee.scheduleTick.load(ordering: .relaxed)) }.joined(separator: " ")
    return [
      "SCHED \(virtualTime / 1_000_000)ms:", "gomaxprocs=\(processorCount)", "idleprocs=\(idleProcessors)",
      "threads=\(machines)", "spinningthreads=\(spinning)", "needspinning=\(needsSpinning ? 1 : 0)",
      "idlethreads=\(idleMachines)", "runqueue=\(queued)", "[ \(rings) ]", "schedticks=[ \(ticks) ]",
    ].joined(separator: " ")
  }
}
