import MagpieTrace

/// One fiber followed through the events, without the rest of the state.
///
/// Most events name the fibers that they move. Those that move many (an overflow, a batch from the global queue, a steal) name
/// slots, so the track keeps the slot, too.
struct FiberTrack: Sendable, Hashable {
  let fiber: UInt32
  /// Nil: it is not there, not yet or no more.
  var place: FiberState.Place?
  var since: UInt64 = 0
  /// The latest time that was seen, in virtual nanoseconds.
  var time: UInt64 = 0
  /// Its slot in a local queue, its index in the global one, or its place among those of an overflow.
  private var number: UInt32 = 0
  private var isOverflowing = false

  /// Begins with a state.
  /// - Complexity: O(1), but for a fiber in a queue O(that queue's length).
  init(_ fiber: UInt32, in state: SchedulerState) {
    self.fiber = fiber
    time = state.time
    let index = fiber == Event.noFiber ? -1 : state.fiberTable.find(fiber)
    guard index >= 0 else { return }
    let record = state.fibers[index]
    place = state.fiberState(at: index).place
    since = record.since
    switch record.place {
    case .queued:
      let p = Int(record.owner)
      let length = Int(state.processors[p].length)
      let position = (0..<length).first { state.queuedFiber(p, at: $0) == fiber } ?? 0
      number = state.processors[p].head &+ UInt32(truncatingIfNeeded: position)
    case .global:
      let position = (0..<state.globalCount).first { state.globalFiber(at: $0) == fiber } ?? 0
      number = state.globalHead &+ UInt32(truncatingIfNeeded: position)
    case .overflow:
      isOverflowing = true
      var next = state.machines[Int(record.owner)].overflow.first
      while next != noIndex, Int(next) != index {
        number &+= 1
        next = state.fibers[Int(next)].next
      }
    default: break
    }
  }

  /// A bit for each kind that moves fibers which it does not name, or names by another field.
  private static let bulk: UInt64 = [
    EventKind.fiberCreate, .queueRunNextPut, .queueOverflow, .globalPush, .globalTake, .stealTook,
  ].reduce(0) { $0 | 1 &<< UInt64($1.rawValue) }

  /// Whether an event may matter.
  @inline(__always)
  static func concerns(_ event: Event, _ fiber: UInt32) -> Bool {
    event.fiber == fiber || event.rawKind < 64 && bulk & 1 &<< UInt64(event.rawKind) != 0
  }

  /// Takes one event. - Returns: whether the fiber has come to another place, or to the same anew.
  mutating func apply(_ event: Event) -> Bool {
    guard let kind = event.kind else { return false }
    guard event.fiber == fiber else { return applyOther(event, kind) }
    let m = event.machine
    let p = event.processor
    switch kind {
    case .fiberStart:
      if event.detail == StartSource.syscall.rawValue, case .running(m, _)? = place { return false }
      return move(.running(machine: m, processor: p))
    case .fiberPark: return move(.parked(reason: ParkReason(rawValue: event.detail), object: event.a))
    case .fiberExit: return move(nil)
    case .queuePush: return move(.queued(processor: p), event.a)
    case .queueRunNextPut: return move(.runNext(processor: p))
    case .globalPush: return move(.global, event.a &+ event.b &- 1)
    case .processorDetach: return move(.detached(machine: UInt16(truncatingIfNeeded: event.b)))
    case .machineSyscallEnter: return move(.blocked(machine: m))
    case .machineSyscallExit where event.detail == SyscallExit.fast.rawValue:
      return move(.running(machine: m, processor: p))
    case .machineWake:
      guard event.detail & WakeFlags.locked != 0 else { return false }
      return move(.hands(machine: UInt16(truncatingIfNeeded: event.a)))
    case .fiberCreate, .fiberReady, .fiberYield, .fiberPreempt, .queuePop, .queueRunNextTake, .globalTake, .stealTook,
      .stealTookRunNext, .machineSyscallExit, .machineRejoin:
      return move(.hands(machine: m))
    default: return false
    }
  }

  /// An event that names another fiber, or none.
  private mutating func applyOther(_ event: Event, _ kind: EventKind) -> Bool {
    switch kind {
    case .queueRunNextPut:
      guard event.b == fiber else { return false }
      return move(.hands(machine: event.machine))
    case .queueOverflow:
      guard case .queued(event.processor)? = place, number &- event.a < min(event.b, 256) else { return false }
      let position = number &- event.a
      _ = move(.hands(machine: event.machine), position)
      isOverflowing = true
      return true
    case .globalPush:
      guard isOverflowing, case .hands(event.machine)? = place else { return false }
      return move(.global, event.a &+ number)
    case .globalTake:
      // The first of them is the event's own fiber.
      guard case .global? = place, number != event.a, number &- event.a < min(event.b, 128) else { return false }
      return move(.queued(processor: event.processor), event.c &+ number &- event.a &- 1)
    case .stealTook:
      // The last of them is the event's own fiber.
      let others = max(event.c & 0xFFFF, 1) - 1
      guard case .queued(let p)? = place, UInt32(p) == event.a, number &- event.b < others else { return false }
      return move(.queued(processor: event.processor), event.d &+ number &- event.b)
    default: return false
    }
  }

  private mutating func move(_ place: FiberState.Place?, _ number: UInt32 = 0) -> Bool {
    self.place = place
    self.number = number
    since = time
    isOverflowing = false
    return true
  }
}
