public import Magpie
public import MagpieModel

/// What is wrong with a run.
public enum Defect: Sendable, Hashable {
  /// The audit's first finding.
  case finding(Finding)
  /// Nothing can run, and no deadlock was seen: a wake-up was lost.
  case stalled
  /// So many events contradict each other's order.
  case unmerged(Int)
  /// So many events were lost where none may be.
  case lost(Int)
  /// A scenario that ends in a deadlock did not.
  case noDeadlock
  case deadlock(DeadlockReport.Waiter)
  case unended
  /// The scenario's own check failed.
  case failedCheck

  /// In plain English, in one line.
  public var text: String {
    switch self {
    case .finding(let finding): finding.text
    case .stalled: "nothing can run, and no deadlock was seen: a wake-up was lost"
    case .unmerged(let count): "\(count) events contradict each other's order"
    case .lost(let count): "\(count) events were lost"
    case .noDeadlock: "the deadlock was not found"
    case .deadlock(let waiter): "deadlock: G\(waiter.fiber) waits for \(waiter.waitsOn)"
    case .unended: "the run did not end"
    case .failedCheck: "the scenario's check failed"
    }
  }
}
