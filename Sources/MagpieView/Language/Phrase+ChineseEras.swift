import MagpieModel
import MagpieTrace

// What is said of the eras, in Chinese.

extension EraPhrase {
  var chinese: String {
    switch self {
    case .name(.serial): "逐个运行"
    case .name(.processes): "进程"
    case .name(.threads): "线程 1:1"
    case .name(.nto1): "N:1"
    case .name(.global): "M:N 全局队列"
    case .name(.distributed): "M:N 分布队列"
    case .name(.mpn): "M:P:N"
    case .rule(let era): EraPhrase.rule(chinese: era)
    case .legend(.serial): "G 任务 · ▶ 运行中 · ■ 阻塞整个线程"
    case .legend(.processes): "G 任务，各占一个进程 · ▶ 采样时运行 · ● 就绪 · ○ 等待 · ■ 调用中"
    case .legend(.threads): "G 任务，各占一个线程 M · ▶ 采样时运行 · ● 就绪 · ○ 等待 · ■ 调用中"
    case .legend(.nto1): "G 协程 · M 唯一的线程 · ▶ 运行中 · ■ 阻塞全部"
    case .legend(.global): "G 协程 · M 线程 · ▶ 运行中 · 一个队列，一把锁"
    case .legend(.distributed): "G 协程 · M 线程，各有自己的队列 · ▶ 运行中 · ■ 调用中 · ◆ 窃取"
    case .legend(.mpn): "G 协程 · M 线程 · P 处理器 · ▶ 运行中 · next 紧接着运行"

    case .onlyThread: "M0，唯一的线程"
    case .lineOfTasks: "按到达次序"
    case .runQueue: "运行队列"
    case .hasRun(let time): "已运行 \(Numbers.duration(time))"
    case .finished(let count): "已完成 \(Numbers.grouped(count)) 个"
    case .nothingToRun: "无事可做"
    case .inCall(let name, let time):
      (name.isEmpty ? "在调用中" : "在 \(name) 中") + (time == 0 ? "" : "，已 \(Numbers.duration(time))")
    case .waitsOnThread(let reason, let object, let time):
      (reason == .sleep ? "睡眠" : Phrase.chinese(reason, object)) + (time == 0 ? "" : "，已 \(Numbers.duration(time))")
    case .allBehind(let fiber, let name, let does, let others):
      "■ \(Phrase.subject(fiber, name)) \(EraPhrase.chinese(does))"
        + (others == 0 ? "：线程停住了" : "，后面的 \(Numbers.grouped(others)) 个全都停住")
    case .allBehindShort(let fiber, let others): "■ G\(fiber)：\(others) 个停住"
    case .toTheTail(let count): count == 1 ? "排到队尾" : "\(Numbers.grouped(count)) 个排到队尾"

    case .mayRunOnCPUs(let count, let cpus): "\(count) 个可运行 / \(cpus) CPU"
    case .oneQueue: "唯一的队列"
    case .itsLock: "它的锁"
    case .lockWaits(let count): count == 1 ? "等过一次" : "等过 \(Numbers.grouped(count)) 次"
    case .lockTotals(let time, let longest):
      "共 \(Numbers.duration(time))，最长 \(Numbers.duration(longest))"
    case .lockWait(let time, let holder):
      "等了 \(Numbers.duration(UInt64(time)))" + (holder.map { "，由 M\($0) 持有" } ?? "")
    case .lockWaiters(let count): "\(count) 个等待"
    case .lockNeverWaitedFor: "还没有人等过"
    case .freePermit: "可再运行一个"
    case .freePermitTitle: "空位"
    case .aboutToStart: "即将开始"
    case .takes: "取"
    case .puts: "放"
    case .gavePermit: "另一个替它运行"
    case .waitingForOthers: "互相等待"

    case .queues(let count): "\(Numbers.grouped(count)) 个线程，\(Numbers.grouped(count)) 个队列"
    case .threadsOf(let running, let blocked, let asleep):
      "醒着 \(running) · 调用中 \(Numbers.grouped(blocked)) · 睡眠 \(Numbers.grouped(asleep))"
    case .looksOver(let machine, let count): "M\(machine) 正在查看其他全部 \(Numbers.grouped(count)) 个队列 …"
    case .lookedAt(let machine, let looks, let queues):
      looks == queues
        ? "M\(machine) 查看了其他全部 \(Numbers.grouped(queues)) 个队列，一无所获"
        : "M\(machine) 查看了 \(Numbers.grouped(looks)) 次，共 \(Numbers.grouped(queues)) 个队列，一无所获"
    case .lookedAndTook(let machine, let looks, let count, let victim):
      "M\(machine) 查看了 \(Numbers.grouped(looks)) 个队列，从 \(victim) 取走 \(count) 个"
    case .noSearchYet: "还没有线程需要查看别的队列"
    case .looked: "已查看"
    case .asleep: "睡眠"
    case .columnDoes: "状态"
    case .columnTask: "任务"
    case .crowdLegend(isShort: false): "▶ 采样时运行 · ● 就绪 · ○ 等待 · ■ 调用中"
    case .crowdLegend(isShort: true): "▶ 运行 ● 就绪 ○ 等待 ■ 调用中"
    case .cellLegend(isTight: false): "▶ 运行 · ■ 调用中 · ● 队列里有活 · ' 窃取者已查看"
    case .cellLegend(isTight: true): "▶ 运行 · ■ 调用中 · ● 有活 · ○ 已查看，空"
    case .inCallShort: "调用中"

    case .process(let id): "进程 \(id)"
    case .oneProcess: "一个进程：共享同一内存"
    case .cellOf(let count): "每格 \(count) 个"
    case .tasks(let count): "\(Numbers.grouped(count)) 个任务"
    case .crowd(.processes, let count): "\(Numbers.grouped(count)) 个进程"
    case .crowd(_, let count): "\(Numbers.grouped(count)) 个线程"
    case .sample(let letter): EraPhrase.chinese(letter)
    case .sampleAge(let time): "\(Numbers.duration(time)) 前"
    case .notSampled: "尚未采样"
    case .readyOrRunning: "就绪或运行"
    case .readyOrRun(let count): "就绪或运行 \(Numbers.grouped(count))"
    case .columnKernel(true): "采样"
    case .columnKernel(false): "内核最近一次采样"
    case .crowdCounts(let ready, let waiting, let inCalls):
      "就绪或运行 \(Numbers.grouped(ready)) · 等待 \(Numbers.grouped(waiting)) · 调用中 \(Numbers.grouped(inCalls))"
    case .sampled(let running, let count): "采样 \(Numbers.grouped(count)) 个：\(running) 个运行或就绪"
    case .switches(let voluntary, let involuntary):
      "切换 \(Numbers.compact(Double(voluntary))) + \(Numbers.compact(Double(involuntary)))"

    case .statsLockWaits(let count, let time): "等锁 \(Numbers.compact(Double(count))) · \(Numbers.duration(time))"
    case .statsLooked(let count): "查看过的队列 \(Numbers.compact(Double(count)))"
    case .statsLockTitle: "等唯一的锁"
    case .statsLockNote: "真实时间，按线程"
    case .statsLongest: "最长"

    case .wordThreads: "个线程"
    case .wordProcesses: "个进程"
    case .wordReady: "就绪或运行"
    case .wordWait: "等待"
    case .wordInCalls: "调用中"
    case .tooManyForBig(let count): "空间不足，\(count) 个无法用大字显示"

    case .queueOf(let machine): "M\(machine) 的队列"
    case .permit: "运行的权利"
    case .helpStage: "舞台：线程、任务、队列"
    case .helpLanes: "时间线：M 或 G 的泳道"
    case .keyFindOn(let era): EraPhrase.chinese(foundIn: era)
    case .helpFindOn(let era): "下一个、上一个匹配（默认为\(EraPhrase.chinese(foundIn: era))）；实时处则运行到它"
    case .helpStats: "统计：总数、等待、最坏情况"
    case .helpMayRun: "同时可运行的减少、增加一个"
    }
  }

