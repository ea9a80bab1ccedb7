import MagpieModel
import MagpieTrace

// In Chinese the letters G, M and P and the word next stand as they do in English: that is how the scheduler is taught.
// Punctuation within a sentence is full-width, and between Latin and Chinese stands a space.

extension Phrase {
  /// The phrase in Chinese.
  var chinese: String {
    switch self {
    case .status(.running): "运行中"
    case .status(.held): "已暂停"
    case .status(.stepping): "单步中"
    case .status(.ended): "已结束"
    case .live: "实时"
    case .back(let count): "回看 \(Numbers.grouped(count))"
    case .eventOf(let position, let end): "事件 \(Numbers.grouped(position)) / \(Numbers.grouped(end))"
    case .time(let time): Numbers.seconds(time) + " s"
    case .tempo(let denominator): "1/" + Numbers.grouped(denominator)
    case .rate(let rate): Numbers.compact(rate) + " 事件/s"
    case .lost(let count): "丢失 \(Numbers.grouped(count))"
    case .auditClean: "审计 ✓"
    case .findings(let count): "✗ \(Numbers.grouped(count)) 处违规"
    case .deadlock: "死锁"
    case .slowed(let factor): "放慢 \(Numbers.tenths(factor))×"
    case .seen(let part): "看到 \(Int(min(max(part, 0), 1) * 100)) %"
    case .processorsOnCPUs(let processors, let cpus): "\(processors) P / \(cpus) CPU"
    case .machines(let count): "\(Numbers.grouped(count)) M"
    case .fibers(let count): "\(Numbers.grouped(count)) G"

    case .globalQueue: "全局队列"
    case .timers: "定时器"
    case .blockingCalls: "阻塞调用"
    case .globalShort: "全局"
    case .blockingShort: "阻塞"
    case .queue: "队列"
    case .next: "next"
    case .slice: "时间片"
    case .idle: "空闲"
    case .empty: "空"
    case .none: "无"
    case .nothing: "—"
    case .waiting(let count): "\(Numbers.grouped(count)) 个等待"
    case .everyTick: "每 61 次先查"
    case .due(let time): "\(Numbers.duration(time)) 后"
    case .overdue: "到期"
    case .machineCount(let count): "\(count) M"
    case .keepsProcessor(let processor): "仍占 P\(processor)"
    case .gaveProcessor: "没有 P"
    case .hogs: "霸占"
    case .waitsForItsFiber: "已锁定，等待"
    case .more(let count): "+\(Numbers.grouped(count))"
    case .moreProcessors(let count): "… 还有 \(count) 个 P"
    case .busy(let percent): "忙 \(percent) %"
    case .queueCount(let count): "队列 \(count)"
    case .idleProcessor: "没有 M：无事可做"
    case .retiredProcessor: "已退役：P 数已减少"
    case .looksForWork: "寻找协程"
    case .spins: "自旋：寻找协程"
    case .inHands(let count): "手中有 \(count) 个"
    case .betweenOperations: "两个协程之间"
    case .blockedHolder: "阻塞在调用中"
    case .givenTo: "得到此 P，正醒来"
    case .onItsWay: "正移交给另一个 M"
    case .unknown: "?"
    case .idleMachines: "空闲"
    case .spinning(let count): "自旋 \(count)"
    case .sysmonEvery(let pace): "每 \(Numbers.duration(UInt64(pace) * 1000)) 巡查"
    case .sysmonQuiet: "静默"
    case .sysmonRetook(let processor, let ago): "\(Numbers.duration(ago)) 前收回 P\(processor)"
    case .queueWait(let p50, let p99): "p50 \(Numbers.duration(p50))  p99 \(Numbers.duration(p99))"
    case .kernelSees(let processes, let threads, let voluntary, let involuntary):
      "\(Numbers.grouped(processes)) 个进程" + (processes == 1 ? "，\(Numbers.grouped(threads)) 个线程" : "")
        + "，自愿切换 \(Numbers.short(voluntary)) 次，被迫切换 \(Numbers.short(involuntary)) 次"
    case .waitInQueue: "排队等待"
    case .waitShort: "排队"
    case .kernel: "内核所见"
    case .notExact: "有事件丢失：下次快照前以 ? 表示"
    case .lately(let event): Phrase.chineseLately(event)
    case .note(.atGate): "停在门前"
    case .note(.asleepInKernel): "在内核中睡眠"
    case .note(.computing): "正在计算"
    case .note(.waitsForLock(let name, let holder)):
      "等待 \(name)" + (holder.map { "，由 M\($0) 持有" } ?? "")
    case .deadlocked(let count):
      "死锁：\(Numbers.grouped(count)) 个协程在等待，谁也无法唤醒它们"
    case .waits(let fiber, let name, let park):
      Phrase.subject(fiber, name) + " " + Phrase.chineseWhat(park, "") + "：" + Phrase.chineseDetails(park, "")
    case .standBehind(let names, let more):
      "排在它后面、尚未开始：\(names.joined(separator: "、"))" + (more > 0 ? "，另有 \(Numbers.grouped(more)) 个" : "")
    case .columnMachine: "M"
    case .columnRunning: "运行中"
    case .columnQueue: "队列"

    case .flightSteal(let thief, let count, let observed): "P\(thief) 窃取 \(observed) 个中的 \(count) 个"
    case .flightStealNext(let thief): "P\(thief) 窃取 next"
    case .flightMany(let what, let times, let fibers): Phrase.chineseFlight(what, times, fibers)
    case .flightShort(let what, let times, let fibers, let observed):
      Phrase.chineseShortFlight(what, times, fibers, observed)
    case .flightsMore(let count): "还有 \(count) 项"
    case .flightOverflow(let count): "溢出：\(count) 个进入全局队列"
    case .flightPush: "进入全局队列"
    case .flightTake(let processor, let count): "P\(processor) 取走 \(count) 个"
    case .flightTimer: "到时"
    case .flightBlocks(let machine): "M\(machine) 阻塞"
    case .flightDetached(let machine): "M\(machine) 失去 P"
    case .flightWakes(let machine): "M\(machine) 醒来"

    case .columnTime: "时间"
    case .columnProcessor: "P"
    case .columnFiber: "G"
    case .columnWhat: "事件"
    case .columnDetails: "详情"
    case .eventWhat(let event, let text, let era):
      Phrase.chineseWhat(event, era) ?? Phrase.chineseWhat(event, text)
    case .eventDetails(let event, let text, let era):
      Phrase.chineseDetails(event, era) ?? Phrase.chineseDetails(event, text)
    case .sentence(let what, let details): details.isEmpty ? what : "\(what)：\(details)"
    case .why(let event, let era): Phrase.chineseWhy(event, era) ?? Phrase.chineseWhy(event)
    case .look(let look, let found): Phrase.chinese(look, found)
    case .lookTook(let count, let victim): "从 \(victim) 取走 \(count) 个"
    case .lookTookNext(let victim): "取走 \(victim) 的 next"
    case .historyBegins(let event): "历史始于事件 \(Numbers.grouped(event))"
    case .noEvents: "还没有事件"
    case .nothingYet: "还什么都没有发生。"

    case .timelineWindow, .timelineReading, .timelineMeasure, .timelineSeconds,
      .timelineMark, .timelineWhole, .timelineShare, .timelineLanes, .timelineNow, .timelineWaits, .timelineRuns,
      .timelineParts,
      .timelineIdle, .timelineAsleep, .timelineSearches, .timelineSpins, .timelineInCall, .timelineQueued,
      .timelineParked, .timelineSteal, .timelineHandoff, .timelineWake, .timelineCount:
      chineseTimeline

    case .keyHold: "暂停"
    case .keyRelease: "继续"
    case .keyStep: "单步"
    case .keyBack: "后退"
    case .keyTempo: "速度"
    case .keyLive: "实时"
    case .keyViews: "视图"
    case .keyExplain: "解释"
    case .keyFind: "查找"
    case .keySteals: "窃取"
    case .keyMatches: "匹配"
    case .keyFilter: "过滤"
    case .keySort: "排序"
    case .keyBreak: "断点"
    case .keyFreeze: "冻结"
    case .keyHelp: "帮助"
    case .keyQuit: "退出"
    case .keyUnzoom: "所有窗格"
    case .keyZoom: "缩放"
    case .keyFit: "全部"
    case .keyLanes: "泳道"
    case .keyMark: "标记"
    case .helpTitle: "按键"
    case .rowsOf(let first, let last, let count): "\(first)–\(last) / \(count) · ↑ ↓ · / 搜索"
    case .helpSearch(let text): "搜索：\(text)"
    case .legend: "G 协程 · M 线程 · P 处理器 · ▶ 运行中 · next 紧接着运行"
    case .helpHold: "暂停程序，再按继续"
    case .helpStep: "前进一个事件；在实时处，让程序走一步"
    case .helpBack: "后退一个事件：只改变所见，不影响程序"
    case .helpSlower: "放慢：1/2、1/5、1/10 … 1/10,000"
    case .helpFaster: "加快，直到 1/1"
    case .helpLive: "回到实时"
    case .helpFindOn: "下一个、上一个匹配（默认为窃取）；实时处则运行到它"
    case .helpFind: "查找事件：kind:steal p:0 g:17 time>1.5ms"
    case .helpFilter: "只显示过滤条件指定的"
    case .helpBreak: "断点：在过滤条件指定的事件之前暂停程序"
    case .helpStage: "舞台：处理器、线程、队列"
    case .helpTimeline: "时间线：什么时候、在哪里运行了什么"
    case .helpFibers: "协程：全部列表，以及一个协程的一生"
    case .helpEvents: "事件：日志"
    case .helpStats: "统计：总数、等待、窃取、最坏情况"
    case .helpArrows: "移动：选择、行或时间"
    case .helpPages: "上一页、下一页"
    case .helpEnds: "最早、最新"
    case .helpFocus: "选择下一个对象；在对比视图中，看另一次运行"
    case .helpExplain: "解释所选对象，或打开它"
    case .helpClose: "关闭、取消选择"
    case .helpStepSelected: "只让所选的 M 或 G 走一步"
    case .helpFreeze: "冻结所选的 G 或 M，再按解冻"
    case .helpWake: "唤醒睡眠中的所选 G"
    case .helpBlock: "挂起所选的 G，直到手动唤醒"
    case .helpProcessors: "减少、增加一个 P"
    case .helpLoad: "从下一轮起负载减半、加倍"
    case .helpRestart: "用同一个种子重新开始"
    case .helpZoomPane: "放大所选对象所在的窗格；再按或 esc 还原"
    case .helpZoom: "时间线：缩小、放大"
    case .helpFit: "时间线：全部；撤销缩放"
    case .helpLanes: "时间线：P、M 或 G 的泳道"
    case .helpMark: "标记一个时刻，从它开始测量"
    case .helpSort: "协程、统计：按下一列排序、反向"
    case .helpTheme: "选择主题，即时预览"
    case .helpLanguage: "切换语言：中文、English"
    case .helpMouse: "关闭、打开鼠标；按住 Shift 拖动可选择文字"
    case .helpBig: "大字显示，后排可见：舞台、事件"
    case .helpPicture: "保存屏幕图像：SVG 和纯文本"
    case .helpHelp: "本页"
    case .helpQuit: "退出"

    case .refusal(let refusal): Phrase.chinese(refusal)
    case .stoppedBefore(let stopped):
      "■ 停在 \(Phrase.kinds(stopped)) 之前 · \(Phrase.place(stopped))" + (stopped.isOpen ? " · 结果可能不同" : "")
    case .breaksAt(let text): "断点 \(text)"
    case .frozen(let fibers, let machines): "冻结 " + Phrase.names(fibers, machines)
    case .load(let factor): "负载 ×" + Phrase.factor(factor)

    case .tooManyForBig(let count): "空间不足，\(count) 个 P 无法用大字显示"
    case .zoomOnePane: "此视图只有一个窗格，已占满画面"
    case .bigElsewhere: "大字用于舞台；事件则隔行显示"
    case .themes: "主题"
    case .themeHint: "enter 选用 · esc 恢复 · 字母跳转"
    case .themeKind(_, true): "无色"
    case .themeKind(let isDark, false): isDark ? "深色" : "浅色"
    case .themeRows(let first, let last, let count): "\(first)–\(last) / \(count)"
    case .pictureSaved(let name): "已存为 \(name).svg 和 .txt，在当前目录"
    case .pictureFailed(let why): "图像未保存：\(Language.chinese(why))"

    case .findPrompt: "查找"
    case .filterPrompt: "只看"
    case .breakPrompt: "断点"
    case .onlyThese(let text): "只看 \(text)"
    case .noSuchEvents: "这个时刻附近没有这样的事件"
    case .findExample: "kind:steal p:0 m:1 g:17 wait>1ms -kind:sysmon"
    case .searching(let text): "正在查找 \(text) …"
    case .foundNothing(let text, let isForward): "\(text)：此\(isForward ? "后" : "前")没有"
    case .filterError(let error): Phrase.chinese(error)

    case .compare(let phrase): phrase.chinese

    case .lessonStop(let number, let count, let isPlaying): "\(isPlaying ? "前往" : "停在") \(number) / \(count)"
    case .lessonPreparing: "正在准备运行 …"
    case .stopNeverReached(let number, let filter, let line): "第 \(number) 站 \(filter) 没有到达（课文第 \(line) 行）"
    case .lessonError(let error): Phrase.chinese(error)
    case .keyNext: "下一步"
    case .keyPrevious: "上一步"

    case .fiberIs(let fiber, let now, let era): Phrase.chinese(fiber, now, era) ?? Phrase.chinese(fiber, now)
    case .fiberHasEnded: "它已经结束。"
    case .wasWoken(let waker, let cause, let starts, let ran):
      (waker.map { "被 \($0) 唤醒" } ?? "被唤醒") + "（\(Phrase.chinese(cause))）。" + Phrase.chineseLife(starts, ran)
    case .wasCreated(let parent, let starts, let ran):
      "由 \(parent ?? "运行时")创建，还没有被唤醒过。" + Phrase.chineseLife(starts, ran)
    case .foundBy(let machine, _, let looks, let era) where era != .mpn:
      "它在那里运行，是因为 M\(machine) 找活干：" + looks.joined(separator: " · ") + "。"
    case .foundBy(let machine, let processor, let looks, _):
      "它在那里运行，是因为 M\(machine) 为 P\(processor) 找活干：" + looks.joined(separator: " · ") + "。"
    case .processorIs(let processor, let era): Phrase.chinese(processor, era) ?? Phrase.chinese(processor)
    case .machineIs(let machine, let call, let now, let era):
      Phrase.chinese(machine, call, now, era) ?? Phrase.chinese(machine, call, now)
    case .object(let kind, let id): "\(Phrase.chinese(kind)) \(id)"
    case .objectIs(let object): Phrase.chinese(object)
    case .globalQueueIs(let count, let era) where era != .mpn: Phrase.chinese(globalQueue: count, era)
    case .globalQueueIs(let count, _):
      "所有 P 共享的队列，由一把锁保护：\(Numbers.grouped(count)) 个在等待。溢出的、被抢占的、返回时没有 P 的协程都到这里。"
    case .timersAre(let count, let era) where era != .mpn: Phrase.chinese(timers: count, era)
    case .timersAre(let count, _):
      "已设置 \(Numbers.grouped(count)) 个。每个 P 有自己的定时器；查找时先看它们，没有活的 M 睡到最早的一个到时。"
    case .blockingAre(let count, let era) where era != .mpn: Phrase.chinese(blocking: count, era)
    case .blockingAre(let count, _):
      count == 0 ? "没有 M 在阻塞调用中。" : "\(count) 个 M 在内核的调用中，或没有 P 地运行。它们的协程占着线程，P 由别人接着用。"
    case .poller: "网络轮询器"
    case .pollerIs: "等待 I/O 的协程在这里等，不各占一个线程。查找时会看它；大家都忙时由 sysmon 来看。"
    case .sysmonIs(_, let era) where era != .mpn: "监控线程，不运行协程：要求霸占者到检查点停下，查看轮询器。"
    case .sysmonIs(let pace, _):
      "监控线程，不需要 P：收回长调用的 P，要求霸占者到检查点停下，查看轮询器"
        + (pace == 0 ? "。" : "；现在每 \(Numbers.duration(UInt64(pace) * 1000)) 一次。")
    case .eventTitle(let number): "事件 \(Numbers.grouped(number))"
    case .ago(let time): time == 0 ? "刚才" : "\(Numbers.duration(time)) 前"
    case .nothingLately: "最近没有发生什么。"
    case .park(let reason, let object): Phrase.chinese(reason, object)

    case .fiberColumn, .fiberPlace, .fibersRun, .fibersReady, .fibersInCalls, .fibersWait, .fibersUnknown, .fiberWoken,
      .noFibers, .noSuchFibers, .fiberNotThere, .fiberNotAsked, .fiberRows, .fiberFilterExample, .fiberFilterError:
      chineseFibers
    case .lifeParent, .lifeNoParent, .lifeChildren, .lifeStarts, .lifeReading, .lifeUnknown, .lifeBeginsBefore,
      .lifeNotTold, .lifeEnded, .lifeRuns, .lifeReady, .lifeBlocked, .lifeWaits, .lifeLasted, .lifeColumnLasted,
      .lifeColumnHow, .lifeHow:
      chineseLife

    case .statsWorst, .statsJump, .statsWorstKind, .statsSwitches, .statsSteals, .statsHandoffs, .statsBusy,
      .statsBusyTitle, .statsSinceStart, .statsStealTitle, .statsStealNote, .statsWaitTitle, .statsPercentiles,
      .statsKindTitle, .statsKind, .statsCount, .statsRate, .statsRateOver, .statsContentionTitle, .statsWaited,
      .statsWaits, .statsWaitNow, .statsNoWaits, .statsObject, .statsHeldBy:
      chineseStats

    case .era(let phrase): phrase.chinese
    case .tooSmall(let width, let height, let neededWidth, let neededHeight):
      "\(width)×\(height)：需要 \(neededWidth)×\(neededHeight)"
    case .themeNotYAML(let file, let line): "主题 \(file)：第 \(line) 行不是 YAML"
    case .themeMissing(let file, let key): "主题 \(file)：缺少 \(key)"
    case .themeNotAColor(let file, let key, let value):
      "主题 \(file)：\(key) 是 '\(value)'，不是 '#1c2230' 这样的颜色"
    case .themeUnknown(let name, let nearest): "没有主题 '\(name)'；是不是 '\(nearest)'？"
    case .noTerminal: "这不是终端；请用 --headless 或 --text"
    case .dumbTerminal(let name): "TERM=\(name) 不能绘图；请用 --headless 或 --text"
    case .unknownTerminal(let name): "这里不认识 TERM=\(name)；请用 --headless 或 --text，或换一个 TERM"
    case .lab(let phrase): phrase.chinese
    }
  }

