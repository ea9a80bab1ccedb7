/// Something that took long, and the event with which it was over.
public struct WorstCase: Sendable, Hashable {
  public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    /// From runnable to start.
    case wait
    /// Of a fiber on a processor, without a stop.
    case run
    /// In a blocking call.
    case call
  }

  public var kind: Kind
  /// In virtual nanoseconds.
  public var nanoseconds: UInt64
  /// The number of the event.
  public var event: Int
}

/// The worst cases of a stretch of history, the worst of each kind first.
struct WorstCases: Sendable, Equatable {
  /// Cases of a kind that are kept.
  static let limit = 16

  private var wait: [WorstCase] = []
  private var run: [WorstCase] = []
  private var call: [WorstCase] = []

  subscript(_ kind: WorstCase.Kind) -> [WorstCase] {
    switch kind {
    case .wait: wait
    case .run: run
    case .call: call
    }
  }

  /// Keeps a case if it is one of the worst. - Returns: what the next one of its kind must exceed.
  mutating func record(_ one: WorstCase) -> UInt64 {
    switch one.kind {
    case .wait: Self.insert(one, into: &wait, limit: Self.limit)
    case .run: Self.insert(one, into: &run, limit: Self.limit)
    case .call: Self.insert(one, into: &call, limit: Self.limit)
    }
  }

  /// Of equals, the first stays first. - Returns: what the next one must exceed.
  static func insert(_ one: WorstCase, into cases: inout [WorstCase], limit: Int) -> UInt64 {
    let place = cases.lastIndex { $0.nanoseconds >= one.nanoseconds }.map { $0 + 1 } ?? 0
    if place < limit { cases.insert(one, at: place) }
    if cases.count > limit { cases.removeLast() }
    return cases.count < limit ? 0 : cases[cases.count - 1].nanoseconds
  }
}

extension History {
  /// The longest of a kind among all events that are kept, whatever moment is shown; the longest first.
  /// - Parameter limit: 16 at most.
  /// - Complexity: O(keyframes).
  public func worstCases(_ kind: WorstCase.Kind, limit: Int) -> [WorstCase] {
    let limit = min(limit, WorstCases.limit)
    guard limit > 0 else { return [] }
    var result: [WorstCase] = []
    var least: UInt64 = 0
    for segment in segments {
      for one in segment.worst[kind] {
        guard one.nanoseconds > least else { break }
        least = WorstCases.insert(one, into: &result, limit: limit)
      }
    }
    return result
  }
}
