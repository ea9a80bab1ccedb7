import MagpieModel
import MagpieTrace

// What things are and do, in one sentence each.

extension Phrase {
  /// What a fiber that waits waits for.
  static func english(_ reason: ParkReason?, _ object: UInt32) -> String {
    switch reason {
    case .sleep: "until its timer fires"
    case .channelSend: "to send on channel \(object)"
    case .channelReceive: "to receive from channel \(object)"
    case .lock: "for lock \(object)"
    case .readLock: "to read under lock \(object)"
    case .writeLock: "to write under lock \(object)"
    case .waitGroup: "for group \(object)"
    case .select: "on several channels"
    case .semaphore: "for semaphore \(object)"
    case .condition: "for condition \(object)"
    case .netpoll: "until it is ready"
    case .frozen: "by the viewer"
    case .join: "until all others have ended"
    case nil: "for a reason unknown"
    }
  }

  static func english(_ fiber: FiberState, _ now: UInt64) -> String {
    let time = Numbers.duration(now > fiber.since ? now - fiber.since : 0)
    return switch fiber.place {
    case .running(let machine, let processor): "Runs on P\(processor), on the thread M\(machine), for \(time)."
    case .queued(let processor): "Can run: waits in the queue of P\(processor), for \(time)."
    case .runNext(let processor): "Can run: is the next of P\(processor), for \(time)."
    case .global: "Can run: waits in the global queue, for \(time)."
    case .hands(let machine): "On its way: M\(machine) has taken it out of one place and not yet put it into the next."
    case .blocked(let machine): "In a blocking call on M\(machine), for \(time)."
    case .detached(let machine): "Runs on M\(machine) without a P, for \(time): it did not call the runtime."
    case .parked(.frozen, _): "Frozen by the viewer, for \(time)."
    case .parked(.sleep, _): "Sleeps, for \(time)" + (fiber.deadline.map { englishDue($0, now) } ?? "") + "."
    case .parked(let reason, let object): "Waits " + english(reason, object) + ", for \(time)."
    case .unknown: "Unknown after a loss, until the next snapshot."
    }
  }

  private static func englishDue(_ deadline: UInt64, _ now: UInt64) -> String {
    deadline > now ? ", and wakes in \(Numbers.duration(deadline - now))" : ", and is due"
  }

  static func english(_ cause: ReadyCause) -> String {
    switch cause {
    case .timer: "by its timer"
    case .channel: "through a channel"
    case .lock: "for a lock"
    case .waitGroup: "for a group that is done"
    case .netpoll: "by the poller"
    case .cancelled: "by being cancelled"
    case .join: "when all others had ended"
    case .semaphore: "for permits of a semaphore"
    case .condition: "by a condition"
    case .byHand: "by the viewer"
    }
  }

  static func englishLife(_ starts: Int, _ ran: UInt64) -> String {
    starts == 0
      ? "It has not run yet."
      : "It was started \(starts == 1 ? "once" : "\(Numbers.grouped(starts)) times") and ran \(Numbers.duration(ran))."
  }

  static func english(_ processor: ProcessorState) -> String {
    let queue =
      processor.queueLength == 0 ? "its queue is empty" : "\(Numbers.grouped(processor.queueLength)) wait in its queue"
    let next = processor.runNext.map { ", G\($0) is next" } ?? ""
    return switch processor.status {
    case .idle: "What an M needs to run fibers. It is idle: nobody has it, and \(queue)."
    case .retired: "Retired: fewer Ps are wanted."
    case .blocked: "Its M is in a blocking call with it; sysmon may take it. Meanwhile \(queue)\(next)."
    case .given: "It is given to M\(processor.machine.map { String($0) } ?? "?"), which is waking up; \(queue)\(next)."
    case .inHands: "On its way to another M; \(queue)\(next)."
    case .held:
      (processor.fiber.map { "Held by M\(processor.machine.map { String($0) } ?? "?"), which runs G\($0)" }
        ?? "Held by M\(processor.machine.map { String($0) } ?? "?"), which looks for a fiber")
        + "; \(queue)\(next). It stole \(Numbers.grouped(processor.stole)) and lost \(Numbers.grouped(processor.stolenFrom))."
    }
  }

