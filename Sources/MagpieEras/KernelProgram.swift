import CKernel
import Glibc
public import Magpie
public import MagpieTrace
import Synchronization

/// A run in which the kernel schedules the tasks: what `Runtime` is for the eras with fibers.
public final class KernelProgram: Sendable {
  public let era: Era
  public let tasks: KernelTasks
  let arena: Arena
  /// What the host and all its tasks have used, once it is reaped.
  private let reaped = ThreadMutex<(voluntary: UInt64, involuntary: UInt64)?>(nil)
  /// The limit that kept the run from its beginning.
  private let limitMet = ThreadMutex<Limit?>(nil)
  private let hostTrouble = ThreadMutex<TaskTrouble?>(nil)
  let doorkeeper: Doorkeeper
  /// Real nanoseconds that threads have to come to the gate once the run has ended.
  private static let longestEnd: UInt64 = 2_000_000_000

  /// - Parameters:
  ///   - era: `threads` or `processes`.
  ///   - events: that the log holds; rounded up to a power of two.
  public init(era: Era, events: Int = 1 << 16) {
    precondition(!era.hasFibers)
    self.era = era
    var capacity = 1024
    while capacity < min(events, Arena.maximumEvents) { capacity *= 2 }
    do {
      arena = try Arena(events: capacity, hasFile: era == .processes)
    } catch {
      arena = .empty()
      limitMet.withLock { $0 = error }
    }
    tasks = KernelTasks(arena, hasProcesses: era == .processes)
    doorkeeper = Doorkeeper(arena)
  }

  // MARK: running

  /// Runs `body` as the first task, on a thread, and returns when all tasks have ended.
  public func run(_ body: @escaping @Sendable () -> Void) throws(RuntimeError) {
    if hasEnded { return try conclude() }
    _ = tasks.startFirst(body)
    waitForEnd(atMost: .max)
    waitForThreads()
    try conclude()
  }

