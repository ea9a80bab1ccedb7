/// A thing of the scheduler that can be selected and explained, wherever it is drawn.
public enum Subject: Sendable, Hashable {
  case fiber(UInt32)
  case processor(Int)
  case machine(UInt16)
  /// A channel, lock or other sync object.
  case object(UInt32)
  /// An event by its number.
  case event(Int)
  case globalQueue, timers, blockingCalls, poller, sysmon
}

extension Canvas {
  /// Where a subject is drawn.
  public struct Spot: Sendable, Hashable {
    public var area: Area
    public var subject: Subject
    /// Whether all of it is marked when it is selected, and not only a name in it.
    public var isWhole = false
  }

  /// Says what is drawn in an area. What lies inside another spot is said after it.
  mutating func mark(_ subject: Subject, _ area: Area, isWhole: Bool = false) {
    guard area.width > 0, area.height > 0 else { return }
    spots.append(Spot(area: area, subject: subject, isWhole: isWhole))
  }

  /// One line, from one column to before another.
  mutating func mark(_ subject: Subject, x: Int, y: Int, to end: Int) {
    mark(subject, Area(x: x, y: y, width: end - x, height: 1))
  }

  /// The subject at a cell: of several, the one that was said last.
  func subject(x: Int, y: Int) -> Subject? {
    spots.last { $0.area.contains(x: x, y: y) }?.subject
  }
}
