import CKernel
import MagpieTrace
import Synchronization

/// Timers live on processors, and whoever looks for work runs those that are due.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Arms the timer of a fiber that has just parked, on the own processor.
  func arm(_ fiber: FiberRef) {
    let processor = pointee.processor!
    let deadline = fiber.pointee.deadline
    fiber.pointee.timerProcessor = processor.pointee.id
    emit(
      .timerArm, fiber: fiber.pointee.id, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(processor.pointee.id))
    processor.pointee.timerLock.lock()
    let timers = processor.pointee.timers
    timers.pointee.insert(fiber, deadline: deadline)
    let earliest = timers.pointee.earliest
    // Sequentially consistent: whoever begins to wait for timers reads it after it has said so.
    processor.pointee.nextTimer.store(earliest, ordering: .sequentiallyConsistent)
    processor.pointee.timerLock.unlock()
    if earliest == deadline { wakeTimerWaiter(for: deadline) }
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
      let deadline = due.deadline
      emit(
        .timerFire, fiber: due.fiber.pointee.id, a: UInt32(truncatingIfNeeded: deadline),
        b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(processor.pointee.id))
      due.fiber.pointee.deadline = .max
      ready(due.fiber, cause: .timer)
      count += 1
    }
    return count
  }
}