  /// Has a program make the first task, in a process of its own, and returns when that and all its tasks' processes have ended.
  /// - Parameters:
  ///   - path: a program that calls `TaskHost.run`.
  ///   - words: its arguments.
  ///   - isQuiet: its standard error is closed, too.
  public func run(host path: String, words: [String], isQuiet: Bool) throws(RuntimeError) {
    if hasEnded { return try conclude() }
    var arguments: [UnsafeMutablePointer<CChar>?] = ([path] + words).map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    let host = ck_start_host(path, arguments, arena.file, isQuiet)
    arena.closeFile()
    if [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(-host) {
      limitMet.withLock {
        $0 = -host == EAGAIN ? Limit.thread(for: .host) : Limit.shared(errno: -host, for: .host)
      }
      arena.withLock { arena.finish(.limit) }
    } else if host < 0 {
      hostTrouble.withLock { $0 = .hostNeverBegan(SystemError(number: -host)) }
      arena.withLock { arena.finish(.stopped) }
    } else {
      arena.header.pointee.host.store(host, ordering: .sequentiallyConsistent)
      // It may have been stopped before there was anybody to tell.
      if arena.end != nil { _ = ck_kill(host, SIGTERM) }
      var ended = ck_ended_process()
      _ = ck_reap(host, true, &ended)
      arena.header.pointee.host.store(0, ordering: .sequentiallyConsistent)
      reaped.withLock { $0 = (ended.voluntary, ended.involuntary) }
      if ended.signal != 0 {
        hostTrouble.withLock { $0 = .hostEnded(.signal(ended.signal)) }
      } else if ended.status == TaskHost.noMemory {
        limitMet.withLock { $0 = Limit.shared(errno: ENOMEM, for: .sharedMemory, bytes: arena.size) }
        arena.withLock { arena.finish(.limit) }
      } else if ended.status != 0 {
        hostTrouble.withLock { $0 = .hostEnded(.status(ended.status)) }
      }
      arena.endAfterHost()
    }
    try conclude()
  }

  private func conclude() throws(RuntimeError) {
    doorkeeper.end()
    switch arena.end {
    case .deadlock: throw .deadlock(deadlock!)
    case .stopped: throw .stopped
    case .limit: throw .limit(limit!)
    case .over, nil: break
    }
  }

  /// Those in a call that does not return are left behind.
  private func waitForThreads() {
    let end = ck_monotonic_ns() + KernelProgram.longestEnd
    // Acquire: see `forgetThread`.
    while case let count = arena.header.pointee.threadCount.load(ordering: .acquiring), count > 0 {
      let now = ck_monotonic_ns()
      guard now < end else { return }
      arena.header.pointee.threadCount.sleep(while: count, atMost: Int64(end - now), acrossProcesses: true)
    }
  }

  public func stop() {
    // Before, for a task that was stopped while it had the lock is ended by the host; and after, for it may have begun meanwhile.
    tellHost()
    arena.withLock { arena.finish(.stopped) }
    tellHost()
    tasks.network.wake()
  }

  private func tellHost() {
    let host = arena.header.pointee.host.load(ordering: .sequentiallyConsistent)
    if host > 0 { _ = ck_kill(host, SIGTERM) }
  }

  /// Asks tasks that serve others to end.
  public func askToEnd() {
    arena.header.pointee.isAskedToEnd.store(1, ordering: .releasing)
    tasks.network.wake()
  }

  /// Steps of the load: of the rounds to come, and of the present one.
  public var roundLoad: Int { arena.header.pointee.roundLoad.load(ordering: .relaxed) }
  public func setLoad(_ steps: Int) { arena.header.pointee.load.store(steps, ordering: .relaxed) }

  // MARK: what came of it

  public var hasEnded: Bool { arena.end != nil }

  /// - Returns: whether it has ended.
  @discardableResult
  public func waitForEnd(atMost nanoseconds: Int64) -> Bool {
    let (end, overflow) = ck_monotonic_ns().addingReportingOverflow(UInt64(max(nanoseconds, 0)))
    while !hasEnded {
      let now = ck_monotonic_ns()
      guard overflow || now < end else { return false }
      let left = overflow ? -1 : Int64(end - now)
      arena.header.pointee.ended.sleep(while: 0, atMost: left, acrossProcesses: true)
    }
    return true
  }

  public var deadlock: DeadlockReport? { arena.deadlockReport }
  public var limit: Limit? {
    guard arena.end == .limit else { return nil }
    return limitMet.withLock { limit in
      // Once: what the kernel refused then it may not refuse a moment later.
      let met = limit ?? arena.limitMet
      limit = met
      return met
    }
  }
  /// Tasks that live, or lived when the run ended.
  public var fibersLive: Int { arena.withLock { arena.header.pointee.live } }
  /// Threads or processes of tasks, the most at once.
  public var machinesMade: Int { arena.withLock { arena.header.pointee.mostAlive } }
  public var virtualTime: UInt64 { arena.withLock { arena.now } }

  /// What went wrong outside the scenario. Once the run has ended.
  public var troubles: [TaskTrouble] {
    let (count, records) = arena.withLock { (arena.header.pointee.crashCount, arena.header.pointee.crashes) }
    let known = [records.0, records.1, records.2, records.3].prefix(count).map { crash -> TaskTrouble in
      let victim =
        crash.fiber == 0 ? nil : TaskTrouble.Victim(fiber: crash.fiber, name: arena.text(of: crash.name))
      if crash.isUnborn { return .neverBegan(victim) }
      return .ended(victim, crash.signal != 0 ? .signal(crash.signal) : .status(crash.status))
    }
    let more = count > known.count ? [TaskTrouble.more(count - known.count)] : []
    return (hostTrouble.withLock { $0 }.map { [$0] } ?? []) + known + more
  }

  // MARK: the log

  /// Hands over new events in the order in which they happened.
  /// - Returns: how many.
  public func read(atMost limit: Int, _ body: (Event) -> Void) -> Int {
    arena.read(atMost: limit) { events, count in
      for index in 0..<count { body(events[index]) }
    }
  }

  /// The run has ended, and all events are read: they are given back.
  public func dropEvents() {
    waitForThreads()
    if arena.header.pointee.threadCount.load(ordering: .acquiring) == 0 { arena.dropBuffers() }
  }

  public func strings(from first: Int) -> [String] { arena.strings(from: first) }

  /// Sleeps until there is much to read, the run ends, or the time is over.
  public func waitForEvents(atMost nanoseconds: Int64) {
    let seen = arena.header.pointee.readerWord.load(ordering: .acquiring)
    guard !hasEnded else { return }
    arena.header.pointee.readerWord.sleep(while: seen, atMost: nanoseconds, acrossProcesses: true)
  }

  // MARK: the kernel's accounting

  /// Switches of the tasks' processes and their host, those that have ended included; threads are in this process's own.
  public var switches: (voluntary: UInt64, involuntary: UInt64) {
    guard era == .processes else { return (0, 0) }
    if let all = reaped.withLock({ $0 }) { return all }
    var sum = (
      voluntary: arena.header.pointee.voluntary.load(ordering: .relaxed),
      involuntary: arena.header.pointee.involuntary.load(ordering: .relaxed)
    )
    for process in [arena.header.pointee.host.load(ordering: .relaxed)] + processes where process > 0 {
      var sample = ck_thread_sample()
      guard ck_sample_thread(process, process, &sample) else { continue }
      sum.voluntary += sample.voluntary
      sum.involuntary += sample.involuntary
    }
    return sum
  }

  /// Processes beside this one: the most at once, and now.
  public var processCount: (most: Int, now: Int) {
    guard era == .processes else { return (0, 0) }
    let hasHost = arena.header.pointee.host.load(ordering: .relaxed) > 0
    return arena.withLock { (arena.header.pointee.mostAlive + 1, hasHost ? arena.header.pointee.live + 1 : 0) }
  }

  /// The processes of the tasks.
  var processes: [Int32] {
    arena.withLock {
      (0..<arena.header.pointee.slotsMade).filter { arena.slots[$0].state != .free }.map { arena.slots[$0].process }
    }
  }
}
