import MagpieTrace

/// Something that travels across the Stage: fibers from a victim to a thief, from a queue to a processor.
struct Flight {
  /// Where a flight begins or ends.
  enum Place: Hashable {
    case processor(Int)
    case global, timers, blocking
    /// Where machines without a processor are listed.
    case machines
  }

  let what: FlightWhat
  let from: Place
  let to: Place
  /// The first of them, in order.
  var fibers: [UInt32]
  /// Fibers in all, and events that were drawn into one.
  var count: Int
  var times = 1
  /// What the thief saw waiting.
  var observed = 0
  var machine: UInt16
  /// The number of the last event in it.
  var event: Int
  /// When it set out.
  var born: UInt64
  /// Its lane in the alley, once it has one.
  var lane: Int?

  /// How long it takes to arrive, and until its trace has faded.
  static let travel: UInt64 = 480_000_000
  static let life: UInt64 = 1_300_000_000

  func isSame(as other: Flight) -> Bool { what == other.what && from == other.from && to == other.to }

  /// The flight that an event is, if it is one.
  init?(_ event: Event, number: Int, now: UInt64, stolen: (Event) -> [UInt32]) {
    self.event = number
    born = now
    machine = event.machine
    let woken = Flight.woken(by: event)
    guard woken != nil || event.processor != Event.noProcessor else { return nil }
    let own = Place.processor(Int(event.processor))
    switch event.kind {
    case .stealTook:
      (what, from, to) = (.steal, .processor(Int(event.a)), own)
      (count, fibers) = (Int(event.c & 0xFFFF), stolen(event))
      observed = Int(event.c >> 16)
    case .stealTookRunNext:
      (what, from, to, count, fibers) = (.stealNext, .processor(Int(event.a)), own, 1, [event.fiber])
    case .globalPush:
      (what, from, to) = (event.b > 1 ? .overflow : .globalPush, own, .global)
      (count, fibers) = (Int(event.b), event.fiber == 0 ? [] : [event.fiber])
    case .globalTake:
      (what, from, to, count, fibers) = (.globalTake, .global, own, Int(event.b), [event.fiber])
    case .timerFire:
      (what, from, to, count, fibers) = (.timer, .timers, own, 1, [event.fiber])
    case .machineSyscallEnter:
      (what, from, to, count, fibers) = (.blocking, own, .blocking, 1, [event.fiber])
    case .processorDetach:
      (what, from, to, count, fibers) = (.detach, own, .blocking, 1, [event.fiber])
      machine = UInt16(truncatingIfNeeded: event.b)
    default:
      guard let woken else { return nil }
      (what, from, to, count, fibers) = (.wake, .machines, .processor(Int(woken.processor)), 0, [])
      machine = woken.machine
    }
    guard from != to else { return nil }
  }

  /// The machine that an event wakes or starts for a processor, if it does.
  private static func woken(by event: Event) -> (machine: UInt16, processor: UInt16)? {
    let processor: UInt32
    switch event.kind {
    case .machineWake where event.detail & WakeFlags.own == 0: processor = event.a >> 16
    case .machineStart: processor = event.b
    default: return nil
    }
    guard processor < UInt32(Event.noProcessor) else { return nil }
    return (UInt16(truncatingIfNeeded: event.a), UInt16(truncatingIfNeeded: processor))
  }

  var role: Role {
    switch what {
    case .steal, .stealNext: .steal
    case .overflow, .globalTake, .globalPush: .runnable
    case .timer: .timer
    case .blocking, .detach: .blocked
    case .wake: .waiting
    }
  }

  /// How much it tells: where there is no room for all, the others are only counted.
  var weight: Int {
    switch what {
    case .steal, .stealNext: 6
    case .blocking, .detach: 5
    case .overflow: 4
    case .globalTake: 3
    case .globalPush, .timer: 2
    case .wake: 0
    }
  }

  /// What is written beside it where there is little room and its ends say between whom.
  var shortLabel: Phrase { .flightShort(what: what, times: times, fibers: count, observed: observed) }

  /// What is written beside it.
  var label: Phrase {
    if times > 1 { return .flightMany(what: what, times: times, fibers: count) }
    let thief = if case .processor(let id) = to { id } else { 0 }
    return switch what {
    case .steal: .flightSteal(thief: thief, count: count, observed: observed)
    case .stealNext: .flightStealNext(thief: thief)
    case .overflow: .flightOverflow(count)
    case .globalPush: .flightPush
    case .globalTake: .flightTake(processor: thief, count: count)
    case .timer: .flightTimer
    case .blocking: .flightBlocks(machine: Int(machine))
    case .detach: .flightDetached(machine: Int(machine))
    case .wake: .flightWakes(machine: Int(machine))
    }
  }
}
