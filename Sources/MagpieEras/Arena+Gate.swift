import CKernel
import Magpie
import MagpieTrace
import Synchronization

/// The gate: before each traced operation a task passes it, holding the arena's lock from then on, and does the operation at once.
///
/// Time is as in the runtime. Each task has its own virtual time, real time less what it stood at the gate; it passes once the global
/// clock has reached that, so slowing the clock slows the program and not the film of it. A task that was woken takes the later of
/// its own time and its waker's. All of the gate is under the arena's lock, so each rule is one look.
extension Arena {
  /// How a run ended.
  enum End: UInt32 {
    case over = 1, deadlock, stopped, limit
  }

  var end: End? { End(rawValue: header.pointee.ended.load(ordering: .acquiring)) }

  /// Ends the run: whoever comes to the gate, or waits, leaves. The first reason counts. The lock is held.
  func finish(_ end: End) {
    // Acquire and release: who sees the end sees what led to it.
    guard
      header.pointee.ended.compareExchange(
        expected: 0, desired: end.rawValue, successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring
      ).exchanged
    else { return }
    for slot in 0..<header.pointee.slotsMade where slots[slot].state != .free { rouse(slot) }
    header.pointee.ended.wake(.max, acrossProcesses: true)
    callReader()
  }

  // MARK: time

  /// Real nanoseconds since the arena was made.
  var real: UInt64 { ck_monotonic_ns() &- header.pointee.begin }

  /// The global virtual time. The lock is held.
  var now: UInt64 { header.pointee.clock.now(real: real) }

  /// A task's own virtual time, while it runs.
  func ownTime(_ slot: Int) -> UInt64 { real &- slots[slot].offset }

  /// A task's own time goes on from here.
  func setOwnTime(_ slot: Int, _ time: UInt64) { slots[slot].offset = real &- time }

  /// Real nanoseconds until the global clock is there; negative: it stands.
  private func wait(until time: UInt64) -> Int64 {
    let clock = header.pointee.clock
    if clock.isStanding { return -1 }
    let left = time &- min(time, now)
    let (real, overflow) = left.multipliedReportingOverflow(by: clock.tempo)
    return overflow ? .max : Int64(clamping: real)
  }

  // MARK: passing

  /// Waits until the calling task may do its next operation. The lock is held afterwards. Does not return once the run has ended.
  /// - Returns: the task's own time: the operation's stamp.
  @inline(__always)
  func pass(_ slot: Int, _ operation: TaskOperation) -> UInt64 {
    lock()
    return passLocked(slot, operation)
  }

  func passLocked(_ slot: Int, _ operation: TaskOperation) -> UInt64 {
    slots[slot].operation = operation
    while true {
      if header.pointee.ended.load(ordering: .relaxed) != 0 { leave() }
      let real = self.real
      let own = real &- slots[slot].offset
      if slots[slot].isFrozen {
        stand(slot, own)
      } else if header.pointee.isHeld.load(ordering: .relaxed) != 0 {
        if header.pointee.granted == slot || header.pointee.grantsNext && header.pointee.granted < 0 {
          header.pointee.granted = -1
          header.pointee.grantsNext = false
          slots[slot].isAllowed = false
          header.pointee.clock.advance(to: own, real: real)
          return own
        }
        stand(slot, own)
      } else if !hasAmpleRoom {
        slots[slot].stillTime = own
        waitForAmpleRoom()
        setOwnTime(slot, own)
      } else if header.pointee.asks, !slots[slot].isAllowed {
        ask()
        slots[slot].asks = true
        stand(slot, own)
        slots[slot].asks = false
      } else if header.pointee.clock.now(real: real) < own {
        stand(slot, own, until: own)
      } else {
        slots[slot].isAllowed = false
        if header.pointee.holdsAfter == slot {
          header.pointee.holdsAfter = -1
          setHeld()
        }
        return own
      }
    }
  }

  /// Stands at the gate until something changes.
  private func stand(_ slot: Int, _ own: UInt64, until time: UInt64? = nil) {
    slots[slot].stillTime = own
    slots[slot].isAtGate = true
    sleep(slot, atMost: time.map { wait(until: $0) } ?? -1)
    slots[slot].isAtGate = false
    setOwnTime(slot, own)
  }

