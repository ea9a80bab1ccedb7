import MagpieTrace

// What an event says, in English: `what` is a few words with the event's P, M or G as their subject, `details` what else
// is known of it. Numbers in them are the event's own.

extension Phrase {
  static func englishWhat(_ event: Event, _ text: String) -> String {
    guard let kind = event.kind else { return "unknown event \(event.rawKind)" }
    switch kind {
    case .fiberCreate: return "is created"
    case .fiberReady: return "is woken"
    case .fiberStart: return "starts"
    case .fiberYield: return "yields"
    case .fiberPreempt: return "is preempted"
    case .fiberPark: return english(park: event)
    case .fiberExit: return "ends"
    case .fiberName: return "is named"
    case .searchFind: return event.fiber == 0 ? "finds nothing" : "finds G\(event.fiber)"
    case .queuePush: return "joins the queue"
    case .queuePop: return "leaves the queue"
    case .queueRunNextPut: return "becomes next"
    case .queueRunNextTake: return "leaves next"
    case .queueOverflow: return "overflows"
    case .globalPush: return "puts \(event.b) in global"
    case .globalTake: return "takes \(event.b) from global"
    case .globalLock: return "waited for the lock"
    case .stealTook: return "steals \(event.c & 0xFFFF) from P\(event.a)"
    case .stealTookRunNext: return "steals next of P\(event.a)"
    case .stealFailed: return "steals nothing"
    case .processorIdle: return "goes idle"
    case .processorAcquire: return "gets an M"
    case .processorRelease: return "retires"
    case .processorBegin: return "begins"
    case .processorHandoff: return "is handed on"
    case .processorRetake: return "is retaken"
    case .processorDetach: return "is taken away"
    case .processorCountChanged: return "\(event.a) P from now on"
    case .machineStart: return "starts M\(event.a)"
    case .machinePark: return "sleeps"
    case .machineWake:
      return event.detail & WakeFlags.own != 0 ? "wakes up" : "wakes M\(event.a & 0xFFFF)"
    case .machineSpinBegin: return "spins"
    case .machineSpinEnd: return "stops spinning"
    case .machineSyscallEnter: return text.isEmpty ? "enters a call" : "enters \(text)"
    case .machineSyscallExit: return "is back"
    case .machineLocked: return event.detail == 1 ? "is locked to its M" : "is locked no more"
    case .machineHog: return "hogs M\(event.a)"
    case .machineExit: return "ends"
    case .machineRejoin: return "calls at last"
    case .pollerNetpoll: return "polls: \(event.a) ready"
    case .timerArm: return "sets a timer"
    case .timerFire: return "timer fires"
    case .sysmon: return "sysmon acts"
    case .deadlock: return "deadlock"
    case .channelMake: return "makes channel \(event.a)"
    case .channelSend: return "sends on channel \(event.a)"
    case .channelReceive: return "receives from channel \(event.a)"
    case .channelClose: return "closes channel \(event.a)"
    case .semaphoreAcquire: return "takes \(event.d) of semaphore \(event.a)"
    case .semaphoreRelease: return "gives \(event.d) to semaphore \(event.a)"
    case .conditionWait: return "joins condition \(event.a)"
    case .conditionSignal: return "signals condition \(event.a)"
    case .lockWait: return "wants lock \(event.a)" + english(lockMode: event)
    case .lockAcquire: return "takes lock \(event.a)" + english(lockMode: event)
    case .lockRelease: return "releases lock \(event.a)"
    case .lockHandover:
      return event.detail == LockMode.write.rawValue
        ? "is given lock \(event.a)" : "lock \(event.a) passes to \(event.c) readers"
    case .waitGroupCount: return "group \(event.a) is at \(event.c)"
    case .userAnnotation: return "says"
    case .userRegionBegin: return "begins"
    case .userRegionEnd: return "is done with"
    case .kernelSample: return "sampled: " + EraPhrase.sample(event.detail).english
    case .controlGeneration: return "snapshot"
    case .controlLost: return "\(Numbers.grouped(event.ab)) events lost"
    }
  }

  private static func english(lockMode event: Event) -> String {
    switch LockMode(rawValue: event.detail) {
    case .read: " to read"
    case .write: " to write"
    case .exclusive, nil: ""
    }
  }

  private static func english(park event: Event) -> String {
    switch ParkReason(rawValue: event.detail) {
    case .sleep: "sleeps"
    case .frozen: "is frozen"
    case .netpoll: "waits for I/O"
    default: "waits"
    }
  }

