import MagpieTrace
import Synchronization

/// Fibers that only one machine may run (Go's LockOSThread, stoplockedm, startlockedm).
///
/// The machine of a locked fiber runs no other: while the fiber does not run, it gives its processor away and sleeps, outside the
/// idle list. Whoever finds the fiber gives it its own processor together with the fiber, and sleeps in its stead.
///
/// Rejected: a queue a machine, which a processor would have to look into at each search; and leaving the fiber in the global queue
/// until its machine finds it, which may be never.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Called on the fiber's stack, in an operation that has passed the gate.
  func lock(to fiber: FiberRef) {
    fiber.pointee.lockDepth += 1
    guard fiber.pointee.lockDepth == 1 else { return }
    fiber.pointee.lockedMachine = shared
    pointee.lockedFiber = fiber
    emit(.machineLocked, detail: 1, fiber: fiber.pointee.id)
  }

  func unlock(from fiber: FiberRef) {
    fiber.pointee.lockDepth -= 1
    guard fiber.pointee.lockDepth == 0 else { return }
    fiber.pointee.lockedMachine = nil
    pointee.lockedFiber = nil
    emit(.machineLocked, detail: 0, fiber: fiber.pointee.id)
  }

  /// A fiber in the hands, found by this machine, but locked to another one: that goes on with both processor and fiber.
  func hand(_ fiber: FiberRef, to home: Machine.SharedRef) {
    if scheduler.pointee.isDistributed { return handWithPermit(fiber, to: home) }
    let processor = pointee.processor!
    pointee.processor = nil
    let scheduler = scheduler
    let id = fiber.pointee.id
    // Under the lock: it is given before the home machine sleeps, which then does not, or after.
    scheduler.pointee.lock.lock()
    let version = processor.pointee.ownership.set(.held)
    let sequence = scheduler.nextIdleSequence()
    if home.pointee.awaitsFiber {
      home.pointee.awaitsFiber = false
      scheduler.locked.pointee.lockedMachineCount -= 1
    }
    // Relaxed: ordered by the release of `given`, as the processor is.
    home.pointee.givenFiber.store(UInt(bitPattern: fiber), ordering: .relaxed)
    give(processor, to: home, spinning: false)
    scheduler.pointee.lock.unlock()
    emit(
      .machineWake, detail: WakeFlags.locked, fiber: id,
      a: UInt32(home.pointee.id) | UInt32(processor.pointee.id) << 16, b: sequence, c: version)
    wakeGiven(home)
  }

  /// The fiber to which the machine is locked does not run: sleeps until somebody brings it, with a processor.
  /// - Returns: the fiber, in the hands; nil when the machine is to end.
  func awaitLockedFiber() -> FiberRef? {
    let scheduler = scheduler
    if let processor = pointee.processor {
      passGate(.handOff)
      pointee.processor = nil
      handOff(processor)
    }
    passGate(.parkLocked)
    scheduler.pointee.lock.lock()
    if shared.pointee.given.load(ordering: .relaxed) == 0 {
      shared.pointee.awaitsFiber = true
      scheduler.locked.pointee.lockedMachineCount += 1
      let sequence = scheduler.nextIdleSequence()
      let stuck = scheduler.checkDeadlock()
      scheduler.pointee.lock.unlock()
      tellPark(.locked, sequence: sequence, stuck: stuck)
    } else {
      scheduler.pointee.lock.unlock()
    }
    guard sleepUntilGiven() else { return nil }
    pointee.startSource = .handoff
    return FiberRef(bitPattern: shared.pointee.givenFiber.exchange(0, ordering: .relaxed))
  }
}
