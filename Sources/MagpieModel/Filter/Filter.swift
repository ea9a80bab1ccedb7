public import MagpieTrace

/// A question about one event, in the filter language: terms in a row, all of which must hold.
///
///     kind:steal p:0      a steal, or an attempt, on P0
///     start g:17,18       G17 or G18 starts
///     -kind:sysmon m:1    what M1 does, but for sysmon's acts
///     time>1.5ms          later than that since the start
///     wait>1ms            a start after so long a wait in a queue; ran> and call> ask for the end of a run or of a blocking call
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
    /// How long something lasted that an event ends: a fiber's wait in a queue, its run, a blocking call.
    case wait, ran, call
  }

  enum Condition: Sendable, Hashable {
    case kinds(Set<EventKind>)
    case processors(Set<UInt16>)
    case machines(Set<UInt16>)
    case fibers(Set<UInt32>)
    /// Virtual nanoseconds.
    case after(UInt64)
    case before(UInt64)
    case longer(Field, than: UInt64)
    case shorter(Field, than: UInt64)
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

  /// Whether it asks how long something lasted, which only the state tells, and only afterwards.
  public var asksForDurations: Bool {
    terms.contains {
      switch $0.condition {
      case .longer, .shorter: true
      default: false
      }
    }
  }

  /// Whether the event is one that was asked for. O(terms).
  /// - Parameter duration: of what it ends, in virtual nanoseconds; 0 where it ends nothing, or nobody knows.
  public func matches(_ event: Event, duration: UInt64 = 0) -> Bool {
    terms.allSatisfy { term in
      let holds =
        switch term.condition {
        case .kinds(let kinds): event.kind.map { kinds.contains($0) } ?? false
        case .processors(let numbers): numbers.contains(event.processor)
        case .machines(let numbers): numbers.contains(event.machine)
        case .fibers(let numbers): numbers.contains(event.fiber)
        case .after(let time): event.time > time
        case .before(let time): event.time < time
        case .longer(let field, let least): Filter.ends(event) == field && duration > least
        case .shorter(let field, let most): Filter.ends(event) == field && duration > 0 && duration < most
        }
      return holds != term.isNegated
    }
  }

  /// What an event with a duration ends.
  private static func ends(_ event: Event) -> Field {
    switch event.kind {
    case .fiberStart: .wait
    case .machineSyscallExit: .call
    default: .ran
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
  /// - Complexity: as `find(_:from:isForward:limit:count:)`.
  public func find(_ filter: Filter, from start: Int, isForward: Bool, limit: Int) -> (found: Int?, rest: Int?) {
    let (found, rest) = find(filter, from: start, isForward: isForward, limit: limit, count: 1)
    return (found.first, found.isEmpty ? rest : nil)
  }

  /// The nearest events that a filter asks for, at most `count`, the nearest first.
  /// - Complexity: O(limit · log segments); where the filter asks for durations, O(limit) and the events since the keyframe before.
  public func find(
    _ filter: Filter, from start: Int, isForward: Bool, limit: Int, count most: Int
  ) -> (found: [Int], rest: Int?) {
    if filter.asksForDurations { return replay(filter, from: start, isForward: isForward, limit: limit, count: most) }
    var found: [Int] = []
    var number = isForward ? max(start, firstAvailable + 1) : min(start, count)
    for _ in 0..<max(limit, 0) {
      guard found.count < most, number > firstAvailable, number <= count, let event = event(at: number) else {
        return (found, nil)
      }
      if filter.matches(event) { found.append(number) }
      number += isForward ? 1 : -1
    }
    return (found, number)
  }

  /// The same with the state beside each event.
  private func replay(
    _ filter: Filter, from start: Int, isForward: Bool, limit: Int, count most: Int
  ) -> (found: [Int], rest: Int?) {
    let first: Int
    let last: Int
    if isForward {
      first = max(start, firstAvailable + 1)
      last = min(count, limit < count - first ? first + max(limit, 0) - 1 : count)
    } else {
      last = min(start, count)
      first = max(firstAvailable + 1, limit < last ? last - max(limit, 0) + 1 : 0)
    }
    guard first <= last else { return ([], nil) }
    var found: [Int] = []
    var state = state(at: first - 1)
    for number in first...last {
      guard let event = event(at: number) else { break }
      state.apply(event)
      guard filter.matches(event, duration: state.lastDuration) else { continue }
      found.append(number)
      if isForward, found.count == most { return (found, nil) }
    }
    if isForward { return (found, last < count ? last + 1 : nil) }
    return (Array(found.reversed().prefix(most)), found.count < most && first > firstAvailable + 1 ? first - 1 : nil)
  }
}
