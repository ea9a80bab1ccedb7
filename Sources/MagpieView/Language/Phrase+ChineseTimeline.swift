import MagpieModel
import MagpieTrace

extension Phrase {
  /// The words of the Timeline.
  var chineseTimeline: String {
    switch self {
    case .timelineWindow(let length, let cell):
      "窗口 \(Numbers.duration(length)) · 每格 \(cell == 0 ? "不到 1 ns" : Numbers.duration(cell))"
    case .timelineReading(let percent): "正在索引 \(percent) %"
    case .timelineMeasure(let length, let events, let isBack):
      "A \(isBack ? "−" : "+")\(Numbers.duration(length)) · \(Numbers.grouped(abs(events))) 个事件"
    case .timelineSeconds: "s"
    case .timelineMark: "A"
    case .timelineWhole: "全部"
    case .timelineShare(let percent): "\(percent) %"
    case .timelineLanes(let first, let last, let count): "泳道 \(first)–\(last) / \(count)"
    case .timelineNow(let kind, let value, let fiber, let call, let elapsed, let length, let era):
      (Phrase.chinese(kind, value, fiber, call, era) ?? Phrase.chinese(kind, value, fiber, call))
        + (length.map { " · 第 \(Numbers.duration(elapsed))，共 \(Numbers.duration($0))" }
          ?? " · 至今 \(Numbers.duration(elapsed))")
    case .timelineWaits(let reason): Phrase.chinese(waits: reason)
    case .timelineRuns: "运行"
    case .timelineParts: "多次运行"
    case .timelineIdle: "空闲"
    case .timelineAsleep: "睡眠"
    case .timelineSearches: "寻找"
    case .timelineSpins: "自旋"
    case .timelineInCall: "阻塞调用"
    case .timelineQueued: "排队"
    case .timelineParked: "挂起"
    case .timelineSteal: "窃取"
    case .timelineHandoff: "移交"
    case .timelineWake: "唤醒"
    case .timelineCount: "次启动"
    default: ""
    }
  }

  private static func chinese(_ kind: LaneKind, _ value: LaneValue, _ fiber: String, _ call: String) -> String {
    let call = call.isEmpty ? "阻塞调用" : "调用 \(call)"
    switch (kind, value.state) {
    case (.processors, .absent): return "已退役"
    case (.processors, .idle): return "空闲：无事可做"
    case (.processors, .running), (.machines, .running): return "运行 \(fiber)"
    case (.processors, .blocked): return "等待：它的 M 正为 \(fiber) 做\(call)"
    case (.processors, .spinning): return "无事可做：它的 M 在自旋，查看其他队列"
    case (.processors, .searching): return value.detail == 1 ? "正移交给另一个 M" : "它的 M 在寻找协程，或在两个协程之间"
    case (.machines, .absent): return "此时不存在"
    case (.machines, .idle):
      switch MachineParkReason(rawValue: value.detail) {
      case .timer: return "在网络轮询器里等待"
      case .locked: return "睡眠，直到锁定在它上面的协程可以运行"
      case .sysmon: return "巡查：sysmon，不需要 P"
      case .idle, nil: return "睡眠：无事可做"
      }
    case (.machines, .blocked): return "正为 \(fiber) 做\(call)"
    case (.machines, .spinning): return "自旋：查看其他 P 的队列"
    case (.machines, .searching): return "在寻找协程，或在两个协程之间"
    case (.machines, .detached): return "没有 P 而继续运行 \(fiber)：P 已被收回"
    case (.fibers, .absent): return "此时不存在"
    case (.fibers, .running): return value.fiber == UInt32(Event.noProcessor) ? "运行" : "在 P\(value.fiber) 上运行"
    case (.fibers, .runnable): return "在队列里等待一个 P"
    case (.fibers, .blocked): return "在做\(call)"
    case (.fibers, .detached): return "没有 P 而继续运行：P 已被收回"
    case (.fibers, .idle): return "挂起：" + chinese(waits: ParkReason(rawValue: value.detail))
    default: return ""
    }
  }

  /// What a fiber waits for, in a word.
  private static func chinese(waits reason: ParkReason?) -> String {
    switch reason {
    case .sleep: "睡眠"
    case .channelSend: "发送"
    case .channelReceive: "接收"
    case .lock: "锁"
    case .readLock: "读锁"
    case .writeLock: "写锁"
    case .waitGroup: "等待组"
    case .select: "select"
    case .semaphore: "信号量"
    case .condition: "条件"
    case .netpoll: "I/O"
    case .frozen: "冻结"
    case .join: "其他任务"
    case nil: "未知"
    }
  }
}