  /// At most 76 columns, so that it fits everywhere.
  private static func rule(chinese era: Era) -> String {
    switch era {
    case .serial: "一次只做一个任务，做完为止；谁等待或阻塞，后面的全都停住。"
    case .processes: "每个任务一个进程，各有内存；由内核调度，谁在运行要问内核。"
    case .threads: "每个任务一个内核态线程，共享内存；由内核调度，谁在运行要问内核。"
    case .nto1: "许多协程，一个线程：等待者让下一个运行；一次阻塞调用停住全部。"
    case .global: "许多线程，一个队列：无论做什么，都要先拿到它的锁。"
    case .distributed: "每个线程有自己的队列；窃取者要查看全部，调用中的也不例外。"
    case .mpn: "队列属于固定数目的 P；线程要有 P 才能运行协程。"
    }
  }

  private static func chinese(foundIn era: Era) -> String {
    switch era {
    case .mpn, .distributed: "窃取"
    case .serial, .nto1, .global: "开始"
    case .threads, .processes: "等待"
    }
  }

  private static func chinese(_ does: StandStill) -> String {
    switch does {
    case .call(let name): name.isEmpty ? "在阻塞调用中" : "在 \(name) 调用中"
    case .park(.sleep, _): "睡眠"
    case .park(let reason, let object): Phrase.chinese(reason, object)
    }
  }

