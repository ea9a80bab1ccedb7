extension Biography {
  /// How a life divides, in virtual nanoseconds.
  public struct Totals: Sendable, Hashable {
    /// On a machine, with a processor or without.
    public var running: UInt64 = 0
    /// In queues, and on the way between two.
    public var ready: UInt64 = 0
    public var blocked: UInt64 = 0
    public var waiting: UInt64 = 0
    /// What is not known: only after a loss.
    public var unknown: UInt64 = 0
    public init() {}

    public var sum: UInt64 { running &+ ready &+ blocked &+ waiting &+ unknown }

    mutating func add(_ nanoseconds: UInt64, in place: FiberState.Place) {
      switch place {
      case .running, .detached: running &+= nanoseconds
      case .queued, .runNext, .global, .hands: ready &+= nanoseconds
      case .blocked: blocked &+= nanoseconds
      case .parked: waiting &+= nanoseconds
      case .unknown: unknown &+= nanoseconds
      }
    }
  }

  /// How the fiber's life, as far as it has been read, divides up to a moment.
  /// - Parameters:
  ///   - moment: after how many events.
  ///   - time: the moment's, in virtual nanoseconds.
  /// - Complexity: O(stretches).
  public func totals(at moment: Int, time: UInt64) -> Totals {
    var totals = Totals()
    guard let last = index(at: moment) else { return totals }
    for index in 0...last {
      guard let place = stretches[index].place else { continue }
      totals.add(end(of: index, at: moment, time: time) &- stretches[index].since, in: place)
    }
    return totals
  }

  /// When a stretch ended, or the time of the moment for the one that lasted then.
  public func end(of index: Int, at moment: Int, time: UInt64) -> UInt64 {
    let end = index + 1 < stretches.count && stretches[index + 1].event <= moment ? stretches[index + 1].since : time
    return max(end, stretches[index].since)
  }
}
