import MagpieTrace

/// A run that is over, as a way from its beginning to its end: where it was after so many events, by time or by progress, and
/// which event brought it to a place.
///
/// Places grow with the events, so that what is stepped forward and back again is where it was.
public struct Course: Sendable {
  public let history: History
  /// The latest time among the first events, one value for each `stride` of them. Times of different machines are out of order
  /// by a little; the latest so far is not.
  private var latest: [UInt64] = []
  /// The events with which tasks ended, in order; of those that are kept.
  private var finishes: [Int] = []
  /// When the oldest moment that is kept was, and how many tasks had ended by then.
  private let beginning: (time: UInt64, finished: Int)

  private static let stride = 64

  /// - Complexity: O(events). Everything else is O(log events).
  public init(_ history: History) {
    self.history = history
    let oldest = history.state(at: history.firstAvailable)
    beginning = (oldest.time, Int(oldest.fibersFinished))
    latest.reserveCapacity((history.count - history.firstAvailable) / Course.stride + 1)
    var time = beginning.time
    for index in history.segments.indices {
      let start = history.segments[index].start
      let end = index + 1 < history.segments.count ? history.segments[index + 1].start : history.count
      history.forEachEvent(in: index, from: start, to: end) { number, event in
        if (number - history.firstAvailable - 1) % Course.stride == 0 { latest.append(time) }
        if event.time > time { time = event.time }
        if event.rawKind == EventKind.fiberExit.rawValue { finishes.append(number) }
      }
    }
  }

  /// The oldest moment that is kept, and the last one, in events.
  public var first: Int { history.firstAvailable }
  public var last: Int { history.count }
  /// Virtual nanoseconds in all.
  public var duration: UInt64 { history.live.time }

  /// Virtual nanoseconds after so many events, `first ... last`.
  public func time(at n: Int) -> UInt64 {
    guard n > first, !latest.isEmpty else { return beginning.time }
    let mark = (n - first - 1) / Course.stride
    var time = latest[mark]
    for number in first + mark * Course.stride + 1...n {
      if let event = history.event(at: number), event.time > time { time = event.time }
    }
    return time
  }

  /// Tasks that had ended after so many events.
  public func finished(at n: Int) -> Int { beginning.finished + finishes(upTo: n) }

  private func finishes(upTo n: Int) -> Int {
    var low = 0
    var high = finishes.count
    while low < high {
      let middle = (low + high) / 2
      if finishes[middle] <= n { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The place of the moment after so many events: virtual nanoseconds; or the tasks that had ended, and the part of the events to
  /// the end of the next one.
  public func place(at n: Int, by alignment: Alignment) -> Double {
    guard alignment == .progress else { return Double(time(at: n)) }
    let done = finishes(upTo: n)
    let from = done == 0 ? first : finishes[done - 1]
    let to = done < finishes.count ? finishes[done] : last + 1
    return Double(beginning.finished + done) + Double(n - from) / Double(max(to - from, 1))
  }

  /// The last moment, in events, whose place is at most the given one; with `isBefore`, less than it. `first` if there is none.
  public func moment(at place: Double, by alignment: Alignment, isBefore: Bool = false) -> Int {
    var low = first
    var high = last
    while low < high {
      let middle = (low + high + 1) / 2
      let there = self.place(at: middle, by: alignment)
      if isBefore ? there < place : there <= place { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
