import MagpieTrace

// What an event says, in Chinese: `what` is a few words with the event's P, M or G as their subject, `details` what else
// is known of it. Numbers in them are the event's own.

extension Phrase {
  static func chineseWhat(_ event: Event, _ text: String) -> String {
    guard let kind = event.kind else { return "未知事件 \(event.rawKind)" }
    switch kind {
    case .fiberCreate: return "创建"
    case .fiberReady: return "被唤醒"
    case .fiberStart: return "开始运行"
    case .fiberYield: return "让出"
    case .fiberPreempt: return "被抢占"
    case .fiberPark: return chinese(park: event)
    case .fiberExit: return "结束"
    case .fiberName: return "命名"
    case .searchFind: return event.fiber == 0 ? "没有找到协程" : "找到 G\(event.fiber)"
    case .queuePush: return "进入队列"
    case .queuePop: return "离开队列"
    case .queueRunNextPut: return "成为 next"
    case .queueRunNextTake: return "离开 next"
    case .queueOverflow: return "溢出"
    case .globalPush: return "向全局放入 \(event.b) 个"
    case .globalTake: return "从全局取走 \(event.b) 个"
    case .globalLock: return "等过锁"
    case .stealTook: return "从 P\(event.a) 窃取 \(event.c & 0xFFFF) 个"
    case .stealTookRunNext: return "窃取 P\(event.a) 的 next"
    case .stealFailed: return "没有窃取到"
    case .processorIdle: return "转为空闲"
    case .processorAcquire: return "得到 M"
    case .processorRelease: return "退役"
    case .processorBegin: return "启用"
    case .processorHandoff: return "被移交"
    case .processorRetake: return "被收回"
    case .processorDetach: return "被取走"
    case .processorCountChanged: return "从此共 \(event.a) 个 P"
    case .machineStart: return "启动 M\(event.a)"
    case .machinePark: return "睡眠"
    case .machineWake: return event.detail & WakeFlags.own != 0 ? "醒来" : "唤醒 M\(event.a & 0xFFFF)"
    case .machineSpinBegin: return "自旋"
    case .machineSpinEnd: return "结束自旋"
    case .machineSyscallEnter: return text.isEmpty ? "进入系统调用" : "进入 \(text)"
    case .machineSyscallExit: return "调用返回"
    case .machineLocked: return event.detail == 1 ? "锁定到它的 M" : "解除锁定"
    case .machineHog: return "霸占 M\(event.a)"
    case .machineExit: return "结束"
    case .machineRejoin: return "终于到达检查点"
    case .pollerNetpoll: return "轮询：\(event.a) 个就绪"
    case .timerArm: return "设定定时器"
    case .timerFire: return "定时器到时"
    case .sysmon: return "sysmon 动作"
    case .deadlock: return "死锁"
    case .channelMake: return "创建通道 \(event.a)"
    case .channelSend: return "向通道 \(event.a) 发送"
    case .channelReceive: return "从通道 \(event.a) 接收"
    case .channelClose: return "关闭通道 \(event.a)"
    case .semaphoreAcquire: return "取信号量 \(event.a) 的 \(event.d) 个许可"
    case .semaphoreRelease: return "还信号量 \(event.a) 的 \(event.d) 个许可"
    case .conditionWait: return "等待条件 \(event.a)"
    case .conditionSignal: return "通知条件 \(event.a)"
    case .lockWait: return "请求锁 \(event.a)" + chinese(lockMode: event)
    case .lockAcquire: return "得到锁 \(event.a)" + chinese(lockMode: event)
    case .lockRelease: return "释放锁 \(event.a)"
    case .lockHandover:
      return event.detail == LockMode.write.rawValue
        ? "接过锁 \(event.a)" : "锁 \(event.a) 交给 \(event.c) 个读者"
    case .waitGroupCount: return "等待组 \(event.a) 余 \(event.c)"
    case .userAnnotation: return "说"
    case .userRegionBegin: return "开始区域"
    case .userRegionEnd: return "结束区域"
    case .kernelSample: return "采样：" + EraPhrase.sample(event.detail).chinese
    case .controlGeneration: return "快照"
    case .controlLost: return "丢失 \(Numbers.grouped(event.ab)) 个事件"
    }
  }

  private static func chinese(lockMode event: Event) -> String {
    switch LockMode(rawValue: event.detail) {
    case .read: "（读）"
    case .write: "（写）"
    case .exclusive, nil: ""
    }
  }

  private static func chinese(park event: Event) -> String {
    switch ParkReason(rawValue: event.detail) {
    case .sleep: "睡眠"
    case .frozen: "被冻结"
    case .netpoll: "等待 I/O"
    case .channelSend, .channelReceive, .lock, .readLock, .writeLock, .waitGroup, .select, .semaphore, .condition,
      .join, nil:
      "挂起等待"
    }
  }

