import MagpieTrace
import Synchronization

/// Waking and starting machines (Go's ready, wakep, startm, handoffp, resetspinning).
///
/// Waking costs the waker 7 to 10 µs, hundreds of yields: so never more than one machine is woken to look for work, and
/// none while one already looks. The argument that no work is forgotten stands in Spinners.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Makes a parked fiber runnable, puts it into runnext and sees that somebody will run it (Go's ready). One operation.
  func ready(_ fiber: FiberRef, cause: ReadyCause, object: UInt32 = 0) {
    fiber.pointee.place = .runnable
    // Its timer, if it has one, no longer counts.
    fiber.pointee.deadline = .max
    emit(
      .fiberReady, detail: cause.rawValue, fiber: fiber.pointee.id, a: pointee.fiber?.pointee.id ?? 0,
      b: fiber.pointee.sequence, c: object)
    if fails(.losesWaiter) { return }
    if pointee.hasOneQueue { return pushToAll(fiber) }
    // sysmon has no queue of its own.
    if pointee.processor == nil { pushGlobal(fiber) } else { putNext(fiber) }
    wakeOne()
  }

  /// If nobody looks for work, and a processor is idle, starts a machine that does (Go's wakep).
  @inline(__always)
  func wakeOne() {
    let scheduler = scheduler
    guard scheduler.pointee.processorCount.load(ordering: .relaxed) > scheduler.pointee.loneProcessorCount else {
      return
    }
    // Sequentially consistent: the work was put, by an operation of the same ordering, before this; see Spinners.
    if !scheduler.pointee.spinners.areEnough { wakeOneSlowly() }
  }

  @inline(never)
  private func wakeOneSlowly() {
    if pointee.hasOneQueue { return startIfUseful() }
    let scheduler = scheduler
    interleave()
    guard scheduler.pointee.spinners.beginFirst(pause: { interleave() }) else { return }
    interleave()
    scheduler.pointee.lock.lock()
    guard let (processor, version) = scheduler.takeIdleSpinning() else {
      scheduler.pointee.lock.unlock()
      scheduler.pointee.spinners.end()
      return
    }
    start(on: processor, version: version, spinning: true, fromIdleList: true)
  }

  /// Starts a machine on a processor (Go's startm): an idle one, else a new one. Called with the scheduler's lock held, which
  /// it gives back.
  func start(on processor: ProcessorRef, version: UInt32, spinning: Bool, fromIdleList: Bool) {
    let start = beginStart(on: processor, version: version, spinning: spinning, fromIdleList: fromIdleList)
    scheduler.pointee.lock.unlock()
    finish(start)
  }

  /// A machine that is about to get a processor.
  struct Start {
    fileprivate var machine: Machine.SharedRef
    fileprivate var isNew: Bool
    fileprivate var processor: ProcessorRef
    fileprivate var version: UInt32
    fileprivate var sequence: UInt32
    fileprivate var isSpinning: Bool
    fileprivate var flags: UInt8
  }

  /// What of a start is done under the scheduler's lock.
  func beginStart(
    on processor: ProcessorRef, version: UInt32, spinning: Bool, fromIdleList: Bool
  ) -> Result<Start, Limit> {
    let flags = (spinning ? WakeFlags.spinning : 0) | (fromIdleList ? WakeFlags.fromIdleList : 0)
    let (scheduler, locked) = (scheduler, scheduler.locked)
    // The step that gives the processor raises its version: for one of the idle list, taking it from there was that step.
    let given = fromIdleList ? version : processor.pointee.ownership.set(.held)
    let machine: Machine.SharedRef
    let idle = locked.pointee.idleMachine
    if let idle {
      locked.pointee.idleMachine = idle.pointee.nextIdle
      idle.pointee.nextIdle = nil
      locked.pointee.idleMachineCount -= 1
      machine = idle
    } else {
      do throws(Limit) { machine = try scheduler.makeMachine() } catch { return .failure(error) }
    }
    return .success(
      Start(
        machine: machine, isNew: idle == nil, processor: processor, version: given,
        sequence: idle != nil || fromIdleList ? scheduler.nextIdleSequence() : 0, isSpinning: spinning, flags: flags))
  }

  /// And what is done after it.
  func finish(_ start: Result<Start, Limit>) {
    switch start {
    case .failure(let limit): scheduler.fail(limit)
    case .success(let start):
      let (id, processor) = (UInt32(start.machine.pointee.id), UInt32(start.processor.pointee.id))
      if start.isNew {
        emit(.machineStart, detail: start.flags, a: id, b: processor, c: start.version, d: start.sequence)
      } else {
        emit(.machineWake, detail: start.flags, a: id | processor << 16, b: start.sequence, c: start.version)
      }
      hand(start.processor, to: start.machine, spinning: start.isSpinning)
      guard start.isNew else { return }
      do throws(Limit) { try scheduler.launch(start.machine) } catch { scheduler.fail(error) }
    }
  }

  private func hand(_ processor: ProcessorRef, to machine: Machine.SharedRef, spinning: Bool) {
    give(processor, to: machine, spinning: spinning)
    wakeGiven(machine)
  }

  func give(_ processor: ProcessorRef, to machine: Machine.SharedRef, spinning: Bool) {
    machine.pointee.givenSpinning.store(spinning, ordering: .relaxed)
    machine.pointee.givenTime.store(pointee.lastStamp, ordering: .relaxed)
    // Release, and once more by the parker: the processor and all that was done with it are the other machine's.
    machine.pointee.given.store(UInt(bitPattern: processor), ordering: .releasing)
  }

  /// Wakes a machine to which a processor was given.
  func wakeGiven(_ machine: Machine.SharedRef) {
    if fails(.dropsWakeups) { return }
    Machine.wake(machine, simulator: scheduler.pointee.simulator)
  }

  /// A processor in the hands, whose machine blocks: gives it to another machine if there is or may be work, else to the idle
  /// list (Go's handoffp).
  func handOff(_ processor: ProcessorRef) {
    if pointee.hasOneQueue { return passOn(processor) }
    let scheduler = scheduler
    if scheduler.pointee.isDistributed {
      return passPermitOn(from: processor, version: processor.pointee.ownership.set(.idle))
    }
    interleave()
    var spinning = false
    var needed = !processor.pointee.queue.isEmpty
    // One that retires is needed as long as it has fibers.
    let mayServe = !scheduler.isRetiring(processor)
    if mayServe, scheduler.pointee.globalCount.load(ordering: .sequentiallyConsistent) > 0 { needed = true }
    if mayServe, !needed, scheduler.pointee.spinners.beginOnly() {
      // Nobody is idle and nobody looks: somebody should.
      needed = true
      spinning = true
    }
    scheduler.pointee.lock.lock()
    if mayServe, scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 { needed = true }
    // The last processor in use, and nobody waits in the poller: keep one machine up.
    let isLast =
      scheduler.pointee.spinners.idleProcessorCount
      == scheduler.pointee.processorCount.load(ordering: .relaxed) - 1
    if mayServe, !needed, isLast, scheduler.pointee.netpollMachine.load(ordering: .relaxed) == 0 { needed = true }
    if needed && !scheduler.pointee.isStopping.load(ordering: .relaxed) {
      start(on: processor, version: processor.pointee.ownership.seen.version, spinning: spinning, fromIdleList: false)
      return
    }
    if spinning { scheduler.pointee.spinners.end() }
    let deadline = processor.pointee.nextTimer.load(ordering: .acquiring)
    scheduler.pointee.spinners.beginIdle()
    let (kind, version, sequence) = scheduler.putIdle(processor)
    scheduler.pointee.lock.unlock()
    emit(kind, on: processor.pointee.id, a: version, b: sequence)
    if deadline != .max { wakeNetpoller(for: deadline) }
  }

  /// Spinning ends because work was found: the last one who looked starts the next (Go's resetspinning).
  func endSpinning() {
    pointee.isSpinning = false
    scheduler.pointee.spinners.end()
    emit(.machineSpinEnd, detail: SpinEnd.found.rawValue)
    wakeOne()
  }

  /// An earlier timer was armed (Go's wakeNetPoller): whoever waits in the poller for a later one must look again; if nobody waits,
  /// somebody should.
  func wakeNetpoller(for deadline: UInt64) {
    let waiter = scheduler.pointee.netpollMachine.load(ordering: .sequentiallyConsistent)
    if waiter != 0 {
      if scheduler.pointee.netpollDeadline.load(ordering: .sequentiallyConsistent) > deadline,
        let machine = scheduler.pointee.machines[waiter - 1]
      {
        machine.pointee.givenTime.store(pointee.lastStamp, ordering: .relaxed)
        Machine.wake(machine, simulator: scheduler.pointee.simulator)
      }
    } else {
      wakeOne()
    }
  }
}