  static func english(_ machine: MachineState, _ call: String, _ now: UInt64) -> String {
    let time = Numbers.duration(now > machine.since ? now - machine.since : 0)
    let processor = machine.processor.map { "P\($0)" }
    return switch machine.activity {
    case .running:
      "A kernel thread: runs G\(machine.fiber ?? 0)" + (processor.map { " on \($0)" } ?? "") + ", for \(time)."
    case .searching:
      "A kernel thread: awake\(processor.map { " with \($0)" } ?? ""), between two fibers or looking for one."
    case .spinning: "Spins: looks for work at other Ps, for \(time). Looking costs, but waking a thread costs more."
    case .idle: "Sleeps on the idle list, for \(time); it costs nothing until it is woken."
    case .timerWait(let until):
      "Sleeps in the poller"
        + (until > now ? ", for \(Numbers.duration(until - now)) at most: a timer is due then." : ".")
    case .lockedWait: "Sleeps until the fiber that is locked to it can run."
    case .blocked:
      "In a blocking call" + (call.isEmpty ? "" : " (\(call))") + " for G\(machine.fiber ?? 0), for \(time); "
        + (processor.map { "it still has \($0)." } ?? "its P was taken.")
    case .detached: "Its fiber G\(machine.fiber ?? 0) does not call the runtime: it goes on without a P, for \(time)."
    case .sysmon: "sysmon: the monitor, a thread that never holds a P."
    case .ended: "The thread has ended."
    }
  }

  static func english(_ kind: SyncObjectState.Kind) -> String {
    switch kind {
    case .unknown: "object"
    case .channel: "channel"
    case .lock: "lock"
    case .waitGroup: "wait group"
    case .semaphore: "semaphore"
    case .condition: "condition"
    case .readWriteLock: "read-write lock"
    }
  }

  static func english(_ object: SyncObjectState) -> String {
    let waiters = object.waiters == 0 ? "nobody waits" : "\(Numbers.grouped(object.waiters)) wait"
    return switch object.kind {
    case .channel:
      (object.isClosed ? "Closed" : "\(object.occupancy) of \(object.capacity) in its buffer") + "; \(waiters)."
    case .lock: (object.holder.map { "Held by G\($0)" } ?? "Free") + "; \(waiters)."
    case .waitGroup: "\(object.occupancy) to go; \(waiters)."
    case .semaphore: "\(object.occupancy) permits free; \(waiters)."
    case .readWriteLock: (object.holder.map { "G\($0) writes" } ?? "no writer") + "; \(waiters)."
    case .condition, .unknown: waiters.prefix(1).uppercased() + waiters.dropFirst() + "."
    }
  }

  static func english(_ refusal: Refusal) -> String {
    switch refusal {
    case .waitsForObject(let fiber):
      "G\(fiber) waits for another: only a sleep, or what you blocked, can be ended by hand"
    case .isAwake(let fiber): "G\(fiber) does not wait"
    case .isNotFrozen: "it is not frozen"
    case .noSuchFiber(let fiber): "there is no G\(fiber) any more"
    case .noSuchMachine(let machine): "there is no M\(machine)"
    case .isTheRuntimes: "that is the runtime's own"
    case .hasNoSize: "this scenario has no size to change"
    }
  }

  static func english(_ error: LessonError) -> String {
    let place = "\(error.file): line \(error.line): "
    switch error.reason {
    case .notYAML: return place + "this is no YAML that can be read"
    case .missing(let key): return place + "\(key) is missing"
    case .unknownKey(let key): return place + "there is no key '\(key)'"
    case .badValue(let key, let value, let wanted): return place + "\(key) is '\(value)', not \(wanted)"
    case .badFilter(let filter): return place + "when: " + english(filter)
    case .noStops: return place + "stops must list at least one stop, and 200 at most"
    }
  }
}