  static func chinese(_ error: FilterError) -> String {
    switch error {
    case .empty: "查什么？例如 kind:steal p:0"
    case .unknownField(let name):
      "没有字段 '\(name)'；可用：\(Filter.Field.allCases.map(\.rawValue).joined(separator: " "))"
    case .unknownKind(let name): "没有种类 '\(name)'；例如 steal、park、ready、syscallEnter"
    case .notANumber(let field, let value): "'\(value)' 不是数：\(field):0"
    case .notATime(let field, let value): "'\(value)' 不是时间：\(field)>1.5ms"
    case .onlyAfterwards: "多长要事后才知道：可以查找，不能在它之前停下"
    }
  }

  private static func chineseLately(_ event: Event) -> String {
    switch event.kind {
    case .machineSpinEnd: SpinEnd(rawValue: event.detail) == .found ? "结束自旋" : "放弃寻找"
    case .processorDetach: "P 取自 M\(event.b)"
    case .processorRetake: "P 从 M\(event.b) 收回"
    case .processorHandoff: "M\(event.machine) 移交 P"
    case .fiberPreempt: "抢占 G\(event.fiber)"
    case .machineHog: "G\(event.fiber) 霸占它"
    case .machineSyscallExit: "调用返回"
    default: ""
    }
  }

