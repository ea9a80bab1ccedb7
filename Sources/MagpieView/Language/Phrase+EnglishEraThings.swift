import MagpieModel
import MagpieTrace

// What things are where there are no Ps, in English. Nil where it is said as under M:P:N.

extension Phrase {
  static func english(_ fiber: FiberState, _ now: UInt64, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let time = Numbers.duration(now > fiber.since ? now - fiber.since : 0)
    let thread = fiber.machine.map { era == .processes ? "proc \($0)" : "M\($0)" } ?? ""
    switch fiber.place {
    case .running where !era.hasFibers:
      return "Has \(thread) for itself. It is ready or runs, for \(time): which of the two, only a sample can tell."
    case .running(let machine, _): return "Runs on the thread M\(machine), for \(time)."
    case .queued(let processor): return "Can run: waits in the queue of M\(processor), for \(time)."
    case .runNext(let processor): return "Can run: is the next of M\(processor), for \(time)."
    case .global: return era.hasOneQueue ? "Can run: waits in the one queue, for \(time)." : nil
    case .blocked where era.isOneThread:
      return "In a blocking call on the only thread, for \(time): nothing else can run."
    case .blocked where !era.hasFibers: return "In a blocking call in \(thread), for \(time): the kernel runs others."
    case .detached(let machine): return "Runs on M\(machine), for \(time): it did not call the runtime."
    case .parked(let reason, let object) where era == .serial && reason != .frozen:
      return "Waits \(english(reason, object)), for \(time), and keeps the only thread."
    default: return nil
    }
  }

  static func english(_ processor: ProcessorState, _ era: Era) -> String? {
    let count = Numbers.grouped(processor.queueLength)
    let queue = processor.queueLength == 0 ? "It is empty." : "\(count) wait in it."
    let holder = processor.machine.map { "M\($0)" }
    switch era {
    case .mpn: return nil
    case .distributed:
      return "The queue of \(holder ?? "a thread"), its own for ever, in calls and asleep. \(queue) "
        + "Its thread stole \(Numbers.grouped(processor.stole)) and lost \(Numbers.grouped(processor.stolenFrom))."
    case .global:
      return holder.map { "One of those that may run at once: \($0) is it now." }
        ?? "One more thread may run; none does."
    case .serial, .nto1, .processes, .threads: return "The right to run, which the only thread has."
    }
  }

  static func english(_ machine: MachineState, _ call: String, _ now: UInt64, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let time = Numbers.duration(now > machine.since ? now - machine.since : 0)
    let what = era == .processes ? "A process of its own" : "A kernel thread"
    let fiber = "G\(machine.fiber ?? 0)"
    switch machine.activity {
    case .running where !era.hasFibers: return "\(what), for \(fiber): ready or running, for \(time)."
    case .running: return "\(what): runs \(fiber), for \(time)."
    case .searching where !era.hasFibers: return "\(what): its task waits."
    case .searching: return "\(what): awake, between two fibers or looking for one."
    case .idle where !era.hasFibers: return "\(what): its task waits, for \(time); it sleeps in the kernel."
    case .spinning: return "Looks over the queues of all other threads, those in calls too, for \(time)."
    case .blocked:
      return "In a blocking call" + (call.isEmpty ? "" : " (\(call))") + " for \(fiber), for \(time)"
        + (era.isOneThread
          ? ": nothing else can run."
          : era == .distributed ? "; its queue stays with it." : era == .global ? "; another runs for it." : ".")
    case .detached: return "Its fiber \(fiber) does not call the runtime, for \(time): another thread runs for it."
    case .sysmon: return "sysmon: the monitor, a thread that runs no fibers."
    case .ended: return era == .processes ? "The process has ended." : nil
    case .timerWait where era.isOneThread: return "The only thread sleeps until a timer is due or a file is ready."
    case .idle, .timerWait, .lockedWait: return nil
    }
  }

  static func english(globalQueue count: Int, _ era: Era) -> String {
    let waiting = count == 1 ? "1 waits" : "\(Numbers.grouped(count)) wait"
    return switch era {
    case .serial: "The line of tasks, in order of arrival: \(waiting). The next begins when the one before has ended."
    case .nto1: "The one queue of the one thread: \(waiting). No lock is needed, and no other thread can help."
    case .global: "The one queue, behind one lock: \(waiting). Each create, wake, exit and schedule takes that lock."
    case .distributed:
      "For special cases only, behind a lock: \(waiting). It takes what overflows and what comes from outside."
    case .processes, .threads, .mpn: "There is no queue: the kernel schedules."
    }
  }

