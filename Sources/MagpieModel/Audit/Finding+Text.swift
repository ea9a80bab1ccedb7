import MagpieTrace

extension Finding {
  /// What is wrong, in plain English: the rule, what was found against it, and the event.
  public var text: String {
    let name = event.kind?.name ?? "kind \(event.rawKind)"
    var who = "M\(event.machine)"
    if event.processor != Event.noProcessor { who += " P\(event.processor)" }
    if event.fiber != Event.noFiber { who += " G\(event.fiber)" }
    return "event \(eventNumber) (\(name), \(who)): \(sentence)"
  }

  private var sentence: String {
    switch rule {
    case .knownKind: "there is no event of kind \(found)"
    case .argument: "it names something that does not exist (\(found))"
    case .fiberLimit: "too many fibers to follow; G\(found) is left out"
    case .createdOnce: "G\(found) is created, but lives already"
    case .fiberLives: "G\(found) does something, but does not live"
    case .onePlace: "G\(expected) is not where the event takes it from, it is \(words(place))"
    case .startFromHands: "G\(expected) starts, but was not in the machine's hands, it is \(words(place))"
    case .oneFiberPerMachine: "a second fiber, G\(found), on a machine that runs G\(expected)"
    case .runsWithProcessor: "a fiber runs on a machine that does not hold the processor"
    case .readyOfParked: "G\(expected) is made ready, but is not parked, it is \(words(place))"
    case .fiberSequence: "the fiber's sequence number is \(found), \(expected) was due"
    case .ownMachine: "M\(found) acts for G\(expected), which is not its own, or does not run"
    case .slotOrder: "slot \(found) is used, \(expected) was due"
    case .slotContent: "G\(found) is taken from a slot that holds \(fiber(expected))"
    case .queueCapacity: "a queue of \(expected) gets fiber number \(found)"
    case .runNextContent: "runnext gives \(fiber(found)), but holds \(fiber(expected))"
    case .runNextVersion: "runnext's version is \(found), \(expected) was due"
    case .overflowHalf: "an overflow takes \(found) fibers; it takes \(expected), from a full queue"
    case .globalOrder: "index \(found) of the global queue is used, \(expected) was due"
    case .globalContent: "the global queue gives \(fiber(found)), \(fiber(expected)) was due"
    case .globalPushCount: "\(found) fibers are pushed on the global queue, the machine brings \(expected)"
    case .globalBatch: "\(found) fibers are taken from the global queue, at most \(expected) may be"
    case .stealHalf: "a thief takes \(found) fibers, half of what it saw is \(expected), and 128 is the most"
    case .stealRunNextRound: "runnext is stolen in round \(found), only round 4 may"
    case .stealRound: "a steal in round \(found); there are 4"
    case .stealFromOther: "P\(found) steals from itself"
    case .stealSpinning: "M\(found) steals, but does not spin"
    case .stealScope: "a thief finds nothing and has looked at \(found) queues, \(expected) were due in four rounds"
    case .queueOwner: "M\(expected) uses the queue of M\(found) as its own"
    case .permits:
      found > expected
        ? "\(found) machines run fibers at once, \(expected) may" : "M\(found) hands a permit on that it does not have"
    case .processorVersion: "the processor's version is \(found), \(expected) was due"
    case .processorHolder: "the processor is not \(machine(found))'s to use, it is \(machine(expected))'s"
    case .oneProcessorPerMachine: "a machine that holds P\(expected) gets P\(found) as well"
    case .idleSequence: "the idle lists' sequence number is \(found), \(expected) was due"
    case .processorCount: "there are to be \(expected) processors, which \(found) contradicts"
    case .wakeOfParked: "M\(found) does not sleep where it is woken, or acts while it sleeps"
    case .machineLife: "M\(found) is started twice, or acts after its end"
    case .parkEmptyHanded: "a machine goes to sleep with a processor, a fiber, or \(found) fibers in its hands"
    case .spinHalf: "spinning begins while \(found) spin and \(expected) processors are busy"
    case .spinWokenAlone: "a machine is woken to spin while \(found) spin"
    case .spinAlternates: "spinning begins or ends twice"
    case .workWhileAllSleep: "\(found) fibers waited while every machine went to sleep once more"
    case .searchOrder: "the search looked at \(look(found)) after \(look(expected))"
    case .searchTick: "the global queue came first on tick \(found), which 61 does not divide"
    case .searchFound: "what the search found (\(source(found))) is not what its last look gave"
    case .objectSequence: "the object's sequence number is \(found), \(expected) was due"
    case .occupancy: "the channel holds \(found) values, \(expected) was due"
    case .lockExclusive: "the lock is taken while held, or given back while free"
    case .timerDeadline: "the timer fires before its time"
    case .foreignStep: "there is no such step in this scheduler"
    case .oneThread: "G\(found) runs on M\(expected), but there is one thread, M0, and it runs one fiber at a time"
    case .oneTaskAtATime: "G\(found) begins, but G\(expected) has not ended"
    case .leftInQueue:
      "\(found) fibers are left in \(queueLeft.map { "P\($0)'s queue" } ?? "the global queue")"
    case .leftInHands: "\(found) fibers are left in the hands of M\(expected)"
    case .fiberCount: "\(found) fibers are alive, created less finished is \(expected)"
    }
  }

  /// Where a fiber was instead of where an event takes it from.
  public enum Place: Sendable {
    case localQueue, runNext, globalQueue, hands, running, blocked, detached, parked, nowhere
  }

  /// For a rule on where fibers are; `found` is the raw value of the record's place.
  public var place: Place {
    switch FiberRecord.Place(rawValue: UInt8(truncatingIfNeeded: found)) {
    case .queued: .localQueue
    case .runNext: .runNext
    case .global: .globalQueue
    case .hands, .overflow: .hands
    case .running: .running
    case .blocked: .blocked
    case .detached: .detached
    case .parked: .parked
    default: .nowhere
    }
  }

  /// The processor in whose queue fibers are left; nil for the global queue.
  public var queueLeft: UInt32? { expected == noIndex ? nil : expected }

  private func words(_ place: Place) -> String {
    switch place {
    case .localQueue: "in a local queue"
    case .runNext: "in runnext"
    case .globalQueue: "in the global queue"
    case .hands: "in a machine's hands"
    case .running: "running"
    case .blocked: "in a blocking call"
    case .detached: "running without a processor"
    case .parked: "parked"
    case .nowhere: "nowhere"
    }
  }

  private func fiber(_ id: UInt32) -> String { id == Event.noFiber ? "nothing" : "G\(id)" }
  private func machine(_ id: UInt32) -> String { id == UInt32(Event.noMachine) ? "nobody" : "M\(id)" }

  private func look(_ raw: UInt32) -> String {
    raw == 0 ? "nothing" : Look(rawValue: UInt8(truncatingIfNeeded: raw)).map { "\($0)" } ?? "look \(raw)"
  }

  private func source(_ raw: UInt32) -> String {
    StartSource(rawValue: UInt8(truncatingIfNeeded: raw)).map { "\($0)" } ?? "source \(raw)"
  }
}
