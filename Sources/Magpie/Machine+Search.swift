import MagpieTrace
import Synchronization

/// The search for something to run (Go's findRunnable), and how a machine that finds nothing goes to sleep.
///
/// Why no work is forgotten stands in Spinners.
///
/// Each look that could take something is an operation of its own: the gate stands before it.
extension UnsafeMutablePointer where Pointee == Machine {
  /// A fiber to run, in the hands, or nil when the machine is to end.
  func findRunnable() -> (fiber: FiberRef, inherits: Bool)? {
    let scheduler = scheduler
    while true {
      if scheduler.pointee.isStopping.load(ordering: .acquiring) { return nil }
      // A search that starts over is another search.
      if pointee.lookCount > 0 { emitFind(fiber: 0, .none) }
      if pointee.lockedFiber != nil { return awaitLockedFiber().map { ($0, false) } }
      guard let processor = pointee.processor else {
        // Without one: sleep until somebody gives one.
        guard sleepIdle() else { return nil }
        continue
      }
      // One that spins is about to find something, or to give up.
      if !pointee.isSpinning, scheduler.isRetiring(processor) {
        drain()
        if let fiber = giveUpProcessor(processor) { return found(fiber, .netpoll) }
        continue
      }
      // 1. Own timers.
      runTimers(of: processor)

      // 2. Every 61st time the global queue first, so that two fibers that wake each other cannot starve it.
      let tick = processor.pointee.scheduleTick.load(ordering: .relaxed)
      if looksAtGlobalFirst(tick: tick), scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 {
        passGate(.lookGlobal)
        look(.tick)
        if let fiber = takeGlobal(onTick: true) { return found(fiber, .tick) }
      }

      // 3. The own queue.
      passGate(.lookLocal)
      look(.local)
      if let (fiber, inherits) = takeLocal() {
        found(fiber, inherits ? .runNext : .local)
        return (fiber, inherits)
      }

      // 4. The global queue.
      if scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 {
        passGate(.lookGlobal)
        look(.global)
        if let fiber = takeGlobal(onTick: false) { return found(fiber, .global) }
      } else {
        look(.global)
      }

      // 5. The network poller, if anybody waits there.
      if scheduler.pointee.netpollWaiters.load(ordering: .relaxed) > 0, let fiber = lookIntoNetpoll() {
        return found(fiber, .netpoll)
      }

      // 6. Other processors' queues. No more than half as many spin as are busy: it costs too much else.
      if maySpin() {
        let (fiber, source, again) = stealWork()
        if let fiber { return found(fiber, source) }
        if again { continue }
        switch lingerInNetpoll() {
        case .fiber(let fiber): return found(fiber, .netpoll)
        case .work: continue
        case .nothing: break
        }
      }

      // 7. Nothing. The processor goes to the idle list, unless there is work by now; the machine may wait in the poller.
      if let fiber = giveUpProcessor(processor) { return found(fiber, .netpoll) }
    }
  }

  @inline(__always)
  func look(_ look: Look) {
    guard pointee.isTracing, pointee.lookCount < 16 else { return }
    if pointee.lookCount == 0 {
      pointee.searchTick = pointee.processor?.pointee.scheduleTick.load(ordering: .relaxed) ?? 0
    }
    pointee.looks |= UInt64(look.rawValue) << (4 * pointee.lookCount)
    pointee.lookCount += 1
  }

  @discardableResult
  func found(_ fiber: FiberRef, _ source: StartSource) -> (fiber: FiberRef, inherits: Bool) {
    emitFind(fiber: fiber.pointee.id, source)
    return (fiber, false)
  }

  func emitFind(fiber: UInt32, _ source: StartSource) {
    pointee.startSource = source
    guard pointee.isTracing else { return }
    if pointee.lookCount != Machine.unknownLooks {
      emit(
        .searchFind, detail: source.rawValue, fiber: fiber, a: UInt32(truncatingIfNeeded: pointee.looks),
        b: UInt32(truncatingIfNeeded: pointee.looks >> 32), c: pointee.victims,
        d: pointee.searchTick)
    }
    pointee.looks = 0
    pointee.lookCount = 0
    pointee.victims = 0
  }

  /// Takes one fiber, or a fair share of the queue for the own queue (Go's globrunqget and globrunqgetbatch).
  private func takeGlobal(onTick: Bool) -> FiberRef? {
    scheduler.pointee.lock.lock()
    let result = takeGlobalLocked(onTick: onTick)
    scheduler.pointee.lock.unlock()
    guard let (fiber, index, count, tail, size) = result else { return nil }
    emit(.globalTake, detail: onTick ? 1 : 0, fiber: fiber.pointee.id, a: index, b: count, c: tail, d: size)
    return fails(.losesGlobal) ? nil : fiber
  }

