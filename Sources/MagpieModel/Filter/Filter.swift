public import MagpieTrace

/// A question about one event, in the filter language: terms in a row, all of which must hold.
///
///     kind:steal p:0      a steal, or an attempt, on P0
///     start g:17,18       G17 or G18 starts
///     -kind:sysmon m:1    what M1 does, but for sysmon's acts
///     time>1.5ms          later than that since the start
///
/// `-` before a term asks for its opposite. A word alone is a kind; kinds are the names of `EventKind.name`, whole, or either side
/// of the dot; `handoff` is a P retaken from a blocking call, too.
public struct Filter: Sendable, Hashable {
  /// What a term asks about.
  public enum Field: String, Sendable, CaseIterable {
    case kind
    case processor = "p"
    case machine = "m"
    case fiber = "g"
    case time
  }

  enum Condition: Sendable, Hashable {
    case kinds(Set<EventKind>)
    case processors(Set<UInt16>)
    case machines(Set<UInt16>)
    case fibers(Set<UInt32>)
    /// Virtual nanoseconds.
    case after(UInt64)
    case before(UInt64)
  }

  struct Term: Sendable, Hashable {
    let condition: Condition
    let isNegated: Bool
  }

  let terms: [Term]

  /// Asks for events of some kinds.
  public init(kinds: Set<EventKind>) { terms = [Term(condition: .kinds(kinds), isNegated: false)] }

  /// Whether something that is about to happen may be what was asked for. O(terms · kinds).
  /// - Parameters:
  ///   - kinds: the events that may follow.
  ///   - fiber: nil where nobody knows before, and then it is none of those that were asked for.
  public func matches(
    kinds: [EventKind], processor: UInt16, machine: UInt16, fiber: UInt32?, time: UInt64
  ) -> Bool {
    // One of them must answer to all terms.
    kinds.contains { kind in
      matches(
        Event(time: time, machine: machine, kind: kind, processor: processor, fiber: fiber ?? Event.noFiber))
    }
  }

  /// Whether the event is one that was asked for. O(terms).
  public func matches(_ event: Event) -> Bool {
    terms.allSatisfy { term in
      let holds =
        switch term.condition {
        case .kinds(let kinds): event.kind.map { kinds.contains($0) } ?? false
        case .processors(let numbers): numbers.contains(event.processor)
        case .machines(let numbers): numbers.contains(event.machine)
        case .fibers(let numbers): numbers.contains(event.fiber)
        case .after(let time): event.time > time
        case .before(let time): event.time < time
        }
      return holds != term.isNegated
    }
  }
}

extension History {
  /// The nearest event that a filter asks for.
  /// - Parameters:
  ///   - start: the number of the first event to look at.
  ///   - isForward: towards newer ones, or older.
  ///   - limit: how many are looked at, at most.
  /// - Returns: its number; or nil, and where to look on: nil where there is nothing left.
  /// - Complexity: O(limit · log segments).
  public func find(_ filter: Filter, from start: Int, isForward: Bool, limit: Int) -> (found: Int?, rest: Int?) {
    var number = isForward ? max(start, firstAvailable + 1) : min(start, count)
    for _ in 0..<max(limit, 0) {
      guard number > firstAvailable, number <= count, let event = event(at: number) else { return (nil, nil) }
      if filter.matches(event) { return (number, nil) }
      number += isForward ? 1 : -1
    }
    return (nil, number)
  }
}
