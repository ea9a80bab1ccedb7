/// Two runs that are over, on one clock: a moment of each, so that both are at the same place.
///
/// Both histories together are one sequence of events: by place, of the same place those of the left side first. A step takes the
/// next of it, or takes the last one back.
public struct SideBySide: Sendable {
  /// Left and right.
  public let courses: [Course]
  public private(set) var alignment: Alignment
  /// After how many events each side is.
  public private(set) var moments: [Int]
  /// Virtual nanoseconds of the side that leads while both play; nil while nothing plays.
  private var playhead: (side: Int, time: Double)?

  /// At the beginning.
  public init(_ left: Course, _ right: Course, by alignment: Alignment = .progress) {
    courses = [left, right]
    moments = [left.first, right.first]
    self.alignment = alignment
  }

  // MARK: where they are

  /// How far both are: virtual nanoseconds, or tasks that have ended.
  public var place: Double {
    if let playhead, alignment == .time { return min(max(playhead.time, farther), end) }
    return farther
  }

  private var farther: Double { max(place(of: 0), place(of: 1)) }
  /// Where the one that goes further ends.
  public var end: Double { courses.map { $0.place(at: $0.last, by: alignment) }.max() ?? 0 }
  /// Where the one ends that ends first: from there on, it waits.
  public var firstEnd: Double { courses.map { $0.place(at: $0.last, by: alignment) }.min() ?? 0 }
  /// How much of the way is behind both, 0 to 1.
  public var share: Double { end > 0 ? min(max(place / end, 0), 1) : 0 }

  public func place(of side: Int) -> Double { courses[side].place(at: moments[side], by: alignment) }
  public func isAtEnd(_ side: Int) -> Bool { moments[side] >= courses[side].last }
  public var isAtEnd: Bool { isAtEnd(0) && isAtEnd(1) }

  // MARK: moving

  /// The side whose event comes next; nil at the end.
  public var next: Int? {
    let places = places { $0 < courses[$1].last ? courses[$1].place(at: $0 + 1, by: alignment) : nil }
    guard let left = places[0], let right = places[1] else { return places[0] != nil ? 0 : places[1] != nil ? 1 : nil }
    return left <= right ? 0 : 1
  }

  /// The side whose event came last; nil at the beginning.
  public var previous: Int? {
    let places = places { $0 > courses[$1].first ? courses[$1].place(at: $0, by: alignment) : nil }
    guard let left = places[0], let right = places[1] else { return places[0] != nil ? 0 : places[1] != nil ? 1 : nil }
    return right >= left ? 1 : 0
  }

  private func places(_ place: (Int, Int) -> Double?) -> [Double?] { [place(moments[0], 0), place(moments[1], 1)] }

  /// One event of either side. - Returns: whose it was; nil at the end.
  @discardableResult
  public mutating func step() -> Int? {
    playhead = nil
    guard let side = next else { return nil }
    moments[side] += 1
    return side
  }

  /// Takes one event of either side back. - Returns: whose it was; nil at the beginning.
  @discardableResult
  public mutating func stepBack() -> Int? {
    playhead = nil
    guard let side = previous else { return nil }
    moments[side] -= 1
    return side
  }

  /// Both to a place.
  public mutating func move(to place: Double) {
    playhead = nil
    moments = courses.map { $0.moment(at: place, by: alignment) }
  }

  /// One side to a moment; the other follows.
  public mutating func move(_ side: Int, to n: Int) {
    playhead = nil
    follow(side, to: n)
  }

  private mutating func follow(_ side: Int, to n: Int) {
    moments[side] = min(max(n, courses[side].first), courses[side].last)
    let other = 1 - side
    // A side that is at its end does not keep the other one from its own.
    moments[other] = courses[other].moment(at: place(of: side), by: alignment, isBefore: other == 1)
  }

  public mutating func moveToStart() {
    playhead = nil
    moments = courses.map(\.first)
  }

  public mutating func moveToEnd() {
    playhead = nil
    moments = courses.map(\.last)
  }

  /// Lays them side by side by something else; one side stays where it is.
  public mutating func align(by alignment: Alignment, keeping side: Int) {
    self.alignment = alignment
    let isEnd = isAtEnd
    move(side, to: moments[side])
    if isEnd { moveToEnd() }
  }

  /// Goes on by virtual time of the run that takes longer, and once that is over, of the other one.
  public mutating func play(_ nanoseconds: Double) {
    let longer = courses[0].duration >= courses[1].duration ? 0 : 1
    let side = isAtEnd(longer) ? 1 - longer : longer
    if playhead?.side != side {
      let now = alignment == .time ? place : Double(courses[side].time(at: moments[side]))
      playhead = (side, now)
    }
    guard let time = playhead.map({ $0.time + max(nanoseconds, 0) }) else { return }
    let before = moments
    switch alignment {
    case .time: moments = courses.map { $0.moment(at: time, by: .time) }
    case .progress: follow(side, to: courses[side].moment(at: time, by: .time))
    }
    // Whoever was further for a reason, such as being at the end, stays there.
    moments = [max(moments[0], before[0]), max(moments[1], before[1])]
    playhead = (side, time)
  }
}
