import MagpieModel

/// What a lane was in the time of one column.
struct LaneCell: Hashable {
  enum Content: Hashable {
    /// Before history begins, or not yet read, or still to come.
    case outside
    /// Events were lost.
    case unknown
    /// The value, all of the time or but for one change.
    case solid
    /// A run that goes on begins here.
    case begins
    /// Several runs, or short ones.
    case mixed
    /// The value for a part of the time only, between stretches of another.
    case touched
  }

  var content = Content.outside
  /// At its end; of one that is touched, what was there for a part.
  var value = LaneValue.absent
  /// In eighths, which part of the time something ran there; at least 1 where anything did.
  var level = 0
  /// How much of the time a blocking call took, in the same way.
  var blocked = 0
  var starts = 0
  var steals = 0
  var handoffs = 0
  var wakes = 0
  var preempts = 0

  /// The cells of a lane.
  /// - Parameters:
  ///   - known: what has been read of its time.
  ///   - unknown: stretches with losses, in order.
  static func row(
    of lane: Lane, _ window: TimeWindow, width: Int, known: ClosedRange<UInt64>, unknown: [ClosedRange<UInt64>]
  ) -> [LaneCell] {
    var cells: [LaneCell] = []
    cells.reserveCapacity(width)
    var reader = Lane.Reader(lane)
    var from = window.time(at: 0, of: width)
    var before = reader.totals(at: from)
    var valueBefore = reader.value
    var hole = 0
    for column in 0..<width {
      let next = window.time(at: column + 1, of: width)
      if next == from {
        // More than one column a nanosecond.
        cells.append(cells.last?.going ?? instant(lane, at: from, known))
        continue
      }
      defer { from = next }
      let end = min(next, known.upperBound)
      let start = max(from, known.lowerBound)
      guard start < end else {
        cells.append(LaneCell())
        continue
      }
      let after = reader.totals(at: end)
      while hole < unknown.count, unknown[hole].upperBound < from { hole += 1 }
      if hole < unknown.count, unknown[hole].lowerBound < end {
        cells.append(LaneCell(content: .unknown))
      } else {
        cells.append(LaneCell(after - before, valueBefore, reader.value, length: end - from))
      }
      before = after
      valueBefore = reader.value
    }
    return cells
  }

  private static func instant(_ lane: Lane, at time: UInt64, _ known: ClosedRange<UInt64>) -> LaneCell {
    known.contains(time) ? LaneCell(content: .solid, value: lane.span(at: time).value) : LaneCell()
  }

  /// The cell after it, in the same nanosecond.
  private var going: LaneCell {
    content == .outside || content == .unknown ? self : LaneCell(content: .solid, value: value)
  }
}

extension LaneCell {
  /// From what a stretch adds up to, what was before it, and what was at its end.
  init(_ totals: Lane.Totals, _ before: LaneValue, _ after: LaneValue, length: UInt64) {
    value = after
    starts = Int(totals.starts)
    steals = Int(totals.count(of: .steal))
    handoffs = Int(totals.count(of: .handoff))
    wakes = Int(totals.count(of: .wake))
    preempts = Int(totals.count(of: .preempt))
    let running = totals.time(in: .running)
    level = LaneCell.eighths(running, of: length)
    blocked = LaneCell.eighths(totals.time(in: .blocked) + totals.time(in: .detached), of: length)
    if starts > 0 {
      content = starts == 1 && after.state == .running ? .begins : .mixed
      return
    }
    content = .solid
    let first = totals.time(in: before.state)
    let last = totals.time(in: after.state)
    if before.state != after.state, first + last == length {
      if first > last { value = before }
    } else if last < length, let other = LaneCell.order.first(where: { $0 != after.state && totals.time(in: $0) > 0 }) {
      content = .touched
      value = LaneValue(other)
    }
  }

  /// What is shown first where something was only for a part of the time.
  private static let order: [LaneState] = [
    .blocked, .detached, .running, .spinning, .searching, .runnable, .idle, .absent,
  ]

  static func eighths(_ part: UInt64, of length: UInt64) -> Int {
    guard part > 0, length > 0 else { return 0 }
    return min(max(Int((part * 8 + length / 2) / length), 1), 8)
  }
}
