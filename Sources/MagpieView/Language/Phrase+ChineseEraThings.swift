import MagpieModel
import MagpieTrace

// What things are where there are no Ps, in Chinese. Nil where it is said as under M:P:N.

extension Phrase {
  static func chinese(_ fiber: FiberState, _ now: UInt64, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let time = Numbers.duration(now > fiber.since ? now - fiber.since : 0)
    let thread = fiber.machine.map { era == .processes ? "进程 \($0)" : "线程 M\($0)" } ?? ""
    switch fiber.place {
    case .running where !era.hasFibers: return "独占\(thread)。就绪或运行中，已 \(time)：究竟是哪一种，只有采样知道。"
    case .running(let machine, _): return "在线程 M\(machine) 上运行，已 \(time)。"
    case .queued(let processor): return "可运行：在 M\(processor) 的队列里等待，已 \(time)。"
    case .runNext(let processor): return "可运行：是 M\(processor) 的 next，已 \(time)。"
    case .global: return era.hasOneQueue ? "可运行：在唯一的队列里等待，已 \(time)。" : nil
    case .blocked where era.isOneThread: return "在唯一的线程上阻塞于调用，已 \(time)：别的都不能运行。"
    case .blocked where !era.hasFibers: return "在\(thread) 里阻塞于调用，已 \(time)：内核运行别的。"
    case .detached(let machine): return "在 M\(machine) 上运行，已 \(time)：它一直没有调用运行时。"
    case .parked(let reason, let object) where era == .serial && reason != .frozen:
      return "\(chinese(reason, object))，已等待 \(time)，占着唯一的线程。"
    default: return nil
    }
  }

  static func chinese(_ processor: ProcessorState, _ era: Era) -> String? {
    let count = Numbers.grouped(processor.queueLength)
    let queue = processor.queueLength == 0 ? "它是空的。" : "\(count) 个在其中等待。"
    let holder = processor.machine.map { "M\($0)" }
    switch era {
    case .mpn: return nil
    case .distributed:
      return (holder.map { "\($0) 的队列" } ?? "某个线程的队列") + "，永远归它，调用中、睡眠中也一样。\(queue)"
        + "它的线程窃取了 \(Numbers.grouped(processor.stole)) 个，被窃取 \(Numbers.grouped(processor.stolenFrom)) 个。"
    case .global: return holder.map { "同时可运行者之一：现在是 \($0)。" } ?? "还可多一个线程运行；现在没有。"
    case .serial, .nto1, .processes, .threads: return "运行的权利，归唯一的线程。"
    }
  }

  static func chinese(_ machine: MachineState, _ call: String, _ now: UInt64, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let time = Numbers.duration(now > machine.since ? now - machine.since : 0)
    let what = era == .processes ? "独立的进程" : "内核线程"
    let fiber = "G\(machine.fiber ?? 0)"
    switch machine.activity {
    case .running where !era.hasFibers: return "\(what)，属于 \(fiber)：就绪或运行中，已 \(time)。"
    case .running: return "\(what)：运行 \(fiber)，已 \(time)。"
    case .searching where !era.hasFibers: return "\(what)：它的任务在等待。"
    case .searching: return "\(what)：醒着，在两个协程之间，或在找协程。"
    case .idle where !era.hasFibers: return "\(what)：它的任务在等待，已 \(time)；它在内核里睡眠。"
    case .spinning: return "正在查看其他所有线程的队列，调用中的也不例外，已 \(time)。"
    case .blocked:
      return "为 \(fiber) 在阻塞调用中" + (call.isEmpty ? "" : "（\(call)）") + "，已 \(time)"
        + (era.isOneThread ? "：别的都不能运行。" : era == .distributed ? "；队列仍归它。" : era == .global ? "；另一个线程替它运行。" : "。")
    case .detached: return "它的协程 \(fiber) 不调用运行时，已 \(time)：另一个线程替它运行。"
    case .sysmon: return "sysmon：监控线程，不运行协程。"
    case .ended: return era == .processes ? "进程已经结束。" : nil
    case .timerWait where era.isOneThread: return "唯一的线程睡到定时器到时或文件就绪。"
    case .idle, .timerWait, .lockedWait: return nil
    }
  }

  static func chinese(globalQueue count: Int, _ era: Era) -> String {
    let waiting = "\(Numbers.grouped(count)) 个在等待"
    return switch era {
    case .serial: "任务按到达次序排队：\(waiting)。前一个结束，后一个才开始。"
    case .nto1: "唯一线程的唯一队列：\(waiting)。不需要锁，也没有别的线程能帮忙。"
    case .global: "唯一的队列，由一把锁保护：\(waiting)。创建、唤醒、结束、调度都要这把锁。"
    case .distributed: "只用于特殊情况，由一把锁保护：\(waiting)。溢出的和外来的协程到这里。"
    case .processes, .threads, .mpn: "没有队列：由内核调度。"
    }
  }