  static func englishDetails(_ event: Event, _ text: String) -> String {
    guard let kind = event.kind else { return "" }
    switch kind {
    case .fiberCreate:
      let parent = event.a == 0 ? "by the runtime" : "by G\(event.a)"
      return text.isEmpty ? parent : "\(text) · \(parent)"
    case .fiberReady: return english(ready: event)
    case .fiberStart: return english(start: event)
    case .fiberYield: return "lets others run"
    case .fiberPreempt: return "after \(Numbers.duration(UInt64(event.a) * 1000)): its slice is over"
    case .fiberPark: return english(ParkReason(rawValue: event.detail), event.a)
    case .fiberExit: return ""
    case .fiberName: return text
    case .searchFind: return english(found: event)
    case .queuePush: return "\(place(event)), slot \(event.a)"
    case .queuePop: return "\(place(event)), slot \(event.a)"
    case .queueRunNextPut: return event.b == 0 ? "runs after the present one" : "in place of G\(event.b)"
    case .queueRunNextTake: return "to run now"
    case .queueOverflow: return "the older half, \(event.b), leaves the full queue"
    case .globalPush: return event.b == 1 ? "at the tail" : "in order, at the tail"
    case .globalTake:
      let batch = event.b > 1 ? "G\(event.fiber) and \(event.b - 1) more" : "G\(event.fiber)"
      return event.detail == 1 ? "\(batch) · the 61st look" : batch
    case .globalLock:
      let holder = event.c == UInt32(Event.noMachine) ? "" : " · M\(event.c) had it"
      return "\(Numbers.duration(UInt64(event.a))) · \(event.b) waited\(holder)"
    case .stealTook:
      let count = event.c & 0xFFFF
      let slots = count > 1 ? "slots \(event.b)–\(event.b &+ count &- 1)" : "slot \(event.b)"
      return "of \(event.c >> 16) waiting · \(slots) · round \(event.detail)"
    case .stealTookRunNext: return "G\(event.fiber) · round \(event.detail)"
    case .stealFailed: return event.a == 1 ? "looked at 1 victim" : "looked at \(event.a) victims"
    case .processorIdle: return "nothing to run"
    case .processorAcquire:
      return AcquireSource(rawValue: event.detail) == .idleList
        ? "M\(event.machine) takes it off the idle list" : "M\(event.machine) takes it up"
    case .processorRelease: return event.detail == 0 ? "M\(event.machine) lets go of it" : "it was idle"
    case .processorBegin: return "onto the idle list"
    case .processorHandoff: return "M\(event.machine) is about to block"
    case .processorDetach:
      return "from M\(event.b): \(Numbers.duration(UInt64(event.c) * 1000)) without a call"
    case .processorRetake: return "from M\(event.b), \(Numbers.duration(UInt64(event.c) * 1000)) in its call"
    case .processorCountChanged: return "there were to be \(event.c)"
    case .machineStart: return english(given: event.b, flags: event.detail, isNew: true)
    case .machinePark: return english(machinePark: event)
    case .machineWake: return english(given: event.a >> 16, flags: event.detail, isNew: false)
    case .machineSpinBegin: return english(spin: event)
    case .machineSpinEnd: return SpinEnd(rawValue: event.detail) == .found ? "found work" : "gives up"
    case .machineSyscallEnter: return "a blocking call; its P stays until sysmon takes it"
    case .machineSyscallExit:
      return SyscallExit(rawValue: event.detail) == .fast ? "its P was still there" : "its P was taken meanwhile"
    case .machineLocked: return ""
    case .machineHog: return "\(Numbers.duration(UInt64(event.b) * 1000)) in one slice: is asked for a checkpoint"
    case .machineExit: return "the thread is gone"
    case .machineRejoin: return "P\(event.processor) was taken from M\(event.machine) meanwhile"
    case .pollerNetpoll: return ""
    case .timerArm: return "for \(Numbers.seconds(event.ab)) s, \(due(event.ab, event.time))"
    case .timerFire: return lateness(event)
    case .sysmon: return english(sysmon: event)
    case .deadlock: return "\(event.a) fibers wait, and nothing can wake them"
    case .channelMake: return event.c == 0 ? "no buffer: sender and receiver meet" : "room for \(event.c)"
    case .channelSend: return event.detail == 1 ? "handed to a waiting receiver" : "\(event.c) in the buffer"
    case .channelReceive:
      return event.detail == 2
        ? "it is closed and empty"
        : event.detail == 1 ? "a waiting sender goes on" : "\(event.c) left in the buffer"
    case .channelClose: return event.c == 0 ? "nobody waits" : "\(event.c) waiters wake up"
    case .semaphoreAcquire: return "\(event.c) left"
    case .semaphoreRelease: return "\(event.c) free, once those in line have theirs"
    case .conditionWait: return "\(event.c) in line"
    case .conditionSignal:
      return event.c == 0 ? "nobody waits" : event.detail == 1 ? "all \(event.c) go on" : "the first goes on"
    case .lockWait: return "it is held · \(event.c) wait"
    case .lockAcquire: return ""
    case .lockRelease: return event.c == 0 ? "nobody waits" : "\(event.c) wait"
    case .lockHandover: return "handed over by who held it"
    case .waitGroupCount: return event.c == 0 ? "all are done" : "to go"
    case .userAnnotation, .userRegionBegin, .userRegionEnd: return text
    case .kernelSample:
      return EraPhrase.switches(voluntary: event.b, involuntary: event.c).english + " · CPU "
        + Numbers.duration(UInt64(event.d) * 1000)
    case .controlGeneration: return "of the whole runtime, generation \(event.a)"
    case .controlLost: return "of M\(event.machine), from \(Numbers.seconds(event.cd)) s"
    }
  }

