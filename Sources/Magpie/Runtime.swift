import CKernel
import MagpieTrace
import Synchronization

/// An M:P:N scheduler: fibers on processors on kernel threads, by the rules of Go's.
///
///     try Runtime().run {
///       let results = Channel<Int>(capacity: 4)
///       for i in 1...4 { spawn(name: "worker") { results.send(i * i) } }
///       var sum = 0
///       for _ in 1...4 { sum += results.receive()! }
///       print(sum)
///     }
public final class Runtime: Sendable {
  nonisolated(unsafe) let scheduler: SchedulerRef
  private let hasStarted = Atomic<Bool>(false)

  /// - Precondition: 1...256 processors, 2...65,000 machines at most.
  public init(_ configuration: Configuration = Configuration()) {
    guard (1...Configuration.maxProcessors).contains(configuration.processors) else {
      misuse("a runtime has 1 to \(Configuration.maxProcessors) processors, not \(configuration.processors)")
    }
    guard (2...Configuration.maxMachines).contains(configuration.maximumMachines) else {
      misuse("maximumMachines is 2 to \(Configuration.maxMachines), not \(configuration.maximumMachines)")
    }
    scheduler = .allocate(capacity: 1)
    scheduler.initialize(to: Scheduler(configuration))
    scheduler.pointee.simulator?.onStall.withLock { [scheduler = Unchecked(scheduler)] in
      $0 = {
        // From a thread of its own: the caller holds the simulator's lock.
        var thread: UInt64 = 0
        _ = ck_thread_start(
          &thread, "magpie-stall", { $0!.assumingMemoryBound(to: Scheduler.self).stop() }, scheduler.value)
      }
    }
  }

  /// Runs `body` as the first fiber and returns when it and all fibers that came from it have ended.
  /// - Throws: `RuntimeError.deadlock` when nothing can ever run again; `.stopped` after `stop()`; `.limit` where the configuration or the
  ///   kernel refuses what the run needs: fibers that have not ended are abandoned then, too.
  public func run(_ body: @escaping @Sendable () -> Void) throws(RuntimeError) {
    guard !hasStarted.exchange(true, ordering: .relaxed) else { throw .startedTwice }
    guard MachineRef.current == nil else { throw .insideRuntime }
    _ = Crash.handlers
    do throws(Limit) { try start(body) } catch { scheduler.fail(error) }
    while scheduler.pointee.ended.load(ordering: .acquiring) == 0 {
      scheduler.pointee.ended.sleep(while: 0)
    }
    if let deadlock {
      // All machines were idle, and leave: none is in a call.
      joinMachines()
      throw .deadlock(deadlock)
    }
    // Not by the number of live fibers: a run may be stopped before it has made its first one. And before it counts as stalled: of
    // those that leave then, the last one finds nobody else.
    switch Scheduler.End(rawValue: scheduler.pointee.ended.load(ordering: .relaxed)) {
    case .stopped: throw .stopped
    case .limit: throw .limit(limit!)
    case .over, nil: break
    }
    if scheduler.pointee.simulator?.isStalled == true { throw .stalled }
    joinMachines()
  }

  private struct Boot {
    var machine: MachineRef
    var body: @Sendable () -> Void
  }

  private func start(_ body: @escaping @Sendable () -> Void) throws(Limit) {
    try scheduler.pointee.fibers.check()
    try scheduler.pointee.poller.check()
    let first = try makeFirstMachine()
    let boot = UnsafeMutablePointer<Boot>.allocate(capacity: 1)
    boot.initialize(to: Boot(machine: first.pointee.owner!, body: body))
    try scheduler.launch(
      first,
      { argument in
        let pointer = argument!.assumingMemoryBound(to: Boot.self)
        let boot = pointer.move()
        pointer.deallocate()
        boot.machine.boot(boot.body)
      }, boot, name: "magpie-M0")
    scheduler.pointee.simulator?.begin()
  }

  private func makeFirstMachine() throws(Limit) -> Machine.SharedRef {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    return try scheduler.makeMachine()
  }

  /// Ends the run where it is: `run` throws `.stopped`. Fibers that have not ended are abandoned as they stand, so
  /// the process should end soon after.
  public func stop() { scheduler.stop(.stopped) }

  /// Waits for all threads. Only when no fiber lives: a fiber in a blocking call could keep its thread for ever.
  private func joinMachines() {
    // A machine that is just ending may still start another, with a higher number: so the count is asked for each time.
    var index = 0
    while index < machineCount {
      ck_thread_join(scheduler.pointee.machines[index]!.pointee.thread)
      index += 1
    }
    hasJoined.store(true, ordering: .releasing)
  }
  private let hasJoined = Atomic<Bool>(false)

  deinit {
    // Machines that may still run, in a call that never returns or a fiber that never calls, keep what they use.
    guard hasJoined.load(ordering: .acquiring) || !hasStarted.load(ordering: .relaxed) else { return }
    scheduler.destroy()
  }

  var machineCount: Int {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    return scheduler.locked.pointee.machineCount
  }

  /// The limit that ended the run; nil if none did.
  public var limit: Limit? {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    return scheduler.locked.pointee.limit
  }

  /// Who waits on what, once nothing can run again.
  public var deadlock: DeadlockReport? {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    return scheduler.locked.pointee.deadlock.map(DeadlockReport.init(waiters:))
  }
}

/// A pointer that crosses threads; what it points to says who may touch what.
struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Why a run did not come to its end.
public enum RuntimeError: Error, Sendable {
  /// Fibers live, and nothing can ever wake them.
  case deadlock(DeadlockReport)
  /// `stop()` was called.
  case stopped
  /// In a simulation: nothing can run, and no deadlock was seen: a wake-up was lost.
  case stalled
  /// The configuration or the kernel refuses what the run needs.
  case limit(Limit)
  /// A runtime runs once.
  case startedTwice
  /// `run` was called on a fiber.
  case insideRuntime
}

extension RuntimeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .deadlock(let report): "all fibers wait, and nothing can wake them: \(report)"
    case .stopped: "the run was stopped"
    case .stalled: "nothing can run, and no deadlock was seen: a wake-up was lost"
    case .limit(let limit): "\(limit)"
    case .startedTwice: "a runtime runs once: make another for another run"
    case .insideRuntime:
      "run was called on a fiber of another runtime, which it would block: spawn a fiber instead, or call run inside blocking { }"
    }
  }
}
