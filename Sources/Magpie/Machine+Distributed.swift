import MagpieTrace
import Synchronization

/// The era before Ps: M:N with a lock-free queue a thread, and permits (`Era.distributed`).
///
/// Processor k is the queue of machine k, made with it and its own for ever, with timers, free fibers and stacks: while the machine blocks
/// and while it sleeps. To run fibers a machine needs one of N *permits*, which are counted and are nobody's in particular; with one,
/// `Machine.processor` is its queue and the queue's status `held`, without one nil and `idle`. A machine that enters a blocking
/// call passes its permit on at once, to one that sleeps or to a new one; what its queue held is left there for thieves. Back from
/// the call it takes a free permit, or puts its fiber at its own queue's tail and sleeps. Sysmon's number, 1, has a queue that nobody uses.
///
/// So the price of the era is real: a thief has to look into the queue of each thread ever made, and each keeps its caches.
///
/// ### No work is forgotten
/// All is counted as in `Spinners`, with free permits as its idle processors; that argument needs no more of them than their number.
/// What is new is work that lies where nobody works:
/// 1. *A queue is left behind*, by a call, or by a fiber that does not call and is detached. Its fibers were put, by operations of that
///    machine, before its look at the spinners. So it is a maker of work: if nobody spins it hands its permit to a machine that does
///    (`beginAlone`), and who spins and gives up looks at all queues after it lowered the count, this one among them: one of both sees
///    the other. With P's the queue goes with the permit, and whoever gets it looks there first; here that machine has only
///    its own, empty queue, and unless it is counted as spinning it might not be allowed to look into others.
/// 2. *A fiber comes back from a call* and there is no permit: it is put (sequentially consistent), and then its machine
///    looks at the spinners as any maker does. If none spins and all permits are taken, it says that one should, and the next machine
///    that would give its permit up spins instead. Between the look for a permit and the put one may become free: then
///    the look after it sees a free one, and starts a machine.
/// 3. *Timers* of a queue without a machine that works: who waits in the poller waits for the earliest of all queues, who spins runs
///    the due ones of all in its fourth round; while every permit is busy with work of its own sysmon runs them.
/// 4. *One permit* is no reason not to share, as one P is: hence `loneProcessorCount`.
///
/// ### Rejected
/// - Leaving the permit with the blocked machine until sysmon takes it, as Go leaves a P: that is Go's remedy for short calls,
///   and the era's hurt would be half hidden.
/// - A fiber that comes back without a permit into the global queue: simpler, and kinder to it, but then blocked threads' queues would
///   be empty, and the lock that this era does away with would be back round each call.
/// - Waking the machine whose queue has the most work: it would have to look at all that sleep, under the lock. The
///   last one to sleep is woken, as ever; it is the one that is likely to have some.
/// - Permits with numbers: nothing follows from which it is, and each passing-on would have to name it.
extension UnsafeMutablePointer where Pointee == Machine {
  /// The queue that is the machine's for ever.
  var ownQueue: ProcessorRef { scheduler.processor(Int(pointee.id)) }

  // MARK: Permits

  /// A permit in the hands, whose machine goes on without one: gives it to a machine that sleeps, or to a new one, if there is
  /// or may be work, else it is free (`handOff`, of a permit).
  /// - Parameters:
  ///   - queue: what is left behind; its status says so already.
  ///   - version: its version after that, where no event has told it yet.
  func passPermitOn(from queue: ProcessorRef, version: UInt32 = 0) {
    let scheduler = scheduler
    interleave()
    var needed = !queue.pointee.queue.isEmpty
    if scheduler.pointee.globalCount.load(ordering: .sequentiallyConsistent) > 0 { needed = true }
    // A hint; it is looked at again under the lock.
    let mayServe = !scheduler.hasTooManyPermits
    let spins = mayServe && (needed ? scheduler.pointee.spinners.beginAlone() : scheduler.pointee.spinners.beginOnly())
    scheduler.pointee.lock.lock()
    if spins || scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 { needed = true }
    // The last permit in use, and nobody waits in the poller: keep one machine up.
    let isLast =
      scheduler.pointee.spinners.idleProcessorCount
      == scheduler.pointee.processorCount.load(ordering: .relaxed) - 1
    if isLast, scheduler.pointee.netpollMachine.load(ordering: .relaxed) == 0 { needed = true }
    if needed, !scheduler.hasTooManyPermits, !scheduler.pointee.isStopping.load(ordering: .relaxed) {
      let next = scheduler.nextQueue()
      emit(.processorHandoff, on: queue.pointee.id, a: version)
      start(on: next, version: next.pointee.ownership.seen.version, spinning: spins, fromIdleList: false)
      return
    }
    if spins { scheduler.pointee.spinners.end() }
    scheduler.pointee.spinners.beginIdle()
    let isKept = scheduler.freePermit()
    let sequence = scheduler.nextIdleSequence()
    scheduler.pointee.lock.unlock()
    emit(isKept ? .processorHandoff : .processorRelease, on: queue.pointee.id, a: version, b: sequence)
    // One that retires may have been the one that was to look.
    if !isKept, !queue.pointee.queue.isEmpty { wakeOne() }
    let deadline = queue.pointee.nextTimer.load(ordering: .acquiring)
    if deadline != .max { wakeNetpoller(for: deadline) }
  }