  /// The step itself, under the lock.
  private func takeGlobalLocked(onTick: Bool) -> (FiberRef, index: UInt32, count: UInt32, tail: UInt32, size: UInt32)? {
    let processor = pointee.processor!
    let size = UInt32(scheduler.pointee.globalCount.load(ordering: .relaxed))
    guard size > 0 else { return nil }
    let share = size / UInt32(scheduler.pointee.processorCount.load(ordering: .relaxed)) &+ 1
    let count = onTick ? 1 : Swift.min(size, share, RealMemory.slotCount / 2)
    let locked = scheduler.locked
    let index = locked.pointee.global.head
    let first = locked.pointee.global.pop()!
    let tail = processor.pointee.queue.tail.load(.relaxed)
    for offset in 0..<(count &- 1) {
      let fiber = locked.pointee.global.pop()!
      processor.pointee.queue.slot(tail &+ offset).pointee.store(fiber.word, .relaxed)
    }
    scheduler.pointee.globalCount.wrappingSubtract(Int(count), ordering: .sequentiallyConsistent)
    // Sequentially consistent: the look at the spinners follows.
    processor.pointee.queue.publish(to: tail &+ (count &- 1), .sequentiallyConsistent)
    return (first, index, count, tail, size)
  }

  // MARK: Stealing

  /// Whether the machine spins already, or may begin to.
  private func maySpin() -> Bool {
    if pointee.isSpinning { return true }
    let count = scheduler.pointee.processorCount.load(ordering: .sequentiallyConsistent)
    guard count > scheduler.pointee.loneProcessorCount else { return false }
    let spinning = scheduler.pointee.spinners.count
    let busy = count - scheduler.pointee.spinners.idleProcessorCount
    guard maySpin(beside: spinning, busy: busy) else { return false }
    passGate(.beginToSpin)
    beginSpinning(.search, spinning: spinning, busy: busy)
    return true
  }

  private func beginSpinning(_ reason: SpinReason, spinning: Int, busy: Int) {
    pointee.isSpinning = true
    scheduler.pointee.spinners.begin()
    emit(.machineSpinBegin, detail: reason.rawValue, a: UInt32(clamping: spinning), b: UInt32(clamping: busy))
  }

  /// Four rounds over all processors, each in a random order that visits each once; in the last one also timers and runnext
  /// (Go's stealWork).
  func stealWork() -> (fiber: FiberRef?, source: StartSource, again: Bool) {
    let scheduler = scheduler
    if scheduler.pointee.isDistributed { return stealFromThreads() }
    let own = pointee.processor!
    // Acquire: partner of the release in `makeProcessors`.
    let order = UnsafePointer<StealOrder>(bitPattern: scheduler.pointee.stealOrder.load(ordering: .acquiring))!
    let count = order.pointee.count
    look(.steal)
    for round in 1...4 {
      var (position, step) = order.pointee.draw(UInt32(truncatingIfNeeded: pointee.random.next()))
      for _ in 0..<count {
        defer { position = (position &+ step) % count }
        if scheduler.pointee.isStopping.load(ordering: .relaxed) { return (nil, .none, true) }
        let victim = scheduler.processor(Int(position))
        guard victim != own else { continue }
        pointee.victims &+= 1
        // Timers that ran have put fibers into the own queue: look there first.
        if round == 4, runTimers(of: victim) > 0 { return (nil, .none, true) }
        // Idle processors have nothing, nor have those that are retired.
        switch victim.pointee.ownership.seen.status {
        case .idle, .retired: continue
        default: break
        }
        passGate(.steal, of: victim)
        if let (fiber, source) = steal(from: victim, round: round) { return (fiber, source, false) }
      }
    }
    passGate(.failToSteal)
    emit(.stealFailed, a: pointee.victims)
    return (nil, .none, false)
  }

  // MARK: Giving up

