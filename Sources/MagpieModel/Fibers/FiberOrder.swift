/// By what live fibers are put in order: the columns of a table.
public enum FiberOrder: UInt8, Sendable, Hashable, CaseIterable {
  case number, name, state, since, wait, ran, starts, wokenBy, parent, deadline

  /// Whether the greatest comes first, for it is what one looks for.
  public var isDescending: Bool {
    switch self {
    case .since, .wait, .ran, .starts: true
    case .number, .name, .state, .wokenBy, .parent, .deadline: false
    }
  }
}

extension SchedulerState {
  /// Virtual nanoseconds that a fiber has run, what it runs now included.
  /// - Complexity: O(1).
  public func ranNanoseconds(of fiber: FiberState) -> UInt64 {
    let index = fiberTable.find(fiber.id)
    return index < 0 ? fiber.ranNanoseconds : ranNanoseconds(at: index)
  }

  func ranNanoseconds(at index: Int) -> UInt64 {
    let record = fibers[index]
    guard record.place == .running else { return record.ranNanoseconds }
    let p = Int(machines[Int(record.owner)].processor)
    guard p < processors.count, processors[p].fiber == record.id else { return record.ranNanoseconds }
    return record.ranNanoseconds &+ (time &- processors[p].runStart)
  }

  /// Virtual nanoseconds since a fiber that is ready became so; nil for one that is not.
  public func waitNanoseconds(of fiber: FiberState) -> UInt64? {
    switch fiber.place {
    case .queued, .runNext, .global, .hands: time &- fiber.runnableSince
    default: nil
    }
  }
}

extension FiberRecord {
  /// A number for what the fiber does, in the order of interest: what runs, what is ready, what is blocked, what waits.
  var stateCode: UInt8 {
    switch place {
    case .running: 0
    case .detached: 1
    case .runNext: 2
    case .queued: 3
    case .hands, .overflow: 4
    case .global: 5
    case .blocked: 6
    case .parked: 7 + min(parkReason, 20)
    case .none, .unknown: 31
    }
  }

  var isReady: Bool { (2...5).contains(stateCode) }

  /// What the fiber is sorted by, the first the smallest; nil where it has none, which comes last.
  @inline(__always)
  func key(_ order: FiberOrder, _ state: SchedulerState, index: Int) -> UInt64? {
    switch order {
    case .number, .name: UInt64(id)
    case .state: UInt64(stateCode) &<< 48 | since & 0xFFFF_FFFF_FFFF
    case .since: since
    case .wait: isReady ? runnableSince : nil
    case .ran: UInt64.max &- 1 &- min(state.ranNanoseconds(at: index), 1 &<< 62)
    case .starts: UInt64(UInt32.max &- starts)
    case .wokenBy: wokenBy == 0 ? nil : UInt64(wokenBy)
    case .parent: parent == 0 ? nil : UInt64(parent)
    case .deadline: timer == noIndex ? nil : min(deadline, .max &- 1)
    }
  }
}