  static func chinese(timers count: Int, _ era: Era) -> String {
    "已设置 \(Numbers.grouped(count)) 个。" + (era.hasFibers ? "找活干时会看它们，没有活就睡到最早的一个到时。" : "由内核保管。")
  }

  static func chinese(blocking count: Int, _ era: Era) -> String {
    if count == 0 { return "没有线程在阻塞调用中。" }
    return "\(Numbers.grouped(count)) 个线程在内核的调用中"
      + (era.isOneThread ? "，而且没有别的线程。" : era == .distributed ? "，各自带着队列，窃取者要查看它们。" : "。其余照常运行。")
  }

  static func chinese(_ place: FiberState.Place, _ call: String, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let name = { (machine: UInt16) in era == .processes ? "进程 \(machine)" : "M\(machine)" }
    let space = era == .processes ? "" : " "
    switch place {
    case .running where !era.hasFibers: return "就绪或运行"
    case .running(let machine, _): return "在 M\(machine) 运行"
    case .detached(let machine): return "在 M\(machine) 运行，别的也在运行"
    case .runNext(let processor): return "M\(processor) 的 next"
    case .queued(let processor): return "在 M\(processor) 的队列"
    case .global: return era.hasOneQueue ? "在队列里" : nil
    case .hands(let machine): return "在\(space)\(name(machine)) 手中"
    case .blocked(let machine): return "在\(space)\(name(machine)) 上阻塞：\(call.isEmpty ? "调用" : call)"
    case .parked, .unknown: return nil
    }
  }

  static func chinese(_ kind: LaneKind, _ value: LaneValue, _ fiber: String, _ call: String, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    switch (kind, value.state) {
    case (.machines, .running) where !era.hasFibers: return "属于 \(fiber)：就绪或运行"
    case (.machines, .searching) where !era.hasFibers: return "它的任务在等待"
    case (.machines, .idle) where !era.hasFibers: return "它的任务在等待"
    case (.machines, .idle) where MachineParkReason(rawValue: value.detail) == .sysmon: return "巡查：sysmon，不运行协程"
    case (.machines, .spinning): return "正在查看其他所有线程的队列"
    case (.machines, .detached): return "运行 \(fiber)，它不调用运行时"
    case (.fibers, .running): return era.hasFibers ? "运行" : "就绪或运行"
    case (.fibers, .runnable): return era.hasFibers ? "在队列里等待" : "就绪或运行"
    case (.fibers, .detached): return "继续运行，不调用运行时"
    default: return nil
    }
  }

  /// How a fiber came to where an event left it.
  static func chineseHow(_ event: Event, _ fiber: UInt32, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let p = event.processor
    switch event.kind {
    case .fiberStart:
      switch StartSource(rawValue: event.detail) {
      case .local, .runNext: return "来自线程自己的队列"
      case .global, .tick: return era == .distributed ? "来自全局队列" : "来自队首"
      case .handoff where !era.hasFibers: return era == .processes ? "在自己的进程里" : "在自己的线程里"
      case .rejoin: return "又可以运行"
      default: return nil
      }
    case .queuePop where event.fiber == fiber: return "M\(p) 从自己的队列取出"
    case .queueRunNextTake where event.fiber == fiber: return "M\(p) 取出 next"
    case .globalPush where event.fiber == fiber: return "排到队尾"
    case .globalTake where event.fiber == fiber: return "M\(event.machine) 从队列取出"
    case .globalTake: return "M\(event.machine) 一次取出 \(event.b) 个，G\(event.fiber) 在先"
    case .queueOverflow: return "M\(p) 的队列已满：移走一半"
    case .stealTook where event.fiber == fiber: return "M\(p) 从 M\(event.a) 的队列窃取"
    case .stealTook: return "M\(p) 从 M\(event.a) 窃取 \(event.c & 0xFFFF) 个，去运行 G\(event.fiber)"
    case .stealTookRunNext: return "M\(p) 窃取 M\(event.a) 的 next"
    case .machineSyscallExit:
      return event.detail == SyscallExit.fast.rawValue ? "返回，继续" : "返回，别人正在运行"
    case .processorDetach: return "sysmon 让别的运行，已 \(Numbers.duration(UInt64(event.c) * 1000))"
    default: return nil
    }
  }
}