  static func chineseDetails(_ event: Event, _ text: String) -> String {
    guard let kind = event.kind else { return "" }
    switch kind {
    case .fiberCreate:
      let parent = event.a == 0 ? "由运行时创建" : "由 G\(event.a) 创建"
      return text.isEmpty ? parent : "\(text) · \(parent)"
    case .fiberReady: return chinese(ready: event)
    case .fiberStart: return chinese(start: event)
    case .fiberYield: return "让别的协程运行"
    case .fiberPreempt: return "已运行 \(Numbers.duration(UInt64(event.a) * 1000))：时间片用完"
    case .fiberPark: return chinese(ParkReason(rawValue: event.detail), event.a)
    case .fiberExit: return ""
    case .fiberName: return text
    case .searchFind: return chinese(found: event)
    case .queuePush, .queuePop:
      return "\(event.processor == Event.noProcessor ? "某个队列" : "P\(event.processor)")，槽位 \(event.a)"
    case .queueRunNextPut: return event.b == 0 ? "在当前协程之后运行" : "取代 G\(event.b)"
    case .queueRunNextTake: return "立即运行"
    case .queueOverflow: return "队列已满，移出较早的一半：\(event.b) 个"
    case .globalPush: return event.b == 1 ? "排到队尾" : "按次序排到队尾"
    case .globalTake:
      let batch = event.b > 1 ? "G\(event.fiber) 及另外 \(event.b - 1) 个" : "G\(event.fiber)"
      return event.detail == 1 ? "\(batch) · 第 61 次调度" : batch
    case .globalLock:
      let holder = event.c == UInt32(Event.noMachine) ? "" : " · 当时由 M\(event.c) 持有"
      return "\(Numbers.duration(UInt64(event.a))) · 共 \(event.b) 个在等\(holder)"
    case .stealTook:
      let count = event.c & 0xFFFF
      let slots = count > 1 ? "槽位 \(event.b)–\(event.b &+ count &- 1)" : "槽位 \(event.b)"
      return "共 \(event.c >> 16) 个 · \(slots) · 第 \(event.detail) 轮"
    case .stealTookRunNext: return "G\(event.fiber) · 第 \(event.detail) 轮"
    case .stealFailed: return "查看了 \(event.a) 个 P"
    case .processorIdle: return "没有可运行的协程"
    case .processorAcquire:
      return AcquireSource(rawValue: event.detail) == .idleList
        ? "M\(event.machine) 从空闲列表取得" : "M\(event.machine) 接手"
    case .processorRelease: return event.detail == 0 ? "M\(event.machine) 放开它" : "它原本空闲"
    case .processorBegin: return "进入空闲列表"
    case .processorHandoff: return "M\(event.machine) 即将阻塞"
    case .processorDetach: return "取自 M\(event.b)：\(Numbers.duration(UInt64(event.c) * 1000)) 未经过检查点"
    case .processorRetake: return "收自 M\(event.b)：调用已历时 \(Numbers.duration(UInt64(event.c) * 1000))"
    case .processorCountChanged: return "要求 \(event.c) 个"
    case .machineStart: return chinese(given: event.b, flags: event.detail, isNew: true)
    case .machinePark: return chinese(machinePark: event)
    case .machineWake: return chinese(given: event.a >> 16, flags: event.detail, isNew: false)
    case .machineSpinBegin: return chinese(spin: event)
    case .machineSpinEnd: return SpinEnd(rawValue: event.detail) == .found ? "找到了工作" : "放弃"
    case .machineSyscallEnter: return "阻塞调用；P 暂留，直到 sysmon 收回"
    case .machineSyscallExit:
      return SyscallExit(rawValue: event.detail) == .fast ? "它的 P 还在" : "其间 P 已被取走"
    case .machineLocked: return ""
    case .machineHog: return "一个时间片已达 \(Numbers.duration(UInt64(event.b) * 1000))：请它经过检查点"
    case .machineExit: return "线程已结束"
    case .machineRejoin: return "其间 P\(event.processor) 已从 M\(event.machine) 取走"
    case .pollerNetpoll: return ""
    case .timerArm: return "定于 \(Numbers.seconds(event.ab)) s，\(chineseDue(event.ab, event.time))"
    case .timerFire:
      return event.time > event.ab ? "迟了 \(Numbers.duration(event.time - event.ab))" : "准时"
    case .sysmon: return chinese(sysmon: event)
    case .deadlock: return "\(event.a) 个协程在等待，谁也无法唤醒它们"
    case .channelMake: return event.c == 0 ? "无缓冲：收发双方直接会合" : "可容 \(event.c) 个"
    case .channelSend: return event.detail == 1 ? "直接交给等待的接收者" : "缓冲区现有 \(event.c) 个"
    case .channelReceive:
      return event.detail == 2
        ? "通道已关闭且已空"
        : event.detail == 1 ? "等待的发送者继续" : "缓冲区还剩 \(event.c) 个"
    case .channelClose: return event.c == 0 ? "无人等待" : "唤醒 \(event.c) 个等待者"
    case .semaphoreAcquire: return "还剩 \(event.c) 个"
    case .semaphoreRelease: return "排队者得到后，还空余 \(event.c) 个"
    case .conditionWait: return "\(event.c) 个在排队"
    case .conditionSignal:
      return event.c == 0 ? "无人等待" : event.detail == 1 ? "全部 \(event.c) 个继续" : "第一个继续"
    case .lockWait: return "锁被持有 · \(event.c) 个等待"
    case .lockAcquire: return ""
    case .lockRelease: return event.c == 0 ? "无人等待" : "\(event.c) 个等待"
    case .lockHandover: return "由原持有者直接交出"
    case .waitGroupCount: return event.c == 0 ? "全部完成" : "尚未完成"
    case .userAnnotation, .userRegionBegin, .userRegionEnd: return text
    case .kernelSample:
      return EraPhrase.switches(voluntary: event.b, involuntary: event.c).chinese + " · CPU "
        + Numbers.duration(UInt64(event.d) * 1000)
    case .controlGeneration: return "整个运行时，第 \(event.a) 代"
    case .controlLost: return "来自 M\(event.machine)，从 \(Numbers.seconds(event.cd)) s 起"
    }
  }