  static func english(timers count: Int, _ era: Era) -> String {
    "\(Numbers.grouped(count)) armed. "
      + (era.hasFibers
        ? "Who looks for work looks at them, and sleeps until the earliest is due." : "The kernel keeps them.")
  }

  static func english(blocking count: Int, _ era: Era) -> String {
    if count == 0 { return "No thread is in a blocking call." }
    let threads = count == 1 ? "1 thread is" : "\(Numbers.grouped(count)) threads are"
    return threads + " in calls into the kernel"
      + (era.isOneThread
        ? ", and there is no other."
        : era == .distributed ? ", each with its queue, which thieves look at." : ". Others run.")
  }

  static func english(_ place: FiberState.Place, _ call: String, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let name = { (machine: UInt16) in era == .processes ? "proc \(machine)" : "M\(machine)" }
    switch place {
    case .running where !era.hasFibers: return "ready, or runs"
    case .running(let machine, _): return "runs on M\(machine)"
    case .detached(let machine): return "runs on M\(machine), others too"
    case .runNext(let processor): return "next on M\(processor)"
    case .queued(let processor): return "in the queue of M\(processor)"
    case .global: return era.hasOneQueue ? "in the queue" : nil
    case .hands(let machine): return "in the hands of \(name(machine))"
    case .blocked(let machine): return "in \(call.isEmpty ? "a call" : call) on \(name(machine))"
    case .parked, .unknown: return nil
    }
  }

  static func english(_ kind: LaneKind, _ value: LaneValue, _ fiber: String, _ call: String, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    switch (kind, value.state) {
    case (.machines, .running) where !era.hasFibers: return "has \(fiber): ready, or runs"
    case (.machines, .searching) where !era.hasFibers: return "its task waits"
    case (.machines, .idle) where !era.hasFibers: return "its task waits"
    case (.machines, .idle) where MachineParkReason(rawValue: value.detail) == .sysmon:
      return "watches: sysmon, which runs no fibers"
    case (.machines, .spinning): return "looks over all other threads' queues"
    case (.machines, .detached): return "runs \(fiber), which does not call the runtime"
    case (.fibers, .running): return era.hasFibers ? "runs" : "is ready, or runs"
    case (.fibers, .runnable): return era.hasFibers ? "waits in a queue" : "is ready, or runs"
    case (.fibers, .detached): return "runs on, without calling the runtime"
    default: return nil
    }
  }

  /// How a fiber came to where an event left it.
  static func englishHow(_ event: Event, _ fiber: UInt32, _ era: Era) -> String? {
    guard era != .mpn else { return nil }
    let p = event.processor
    switch event.kind {
    case .fiberStart:
      switch StartSource(rawValue: event.detail) {
      case .local, .runNext: return "from its thread's queue"
      case .global, .tick: return era == .distributed ? "from the global queue" : "from the queue's head"
      case .handoff where !era.hasFibers:
        return era == .processes ? "in a process of its own" : "in a thread of its own"
      case .rejoin: return "may run again"
      default: return nil
      }
    case .queuePop where event.fiber == fiber: return "M\(p) takes it from its queue"
    case .queueRunNextTake where event.fiber == fiber: return "M\(p) takes what is next"
    case .globalPush where event.fiber == fiber: return "to the end of the queue"
    case .globalTake where event.fiber == fiber: return "M\(event.machine) takes it from the queue"
    case .globalTake: return "M\(event.machine) takes \(event.b) at once, G\(event.fiber) first"
    case .queueOverflow: return "the queue of M\(p) is full: half moves"
    case .stealTook where event.fiber == fiber: return "M\(p) steals it from the queue of M\(event.a)"
    case .stealTook: return "M\(p) steals \(event.c & 0xFFFF) from M\(event.a), to run G\(event.fiber)"
    case .stealTookRunNext: return "M\(p) steals it, the next of M\(event.a)"
    case .machineSyscallExit:
      return event.detail == SyscallExit.fast.rawValue ? "comes back, and goes on" : "comes back, others run now"
    case .processorDetach: return "sysmon lets another run, after \(Numbers.duration(UInt64(event.c) * 1000))"
    default: return nil
    }
  }
}
