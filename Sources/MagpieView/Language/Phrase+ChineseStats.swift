import MagpieModel

extension Phrase {
  /// The Stats view.
  var chineseStats: String {
    switch self {
    case .statsWorst: "最坏情况"
    case .statsJump: "↑ ↓ enter：前往"
    case .statsWorstKind(.wait): "排队等待最长"
    case .statsWorstKind(.run): "不停地运行最长"
    case .statsWorstKind(.call): "阻塞调用最长"
    case .statsSwitches(let count, let rate): "切换 \(Numbers.compact(Double(count))) · \(Numbers.compact(rate))/s"
    case .statsSteals(let count, let percent): "窃取 \(Numbers.compact(Double(count))) · 成功 \(percent) %"
    case .statsHandoffs(let count): "移交 \(Numbers.compact(Double(count)))"
    case .statsBusy(let percent): "忙 \(percent) %"
    case .statsBusyTitle: "利用率"
    case .statsSinceStart: "自开始起"
    case .statsStealTitle: "窃取"
    case .statsStealNote: "窃取者 ↓ 被窃者 →"
    case .statsWaitTitle: "排队等待"
    case .statsPercentiles(let p50, let p99, let p999):
      "p50 \(Numbers.duration(p50))  p99 \(Numbers.duration(p99))  p999 \(Numbers.duration(p999))"
    case .statsKindTitle: "事件"
    case .statsRateOver(let time): "每秒：最近 \(Numbers.duration(time))"
    case .statsKind: "种类"
    case .statsCount: "次数"
    case .statsRate: "/s"
    case .statsContentionTitle: "争用"
    case .statsWaited: "共等待"
    case .statsWaits: "次数"
    case .statsWaitNow: "正等待"
    case .statsNoWaits: "还没有协程等过锁或通道"
    case .statsObject(let kind, let id): Phrase.chinese(kind) + " \(id)"
    case .statsHeldBy(let fiber): "由 G\(fiber) 持有"
    default: ""
    }
  }
}
