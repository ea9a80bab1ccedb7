/// A stretch of virtual time, in nanoseconds, and the columns that it is drawn in.
struct TimeWindow: Sendable, Hashable {
  /// The shortest that can be looked at.
  static let shortest: UInt64 = 100

  var start: UInt64
  /// At least 1.
  var length: UInt64

  init(start: UInt64, length: UInt64) {
    self.start = start
    self.length = max(length, 1)
  }

  var end: UInt64 { start + length }

  func contains(_ time: UInt64) -> Bool { start <= time && time <= end }

  /// When a column begins; `width` gives the end.
  func time(at column: Int, of width: Int) -> UInt64 {
    start + length * UInt64(max(column, 0)) / UInt64(max(width, 1))
  }

  /// The column in which a time lies, if it is one of `width`; the very end lies in the last.
  func column(of time: UInt64, of width: Int) -> Int? {
    guard contains(time), width > 0 else { return nil }
    var column = min(Int((time - start) * UInt64(width) / length), width - 1)
    while column + 1 < width, self.time(at: column + 1, of: width) <= time { column += 1 }
    return column
  }

  /// Half as long or twice, around a time that keeps its column.
  func zoomed(isIn: Bool, around time: UInt64) -> TimeWindow {
    let length = isIn ? max(self.length / 2, TimeWindow.shortest) : self.length * 2
    let time = min(max(time, start), end)
    // In floating point, for the product of two lengths has no bound.
    let before = UInt64(Double(time - start) / Double(self.length) * Double(length))
    return TimeWindow(start: time - min(before, time), length: length)
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below a length.
  static func round(above length: UInt64) -> UInt64 {
    var power: UInt64 = 1
    while power < 1_000_000_000_000_000 {
      for step in [power, 2 * power, 5 * power] where step >= length { return step }
      power *= 10
    }
    return power
  }
}
