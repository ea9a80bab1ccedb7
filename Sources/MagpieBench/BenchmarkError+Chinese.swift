import Magpie
import MagpieView

extension BenchmarkError {
  /// Why, in Chinese. - Parameter limit: the words of a limit.
  func chinese(_ limit: (Limit) -> String) -> String {
    switch self {
    case .unknown(let name): "未知的基准测试 '\(name)'"
    case .operations(.atLeast(let least), let given): "--ops 应至少为 \(least)，而不是 \(given)"
    case .operations(.atMost(let most), let given): "--ops 应至多为 \(most)，而不是 \(given)"
    case .operations(.powerOf(let base), let given): "--ops 应为 \(base) 的幂，而不是 \(given)"
    case .workload(let name, let error): "\(name)：\(error.chinese(limit))"
    case .count(let counted, let found, let expected): "\(counted.chinese)：\(found)，应为 \(expected)"
    case .finding(let words): "运行有误：\(words)"
    case .limit(let met): limit(met)
    case .unfinished: "运行没有到达终点"
    case .disordered(let events): "\(events) 个事件的次序互相矛盾"
    case .restless: "其他线程没有停歇"
    case .counterStands: "周期计数器停住不动"
    case .noThemes: "没有主题"
    case .noPipe(let error): "无法建立管道：\(Language.chinese(error))"
    case .noTerminal(let error): "无法在终端上启动自身：\(Language.chinese(error))"
    case .noListener(let error): "无法监听：\(Language.chinese(error))"
    case .notShown(let text): "屏幕上没有出现 '\(text)'"
    case .staysOn: "程序没有退出"
    case .endedWrongly: "程序没有正常结束"
    case .noThreadTimes: "内核没有给出线程的运行时间"
    }
  }
}

extension BenchmarkError.Counted {
  fileprivate var chinese: String {
    switch self {
    case .eventsRecorded: "记录的事件"
    case .eventsApplied: "应用的事件"
    case .eventsWithinReach: "可以回看的事件"
    case .eventsHeld: "暂停时每秒的事件"
    case .fibersSpawned: "创建的协程"
    case .fibersLive: "存活的协程"
    case .viewerThreads: "查看器的线程"
    case .moment: "屏幕上的时刻"
    case .cellsDrawn: "画出的字符格"
    case .result: "结果"
    }
  }
}