  private static func place(_ event: Event) -> String {
    event.processor == Event.noProcessor ? "a queue" : "P\(event.processor)"
  }

  private static func english(ready event: Event) -> String {
    let waker = event.a == 0 ? "" : " by G\(event.a)"
    switch ReadyCause(rawValue: event.detail) {
    case .timer: return "its time has come"
    case .channel: return "on channel \(event.c)" + waker
    case .lock: return "for lock \(event.c)" + waker
    case .semaphore: return "semaphore \(event.c) has enough" + waker
    case .condition: return "condition \(event.c) is signalled" + waker
    case .waitGroup: return "group \(event.c) is done" + waker
    case .netpoll: return "its I/O is ready"
    case .cancelled: return "cancelled" + waker
    case .join: return "all others have ended"
    case .byHand: return "by the viewer"
    case nil: return waker.isEmpty ? "" : String(waker.dropFirst())
    }
  }

  private static func english(found event: Event) -> String {
    switch StartSource(rawValue: event.detail) {
    case .runNext: "in its P's next"
    case .local: "in its P's queue"
    case .tick: "in the global queue, on the 61st look"
    case .global: "in the global queue"
    case .netpoll: "in the poller"
    case .steal: "by stealing"
    case .stealRunNext: "by stealing what was next"
    case .syscall, .handoff, .rejoin: ""
    case .some(StartSource.none), nil: "looked everywhere"
    }
  }

  private static func english(start event: Event) -> String {
    let source =
      switch StartSource(rawValue: event.detail) {
      case .runNext: "from next"
      case .local: "from its P's queue"
      case .tick: "from the global queue, on the 61st look"
      case .global: "from the global queue"
      case .netpoll: "its I/O is ready"
      case .steal: "stolen"
      case .stealRunNext: "stolen out of next"
      case .syscall: "goes on after its call"
      case .rejoin: "goes on, with a P again"
      case .handoff: "at once, without a queue"
      case .some(StartSource.none), nil: ""
      }
    guard event.a == 1 else { return source }
    return source.isEmpty ? "in the running time slice" : source + ", in the running time slice"
  }

  private static func english(given processor: UInt32, flags: UInt8, isNew: Bool) -> String {
    if flags & WakeFlags.own != 0 { return "from the poller" }
    let with = processor == UInt32(Event.noProcessor) ? "without a P" : "with P\(processor)"
    let why =
      flags & WakeFlags.spinning != 0
      ? ", to look for work" : flags & WakeFlags.locked != 0 ? ", for its own fiber" : ""
    return (isNew ? "a new thread, " : "") + with + why
  }

  private static func english(machinePark event: Event) -> String {
    switch MachineParkReason(rawValue: event.detail) {
    case .idle: "on the idle list"
    case .timer: event.cd == 0 ? "in the poller" : "until \(Numbers.seconds(event.cd)) s, in the poller"
    case .sysmon: "until something happens"
    case .locked: "until its own fiber can run"
    case nil: ""
    }
  }

  private static func english(spin event: Event) -> String {
    let saw = "saw \(event.a) spinning, \(event.b) P busy"
    return switch SpinReason(rawValue: event.detail) {
    case .search: "nothing local · \(saw)"
    case .woken: "woken to look for work · \(saw)"
    case .recheck: "found work in its last look · \(saw)"
    case nil: saw
    }
  }

  private static func english(sysmon event: Event) -> String {
    let pace = Numbers.duration(UInt64(event.a) * 1000)
    return switch SysmonAct(rawValue: event.detail) {
    case .paceSlower: "nothing to do: now every \(pace)"
    case .paceFast: "there is work: every \(pace) again"
    case .deepSleep: "all is idle: sleeps"
    case .injected: "hands fibers to the global queue"
    case nil: ""
    }
  }

  private static func due(_ deadline: UInt64, _ now: UInt64) -> String {
    deadline > now ? "in \(Numbers.duration(deadline - now))" : "now"
  }

  private static func lateness(_ event: Event) -> String {
    event.time > event.ab ? "\(Numbers.duration(event.time - event.ab)) late" : "on time"
  }
}
