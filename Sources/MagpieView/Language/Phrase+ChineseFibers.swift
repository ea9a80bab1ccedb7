import MagpieModel
import MagpieTrace

extension Phrase {
  /// The table of fibers.
  var chineseFibers: String {
    switch self {
    case .fiberColumn(let order): Phrase.chinese(order)
    case .fiberPlace(let place, let call, let era): Phrase.chinese(place, call, era) ?? Phrase.chinese(place, call)
    case .fibersRun(let count): "运行 \(Numbers.grouped(count))"
    case .fibersReady(let count): "可运行 \(Numbers.grouped(count))"
    case .fibersInCalls(let count): "调用中 \(Numbers.grouped(count))"
    case .fibersWait(let count): "等待 \(Numbers.grouped(count))"
    case .fibersUnknown(let count): "未知 \(Numbers.grouped(count))"
    case .fiberWoken(let fiber, let cause): (fiber == 0 ? "" : "G\(fiber) ") + Phrase.chineseCause(cause)
    case .noFibers: "这个时刻没有协程"
    case .noSuchFibers: "这个时刻没有这样的协程"
    case .fiberNotThere(let fiber): "G\(fiber) 此刻不在 · enter：它的一生"
    case .fiberNotAsked(let fiber): "G\(fiber) 不在其中"
    case .fiberRows(let first, let last, let count):
      "第 \(Numbers.grouped(first))–\(Numbers.grouped(last)) 行，共 \(Numbers.grouped(count)) 行"
    case .fiberFilterExample: "state:waiting name:work g:17 p:0 m:1 by:1 wait>1ms since>2s -state:sleep"
    case .fiberFilterError(let error): Phrase.chinese(error)
    default: ""
    }
  }

  private static func chinese(_ order: FiberOrder) -> String {
    switch order {
    case .number: "G"
    case .name: "名称"
    case .state: "状态"
    case .since: "已持续"
    case .wait: "等待"
    case .ran: "运行"
    case .starts: "启动"
    case .wokenBy: "唤醒者"
    case .parent: "创建者"
    case .deadline: "到期"
    }
  }

  private static func chinese(_ place: FiberState.Place, _ call: String) -> String {
    switch place {
    case .running(let machine, let processor): "在 P\(processor) 运行 · M\(machine)"
    case .detached(let machine): "没有 P 地运行 · M\(machine)"
    case .runNext(let processor): "P\(processor) 的 next"
    case .queued(let processor): "在 P\(processor) 的队列"
    case .global: "在全局队列"
    case .hands(let machine): "在 M\(machine) 手中"
    case .blocked(let machine): "在 M\(machine) 上阻塞：\(call.isEmpty ? "调用" : call)"
    case .parked(let reason, let object): chineseWait(reason, object)
    case .unknown: "未知"
    }
  }

  private static func chineseWait(_ reason: ParkReason?, _ object: UInt32) -> String {
    switch reason {
    case .sleep: "睡眠"
    case .channelSend: "等待向通道 \(object) 发送"
    case .channelReceive: "等待从通道 \(object) 接收"
    case .lock: "等待锁 \(object)"
    case .readLock: "等待读锁 \(object)"
    case .writeLock: "等待写锁 \(object)"
    case .waitGroup: "等待组 \(object)"
    case .select: "等待多个通道"
    case .semaphore: "等待信号量 \(object)"
    case .condition: "等待条件 \(object)"
    case .netpoll: "在轮询器里等待"
    case .frozen: "被观看者冻结"
    case .join: "等待其他任务结束"
    case nil: "等待"
    }
  }

  private static func chineseCause(_ cause: ReadyCause) -> String {
    switch cause {
    case .timer: "定时器"
    case .channel: "通道"
    case .lock: "锁"
    case .waitGroup: "等待组"
    case .netpoll: "轮询器"
    case .cancelled: "取消"
    case .join: "其他都已结束"
    case .semaphore: "信号量"
    case .condition: "条件"
    case .byHand: "手动"
    }
  }

  private static func chinese(_ error: FiberFilterError) -> String {
    switch error {
    case .empty: "找什么？例如 state:waiting name:work"
    case .unknownField(let name):
      "没有字段 '\(name)'；可用：\(FiberFilter.Field.allCases.map(\.rawValue).joined(separator: " "))"
    case .unknownState(let name):
      "没有状态 '\(name)'：\(FiberFilter.State.allCases.map(\.rawValue).joined(separator: " "))"
    case .notANumber(let field, let value): "'\(value)' 不是数：\(field):1"
    case .notATime(let field, let value): "'\(value)' 不是时间：\(field)>1.5ms"
    }
  }
}

