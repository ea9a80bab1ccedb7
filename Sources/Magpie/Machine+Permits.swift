import MagpieTrace
import Synchronization

/// The era global (Go 1.0): any number of machines, of which as many run fibers as there are permits. These are the processors, without
/// anything of their own.
///
/// A machine that enters a blocking call passes its permit on at once, under the lock, and asks for another when it is back. Sysmon
/// has little to do: it asks for checkpoints and looks into the poller when all are busy. A fiber that passes no checkpoint keeps its
/// permit.
extension UnsafeMutablePointer where Pointee == Machine {
  func workWithPermits() {
    while let found = findWithPermit() {
      if let home = found.pointee.lockedMachine, home != shared {
        hand(found, to: home)
        continue
      }
      var fiber = found
      while let next = execute(fiber, inherits: false) { fiber = next }
    }
  }

  /// A fiber to run, in the hands, or nil when the machine is to end.
  private func findWithPermit() -> FiberRef? {
    let scheduler = scheduler
    while !scheduler.pointee.isStopping.load(ordering: .acquiring) {
      if pointee.lookCount > 0 { emitFind(fiber: 0, .none) }
      if pointee.lockedFiber != nil { return awaitLockedFiber() }
      guard let permit = pointee.processor else {
        guard sleepIdle() else { return nil }
        continue
      }
      if !scheduler.isRetiring(permit) {
        runTimers(of: scheduler.processor(0))
        if let fiber = takeFromAll() {
          found(fiber, .global)
          return fiber
        }
        if scheduler.pointee.netpollWaiters.load(ordering: .relaxed) > 0 { _ = lookIntoNetpoll() }
      }
      giveUpPermit(permit)
    }
    return nil
  }

  /// Gives the permit back, unless there is a fiber to run by now, and waits in the poller if nobody does.
  private func giveUpPermit(_ permit: ProcessorRef) {
    let scheduler = scheduler
    passGate(.giveUpProcessor)
    lockQueue()
    guard scheduler.isRetiring(permit) || scheduler.pointee.globalCount.load(ordering: .relaxed) == 0 else {
      return unlockQueue()
    }
    pointee.processor = nil
    scheduler.pointee.spinners.beginIdle()
    let (kind, version, sequence) = scheduler.putIdle(permit)
    unlockQueue()
    emit(kind, on: permit.pointee.id, a: version, b: sequence)
    if pointee.lookCount > 0 { emitFind(fiber: 0, .none) }
    _ = waitInNetpoll()
  }

  // MARK: Passing permits on

  /// A permit in the hands: for a machine that runs the next fiber, or waits in the poller if nobody does; else it is idle.
  func passOn(_ permit: ProcessorRef) {
    let scheduler = scheduler
    interleave()
    lockQueue()
    if !scheduler.isRetiring(permit), isUseful, !scheduler.pointee.isStopping.load(ordering: .relaxed) {
      let start = beginStart(
        on: permit, version: permit.pointee.ownership.seen.version, spinning: false, fromIdleList: false)
      unlockQueue()
      return finish(start)
    }
    scheduler.pointee.spinners.beginIdle()
    let (kind, version, sequence) = scheduler.putIdle(permit)
    unlockQueue()
    emit(kind, on: permit.pointee.id, a: version, b: sequence)
  }

  /// Whether one more machine would have something to do: run a fiber, or wait for a timer or a file. Under the lock.
  private var isUseful: Bool {
    if scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 { return true }
    guard scheduler.pointee.netpollMachine.load(ordering: .sequentiallyConsistent) == 0 else { return false }
    let waiters = scheduler.pointee.netpollWaiters.load(ordering: .sequentiallyConsistent)
    return waiters > 0 || scheduler.earliestTimer != .max
  }

  /// Starts a machine on an idle permit, if there is one, and something to do.
  func startIfUseful() {
    interleave()
    lockQueue()
    let start = isUseful ? beginIdleStart() : nil
    unlockQueue()
    if let start { finish(start) }
  }

  /// Under the lock: begins to start a machine on an idle permit, if there is one.
  func beginIdleStart() -> Result<Start, Limit>? {
    guard let (permit, version) = scheduler.takeIdle() else { return nil }
    return beginStart(on: permit, version: version, spinning: false, fromIdleList: true)
  }

  // MARK: Blocking calls

  /// As `beginBlocking`, but the permit does not stay behind.
  func beginBlockingWithoutPermit(what: UInt32) {
    let (permit, fiber) = (pointee.processor!, pointee.fiber!)
    fiber.pointee.place = .blocked
    permit.pointee.running.store(0, ordering: .relaxed)
    pointee.processor = nil
    emit(.processorHandoff, on: permit.pointee.id, fiber: fiber.pointee.id, a: permit.pointee.ownership.set(.held))
    emit(.machineSyscallEnter, fiber: fiber.pointee.id, b: what)
    passOn(permit)
    wakeSysmon()
    leaveForCall()
  }
}
