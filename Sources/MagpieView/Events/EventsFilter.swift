import MagpieModel

/// Which events the log shows, and those of them that are near the moment.
struct EventsFilter: Sendable {
  /// Events that one frame looks at, before and after.
  static let eventsAFrame = 100_000

  /// As it was written; empty: all.
  private(set) var text = ""
  private var filter: Filter?
  /// What was found last, for a moment and a number of lines.
  private var known: (shown: Int, end: Int, rows: Int, numbers: [Int])?

  init() {}

  init(text: String, filter: Filter?) {
    self.text = text
    self.filter = filter
  }

  /// Another history is looked at.
  mutating func forget() { known = nil }

  /// The numbers of the events to draw, oldest first: up to the moment, and in the last third of the lines what comes after.
  /// - Complexity: O(rows) without a filter; else O(`eventsAFrame`) when the moment has changed.
  mutating func numbers(_ scene: Scene, rows: Int) -> [Int] {
    let after = scene.shown < scene.end ? rows / 3 : 0
    guard let filter else {
      let last = min(scene.shown + after, scene.end)
      let first = max(last - rows + 1, scene.history.firstAvailable + 1, 1)
      return first <= last ? Array(first...last) : []
    }
    if let known, known.shown == scene.shown, known.end == scene.end, known.rows == rows { return known.numbers }
    var later: [Int] = []
    find(filter, from: scene.shown + 1, isForward: true, scene.history, count: after, into: &later)
    var earlier: [Int] = []
    find(filter, from: scene.shown, isForward: false, scene.history, count: rows - later.count, into: &earlier)
    let numbers = earlier.reversed() + later
    known = (scene.shown, scene.end, rows, numbers)
    return numbers
  }

  private func find(
    _ filter: Filter, from start: Int, isForward: Bool, _ history: History, count: Int, into numbers: inout [Int]
  ) {
    guard count > 0 else { return }
    numbers =
      history.find(
        filter, from: start, isForward: isForward, limit: EventsFilter.eventsAFrame, count: count
      ).found
  }
}
