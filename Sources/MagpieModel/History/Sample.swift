/// Totals at one moment of a run.
public struct Sample: Sendable, Hashable {
  /// After how many events, and when, in virtual nanoseconds.
  public var event = 0
  public var time: UInt64 = 0
  public var switches: UInt64 = 0
  public var steals: UInt64 = 0
  public var handoffs: UInt64 = 0
  /// Virtual nanoseconds in which each processor ran a fiber.
  public var busy: [UInt64] = []

  /// The totals of a state.
  /// - Complexity: O(processors).
  public init(_ state: SchedulerState) {
    event = state.eventCount
    time = state.time
    switches = state.statistics.switches
    steals = state.statistics.stealsSucceeded
    handoffs = state.statistics.handoffs
    busy = state.processors.indices.map { p in
      let record = state.processors[p]
      return state.statistics.processors[p].busyNanoseconds
        &+ (record.fiber == 0 ? 0 : state.time &- record.runStart)
    }
  }
}

/// Samples of a whole run, from its beginning, so many that a curve can be drawn: at even distances in virtual time, which
/// double when there are too many.
struct Samples: Sendable {
  static let limit = 512

  private(set) var values: [Sample] = []
  /// Virtual nanoseconds between two.
  private var interval: UInt64 = 100
  /// When the next one is due.
  private(set) var due: UInt64 = 0

  mutating func take(_ state: SchedulerState) {
    values.append(Sample(state))
    if values.count >= Samples.limit {
      // Where events are rarer than samples would be, doubling once leaves too many of the latest and too few of the first.
      repeat { thin() } while values.count > Samples.limit / 2
    }
    due = (state.time / interval + 1) * interval
  }

  /// Doubles the distance, and keeps one sample for each.
  private mutating func thin() {
    interval *= 2
    var last: UInt64?
    values.removeAll { sample in
      defer { last = sample.time / interval }
      return last == sample.time / interval
    }
  }
}

extension History {
  /// Totals from the beginning of the run on, oldest first; at most 512, at even distances in virtual time.
  public var samples: [Sample] { samplesTaken.values }

  /// The last keyframe at least so many events before a moment, or the oldest: its totals, and when it was.
  public func statistics(before moment: Int, by events: Int) -> (totals: Statistics, time: UInt64) {
    let state = segments[segmentIndex(containing: moment - events)].keyframe
    return (state.statistics, state.time)
  }
}