  private static func chineseFlight(_ what: FlightWhat, _ times: Int, _ fibers: Int) -> String {
    let (times, fibers) = (Numbers.grouped(times), Numbers.grouped(fibers))
    return switch what {
    case .steal: "\(times) 次窃取 · \(fibers) 个协程"
    case .stealNext: "\(times) 次窃取 next"
    case .overflow: "\(times) 次溢出 · \(fibers) 个协程"
    case .globalTake: "\(times) 次取走 · \(fibers) 个协程"
    case .globalPush: "\(times) 次放入 · \(fibers) 个协程"
    case .timer: "\(times) 个定时器到时"
    case .blocking: "\(times) 次阻塞调用"
    case .detach: "\(times) 个 M 失去 P"
    case .wake: "\(times) 次唤醒"
    }
  }

  private static func chineseShortFlight(_ what: FlightWhat, _ times: Int, _ fibers: Int, _ observed: Int) -> String {
    let isOne = times == 1
    return switch what {
    case .steal: isOne ? "窃取 \(fibers)/\(observed)" : "\(times) 次窃取 \(fibers) G"
    case .stealNext: isOne ? "窃取 next" : "\(times)× 窃取 next"
    case .overflow: isOne ? "溢出 \(fibers)" : "溢出 \(Numbers.compact(Double(fibers)))"
    case .globalTake: "取走 \(fibers)"
    case .globalPush: "放入 \(fibers)"
    case .timer: isOne ? "到时" : "\(times) 个到时"
    case .blocking: isOne ? "阻塞" : "\(times) 次阻塞"
    case .detach: isOne ? "失去 P" : "\(times) 个失去 P"
    case .wake: isOne ? "醒来" : "\(times) 次唤醒"
    }
  }
}
