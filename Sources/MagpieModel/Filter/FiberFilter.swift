/// A question about one live fiber, in the same language as `Filter`: terms in a row, all of which must hold.
///
///     state:waiting name:work   waits, and its name has "work" in it
///     work                      a word alone is a part of the name
///     g:17,18 by:1              G17 or G18, made by G1
///     p:0 wait>1ms              ready on P0, for longer than that
///     -state:sleep since>2s     in its state for so long, but does not sleep
///
/// `-` before a term asks for its opposite. Letters of names and states may be large or small.
public struct FiberFilter: Sendable, Hashable {
  /// What a term asks about.
  public enum Field: String, Sendable, CaseIterable {
    case state, name
    case fiber = "g"
    /// It runs there, or waits in a queue there.
    case processor = "p"
    /// It runs there, is in its hands, or in a call on it.
    case machine = "m"
    /// The fiber that created it.
    case parent = "by"
    /// What it waits for.
    case object
    /// How long it has been in its state; for how long it has been ready; how long it has run.
    case since, wait, ran
  }

  /// States by name: those of the screen, and groups of them.
  public enum State: String, Sendable, CaseIterable {
    case running, ready, next, queue, hands, global, blocked, detached, waiting
    case sleep, channel, lock, group, select, semaphore, condition, poller, frozen, join
    case unknown

    /// A bit for each `stateCode`.
    var codes: UInt32 {
      func parked(_ reasons: UInt8...) -> UInt32 { reasons.reduce(0) { $0 | 1 &<< UInt32(7 + $1) } }
      return switch self {
      case .running: 0b11
      case .detached: 0b10
      case .next: 1 << 2
      case .queue: 1 << 3
      case .hands: 1 << 4
      case .global: 1 << 5
      case .ready: 0b1111 << 2
      case .blocked: 1 << 6
      case .waiting: 0x0FFF_FF80
      case .sleep: parked(1)
      case .channel: parked(2, 3, 6)
      case .lock: parked(4, 12, 13)
      case .group: parked(5)
      case .select: parked(6)
      case .semaphore: parked(7)
      case .condition: parked(8)
      case .poller: parked(9)
      case .frozen: parked(10)
      case .join: parked(11)
      case .unknown: 1 << 31
      }
    }
  }

  enum Condition: Sendable, Hashable {
    /// A bit for each `stateCode`.
    case states(UInt32)
    /// A part of the name, in small letters.
    case name(String)
    case fibers(Set<UInt32>)
    case processors(Set<UInt16>)
    case machines(Set<UInt16>)
    case parents(Set<UInt32>)
    case objects(Set<UInt32>)
    /// More virtual nanoseconds than that, or fewer.
    case longer(Field, UInt64)
    case shorter(Field, UInt64)
  }

  struct Term: Sendable, Hashable {
    let condition: Condition
    let isNegated: Bool
  }

  let terms: [Term]

  /// Whether the fiber is one that was asked for. O(terms), and what a new name takes.
  /// - Parameter names: what is known of names, by string id.
  func matches(
    _ record: FiberRecord, _ state: SchedulerState, _ index: Int, _ history: History, _ names: inout [UInt32: Bool]
  ) -> Bool {
    var asksForNames = false
    for term in terms {
      let holds: Bool
      switch term.condition {
      case .name:
        asksForNames = true
        continue
      case .states(let codes): holds = codes & 1 &<< UInt32(record.stateCode) != 0
      case .fibers(let numbers): holds = numbers.contains(record.id)
      case .processors(let numbers): holds = record.processor(state).map { numbers.contains($0) } ?? false
      case .machines(let numbers): holds = record.machine.map { numbers.contains($0) } ?? false
      case .parents(let numbers): holds = numbers.contains(record.parent)
      case .objects(let numbers): holds = record.place == .parked && numbers.contains(record.object)
      case .longer(let field, let limit): holds = length(field, record, state, index).map { $0 > limit } ?? false
      case .shorter(let field, let limit): holds = length(field, record, state, index).map { $0 < limit } ?? false
      }
      if holds == term.isNegated { return false }
    }
    guard asksForNames else { return true }
    if let known = names[record.name] { return known }
    let holds = matches(name: record.name == 0 ? "" : history.string(record.name) ?? "")
    // As many as there may be names.
    if names.count < Strings.maximumCount { names[record.name] = holds }
    return holds
  }

  private func matches(name: String) -> Bool {
    let bytes = Array(name.lowercased().utf8)
    return terms.allSatisfy { term in
      guard case .name(let part) = term.condition else { return true }
      return FiberFilter.contains(bytes, Array(part.utf8)) != term.isNegated
    }
  }

  private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count else { return false }
    return (0...bytes.count - part.count).contains { bytes[$0..<$0 + part.count].elementsEqual(part) }
  }

  private func length(_ field: Field, _ record: FiberRecord, _ state: SchedulerState, _ index: Int) -> UInt64? {
    switch field {
    case .since: state.time &- record.since
    case .wait: record.isReady ? state.time &- record.runnableSince : nil
    default: state.ranNanoseconds(at: index)
    }
  }
}

extension FiberRecord {
  /// The processor on which it runs, or in whose queue it is.
  fileprivate func processor(_ state: SchedulerState) -> UInt16? {
    switch place {
    case .queued, .runNext: owner
    case .running: state.machines[Int(owner)].processor
    default: nil
    }
  }

  /// The machine that has it.
  fileprivate var machine: UInt16? {
    switch place {
    case .hands, .overflow, .running, .blocked, .detached: owner
    default: nil
    }
  }
}
