import MagpieModel
import MagpieTrace

extension Phrase {
  /// The table of fibers.
  var englishFibers: String {
    switch self {
    case .fiberColumn(let order): Phrase.english(order)
    case .fiberPlace(let place, let call, let era): Phrase.english(place, call, era) ?? Phrase.english(place, call)
    case .fibersRun(let count): "\(Numbers.grouped(count)) run"
    case .fibersReady(let count): "\(Numbers.grouped(count)) ready"
    case .fibersInCalls(let count): "\(Numbers.grouped(count)) in calls"
    case .fibersWait(let count): "\(Numbers.grouped(count)) wait"
    case .fibersUnknown(let count): "\(Numbers.grouped(count)) unknown"
    case .fiberWoken(let fiber, let cause): (fiber == 0 ? "" : "G\(fiber) ") + Phrase.englishCause(cause)
    case .noFibers: "no fiber lives at this moment"
    case .noSuchFibers: "no such fiber at this moment"
    case .fiberNotThere(let fiber): "G\(fiber) does not live now · enter: its life"
    case .fiberNotAsked(let fiber): "G\(fiber) is not among these"
    case .fiberRows(let first, let last, let count):
      "rows \(Numbers.grouped(first))–\(Numbers.grouped(last)) of \(Numbers.grouped(count))"
    case .fiberFilterExample: "state:waiting name:work g:17 p:0 m:1 by:1 wait>1ms since>2s -state:sleep"
    case .fiberFilterError(let error): Phrase.english(error)
    default: ""
    }
  }

  private static func english(_ order: FiberOrder) -> String {
    switch order {
    case .number: "G"
    case .name: "name"
    case .state: "state"
    case .since: "since"
    case .wait: "wait"
    case .ran: "ran"
    case .starts: "starts"
    case .wokenBy: "woken by"
    case .parent: "made by"
    case .deadline: "due"
    }
  }

  private static func english(_ place: FiberState.Place, _ call: String) -> String {
    switch place {
    case .running(let machine, let processor): "runs on P\(processor) · M\(machine)"
    case .detached(let machine): "runs without a P · M\(machine)"
    case .runNext(let processor): "next on P\(processor)"
    case .queued(let processor): "in the queue of P\(processor)"
    case .global: "in the global queue"
    case .hands(let machine): "in the hands of M\(machine)"
    case .blocked(let machine): "in \(call.isEmpty ? "a call" : call) on M\(machine)"
    case .parked(let reason, let object): englishWait(reason, object)
    case .unknown: "unknown"
    }
  }

  private static func englishWait(_ reason: ParkReason?, _ object: UInt32) -> String {
    switch reason {
    case .sleep: "sleeps"
    case .channelSend: "waits to send on channel \(object)"
    case .channelReceive: "waits to receive on channel \(object)"
    case .lock: "waits for lock \(object)"
    case .readLock: "waits to read under lock \(object)"
    case .writeLock: "waits to write under lock \(object)"
    case .waitGroup: "waits for group \(object)"
    case .select: "waits on several channels"
    case .semaphore: "waits for semaphore \(object)"
    case .condition: "waits for condition \(object)"
    case .netpoll: "waits in the poller"
    case .frozen: "frozen by the viewer"
    case .join: "waits for all others to end"
    case nil: "waits"
    }
  }

  private static func englishCause(_ cause: ReadyCause) -> String {
    switch cause {
    case .timer: "timer"
    case .channel: "channel"
    case .lock: "lock"
    case .waitGroup: "group"
    case .netpoll: "poller"
    case .cancelled: "cancelled"
    case .join: "last one left"
    case .semaphore: "semaphore"
    case .condition: "condition"
    case .byHand: "by hand"
    }
  }

  private static func english(_ error: FiberFilterError) -> String {
    switch error {
    case .empty: "what? for example state:waiting name:work"
    case .unknownField(let name):
      "no field '\(name)': there are \(FiberFilter.Field.allCases.map(\.rawValue).joined(separator: " "))"
    case .unknownState(let name):
      "no state '\(name)': \(FiberFilter.State.allCases.map(\.rawValue).joined(separator: " "))"
    case .notANumber(let field, let value): "'\(value)' is no number: \(field):1"
    case .notATime(let field, let value): "'\(value)' is no time: \(field)>1.5ms"
    }
  }
}

