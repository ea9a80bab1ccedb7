import MagpieModel

extension Phrase {
  /// The Stats view.
  var englishStats: String {
    switch self {
    case .statsWorst: "worst cases"
    case .statsJump: "↑ ↓ enter: go there"
    case .statsWorstKind(.wait): "longest waits in a queue"
    case .statsWorstKind(.run): "longest runs without a stop"
    case .statsWorstKind(.call): "longest blocking calls"
    case .statsSwitches(let count, let rate):
      "switches \(Numbers.compact(Double(count))) · \(Numbers.compact(rate))/s"
    case .statsSteals(let count, let percent): "steals \(Numbers.compact(Double(count))) · \(percent) % of tries"
    case .statsHandoffs(let count): "handoffs \(Numbers.compact(Double(count)))"
    case .statsBusy(let percent): "busy \(percent) %"
    case .statsBusyTitle: "utilisation"
    case .statsSinceStart: "since the start"
    case .statsStealTitle: "steals"
    case .statsStealNote: "thief ↓ victim →"
    case .statsWaitTitle: "wait in queue"
    case .statsPercentiles(let p50, let p99, let p999):
      "p50 \(Numbers.duration(p50))  p99 \(Numbers.duration(p99))  p999 \(Numbers.duration(p999))"
    case .statsKindTitle: "events"
    case .statsRateOver(let time): "/s: last \(Numbers.duration(time))"
    case .statsKind: "kind"
    case .statsCount: "count"
    case .statsRate: "/s"
    case .statsContentionTitle: "contention"
    case .statsWaited: "waited"
    case .statsWaits: "waits"
    case .statsWaitNow: "now"
    case .statsNoWaits: "no fiber has waited for a lock or channel"
    case .statsObject(let kind, let id): Phrase.english(kind) + " \(id)"
    case .statsHeldBy(let fiber): "held by G\(fiber)"
    default: ""
    }
  }
}