  /// Gives the processor to the idle list and looks once more, as the argument above demands. Then waits in the poller, if nobody
  /// does yet.
  /// - Returns: a fiber that the poller brought, in the hands; else the search starts over, or sleeps for want of a processor.
  private func giveUpProcessor(_ processor: ProcessorRef) -> FiberRef? {
    let scheduler = scheduler
    passGate(.giveUpProcessor)
    scheduler.pointee.lock.lock()
    let isRetiring = scheduler.isRetiring(processor)
    if !isRetiring, scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 {
      scheduler.pointee.lock.unlock()
      return nil
    }
    let count = scheduler.pointee.processorCount.load(ordering: .relaxed)
    if isRetiring || pointee.isSpinning || count == scheduler.pointee.loneProcessorCount {
      scheduler.pointee.spinners.beginIdle()
    } else if !scheduler.pointee.spinners.mayIdle() {
      let spinning = scheduler.pointee.spinners.count
      scheduler.pointee.lock.unlock()
      beginSpinning(.recheck, spinning: spinning, busy: count)
      return nil
    }
    pointee.processor = nil
    let (kind, version, sequence) = scheduler.putIdle(processor)
    scheduler.pointee.lock.unlock()
    emit(kind, on: processor.pointee.id, a: version, b: sequence)

    if pointee.isSpinning {
      pointee.isSpinning = false
      scheduler.pointee.spinners.end()
      emit(.machineSpinEnd, detail: SpinEnd.gaveUp.rawValue)
      interleave()
      look(.recheckGlobal)
      if scheduler.pointee.globalCount.load(ordering: .sequentiallyConsistent) > 0, acquireIdle(spinning: true) {
        return nil
      }
      look(.recheckLocal)
      for index in scheduler.allProcessors where !scheduler.processor(index).pointee.queue.isEmpty {
        if acquireIdle(spinning: true) { return nil }
        break
      }
    }
    if pointee.lookCount > 0 { emitFind(fiber: 0, .none) }
    return waitInNetpoll()
  }

  /// Takes an idle processor, if there is one.
  /// - Parameter spinning: begin to spin with it: there is work somewhere.
  func acquireIdle(spinning: Bool) -> Bool {
    let scheduler = scheduler
    passGate(.acquireProcessor)
    lockScheduler()
    guard let (processor, version) = spinning ? scheduler.takeIdleSpinning(for: self) : scheduler.takeIdle(for: self)
    else {
      unlockScheduler()
      return false
    }
    let sequence = scheduler.nextIdleSequence()
    unlockScheduler()
    hold(processor)
    emit(.processorAcquire, detail: AcquireSource.idleList.rawValue, a: version, b: sequence)
    if spinning {
      beginSpinning(
        .recheck, spinning: scheduler.pointee.spinners.count,
        busy: scheduler.pointee.processorCount.load(ordering: .relaxed))
    }
    return true
  }

  /// The machine holds the processor from now on.
  func hold(_ processor: ProcessorRef) {
    pointee.processor = processor
    processor.pointee.machine.store(UInt32(pointee.id), ordering: .relaxed)
  }

  /// Sleeps on the idle list until somebody gives the machine a processor (Go's stopm).
  /// - Returns: false when the machine is to end.
  func sleepIdle() -> Bool {
    let scheduler = scheduler
    passGate(.parkIdle)
    lockScheduler()
    let shared = shared
    shared.pointee.nextIdle = scheduler.locked.pointee.idleMachine
    scheduler.locked.pointee.idleMachine = shared
    scheduler.locked.pointee.idleMachineCount += 1
    let sequence = scheduler.nextIdleSequence()
    let stuck = scheduler.checkDeadlock()
    unlockScheduler()
    tellPark(.idle, sequence: sequence, stuck: stuck)
    return sleepUntilGiven()
  }

  /// The machine is about to sleep. If nothing can ever run again then, the run ends.
  /// - Parameter stuck: what `checkDeadlock` found in the same critical section.
  func tellPark(_ reason: MachineParkReason, sequence: UInt32, stuck: Int?) {
    if let stuck { emit(.deadlock, a: UInt32(clamping: stuck)) }
    emit(.machinePark, detail: reason.rawValue, a: sequence)
    if stuck != nil { scheduler.stop() }
  }

  /// Sleeps until somebody gives the machine a processor, and takes it up.
  /// - Returns: false when the machine is to end.
  func sleepUntilGiven() -> Bool {
    while shared.pointee.given.load(ordering: .relaxed) == 0 {
      if scheduler.pointee.isStopping.load(ordering: .acquiring) { return false }
      _ = sleepUntilWoken()
    }
    takeGiven()
    return true
  }

  /// Takes up the processor that a waker or starter gave.
  func takeGiven() {
    guard shared.pointee.given.load(ordering: .relaxed) != 0 else { return }
    // Before the exchange: a snapshot taken while the machine stands at the gate must see the processor as given.
    passGate(.takeGivenProcessor)
    // Acquire: partner of the release in `hand`.
    let processor = ProcessorRef(bitPattern: shared.pointee.given.exchange(0, ordering: .acquiring))!
    let version = processor.pointee.ownership.set(.held)
    hold(processor)
    emit(.processorAcquire, detail: AcquireSource.given.rawValue, a: version)
    if shared.pointee.givenSpinning.load(ordering: .relaxed) {
      // The waker counted it already, when nobody was spinning.
      pointee.isSpinning = true
      emit(
        .machineSpinBegin, detail: SpinReason.woken.rawValue, a: 0,
        b: UInt32(
          clamping: scheduler.pointee.processorCount.load(ordering: .relaxed)
            - scheduler.pointee.spinners.idleProcessorCount))
    }
  }
}