extension Phrase {
  /// The biography of a fiber.
  var englishLife: String {
    switch self {
    case .lifeParent(let parent): "made by G\(parent)"
    case .lifeNoParent: "made by no fiber"
    case .lifeChildren(let count, let isAll):
      (isAll ? "" : "at least ")
        + (count == 0 ? "no children" : count == 1 ? "1 child" : "\(Numbers.grouped(count)) children")
    case .lifeStarts(let count): count == 1 ? "started once" : "started \(Numbers.grouped(count)) times"
    case .lifeReading(let count, let all):
      "reading … \(Numbers.compact(Double(count))) of \(Numbers.compact(Double(all))) events"
    case .lifeUnknown: "nothing is known of it"
    case .lifeBeginsBefore: "it began before what is kept"
    case .lifeNotTold: "known from here on"
    case .lifeEnded: "has ended"
    case .lifeRuns: "runs"
    case .lifeReady: "ready"
    case .lifeBlocked: "in calls"
    case .lifeWaits: "waits"
    case .lifeLasted(let time): "of \(Numbers.duration(time))"
    case .lifeColumnLasted: "lasted"
    case .lifeColumnHow: "how it came there"
    case .lifeHow(let event, let fiber, let era):
      Phrase.englishHow(event, fiber, era)
        ?? (event.fiber == fiber ? Phrase.englishHow(event) : Phrase.englishHowMoved(event))
    default: ""
    }
  }

  private static func englishHow(_ event: Event) -> String {
    let p = event.processor
    switch event.kind {
    case .fiberCreate: return event.a == 0 ? "created" : "created by G\(event.a)"
    case .fiberReady:
      let cause = ReadyCause(rawValue: event.detail).map { englishCause($0) } ?? ""
      return "woken" + (event.a == 0 ? "" : " by G\(event.a)") + (cause.isEmpty ? "" : ": \(cause)")
    case .fiberStart: return english(StartSource(rawValue: event.detail))
    case .fiberYield: return "lets others run"
    case .fiberPreempt: return "its slice was over, after \(Numbers.duration(UInt64(event.a) * 1000))"
    case .fiberPark: return "stops of itself"
    case .fiberExit: return "its function has returned"
    case .queuePush: return "to the end of the queue"
    case .queuePop: return "P\(p) takes it from its queue"
    case .queueRunNextPut: return "to be run next there"
    case .queueRunNextTake: return "P\(p) takes what is next"
    case .globalPush: return "to the end, for any P"
    case .globalTake: return "P\(p) takes it from the global queue"
    case .stealTook: return "P\(p) steals it from the queue of P\(event.a)"
    case .stealTookRunNext: return "P\(p) steals it, the next of P\(event.a)"
    case .machineSyscallEnter: return "calls, and may block"
    case .machineSyscallExit:
      return event.detail == SyscallExit.fast.rawValue ? "comes back, P\(p) still there" : "comes back, its P is gone"
    case .processorDetach: return "sysmon takes its P, after \(Numbers.duration(UInt64(event.c) * 1000))"
    case .machineRejoin: return "calls the runtime again"
    case .machineWake: return "given to the M to which it is locked"
    default: return ""
    }
  }

  private static func english(_ source: StartSource?) -> String {
    switch source {
    case .runNext: "was next"
    case .local: "from its P's queue"
    case .tick: "from the global queue, 61st look"
    case .global: "from the global queue"
    case .netpoll: "from the poller"
    case .steal, .stealRunNext: "stolen"
    case .syscall: "back from its call"
    case .handoff: "straight on, without a queue"
    case .rejoin: "has a P again"
    case .none?, nil: ""
    }
  }

  /// Events that move it along with others.
  private static func englishHowMoved(_ event: Event) -> String {
    switch event.kind {
    case .queueRunNextPut: "G\(event.fiber) takes its place"
    case .queueOverflow: "the queue of P\(event.processor) is full: half moves"
    case .globalPush: "with \(event.b - min(event.b, 1)) others of the overflow"
    case .globalTake: "P\(event.processor) takes \(event.b) at once, G\(event.fiber) first"
    case .stealTook: "P\(event.processor) steals \(event.c & 0xFFFF) from P\(event.a), to run G\(event.fiber)"
    default: ""
    }
  }
}