  /// Back without a permit, and none is free: the fiber goes to the tail of the machine's own queue, for whoever comes first.
  func queueWithoutPermit(_ fiber: FiberRef) {
    interleave()
    // For this step alone: only its own machine ever puts something into a queue.
    pointee.processor = ownQueue
    putTail(fiber, .sequentiallyConsistent)
    pointee.processor = nil
    interleave()
    wakeOne()
  }

  // MARK: Stealing

  /// Four rounds over the queues of all other threads, each in a random order that visits each once; in the last one also timers
  /// and runnext (`stealWork`). Threads that block or sleep are looked at like all others: they may have fibers.
  ///
  /// The order is that of odd steps through the next power of two, where numbers beyond the last queue are passed over: no table of
  /// steps has to be made with each thread.
  /// - Complexity: O(threads ever made).
  func stealFromThreads() -> (fiber: FiberRef?, source: StartSource, again: Bool) {
    let scheduler = scheduler
    let own = UInt32(pointee.id)
    let count = UInt32(scheduler.allProcessors.upperBound)
    let mask = count > 1 ? UInt32.max >> UInt32((count &- 1).leadingZeroBitCount) : 0
    var looked: UInt32 = 0
    look(.steal)
    for round in 1...4 {
      let random = pointee.random.next()
      var position = UInt32(truncatingIfNeeded: random) & mask
      let step = UInt32(truncatingIfNeeded: random >> 32) | 1
      for _ in 0...mask {
        defer { position = (position &+ step) & mask }
        guard position < count, position != own, position != UInt32(Scheduler.sysmonID) else { continue }
        if scheduler.pointee.isStopping.load(ordering: .relaxed) { return (nil, .none, true) }
        let victim = scheduler.processor(Int(position))
        if pointee.fault == .skipsBlocked, victim.pointee.ownership.seen.status == .idle { continue }
        pointee.victims &+= 1
        looked &+= 1
        // Timers that ran have put fibers into the own queue: look there first.
        if round == 4, runTimers(of: victim) > 0 { return (nil, .none, true) }
        passGate(.steal, of: victim)
        if let (fiber, source) = steal(from: victim, round: round) { return (fiber, source, false) }
      }
    }
    passGate(.failToSteal)
    emit(.stealFailed, a: looked, b: scheduler.queueCount(of: count))
    return (nil, .none, false)
  }

  // MARK: Locked fibers

  /// A fiber in the hands, found by this machine, but locked to another one: that goes on with this one's permit and the fiber (`hand`).
  func handWithPermit(_ fiber: FiberRef, to home: Machine.SharedRef) {
    let scheduler = scheduler
    let (id, own) = (fiber.pointee.id, ownQueue)
    scheduler.pointee.lock.lock()
    guard home.pointee.awaitsFiber else {
      // It has a permit of its own to give away before it sleeps, and its queue cannot be given to it before: it is about to.
      scheduler.pointee.lock.unlock()
      return pushGlobal(fiber)
    }
    home.pointee.awaitsFiber = false
    scheduler.locked.pointee.lockedMachineCount -= 1
    pointee.processor = nil
    let left = own.pointee.ownership.set(.idle)
    let queue = scheduler.processor(Int(home.pointee.id))
    let version = queue.pointee.ownership.set(.held)
    let sequence = scheduler.nextIdleSequence()
    // Relaxed: ordered by the release of `given`.
    home.pointee.givenFiber.store(UInt(bitPattern: fiber), ordering: .relaxed)
    give(queue, to: home, spinning: false)
    scheduler.pointee.lock.unlock()
    emit(.processorHandoff, on: own.pointee.id, a: left)
    emit(
      .machineWake, detail: WakeFlags.locked, fiber: id,
      a: UInt32(home.pointee.id) | UInt32(queue.pointee.id) << 16, b: sequence, c: version)
    wakeGiven(home)
    // What is left in the own queue.
    if !own.pointee.queue.isEmpty { wakeOne() }
  }

  // MARK: More permits, or fewer

