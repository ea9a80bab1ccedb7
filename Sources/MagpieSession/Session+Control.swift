import CKernel
public import Magpie
public import MagpieModel

/// What a screen may see and do while the session runs.
extension Session {
  /// How the program stands.
  public enum Status: Sendable {
    case running, held, stepping, ended
  }

  /// It has ended once all that happened is in the history. Once it is said to be held it is: a step that is over has ended then.
  public var status: Status {
    if engine.hasEnded { return isRead ? .ended : .running }
    if !engine.endStepIfOver() { return .stepping }
    return engine.isHeld ? .held : .running
  }

  public func hold() { engine.hold() }
  public var isHeld: Bool { engine.isHeld }
  public func release() { engine.release() }
  /// Lets one machine of the held program do its next operation.
  public func step() { engine.step(machine: nil) }
  /// Lets this one do its next operation. - Returns: whether it can.
  @discardableResult
  public func step(machine: UInt16) -> Bool { engine.step(machine: machine) != nil }
  /// Lets the program go on until a fiber has begun its next operation, and holds it then.
  public func step(fiber: UInt32) throws(ControlError) { try engine.step(fiber: fiber) }

  // MARK: Stopping before something happens

  /// Holds the program whenever something that the filter asks for is about to happen; nil: no longer.
  public func setBreakpoint(_ filter: Filter?) {
    breakpointFilter.withLock { $0 = filter }
    guard let filter else { return engine.setBreakpoint(nil) }
    engine.setBreakpoint { $0.answers(filter) }
  }
  public var breakpoint: Filter? { breakpointFilter.withLock { $0 } }
  /// Lets the program go on, and holds it before the next thing that the filter asks for, once.
  public func run(until filter: Filter) { engine.run { $0.answers(filter) } }
  /// What the program was stopped before; nil once that went on.
  public var stoppedBefore: Upcoming? { engine.stoppedBefore }
  /// What the machines that stand at the gate are about to do.
  public var upcoming: [Upcoming] { engine.upcoming }

  // MARK: Changing the program

  public func freeze(fiber: UInt32) throws(ControlError) { try engine.freeze(fiber: fiber) }
  public func thaw(fiber: UInt32) throws(ControlError) { try engine.thaw(fiber: fiber) }
  public func freeze(machine: UInt16) throws(ControlError) { try engine.freeze(machine: machine) }
  public func thaw(machine: UInt16) throws(ControlError) { try engine.thaw(machine: machine) }
  public var frozenFibers: Set<UInt32> { engine.frozenFibers }
  public var frozenMachines: Set<UInt16> { engine.frozenMachines }
  /// Ends a fiber's sleep, or thaws it. Freezing is how a fiber is blocked by hand.
  public func wake(fiber: UInt32) throws(ControlError) { try engine.wake(fiber: fiber) }
  /// Sets how many fibers run at once. In a program that is held, once it goes on.
  public func setProcessors(_ count: Int) throws(ControlError) { try engine.setProcessors(count) }
  public var processors: Int { engine.processorCount }

  public var tempo: Int { engine.tempo }
  public func setTempo(_ tempo: Int) { engine.setTempo(tempo) }

  // MARK: Looking

  /// Lends the history; the collector waits meanwhile.
  public func withHistory<Result>(_ body: (inout History) -> Result) -> Result { history.withLock(body) }

  /// What each machine does, as its gate knows.
  public var machineNotes: [Runtime.MachineNote] { engine.machineNotes }
  public var deadlock: DeadlockReport? { engine.deadlock }
  public var limit: Limit? { limitMet.withLock { $0 } ?? engine.limit }

  /// Tells the scheduler's state in Go's words, a line each so many real milliseconds, until the program has ended.
  public func traceSchedule(every milliseconds: Int, to tell: @escaping @Sendable (String) -> Void) {
    let engine = engine
    _ = BackgroundThread("magpie-schedtrace") {
      while !engine.waitForEnd(atMost: Int64(milliseconds) * 1_000_000) { tell(engine.scheduleTraceLine + "\n") }
    }
  }

  /// Threads, and switches of both kinds, of this process, and of those that the tasks have.
  public var kernelFacts: (processes: Int, threads: Int, voluntary: UInt64, involuntary: UInt64) {
    sampleKernel()
    let facts = kernel.facts
    return (1 + facts.processesNow, facts.threadsNow, facts.voluntary, facts.involuntary)
  }

  /// The same of the program alone, without what watches it.
  public var programFacts: (processes: Int, threads: Int, voluntary: UInt64, involuntary: UInt64) {
    sampleKernel()
    let facts = kernel.facts.program
    return (facts.processes, facts.threads, facts.voluntary, facts.involuntary)
  }

  /// Virtual nanoseconds since the start, also while nothing happens.
  public var virtualTime: UInt64 { engine.virtualTime }

  /// Events seen so far, lost ones, the clocks: what rates are made of.
  public struct Progress: Sendable {
    public var seen = 0
    public var lost: UInt64 = 0
    public var realNanoseconds: UInt64 = 0
    public var virtualNanoseconds: UInt64 = 0
  }

  public var progress: Progress {
    let (seen, lost) = history.withLock { ($0.count, $0.live.lostEvents) }
    return Progress(
      seen: seen, lost: lost, realNanoseconds: ck_monotonic_ns(), virtualNanoseconds: engine.virtualTime)
  }
}

extension Upcoming {
  /// Whether it may be what a filter asks for.
  fileprivate func answers(_ filter: Filter) -> Bool {
    filter.matches(kinds: kinds, processor: processor, machine: machine, fiber: fiber, time: time)
  }
}
