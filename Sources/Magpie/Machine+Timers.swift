import MagpieTrace
import Synchronization

/// Timers live on processors, and whoever looks for work runs those that are due.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Arms the timer of a fiber that has just parked, on the own processor.
  func arm(_ fiber: FiberRef) {
    let deadline = fiber.pointee.deadline
    if insertTimer(of: fiber, deadline: deadline, .sleep) { wakeNetpoller(for: deadline) }
  }

  /// Tells of a timer that is about to be armed, before the park is told: who fires it, or ends the wait before, is ordered after the
  /// park, by the fiber's own number, but after nothing else.
  func announceTimer(of fiber: FiberRef, deadline: UInt64) {
    emit(
      .timerArm, fiber: fiber.pointee.id, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(timerHome.pointee.id))
  }

  /// Where the timers are: on the own processor, or all on the first where there is one queue for all.
  private var timerHome: ProcessorRef { pointee.hasOneQueue ? scheduler.processor(0) : pointee.processor! }

  /// Called by the holder of a processor.
  /// - Returns: whether it is the processor's earliest, so that who waits for timers must be told.
  func insertTimer(of fiber: FiberRef, deadline: UInt64, _ kind: TimerHeap.Kind) -> Bool {
    let processor = timerHome
    fiber.pointee.timerProcessor = processor.pointee.id
    processor.pointee.timerLock.lock()
    let timers = processor.pointee.timers
    timers.pointee.insert(fiber, deadline: deadline, kind)
    let earliest = timers.pointee.earliest
    // Sequentially consistent: whoever begins to wait for timers reads it after it has said so.
    processor.pointee.nextTimer.store(earliest, ordering: .sequentiallyConsistent)
    processor.pointee.timerLock.unlock()
    return earliest == deadline
  }

  /// Takes the timer of a wait that is over out of its heap, if it has not come out by itself (Go's stopTimer, which only marks
  /// it). Who sleeps until then still does, and finds nothing.
  func disarm(_ fiber: FiberRef) {
    let processor = scheduler.processor(Int(fiber.pointee.timerProcessor))
    processor.pointee.timerLock.lock()
    let timers = processor.pointee.timers
    if fiber.pointee.timerIndex >= 0 { timers.pointee.remove(at: fiber.pointee.timerIndex) }
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
      passGate(.fireTimer)
      processor.pointee.timerLock.lock()
      let timers = processor.pointee.timers
      let due = timers.pointee.takeDue(at: ownTime)
      // Under the lock: the wait cannot have ended yet, as it would have taken its timer out.
      let isVoid = due.map { $0.kind == .select && !$0.fiber.claim.pointee.win(Claim<RealMemory>.timeout) } ?? false
      let side = due?.kind == .netpoll ? due?.fiber.pointee.pollSide : nil
      processor.pointee.nextTimer.store(timers.pointee.earliest, ordering: .sequentiallyConsistent)
      processor.pointee.timerLock.unlock()
      guard let due else { return count }
      if isVoid { continue }
      if let side {
        guard let waiter = endWait(on: side, due.deadline) else { continue }
        fire(due.deadline, waiter, of: processor)
        scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      } else {
        fire(due.deadline, due.fiber, of: processor)
      }
      count += 1
    }
    return count
  }

  private func fire(_ deadline: UInt64, _ fiber: FiberRef, of processor: ProcessorRef) {
    emit(
      .timerFire, fiber: fiber.pointee.id, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(processor.pointee.id), d: fiber.pointee.sequence)
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