extension Phrase {
  /// The biography of a fiber.
  var chineseLife: String {
    switch self {
    case .lifeParent(let parent): "由 G\(parent) 创建"
    case .lifeNoParent: "不由协程创建"
    case .lifeChildren(let count, let isAll):
      (isAll ? "" : "至少 ") + (count == 0 ? "没有子协程" : "\(Numbers.grouped(count)) 个子协程")
    case .lifeStarts(let count): "启动 \(Numbers.grouped(count)) 次"
    case .lifeReading(let count, let all):
      "正在读 … \(Numbers.compact(Double(count))) / \(Numbers.compact(Double(all))) 个事件"
    case .lifeUnknown: "对它一无所知"
    case .lifeBeginsBefore: "它开始于所保留的历史之前"
    case .lifeNotTold: "从这里起才知道"
    case .lifeEnded: "已结束"
    case .lifeRuns: "运行"
    case .lifeReady: "可运行"
    case .lifeBlocked: "调用中"
    case .lifeWaits: "等待"
    case .lifeLasted(let time): "共 \(Numbers.duration(time))"
    case .lifeColumnLasted: "历时"
    case .lifeColumnHow: "怎样到那里"
    case .lifeHow(let event, let fiber, let era):
      Phrase.chineseHow(event, fiber, era)
        ?? (event.fiber == fiber ? Phrase.chineseHow(event) : Phrase.chineseHowMoved(event))
    default: ""
    }
  }

  private static func chineseHow(_ event: Event) -> String {
    let p = event.processor
    switch event.kind {
    case .fiberCreate: return event.a == 0 ? "被创建" : "由 G\(event.a) 创建"
    case .fiberReady:
      let cause = ReadyCause(rawValue: event.detail).map { chineseCause($0) } ?? ""
      return (event.a == 0 ? "被唤醒" : "被 G\(event.a) 唤醒") + (cause.isEmpty ? "" : "：\(cause)")
    case .fiberStart: return chinese(StartSource(rawValue: event.detail))
    case .fiberYield: return "让出"
    case .fiberPreempt: return "时间片用完，已 \(Numbers.duration(UInt64(event.a) * 1000))"
    case .fiberPark: return "自己停下"
    case .fiberExit: return "函数返回"
    case .queuePush: return "排到队尾"
    case .queuePop: return "P\(p) 从自己的队列取出"
    case .queueRunNextPut: return "接着就在那里运行"
    case .queueRunNextTake: return "P\(p) 取出 next"
    case .globalPush: return "排到队尾，等任何 P"
    case .globalTake: return "P\(p) 从全局队列取出"
    case .stealTook: return "P\(p) 从 P\(event.a) 的队列窃取"
    case .stealTookRunNext: return "P\(p) 窃取 P\(event.a) 的 next"
    case .machineSyscallEnter: return "进入可能阻塞的调用"
    case .machineSyscallExit:
      return event.detail == SyscallExit.fast.rawValue ? "返回，P\(p) 还在" : "返回，P 已被收回"
    case .processorDetach: return "sysmon 收回它的 P，已 \(Numbers.duration(UInt64(event.c) * 1000))"
    case .machineRejoin: return "又调用了运行时"
    case .machineWake: return "交给锁定它的 M"
    default: return ""
    }
  }

  private static func chinese(_ source: StartSource?) -> String {
    switch source {
    case .runNext: "原是 next"
    case .local: "来自自己 P 的队列"
    case .tick: "来自全局队列，第 61 次"
    case .global: "来自全局队列"
    case .netpoll: "来自轮询器"
    case .steal, .stealRunNext: "窃取而来"
    case .syscall: "调用返回"
    case .handoff: "直接继续，不经队列"
    case .rejoin: "又有了 P"
    case .none?, nil: ""
    }
  }

  /// Events that move it along with others.
  private static func chineseHowMoved(_ event: Event) -> String {
    switch event.kind {
    case .queueRunNextPut: "G\(event.fiber) 占了它的位置"
    case .queueOverflow: "P\(event.processor) 的队列已满：移走一半"
    case .globalPush: "和溢出的另外 \(event.b - min(event.b, 1)) 个一起"
    case .globalTake: "P\(event.processor) 一次取出 \(event.b) 个，G\(event.fiber) 在先"
    case .stealTook: "P\(event.processor) 从 P\(event.a) 窃取 \(event.c & 0xFFFF) 个，去运行 G\(event.fiber)"
    default: ""
    }
  }
}