  private static func chinese(_ letter: UInt8) -> String {
    switch letter {
    case UInt8(ascii: "R"): "运行"
    case UInt8(ascii: "S"): "睡眠"
    case UInt8(ascii: "D"): "磁盘睡眠"
    case UInt8(ascii: "T"): "停止"
    default: "其他状态"
    }
  }
}

extension Phrase {
  /// Nil where it is said as under M:P:N.
  static func chineseWhat(_ event: Event, _ era: Era) -> String? {
    guard era != .mpn, let kind = event.kind else { return nil }
    let thread = era == .processes ? "进程 \(event.a)" : "M\(event.a)"
    switch kind {
    case .globalPush where event.b == 1: return "进入队列"
    case .globalTake where event.b == 1 && era != .distributed: return "离开队列"
    case .stealTook: return "从 M\(event.a) 窃取 \(event.c & 0xFFFF) 个"
    case .stealTookRunNext: return "窃取 M\(event.a) 的 next"
    case .processorAcquire: return "可以运行"
    case .processorIdle, .processorHandoff: return "让别的线程运行"
    case .processorRetake, .processorDetach: return "不可再运行"
    case .processorCountChanged: return "\(event.a) 个可运行"
    case .machineStart: return "启动\(era == .processes ? "" : " ")\(thread)"
    case .machineHog: return "霸占\(era == .processes ? "" : " ")\(thread)"
    default: return nil
    }
  }

  /// Nil where it is said as under M:P:N.
  static func chineseDetails(_ event: Event, _ era: Era) -> String? {
    guard era != .mpn, let kind = event.kind else { return nil }
    switch kind {
    case .fiberStart:
      switch StartSource(rawValue: event.detail) {
      case .local, .runNext: return "来自线程自己的队列"
      case .global, .tick: return era == .distributed ? "来自全局队列" : "来自队首"
      case .syscall: return "调用之后继续"
      case .handoff where !era.hasFibers: return era == .processes ? "在自己的进程里" : "在自己的线程里"
      default: return nil
      }
    case .searchFind:
      switch StartSource(rawValue: event.detail) {
      case .local, .runNext: return "在自己的队列"
      case .global, .tick: return era == .distributed ? "在全局队列" : "在队列里"
      default: return nil
      }
    case .queuePush, .queuePop: return "本线程的队列，槽位 \(event.a)"
    case .globalPush where event.b == 1: return "排到队尾"
    case .globalTake where event.b == 1 && era != .distributed: return "取自队首"
    case .stealFailed: return "查看了 \(Numbers.grouped(UInt64(event.a))) 个队列"
    case .processorAcquire: return era == .global ? "成为可运行者之一" : era.isOneThread ? "唯一的线程" : "用自己的队列"
    case .processorIdle: return "没有可运行的协程"
    case .processorHandoff: return "即将阻塞"
    case .machineStart: return era == .processes ? "新进程" : "新线程"
    case .machineWake: return event.detail & WakeFlags.own != 0 ? nil : "有活可干"
    case .machineSpinBegin: return "寻找工作"
    case .machineSyscallEnter:
      switch era {
      case .serial, .nto1: return "阻塞调用：唯一的线程进了内核"
      case .global, .distributed: return "阻塞调用：另一个线程可以运行"
      case .threads, .processes, .mpn: return "阻塞调用：内核运行别的"
      }
    case .machineSyscallExit:
      switch era {
      case .global, .distributed:
        return SyscallExit(rawValue: event.detail) == .fast ? "立即继续" : "别人正在运行：它要等"
      default: return "继续"
      }
    case .machineExit: return era == .processes ? "进程已结束" : "线程已结束"
    default: return nil
    }
  }

