import MagpieModel
import MagpieTrace

// What things are and do, in one sentence each, in Chinese.

extension Phrase {
  /// What a fiber that waits waits for.
  static func chinese(_ reason: ParkReason?, _ object: UInt32) -> String {
    switch reason {
    case .sleep: "直到定时器到时"
    case .channelSend: "要向通道 \(object) 发送"
    case .channelReceive: "要从通道 \(object) 接收"
    case .lock: "等锁 \(object)"
    case .readLock: "等读锁 \(object)"
    case .writeLock: "等写锁 \(object)"
    case .waitGroup: "直到等待组 \(object) 归零"
    case .select: "在多个通道上"
    case .semaphore: "等信号量 \(object)"
    case .condition: "等条件 \(object)"
    case .netpoll: "直到就绪"
    case .frozen: "由观看者冻结"
    case .join: "直到其他任务都结束"
    case nil: "原因不明"
    }
  }

  static func chinese(_ fiber: FiberState, _ now: UInt64) -> String {
    let time = Numbers.duration(now > fiber.since ? now - fiber.since : 0)
    return switch fiber.place {
    case .running(let machine, let processor): "在 P\(processor) 上运行，线程是 M\(machine)，已 \(time)。"
    case .queued(let processor): "可运行：在 P\(processor) 的队列里等待，已 \(time)。"
    case .runNext(let processor): "可运行：是 P\(processor) 的 next，已 \(time)。"
    case .global: "可运行：在全局队列里等待，已 \(time)。"
    case .hands(let machine): "在途中：M\(machine) 把它从一处取出，还没有放到另一处。"
    case .blocked(let machine): "在 M\(machine) 上的阻塞调用中，已 \(time)。"
    case .detached(let machine): "在 M\(machine) 上没有 P 地运行，已 \(time)：它一直没有调用运行时。"
    case .parked(.frozen, _): "被观察者冻结，已 \(time)。"
    case .parked(.sleep, _): "睡眠，已 \(time)" + (fiber.deadline.map { chineseDue($0, now) } ?? "") + "。"
    case .parked(let reason, let object): chinese(reason, object) + "，已等待 \(time)。"
    case .unknown: "丢失事件之后未知，直到下一个快照。"
    }
  }

  private static func chineseDue(_ deadline: UInt64, _ now: UInt64) -> String {
    deadline > now ? "，\(Numbers.duration(deadline - now)) 后醒来" : "，已经到时"
  }

  static func chinese(_ cause: ReadyCause) -> String {
    switch cause {
    case .timer: "定时器到时"
    case .channel: "通过通道"
    case .lock: "得到锁"
    case .waitGroup: "等待组完成"
    case .netpoll: "由轮询器"
    case .cancelled: "被取消"
    case .join: "其他任务都已结束"
    case .semaphore: "得到信号量"
    case .byHand: "由观看者"
    case .condition: "条件满足"
    }
  }

  static func chineseLife(_ starts: Int, _ ran: UInt64) -> String {
    starts == 0 ? "它还没有运行过。" : "它启动过 \(Numbers.grouped(starts)) 次，共运行 \(Numbers.duration(ran))。"
  }

  static func chinese(_ processor: ProcessorState) -> String {
    let count = processor.queueLength
    let queue = count == 0 ? "它的队列是空的" : "\(Numbers.grouped(count)) 个在它的队列里等待"
    let next = processor.runNext.map { "，next 是 G\($0)" } ?? ""
    let machine = processor.machine.map { "M\($0)" } ?? "M?"
    return switch processor.status {
    case .idle: "M 运行协程所需要的资源。它空闲：没有人持有它，\(queue)。"
    case .retired: "已退出：需要的 P 变少了。"
    case .blocked: "它的 M 带着它在阻塞调用中；sysmon 可以收回它。这期间\(queue)\(next)。"
    case .given: "已交给正在醒来的 \(machine)；\(queue)\(next)。"
    case .inHands: "正在移交给另一个 M；\(queue)\(next)。"
    case .held:
      "由 \(machine) 持有，" + (processor.fiber.map { "它在运行 G\($0)" } ?? "它在找协程") + "；\(queue)\(next)。"
        + "窃取了 \(Numbers.grouped(processor.stole)) 个，被窃取 \(Numbers.grouped(processor.stolenFrom)) 个。"
    }
  }

