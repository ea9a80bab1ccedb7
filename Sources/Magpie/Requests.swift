import MagpieTrace
import Synchronization

/// What is asked of the runtime from outside, where no machine is.
///
/// Whoever asks leaves a request and wakes sysmon, which does it at its next passage, as an operation with its events; on one
/// thread that one does it between two fibers. So a program that is held does it when it goes on, or as a step, and in a simulation it has its turn.
enum Request {
  /// A fiber was thawed: if it has parked, it goes on.
  case thaw(UInt32)
  /// A fiber that sleeps goes on now.
  case wake(UInt32)
  /// So many processors from now on.
  case resize(Int)
  /// A machine was thawed: what was no deadlock before may be one.
  case look
}

extension UnsafeMutablePointer where Pointee == Scheduler {
  /// From any thread.
  func ask(_ request: Request) {
    pointee.lock.lock()
    locked.pointee.requests.append(request)
    let sysmon = pointee.machines[Int(pointee.era.isOneThread ? 0 : Scheduler.sysmonID)]
    pointee.lock.unlock()
    // One that is not there yet looks before it first sleeps deeply.
    if let sysmon { Machine.wake(sysmon, simulator: pointee.simulator, isOutside: true) }
  }

  fileprivate func nextRequest() -> Request? {
    pointee.lock.lock()
    defer { pointee.lock.unlock() }
    return locked.pointee.requests.first
  }
}

extension UnsafeMutablePointer where Pointee == Machine {
  /// Sysmon does what was asked for, or the one thread.
  func obeyRequests() {
    let scheduler = scheduler
    while let request = scheduler.nextRequest() {
      passGate(.obey)
      if scheduler.pointee.isStopping.load(ordering: .acquiring) { return }
      switch request {
      case .thaw(let fiber): if let parked = takeThawed(fiber) { readyByHand(parked) }
      case .wake(let fiber): if let sleeper = takeSleeper(fiber) { readyByHand(sleeper) }
      case .resize(let count): _ = resize(to: count)
      case .look: break
      }
      // Only now: until the fiber is in a queue, the runtime must not take itself for deadlocked.
      scheduler.pointee.lock.lock()
      scheduler.locked.pointee.requests.removeFirst()
      let stuck = scheduler.checkDeadlock()
      scheduler.pointee.lock.unlock()
      guard let stuck else { continue }
      emit(.deadlock, a: UInt32(clamping: stuck))
      scheduler.stop()
    }
  }

  /// A fiber that was frozen and has parked, unless it is frozen again, or still.
  private func takeThawed(_ id: UInt32) -> FiberRef? {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    if scheduler.pointee.gate.frozen.fibers.contains(id) { return nil }
    return scheduler.locked.pointee.frozenFibers.removeValue(forKey: id)
  }

  /// A fiber that sleeps, its timer taken out of its heap. It still sleeps then: who fires the timer takes it out, too.
  /// - Complexity: O(timers).
  private func takeSleeper(_ id: UInt32) -> FiberRef? {
    for index in scheduler.allProcessors {
      let processor = scheduler.processor(index)
      processor.pointee.timerLock.lock()
      let timers = processor.pointee.timers
      let place = timers.pointee.timers.firstIndex { $0.kind == .sleep && $0.fiber.pointee.id == id }
      let fiber = place.map { timers.pointee.timers[$0].fiber }
      if let place { timers.pointee.remove(at: place) }
      // As in `disarm`.
      processor.pointee.nextTimer.store(timers.pointee.earliest, ordering: .sequentiallyConsistent)
      processor.pointee.timerLock.unlock()
      if let fiber { return fiber }
    }
    return nil
  }

  /// Sysmon has no queue of its own, and whoever is to run the fiber may be idle, even with one processor.
  private func readyByHand(_ fiber: FiberRef) {
    fiber.pointee.place = .runnable
    fiber.pointee.deadline = .max
    emit(
      .fiberReady, detail: ReadyCause.byHand.rawValue, fiber: fiber.pointee.id, b: fiber.pointee.sequence)
    if pointee.hasOneQueue { return pushToAll(fiber) }
    pushGlobal(fiber)
    startIdle()
  }

  /// The fiber of this machine is frozen: parks until it is thawed, and then asks again for what it asked for. On its stack.
  /// - Returns: the machine on which it goes on, in an operation that has passed the gate.
  @inline(never)
  func parkFrozen(before operation: Operation) -> MachineRef {
    pointee.isToFreeze = false
    let (scheduler, fiber) = (scheduler, pointee.fiber!)
    scheduler.pointee.lock.lock()
    guard scheduler.pointee.gate.beginFrozenPark(of: fiber.pointee.id) else {
      scheduler.pointee.lock.unlock()
      return self
    }
    scheduler.locked.pointee.frozenFibers[fiber.pointee.id] = fiber
    park(fiber, .frozen, object: 0, request: .parkUnderSchedulerLock)
    return MachineRef.current!.enterRuntime(operation)
  }
}
