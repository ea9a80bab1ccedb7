import MagpieModel
import MagpieTrace

extension ComparePhrase {
  var english: String {
    switch self {
    case .side(let era, let processors):
      EraPhrase.name(era).english
        + (era == .mpn ? " · \(processors) P" : era.hasProcessorCount ? " · \(processors) may run" : "")
    case .playing: "PLAYING"
    case .byProgress(let left, let right, let all):
      left == right
        ? "aligned by progress: \(Numbers.grouped(left)) of \(Numbers.grouped(all)) tasks have ended in both"
        : "aligned by progress: of \(Numbers.grouped(all)) tasks \(Numbers.grouped(left)) have ended left, "
          + "\(Numbers.grouped(right)) right"
    case .byTime(let time): "aligned by time: \(Numbers.seconds(time)) s since both began"
    case .done(let count, let all): "\(Numbers.grouped(count)) of \(Numbers.grouped(all)) done"
    case .over: "ended"
    case .figures: "figures"
    case .notJudged: "what adds up is judged once both have done as much"
    case .figure(let figure): ComparePhrase.english(figure)
    case .wholeTime: "real time, whole run"
    case .wholeThreads: "threads at once, whole run"
    case .wholeSwitches: "kernel switches, whole run"
    case .better(_, _, nil): "none"
    case .better(.more, _, let factor?): "\(ComparePhrase.times(factor)) more"
    case .better(.less, true, let factor?): "\(ComparePhrase.times(factor)) shorter"
    case .better(.less, false, let factor?): "\(ComparePhrase.times(factor)) fewer"
    case .alike: "about alike"
    case .isOver: "both runs are over: they can be walked, not changed"
    case .checkFailed: "the scenario's own check failed"
    case .needsTwo: "two runs side by side: magpie compare SCENARIO --eras global,mpn"
    case .keyPlay: "play"
    case .keyAlign: "align"
    case .keySide: "side"
    case .helpCompare: "Compare: two runs side by side (magpie compare)"
    case .helpAlign: "Compare: align both by progress, by time"
    }
  }

  private static func english(_ figure: Figure) -> String {
    switch figure {
    case .time: "time"
    case .done: "tasks done"
    case .ready: "can run, wait"
    case .running: "running"
    case .active: "ready, or running"
    case .calls: "in blocking calls"
    case .waiting: "wait for something"
    case .switches: "switches"
    case .queueWait: "wait to run, p50"
    case .longQueueWait: "wait to run, p99"
    case .steals: "steals"
    case .victims: "queues looked at"
    case .handoffs: "handoffs"
    case .lockWaits: "waits for the lock"
    case .lockWaited: "waited for the lock"
    case .threads: "threads at most"
    }
  }

  /// `1.3×`, `18×`
  static func times(_ factor: Double) -> String {
    (factor < 9.95 ? Numbers.tenths(factor) : Numbers.compact(factor)) + "×"
  }
}
