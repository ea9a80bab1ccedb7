import CKernel
public import Magpie
public import MagpieModel

/// What a screen may see and do while the session runs.
extension Session {
  /// How the program stands.
  public enum Status: Sendable {
    case running, held, stepping, ended
  }

  public var status: Status {
    if runtime.hasEnded { return .ended }
    if runtime.isStepping { return .stepping }
    return runtime.isHeld ? .held : .running
  }

  public func hold() { runtime.hold() }
  public func release() { runtime.release() }
  /// Lets one machine of the held program do its next operation.
  public func step() { runtime.step() }
  public var tempo: Int { runtime.tempo }
  public func setTempo(_ tempo: Int) { runtime.setTempo(tempo) }

  /// Lends the history; the collector waits meanwhile.
  public func withHistory<Result>(_ body: (inout History) -> Result) -> Result { history.withLock(body) }

  /// What each machine does, as its gate knows.
  public var machineNotes: [Runtime.MachineNote] { runtime.machineNotes }
  public var deadlock: DeadlockReport? { runtime.deadlock }
  public var limit: Limit? { runtime.limit }

  /// Tells the scheduler's state in Go's words, a line each so many real milliseconds, until the program has ended.
  public func traceSchedule(every milliseconds: Int, to tell: @escaping @Sendable (String) -> Void) {
    let runtime = runtime
    _ = BackgroundThread("magpie-schedtrace") {
      while !runtime.waitForEnd(atMost: Int64(milliseconds) * 1_000_000) { tell(runtime.scheduleTraceLine + "\n") }
    }
  }

  /// Threads, and switches of both kinds, of this process.
  public var kernelFacts: (threads: Int, voluntary: UInt64, involuntary: UInt64) {
    kernel.sample()
    let facts = kernel.facts
    return (facts.threadsNow, facts.voluntary, facts.involuntary)
  }

  /// Events seen so far, lost ones, the clocks: what rates are made of.
  public struct Progress: Sendable {
    public var seen = 0
    public var lost: UInt64 = 0
    public var realNanoseconds: UInt64 = 0
    public var virtualNanoseconds: UInt64 = 0
  }

  public var progress: Progress {
    let (seen, lost) = history.withLock { ($0.count, $0.losses.reduce(0) { $0 &+ $1.count }) }
    return Progress(
      seen: seen, lost: lost, realNanoseconds: ck_monotonic_ns(), virtualNanoseconds: runtime.virtualTime)
  }
}
