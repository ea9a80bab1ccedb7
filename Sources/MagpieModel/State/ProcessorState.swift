/// One processor (P) as a reader sees it: a copy, made on demand from the flat arrays of `SchedulerState`.
public struct ProcessorState: Sendable, Hashable {
  /// Who has the processor.
  public enum Status: UInt8, Sendable, CaseIterable {
    /// On the idle list.
    case idle = 0
    /// Held by a machine that runs a fiber or looks for one.
    case held
    /// Held by a machine in a blocking call; sysmon may take it.
    case blocked
    /// Given to a machine that has not taken it up yet.
    case given
    /// Let go or retaken, and on its way to another machine or to the idle list.
    case inHands
    /// There are to be fewer: nobody has it.
    case retired
  }

  public var id: Int
  public var status: Status
  /// The machine that holds it, that it was given to, or in whose hands it is; nil when idle.
  public var machine: UInt16?
  /// Nobody has it: it is idle, or has retired.
  public var isUnused: Bool { status == .idle || status == .retired }
  /// The fiber that runs on it.
  public var fiber: UInt32?
  /// The fiber that runs next.
  public var runNext: UInt32?
  /// Fibers in the ring, runnext not counted.
  public var queueLength: Int
  /// Number of the first occupied slot; its place in the ring is the number modulo 256.
  public var head: UInt32
  /// Version of the word that says who has it.
  public var version: UInt32
  /// Fibers started here, ever.
  public var ran: UInt64
  /// Virtual nanoseconds in which a fiber ran here, up to the state's `time`.
  public var busyNanoseconds: UInt64
  /// When the present fiber began to run; nil when none does.
  public var sliceStart: UInt64?
  /// Fibers that it stole from others, and that others stole from it.
  public var stole: UInt64
  public var stolenFrom: UInt64
  /// The schedule tick as its last search saw it.
  public var lastTick: UInt32
  /// When `status` last changed, in virtual nanoseconds.
  public var since: UInt64
}