  /// Sets how many permits there should be (`resize`). One that is free retires at once; the others are given up by machines that next
  /// look for work, as long as there are too many.
  /// - Returns: how many there should have been before.
  func resizePermits(to count: Int) -> Int {
    let scheduler = scheduler
    scheduler.pointee.lock.lock()
    let old = scheduler.pointee.wantedProcessorCount.load(ordering: .relaxed)
    scheduler.pointee.wantedProcessorCount.store(count, ordering: .relaxed)
    scheduler.setRetiring()
    let sequence = scheduler.nextIdleSequence()
    scheduler.pointee.lock.unlock()
    emit(.processorCountChanged, a: UInt32(count), b: sequence, c: UInt32(old))
    for _ in 0..<abs(count - old) {
      passGate(.retireOrBegin)
      scheduler.pointee.lock.lock()
      let isMore = scheduler.makePermit()
      let isLess = !isMore && scheduler.retireFreePermit()
      let sequence = isMore || isLess ? scheduler.nextIdleSequence() : 0
      scheduler.pointee.lock.unlock()
      if isMore { emit(.processorBegin, on: Event.noProcessor, b: sequence) }
      if isLess { emit(.processorRelease, detail: 1, on: Event.noProcessor, b: sequence) }
    }
    if count > old { wakeOne() }
    guard scheduler.hasTooManyPermits else { return old }
    // Relaxed: wishes, as sysmon's. Whoever comes first gives up; the others lose a slice.
    for index in scheduler.allProcessors where scheduler.processor(index).pointee.ownership.seen.status == .held {
      scheduler.processor(index).pointee.preempt.store(true, ordering: .relaxed)
    }
    return old
  }
}

/// Permits, counted under the lock.
extension UnsafeMutablePointer where Pointee == Scheduler {
  /// Takes a free permit. The caller raises the idle lists' sequence number in the same step.
  /// - Parameter machine: for whom; nil: for the machine that `start` starts next.
  /// - Returns: the queue of that machine, held from now on, and its version after.
  func takePermit(for machine: MachineRef?) -> (processor: ProcessorRef, version: UInt32)? {
    if locked.pointee.freePermits > 0 {
      locked.pointee.freePermits -= 1
      pointee.spinners.endIdle()
    } else if pointee.configuration.fault != .runsTooMany {
      return nil
    }
    let queue = machine?.ownQueue ?? nextQueue()
    return (queue, queue.pointee.ownership.set(.held))
  }

  /// The queue of the machine that is started next: the last one that went to sleep, or one that is still to be made.
  func nextQueue() -> ProcessorRef {
    if let idle = locked.pointee.idleMachine { return processor(Int(idle.pointee.id)) }
    let next = locked.pointee.machineCount
    pointee.makeProcessors(upTo: next + 1)
    return processor(next)
  }

  /// A machine gives its permit up; the caller has counted it as idle. - Returns: as `putIdle`.
  func putPermit(of queue: ProcessorRef) -> (kind: EventKind, version: UInt32, sequence: UInt32) {
    let version = queue.pointee.ownership.set(.idle)
    return (freePermit() ? .processorIdle : .processorRelease, version, nextIdleSequence())
  }

  /// A permit that was counted as idle is free, or retires if there are to be fewer. - Returns: whether it is free.
  func freePermit() -> Bool {
    locked.pointee.freePermits += 1
    return !retireFreePermit()
  }

  /// Whether there are more permits than there should be. Certain under the lock, else a hint.
  var hasTooManyPermits: Bool { pointee.retiresFrom.load(ordering: .relaxed) == 0 }

  func setRetiring() {
    let isTooMany =
      pointee.processorCount.load(ordering: .relaxed) > pointee.wantedProcessorCount.load(ordering: .relaxed)
    pointee.retiresFrom.store(isTooMany ? 0 : .max, ordering: .relaxed)
  }

  /// Makes a free permit if there are to be more. - Returns: whether there were.
  func makePermit() -> Bool {
    guard
      pointee.processorCount.load(ordering: .relaxed) < pointee.wantedProcessorCount.load(ordering: .relaxed)
    else { return false }
    pointee.processorCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    locked.pointee.freePermits += 1
    pointee.spinners.beginIdle()
    return true
  }

  /// Retires a free permit if there are too many. - Returns: whether it did.
  func retireFreePermit() -> Bool {
    guard hasTooManyPermits, locked.pointee.freePermits > 0 else { return false }
    locked.pointee.freePermits -= 1
    pointee.spinners.endIdle()
    pointee.processorCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    setRetiring()
    return true
  }

  /// Whether a processor is the one that sysmon's number has: no machine's queue.
  func isNobodys(_ index: Int) -> Bool { pointee.isDistributed && index == Int(Scheduler.sysmonID) }

  /// The queues of machines among so many processors: sysmon's is none.
  func queueCount(of processors: UInt32) -> UInt32 {
    processors > UInt32(Scheduler.sysmonID) ? processors &- 1 : processors
  }
}