  private static func chinese(ready event: Event) -> String {
    let waker = event.a == 0 ? "" : " · 唤醒者 G\(event.a)"
    switch ReadyCause(rawValue: event.detail) {
    case .timer: return "时间到了"
    case .channel: return "通道 \(event.c)" + waker
    case .lock: return "锁 \(event.c)" + waker
    case .semaphore: return "信号量 \(event.c) 已足够" + waker
    case .condition: return "条件 \(event.c) 已通知" + waker
    case .waitGroup: return "等待组 \(event.c) 已完成" + waker
    case .netpoll: return "I/O 已就绪"
    case .cancelled: return "被取消" + waker
    case .join: return "其他任务都已结束"
    case .byHand: return "由观看者唤醒"
    case nil: return event.a == 0 ? "" : "唤醒者 G\(event.a)"
    }
  }

  private static func chinese(found event: Event) -> String {
    switch StartSource(rawValue: event.detail) {
    case .runNext: "在自己 P 的 next"
    case .local: "在自己 P 的队列"
    case .tick: "在全局队列，第 61 次调度"
    case .global: "在全局队列"
    case .netpoll: "在网络轮询器"
    case .steal: "靠窃取"
    case .stealRunNext: "靠窃取别人的 next"
    case .syscall, .handoff, .rejoin: ""
    case .some(StartSource.none), nil: "查遍各处"
    }
  }

  private static func chinese(start event: Event) -> String {
    let source =
      switch StartSource(rawValue: event.detail) {
      case .runNext: "来自 next"
      case .local: "来自自己 P 的队列"
      case .tick: "来自全局队列，第 61 次调度"
      case .global: "来自全局队列"
      case .netpoll: "I/O 已就绪"
      case .steal: "窃取而来"
      case .stealRunNext: "从别人的 next 窃取而来"
      case .syscall: "调用之后继续"
      case .rejoin: "又有了 P，继续"
      case .handoff: "直接运行，不经队列"
      case .some(StartSource.none), nil: ""
      }
    guard event.a == 1 else { return source }
    return source.isEmpty ? "沿用当前时间片" : source + "，沿用当前时间片"
  }

  private static func chinese(given processor: UInt32, flags: UInt8, isNew: Bool) -> String {
    if flags & WakeFlags.own != 0 { return "从轮询器返回" }
    let with = processor == UInt32(Event.noProcessor) ? "没有 P" : "带 P\(processor)"
    let why =
      flags & WakeFlags.spinning != 0 ? "，去寻找工作" : flags & WakeFlags.locked != 0 ? "，去运行它锁定的协程" : ""
    return (isNew ? "新线程，" : "") + with + why
  }

  private static func chinese(machinePark event: Event) -> String {
    switch MachineParkReason(rawValue: event.detail) {
    case .idle: "在空闲列表"
    case .timer: event.cd == 0 ? "在轮询器中" : "在轮询器中，直到 \(Numbers.seconds(event.cd)) s"
    case .sysmon: "直到有事发生"
    case .locked: "直到它的协程可运行"
    case nil: ""
    }
  }

  private static func chinese(spin event: Event) -> String {
    let saw = "见 \(event.a) 个自旋，\(event.b) 个 P 忙"
    return switch SpinReason(rawValue: event.detail) {
    case .search: "本地没有 · \(saw)"
    case .woken: "被唤醒来找工作 · \(saw)"
    case .recheck: "最后一查有了工作 · \(saw)"
    case nil: saw
    }
  }

  private static func chinese(sysmon event: Event) -> String {
    let pace = Numbers.duration(UInt64(event.a) * 1000)
    return switch SysmonAct(rawValue: event.detail) {
    case .paceSlower: "无事可做：改为每 \(pace) 巡查"
    case .paceFast: "有了工作：恢复每 \(pace) 巡查"
    case .deepSleep: "全部空闲：睡眠"
    case .injected: "把协程交给全局队列"
    case nil: ""
    }
  }

  private static func chineseDue(_ deadline: UInt64, _ now: UInt64) -> String {
    deadline > now ? "\(Numbers.duration(deadline - now)) 后" : "立即"
  }
}