  static func chinese(_ machine: MachineState, _ call: String, _ now: UInt64) -> String {
    let time = Numbers.duration(now > machine.since ? now - machine.since : 0)
    let processor = machine.processor.map { "P\($0)" }
    return switch machine.activity {
    case .running: "内核线程：" + (processor.map { "在 \($0) 上" } ?? "") + "运行 G\(machine.fiber ?? 0)，已 \(time)。"
    case .searching: "内核线程：醒着" + (processor.map { "，带着 \($0)" } ?? "") + "，在两个协程之间，或在找协程。"
    case .spinning: "自旋：在其他 P 那里找活干，已 \(time)。寻找有代价，唤醒线程代价更高。"
    case .idle: "在空闲列表上睡眠，已 \(time)；被唤醒之前不花费什么。"
    case .timerWait(let until):
      "在轮询器里睡眠" + (until > now ? "，最多 \(Numbers.duration(until - now))：到时有定时器。" : "。")
    case .lockedWait: "睡眠，直到锁定在它上面的协程可以运行。"
    case .blocked:
      "为 G\(machine.fiber ?? 0) 在阻塞调用中" + (call.isEmpty ? "" : "（\(call)）") + "，已 \(time)；"
        + (processor.map { "\($0) 还在它手里。" } ?? "它的 P 已被收回。")
    case .detached: "它的协程 G\(machine.fiber ?? 0) 不调用运行时：没有 P 地继续运行，已 \(time)。"
    case .sysmon: "sysmon：监控线程，从不持有 P。"
    case .ended: "线程已经结束。"
    }
  }

  static func chinese(_ kind: SyncObjectState.Kind) -> String {
    switch kind {
    case .unknown: "对象"
    case .channel: "通道"
    case .lock: "锁"
    case .waitGroup: "等待组"
    case .semaphore: "信号量"
    case .condition: "条件"
    case .readWriteLock: "读写锁"
    }
  }

  static func chinese(_ object: SyncObjectState) -> String {
    let waiters = object.waiters == 0 ? "没有人等待" : "\(Numbers.grouped(object.waiters)) 个在等待"
    return switch object.kind {
    case .channel: (object.isClosed ? "已关闭" : "缓冲区 \(object.occupancy) / \(object.capacity)") + "；\(waiters)。"
    case .lock: (object.holder.map { "由 G\($0) 持有" } ?? "空闲") + "；\(waiters)。"
    case .waitGroup: "还剩 \(object.occupancy) 个；\(waiters)。"
    case .semaphore: "还有 \(object.occupancy) 个许可；\(waiters)。"
    case .readWriteLock: (object.holder.map { "G\($0) 在写" } ?? "没有写者") + "；\(waiters)。"
    case .condition, .unknown: waiters + "。"
    }
  }

  static func chinese(_ refusal: Refusal) -> String {
    switch refusal {
    case .waitsForObject(let fiber): "G\(fiber) 在等别人：只有睡眠，或手动挂起的，才能手动唤醒"
    case .isAwake(let fiber): "G\(fiber) 没有在等待"
    case .isNotFrozen: "它没有被冻结"
    case .noSuchFiber(let fiber): "G\(fiber) 已经不在了"
    case .noSuchMachine(let machine): "没有 M\(machine)"
    case .isTheRuntimes: "那是运行时自己的"
    case .hasNoSize: "这个场景没有可以改变的规模"
    }
  }

  static func chinese(_ error: LessonError) -> String {
    let place = "\(error.file)：第 \(error.line) 行："
    switch error.reason {
    case .notYAML: return place + "不是能读的 YAML"
    case .missing(let key): return place + "缺少 \(key)"
    case .unknownKey(let key): return place + "没有 '\(key)' 这个键"
    case .badValue(let key, let value, let wanted): return place + "\(key) 是 '\(value)'，应为 \(wanted)"
    case .badFilter(let filter): return place + "when：" + chinese(filter)
    case .noStops: return place + "stops 至少要有一站，最多 200 站"
    }
  }
}
