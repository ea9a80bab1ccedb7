import MagpieTrace
import Synchronization

/// The two eras in which all runs on one kernel thread: serial, a task to its end before the next begins, and nto1, fibers that give
/// way to each other (N:1).
///
/// There is the machine M0 and the processor P0, which it holds for ever, in a blocking call and asleep in the poller, too: then
/// nothing else can run. It serves timers, the poller and requests from outside between two fibers; nobody preempts.
extension UnsafeMutablePointer where Pointee == Machine {
  func workAlone() {
    while let fiber = findAlone() {
      if pointee.era == .serial { runToEnd(fiber) } else { _ = execute(fiber, inherits: false) }
    }
  }

  /// A fiber to run, in the hands, or nil when the run is over.
  private func findAlone() -> FiberRef? {
    let scheduler = scheduler
    while !scheduler.pointee.isStopping.load(ordering: .acquiring) {
      obeyRequests()
      let processor = pointee.processor!
      runTimers(of: processor)
      // Every 61st time, so that fibers which are never all asleep cannot keep files waiting.
      if processor.pointee.scheduleTick.load(ordering: .relaxed) % 61 == 0 { lookForFiles() }
      if let fiber = takeFromAll() {
        found(fiber, .global)
        return fiber
      }
      lookForFiles()
      if scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 { continue }
      emitFind(fiber: 0, .none)
      awaitAnything()
    }
    return nil
  }

  private func lookForFiles() {
    if scheduler.pointee.netpollWaiters.load(ordering: .relaxed) > 0 { _ = lookIntoNetpoll() }
  }

  /// Runs a fiber of serial, and waits on the spot for all that it waits for.
  private func runToEnd(_ fiber: FiberRef) {
    let id = fiber.pointee.id
    while true {
      _ = execute(fiber, inherits: false)
      while fiber.pointee.id == id, fiber.pointee.place == .parked {
        if scheduler.pointee.isStopping.load(ordering: .acquiring) { return }
        obeyRequests()
        runTimers(of: pointee.processor!)
        lookForFiles()
        if fiber.pointee.place == .parked { awaitAnything() }
      }
      // It has ended, or stands still for ever as the run is over.
      guard fiber.pointee.id == id, fiber.pointee.place == .runnable else { return }
      pointee.startSource = .handoff
    }
  }

  /// Nothing can run: waits for the next timer, a file or a request. Where none of them can come, the run ends in a deadlock.
  private func awaitAnything() {
    if lookForDeadlock() != nil {
      passGate(.parkLocked)
      // Somebody may have asked for something meanwhile.
      if let stuck = lookForDeadlock() {
        emit(.deadlock, a: UInt32(clamping: stuck))
        return scheduler.stop()
      }
    }
    _ = waitInNetpoll(always: true)
  }

  private func lookForDeadlock() -> Int? {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    return scheduler.nothingCanCome()
  }
}

extension UnsafeMutablePointer where Pointee == Scheduler {
  /// The one fiber that has begun waits for something that only those can give who stand behind it, or nobody; and they wait for it to
  /// end. Under the lock.
  /// - Returns: how many fibers that are.
  func noteSerialDeadlock() -> Int {
    let behind = locked.pointee.global.fibers
    var waiters: [DeadlockReport.Waiter] = []
    var first: UInt32 = 0
    for index in 0..<locked.pointee.fiberCount where pointee.fibers[index].pointee.place == .parked {
      var begun = waiter(pointee.fibers[index])
      first = begun.fiber
      begun.waitsFor = behind.map { $0.pointee.id }
      waiters.append(begun)
    }
    for fiber in behind {
      var later = waiter(fiber)
      later.wait = .turn
      later.waitsFor = [first]
      waiters.append(later)
    }
    locked.pointee.deadlock = waiters
    return waiters.count
  }
}

extension Era {
  /// What a test has run in an era's stead, to see that it is found.
  var unruly: Era { self == .serial ? .nto1 : self == .nto1 ? .global : self }
}
