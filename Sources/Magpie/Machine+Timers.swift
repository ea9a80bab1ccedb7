import CKernel
import MagpieTrace
import Synchronization

/// Timers live on processors, and whoever looks for work runs those that are due.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Arms the timer of a fiber that has just parked, on the own processor.
  /// - Parameter side: where it waits, if not for the time alone.
  func arm(_ fiber: FiberRef, side: PollSideRef? = nil) {
    let processor = pointee.processor!
    let deadline = fiber.pointee.deadline
    fiber.pointee.timerProcessor = processor.pointee.id
    emit(
      .timerArm, fiber: fiber.pointee.id, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(processor.pointee.id))
    processor.pointee.timerLock.lock()
    let timers = processor.pointee.timers
    fiber.pointee.timerOrder = timers.pointee.insert(fiber, deadline: deadline, side: side)
    let earliest = timers.pointee.earliest
    // Sequentially consistent: whoever begins to wait for timers reads it after it has said so.
    processor.pointee.nextTimer.store(earliest, ordering: .sequentiallyConsistent)
    processor.pointee.timerLock.unlock()
    if earliest == deadline { wakeNetpoller(for: deadline) }
  }

  /// Takes the timer of a wait back, as the wait is over: on the processor where it was armed, which may be anybody's by now.
  func disarm(_ fiber: FiberRef) {
    let processor = scheduler.processor(Int(fiber.pointee.timerProcessor))
    processor.pointee.timerLock.lock()
    let timers = processor.pointee.timers
    timers.pointee.remove(fiber.pointee.timerOrder)
    processor.pointee.nextTimer.store(timers.pointee.earliest, ordering: .sequentiallyConsistent)
    processor.pointee.timerLock.unlock()
  }

  /// Makes the fibers runnable whose timers on `processor` are due, each in an operation of its own (Go's timers.check).
  /// - Returns: how many.
  @discardableResult @inline(__always)
  func runTimers(of processor: ProcessorRef) -> Int {
    if processor.pointee.nextTimer.load(ordering: .relaxed) == .max { return 0 }
    return runDueTimers(of: processor)
  }

  @inline(never)
  private func runDueTimers(of processor: ProcessorRef) -> Int {
    var count = 0
    while processor.pointee.nextTimer.load(ordering: .acquiring) <= ownTime {
      passGate()
      processor.pointee.timerLock.lock()
      let timers = processor.pointee.timers
      let due = timers.pointee.takeDue(at: ownTime)
      processor.pointee.nextTimer.store(processor.pointee.timers.pointee.earliest, ordering: .sequentiallyConsistent)
      processor.pointee.timerLock.unlock()
      guard let due else { return count }
      if let sleeper = due.fiber {
        fire(due.deadline, sleeper, of: processor)
      } else if let waiter = endWait(on: due.side!, due.deadline) {
        fire(due.deadline, waiter, of: processor)
        scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      } else {
        continue
      }
      count += 1
    }
    return count
  }

  private func fire(_ deadline: UInt64, _ fiber: FiberRef, of processor: ProcessorRef) {
    emit(
      .timerFire, fiber: fiber.pointee.id, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(processor.pointee.id))
    fiber.pointee.deadline = .max
    ready(fiber, cause: .timer)
  }

  /// The deadline of a wait in the poller has passed. - Returns: the fiber that waited, in the hands, if it still does.
  private func endWait(on side: PollSideRef, _ deadline: UInt64) -> FiberRef? {
    // Said first, and for whoever asks, however its machine's clock stands; see the argument in PollSide. If the side has another
    // deadline by now, who set that has seen to the fiber.
    let (isMeant, _) = side.pointee.deadline.compareExchange(
      expected: deadline, desired: 0, ordering: .sequentiallyConsistent)
    guard isMeant else { return nil }
    interleave()
    return side.interrupt()
  }
}
