/// What a lane of the timeline shows over a stretch of time: a processor, a machine or a fiber.
public enum LaneState: UInt8, CaseIterable, Sendable {
  /// It does not exist, or not any more; a processor that has retired.
  case absent = 0
  /// Asleep: a processor on the idle list, a machine in the kernel, a fiber that waits. `detail` says for what.
  case idle
  case running
  /// In a blocking call; of a processor: its machine is.
  case blocked
  /// A machine looks for work in other processors' queues, counted in the spinning number.
  case spinning
  /// Awake without a fiber: looks for one, or is between two; a processor on its way to another machine.
  case searching
  /// Runs on without a processor, which was taken.
  case detached
  /// A fiber that waits for a processor.
  case runnable
}

/// What happened to a lane at a moment, worth a sign of its own.
public enum LaneMark: UInt8, CaseIterable, Sendable {
  case none = 0
  /// It stole, or was stolen.
  case steal
  /// A processor was let go of, or retaken.
  case handoff
  /// A machine was started or woken, a fiber made ready.
  case wake
  /// A fiber was made to stop.
  case preempt
}

/// State, detail and fiber of a lane, in one word.
public struct LaneValue: Sendable, Hashable {
  /// fiber 32 | detail 8 | state 8
  let bits: UInt64

  public init(_ state: LaneState, detail: UInt8 = 0, fiber: UInt32 = 0) {
    bits = UInt64(fiber) &<< 16 | UInt64(detail) &<< 8 | UInt64(state.rawValue)
  }

  public static let absent = LaneValue(.absent)

  public var state: LaneState { LaneState(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .absent }
  /// Of a sleeping machine its `MachineParkReason`, of a waiting fiber its `ParkReason`, of a processor on its way 1.
  public var detail: UInt8 { UInt8(truncatingIfNeeded: bits &>> 8) }
  /// The fiber that runs there; of a fiber's lane: the processor that it runs on.
  public var fiber: UInt32 { UInt32(truncatingIfNeeded: bits &>> 16) }

  var index: Int { Int(bits & 7) }
}