  /// The era's own rule; nil where it is that of M:P:N.
  static func chineseWhy(_ event: Event, _ era: Era) -> String? {
    guard era != .mpn, let kind = event.kind else { return nil }
    if !era.hasFibers { return chineseWhy(kind, isProcess: era == .processes) }
    switch kind {
    case .fiberCreate: return era == .distributed ? "新协程进入创建者线程的队列。" : "新任务排到唯一队列的队尾。"
    case .fiberReady: return era == .distributed ? "谁唤醒协程，就把它放进自己线程的队列。" : "被唤醒的协程排到唯一队列的队尾。"
    case .fiberStart, .searchFind, .globalTake: return chineseWhyStart(event, era)
    case .fiberYield: return era == .serial ? "任务要做到底：让出不起作用。" : "让出的协程排到队尾，下一个运行。"
    case .fiberPreempt: return "运行超过 10 ms 的协程在下一个检查点停下，排到队尾。"
    case .fiberPark: return era == .serial ? "任务等待时占着线程：它结束之前别人都不能运行。" : "等待的协程不占线程：它的线程接着运行下一个。"
    case .globalPush:
      switch era {
      case .serial: return "先来先做：前面的都结束了才轮到它。"
      case .nto1: return "只有一个队列，也只有一个线程从中取：不需要锁。"
      case .global: return "所有线程共用一个队列：创建、唤醒、结束、调度都要它的锁。"
      default: return "全局队列只用于特殊情况：溢出、外来的协程和公平。"
      }
    case .stealTook: return "窃取者取走另一个线程队列里的一半（向上取整）。"
    case .stealTookRunNext: return "只有在四轮窃取的最后一轮，才可以拿走别人的 next。"
    case .stealFailed: return "窃取者必须查看每个线程的队列，系统调用中的也不例外：多半是空的。"
    case .queuePush, .queuePop, .queueRunNextPut, .queueRunNextTake: return "只有线程自己向本地队列放入，因此不需要锁。"
    case .processorAcquire where era.hasProcessorCount: return "同时只许这么多线程运行协程；它现在是其中之一。"
    case .processorAcquire, .processorBegin: return era == .distributed ? "线程和它的队列一起创建。" : "唯一的线程运行一切。"
    case .processorIdle: return "队列里没有了：线程去睡眠。"
    case .processorHandoff: return "可能阻塞的调用之前，线程让另一个运行，为此要拿队列的锁。"
    case .processorRetake, .processorDetach: return "另一个线程可以替它运行。"
    case .processorRelease, .processorCountChanged: return "同时只许这么多线程运行协程。"
    case .machineStart: return "没有睡眠的线程可以替它运行，于是新建一个。"
    case .machineWake where event.detail & WakeFlags.own == 0: return "有活可干，还可多一个线程运行。"
    case .machinePark where era.isOneThread: return "唯一的线程睡到定时器到时或文件就绪。"
    case .machineSpinBegin: return "睡眠之前，线程先查看别人的队列。"
    case .machineSyscallEnter:
      switch era {
      case .serial: return "唯一的线程进了内核：后面的任务都在等。"
      case .nto1: return "内核只看到一个线程，把它阻塞：调用结束之前没有协程能运行。"
      case .global: return "线程立即把位置让给另一个；协程占着这个线程。"
      default: return "线程在调用中仍保有队列：窃取者还得查看它。"
      }
    case .machineSyscallExit: return era.isOneThread ? "唯一的线程回来了，从原处继续。" : "若可以运行就继续；否则协程到队列里等待。"
    case .timerArm, .timerFire: return "到时的协程变为可运行。"
    case .waitGroupCount, .channelClose, .channelMake, .channelSend, .channelReceive: return nil
    case .lockWait, .lockAcquire, .lockRelease: return era == .serial ? "等锁的任务让一切停住。" : "等锁的协程挂起；下一个运行。"
    default: return nil
    }
  }

  private static func chineseWhyStart(_ event: Event, _ era: Era) -> String? {
    switch era {
    case .serial: return "队首的任务得到线程，一直做到结束。"
    case .nto1: return "唯一的线程取了唯一队列的队首。"
    case .global: return "持锁取了唯一队列的队首。"
    case .distributed where event.kind == .globalTake: return "每 61 次调度，以及自己的队列空时，线程从全局队列取。"
    case .distributed where event.kind == .searchFind && event.fiber == Event.noFiber: return "所有线程的队列里都没有：线程去睡眠。"
    case .distributed: return "次序：自己的队列、全局队列、轮询器，最后是其他所有线程的队列。"
    default: return nil
    }
  }

  private static func chineseWhy(_ kind: EventKind, isProcess: Bool) -> String? {
    switch kind {
    case .machineStart, .fiberCreate: return isProcess ? "任务是进程：内核要复制创建者的页表。" : "任务是内核态线程，有自己的栈。"
    case .fiberStart: return "何时运行、在哪个 CPU 上，由内核决定。"
    case .fiberPark: return "它在内核里睡眠，内核让别的运行：一次切换。"
    case .fiberReady: return "从此内核可以运行它；何时运行，内核不说。"
    case .fiberExit, .machineExit: return isProcess ? "进程随任务结束；内核收回它的内存。" : "线程随任务结束。"
    case .machineSyscallEnter: return "内核只阻塞这一个；其余照常。"
    case .machineSyscallExit: return "内核又运行它了。"
    case .fiberYield: return "请内核运行别的；也可能仍运行这一个。"
    case .lockWait, .lockAcquire, .lockRelease: return "等锁者在内核里睡眠，用的是 futex。"
    case .timerArm, .timerFire: return "时间到了，由内核唤醒。"
    case .kernelSample: return "内核自己的账目，只是那一刻的采样，不能说明之后。"
    default: return nil
    }
  }
}
