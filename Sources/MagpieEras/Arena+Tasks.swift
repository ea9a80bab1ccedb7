import Magpie
import MagpieTrace
import Synchronization

/// Tasks: their slots, how they wait for each other, and how the end is seen.
extension Arena {
  // MARK: beginning and ending

  /// A slot for a new task, and its first events. The lock is held.
  /// - Parameter parent: the slot of the task that spawns it; nil: it is the first.
  /// - Returns: nil if there is none left.
  func makeTask(name: String, by parent: Int?, at time: UInt64) -> Int? {
    var slot = header.pointee.firstFree
    while slot < header.pointee.slotsMade, slots[slot].state != .free { slot += 1 }
    guard slot < Arena.maximumTasks else {
      header.pointee.hasTooManyTasks = true
      return nil
    }
    header.pointee.firstFree = slot + 1
    header.pointee.slotsMade = max(header.pointee.slotsMade, slot + 1)
    header.pointee.lastFiber += 1
    let fiber = header.pointee.lastFiber
    slots[slot].maker = parent.map { slots[$0].process } ?? 0
    slots[slot].isToldOf = false
    slots[slot].isEndTold = false
    slots[slot].hasBegun = false
    slots[slot].isFrozen = false
    slots[slot].isHeir = false
    slots[slot].isAllowed = false
    slots[slot].operation = .begin
    slots[slot].fiber = fiber
    slots[slot].name = string(name)
    slots[slot].sequence = 0
    slots[slot].process = 0
    slots[slot].thread = 0
    setOwnTime(slot, time)
    // From here on it is there, whole, even if its maker is killed just now.
    slots[slot].state = .active
    header.pointee.live += 1
    header.pointee.mostAlive = max(header.pointee.mostAlive, header.pointee.live)
    if let parent {
      emit(
        .machineStart, parent, at: time, fiber: slots[parent].fiber, a: UInt32(slot), b: UInt32(Event.noProcessor))
    }
    tellOf(slot, by: parent, at: time)
    return slot
  }

  /// On the new machine, by its parent's hand: from here on it is there.
  func tellOf(_ slot: Int, by parent: Int?, at time: UInt64) {
    emit(
      .fiberCreate, slot, at: time, fiber: slots[slot].fiber, a: parent.map { slots[$0].fiber } ?? 0,
      b: slots[slot].name)
    slots[slot].isToldOf = true
  }

  /// Why a run has ended that met a limit.
  var limitMet: Limit {
    withLock { header.pointee.hasTooManyTasks }
      ? Limit(.fibers, value: Arena.maximumTasks, wanted: .task) : Limit.thread(for: .task)
  }

  /// The task runs for the first time. The lock is held.
  func begin(_ slot: Int, at time: UInt64) {
    slots[slot].hasBegun = true
    emit(.fiberStart, slot, at: time, fiber: slots[slot].fiber, detail: StartSource.handoff.rawValue)
  }

  /// The task's last operation, which has passed the gate. The lock is held.
  func endTask(_ slot: Int, at time: UInt64) {
    let fiber = slots[slot].fiber
    if !slots[slot].isEndTold { emit(.fiberExit, slot, at: time, fiber: fiber) }
    header.pointee.live -= 1
    slots[slot].state = .free
    slots[slot].fiber = 0
    slots[slot].process = 0
    slots[slot].thread = 0
    header.pointee.firstFree = min(header.pointee.firstFree, slot)
    wakeLonely(by: slot, fiber: fiber, at: time)
    emit(.machineExit, slot, at: time)
    lookForEnd(at: time)
  }

  /// The one that waits for all others goes on if it is the last.
  /// - Parameter slot: of the task that ended; nil: nobody knows.
  func wakeLonely(by slot: Int?, fiber: UInt32, at time: UInt64) {
    let lonely = header.pointee.lonely
    guard header.pointee.live == 1, lonely >= 0 else { return }
    header.pointee.lonely = -1
    ready(lonely, by: slot ?? lonely, fiber: fiber, at: time, cause: .join, object: 0)
  }

