import MagpieTrace

/// Lanes of a few fibers over a stretch of a history, read some events at a time.
///
/// Fibers are many and most are never looked at; so only those that are asked for are followed, from where the stretch
/// begins on. What a fiber was before its first event there, that event tells.
public struct FiberLanes: Sendable {
  /// Fibers that are followed at most.
  public static let maximumCount = 128

  public private(set) var lanes: [UInt32: Lane] = [:]
  /// The event after which the reading began, and the one that was read last.
  public private(set) var first = 0
  public private(set) var next = 0
  public private(set) var begin: UInt64 = 0
  public private(set) var time: UInt64 = 0
  /// Which of 4096 classes of numbers a followed fiber is in: most events concern none.
  private var sieve = [Bool](repeating: false, count: 4096)
  private var lastEvent: Event?

  public init() {}

  /// Sees to it that the fibers are followed from an event on; what has been read is kept if it serves.
  public mutating func follow(_ fibers: [UInt32], from number: Int, in history: History) {
    let number = max(number, history.firstAvailable)
    let isOther = lastEvent != nil && next > history.firstAvailable && history.event(at: next) != lastEvent
    if !isOther, number >= first, next >= number, first >= history.firstAvailable,
      fibers.allSatisfy({ lanes[$0] != nil })
    {
      return
    }
    self = FiberLanes()
    first = number
    next = number
    // Nothing happens between the last event and the first that is read.
    begin = (history.event(at: number) ?? history.event(at: number + 1))?.time ?? 0
    time = begin
    for fiber in fibers.prefix(Self.maximumCount) {
      lanes[fiber] = Lane()
      sieve[Int(fiber & 4095)] = true
    }
  }

  /// Up to when nothing more can happen to what is known: the next event, or the present.
  public func knownTime(in history: History) -> UInt64 {
    max(history.event(at: next + 1)?.time ?? history.live.time, begin)
  }

  /// Reads on to an event, at most so many.
  public mutating func advance(in history: History, upTo last: Int, limit: Int) {
    let stop = min(last, history.count, next + min(limit, max(history.count - next, 0)))
    while next < stop, let event = history.event(at: next + 1) {
      next += 1
      if event.time > time { time = event.time }
      lastEvent = event
      if sieve[Int(event.fiber & 4095)] { apply(event) }
    }
  }

  private mutating func apply(_ event: Event) {
    guard let kind = event.kind, lanes[event.fiber] != nil else { return }
    let p = UInt32(event.processor)
    switch kind {
    case .fiberCreate: note(event, .absent, LaneValue(.runnable), .wake)
    case .fiberReady: note(event, LaneValue(.idle), LaneValue(.runnable), .wake)
    case .fiberStart: note(event, LaneValue(.runnable), LaneValue(.running, fiber: p))
    case .fiberYield: note(event, LaneValue(.running, fiber: p), LaneValue(.runnable))
    case .fiberPreempt: note(event, LaneValue(.running, fiber: p), LaneValue(.runnable), .preempt)
    case .fiberPark: note(event, LaneValue(.running, fiber: p), LaneValue(.idle, detail: event.detail))
    case .fiberExit: note(event, LaneValue(.running, fiber: p), .absent)
    case .stealTook, .stealTookRunNext: note(event, LaneValue(.runnable), LaneValue(.runnable), .steal)
    case .processorDetach: note(event, LaneValue(.running, fiber: p), LaneValue(.detached), .handoff)
    case .machineRejoin: note(event, LaneValue(.detached), LaneValue(.runnable))
    case .machineSyscallEnter: note(event, LaneValue(.running, fiber: p), LaneValue(.blocked))
    case .machineSyscallExit:
      let isFast = event.detail == SyscallExit.fast.rawValue
      note(event, LaneValue(.blocked), isFast ? LaneValue(.running, fiber: p) : LaneValue(.runnable))
    default: break
    }
  }

  /// The lane's first event tells what was before.
  private mutating func note(_ event: Event, _ before: LaneValue, _ after: LaneValue, _ mark: LaneMark = .none) {
    guard var lane = lanes.removeValue(forKey: event.fiber) else { return }
    if lane.begin == nil { lane.append(begin, before) }
    lane.append(time, after, mark)
    lanes[event.fiber] = lane
  }
}