  private func ask() {
    header.pointee.askWord.wrappingAdd(1, ordering: .releasing)
    header.pointee.askWord.wake(.max, acrossProcesses: true)
  }

  /// Ends the calling task where it is: the run has ended.
  func leave() -> Never {
    unlock()
    ck_task_leave()
  }

  /// Sleeps until a virtual time, or until it is woken by hand. In the middle of an operation.
  func sleep(_ slot: Int, until deadline: UInt64) {
    slots[slot].state = .sleeping
    slots[slot].deadline = deadline
    slots[slot].isWokenByHand = false
    while header.pointee.ended.load(ordering: .relaxed) == 0, !slots[slot].isWokenByHand, now < deadline {
      sleep(slot, atMost: wait(until: deadline))
    }
    if header.pointee.ended.load(ordering: .relaxed) != 0 { leave() }
    setOwnTime(slot, slots[slot].isWokenByHand ? now : max(now, deadline))
  }

  // MARK: the controller's side. Each takes the lock.

  /// The lock is held.
  func setHeld() {
    guard header.pointee.isHeld.load(ordering: .relaxed) == 0 else { return }
    header.pointee.isHeld.store(1, ordering: .releasing)
    header.pointee.clock.stand(real: real)
  }

  func hold() {
    withLock {
      header.pointee.holdsAfter = -1
      setHeld()
    }
    callReader()
  }

  func release() {
    withLock {
      guard header.pointee.isHeld.load(ordering: .relaxed) != 0 else { return }
      header.pointee.isHeld.store(0, ordering: .releasing)
      header.pointee.granted = -1
      header.pointee.grantsNext = false
      header.pointee.clock.go(real: real)
      rouseTimed()
    }
  }

  /// All that wait for the clock, or for the gate.
  private func rouseTimed() {
    for slot in 0..<header.pointee.slotsMade where slots[slot].isAtGate || slots[slot].state == .sleeping {
      rouse(slot)
    }
  }

  func setTempo(_ tempo: Int) {
    withLock {
      header.pointee.clock.setTempo(UInt64(tempo), real: real)
      rouseTimed()
    }
  }

  var isHeld: Bool { header.pointee.isHeld.load(ordering: .acquiring) != 0 }

  /// Lets one task of the held program do one operation: that one, or the one at the gate whose own time is the earliest. Where none
  /// is there, the next to come may, and time moves to the next end of a sleep.
  /// - Returns: whose it is; nil if none stands there.
  func step(_ wanted: Int?) -> Int? {
    withLock {
      guard isHeld, header.pointee.granted < 0, !header.pointee.grantsNext else { return nil }
      if let slot = wanted ?? earliestAtGate(), isAtGate(slot) {
        header.pointee.granted = slot
        // An operation that blocks does so in the middle; its events are there by then.
        header.pointee.steppedTo = header.pointee.logTail.load(ordering: .relaxed) + 1
        rouse(slot)
        return slot
      }
      guard wanted == nil else { return nil }
      header.pointee.grantsNext = true
      var earliest = UInt64.max
      for slot in 0..<header.pointee.slotsMade where slots[slot].state == .sleeping && !slots[slot].isAtGate {
        earliest = min(earliest, slots[slot].deadline)
      }
      if earliest != .max {
        header.pointee.clock.advance(to: earliest, real: real)
        rouseTimed()
      }
      return nil
    }
  }

  private func isAtGate(_ slot: Int) -> Bool {
    slot < header.pointee.slotsMade && slots[slot].isAtGate && !slots[slot].isFrozen
  }

  private func earliestAtGate() -> Int? {
    (0..<header.pointee.slotsMade).filter(isAtGate).min {
      (slots[$0].stillTime, $0) < (slots[$1].stillTime, $1)
    }
  }

  /// Whether a released operation is still to come, or is not yet read.
  var isStepping: Bool {
    withLock {
      guard header.pointee.granted < 0, !header.pointee.grantsNext else { return true }
      return isHeld
        && header.pointee.steppedTo > header.pointee.logHead.load(ordering: .acquiring)
        && header.pointee.logTail.load(ordering: .relaxed) > header.pointee.logHead.load(ordering: .acquiring)
    }
  }
}