  /// Ends the run if no task is left, or all that are left wait for each other.
  func lookForEnd(at time: UInt64) {
    if header.pointee.live == 0 { finish(.over) }
    lookForDeadlock(at: time)
  }

  // MARK: waiting for each other

  /// Parks the calling task in the middle of an operation, until another one makes it ready. The lock is held, before and after.
  func park(_ slot: Int, _ reason: ParkReason, object: UInt32, at time: UInt64) {
    slots[slot].sequence &+= 1
    slots[slot].parkReason = reason.rawValue
    slots[slot].object = object
    slots[slot].stillTime = time
    emit(
      .fiberPark, slot, at: time, fiber: slots[slot].fiber, detail: reason.rawValue, a: object, b: slots[slot].sequence)
    slots[slot].state = .parked
    header.pointee.parked += 1
    lookForDeadlock(at: time)
    while header.pointee.ended.load(ordering: .relaxed) == 0, slots[slot].state == .parked { sleep(slot) }
    if header.pointee.ended.load(ordering: .relaxed) != 0 { leave() }
  }

  /// Ends the wait of a parked task. The lock is held.
  func ready(_ slot: Int, by waker: Int, fiber: UInt32, at time: UInt64, cause: ReadyCause, object: UInt32) {
    slots[slot].state = .active
    header.pointee.parked -= 1
    emit(
      .fiberReady, waker, at: time, fiber: slots[slot].fiber, detail: cause.rawValue, a: fiber, b: slots[slot].sequence,
      c: object, d: UInt32(slot))
    setOwnTime(slot, max(slots[slot].stillTime, time))
    rouse(slot)
  }

  /// All that live wait for each other: nobody sleeps, is in a call, or can run.
  private func lookForDeadlock(at time: UInt64) {
    guard header.pointee.ended.load(ordering: .relaxed) == 0, header.pointee.live > 0,
      header.pointee.parked == header.pointee.live,
      let slot = (0..<header.pointee.slotsMade).first(where: { slots[$0].state == .parked })
    else { return }
    emit(.deadlock, slot, at: time, a: UInt32(header.pointee.parked))
    finish(.deadlock)
  }

  /// Who waits on what, once the run has ended so.
  var deadlockReport: DeadlockReport? {
    guard end == .deadlock else { return nil }
    return withLock {
      let waiters = (0..<header.pointee.slotsMade).filter { slots[$0].state == .parked }
      return DeadlockReport(
        waiters: waiters.sorted { slots[$0].fiber < slots[$1].fiber }.map { slot in
          DeadlockReport.Waiter(
            fiber: slots[slot].fiber, name: text(of: slots[slot].name),
            wait: DeadlockReport.Wait(ParkReason(rawValue: slots[slot].parkReason), object: slots[slot].object))
        })
    }
  }

  // MARK: lines

  func append(_ slot: Int, to line: inout TaskLine) {
    let entry = UInt32(slot) + 1
    slots[slot].next = 0
    if line.first == 0 { line.first = entry } else { slots[Int(line.last) - 1].next = entry }
    line.last = entry
    line.count += 1
  }

  func prepend(_ slot: Int, to line: inout TaskLine) {
    let entry = UInt32(slot) + 1
    slots[slot].next = line.first
    line.first = entry
    if line.last == 0 { line.last = entry }
    line.count += 1
  }

  func popFirst(_ line: inout TaskLine) -> Int? {
    guard line.first != 0 else { return nil }
    let slot = Int(line.first) - 1
    line.first = slots[slot].next
    if line.first == 0 { line.last = 0 }
    line.count -= 1
    return slot
  }

  func remove(_ slot: Int, from line: inout TaskLine) {
    let entry = UInt32(slot) + 1
    var previous: UInt32 = 0
    var seen = line.first
    while seen != 0, seen != entry {
      previous = seen
      seen = slots[Int(seen) - 1].next
    }
    guard seen == entry else { return }
    if previous == 0 { line.first = slots[slot].next } else { slots[Int(previous) - 1].next = slots[slot].next }
    if line.last == entry { line.last = previous }
    line.count -= 1
  }
}
