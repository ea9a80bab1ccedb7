import CKernel
import MagpieTrace
import Synchronization

/// The machines' side of the network poller (Go's netpoll, injectglist).
///
/// One machine at a time waits in it, and it is the one that waits for the next timer. While none does, since all have work, a
/// search looks into it before it steals, and lingers there before it gives up; and sysmon does if nobody has for 10 ms.
///
/// What the kernel told is a machine's own until it passes the gate; only then sides and fibers change. The fibers are still
/// parked, and each is readied in an operation of its own: all but the first go into queues, the first runs.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Looks into the poller, unless another machine waits there, or looks just now.
  /// - Returns: a fiber to run, in the hands.
  func lookIntoNetpoll() -> FiberRef? {
    let scheduler = scheduler
    // Relaxed: hints. Who waits there hears of everything, and so does who looks.
    guard scheduler.pointee.netpollMachine.load(ordering: .relaxed) == 0 else { return nil }
    passGate(.lookIntoPoller)
    guard !scheduler.pointee.isPolling.exchange(true, ordering: .relaxed) else { return nil }
    let fibers = pollNow()
    scheduler.pointee.isPolling.store(false, ordering: .relaxed)
    look(.netpoll)
    return deliver(fibers)
  }

  /// What came of lingering.
  enum Lingering {
    /// In the hands.
    case fiber(FiberRef)
    /// There may be some: look again.
    case work
    case nothing
  }

  /// Looks into the poller for some 30 µs more before the processor is given up, and has an eye on the queues, as nobody else is
  /// woken to look while it spins. To sleep there and be woken costs more than that, half of it him who wakes; under load the next
  /// file is ready by then. Who lingered in vain does not the next times, up to fifteen: a program with little to do pays little.
  func lingerInNetpoll() -> Lingering {
    let scheduler = scheduler
    // Relaxed, here and below: hints. Whatever is missed is seen by the looks that follow, or told to who waits in the poller.
    guard scheduler.pointee.simulator == nil, scheduler.pointee.netpollWaiters.load(ordering: .relaxed) > 0,
      scheduler.pointee.netpollMachine.load(ordering: .relaxed) == 0
    else { return .nothing }
    guard pointee.lingersToSkip == 0 else {
      pointee.lingersToSkip -= 1
      return .nothing
    }
    look(.linger)
    let processorCount = UInt64(scheduler.pointee.madeProcessorCount.load(ordering: .acquiring))
    return withUnsafeTemporaryAllocation(of: ck_poll_event.self, capacity: Int(CK_POLL_EVENTS)) { events in
      for _ in 0..<30 {
        // Others look there too, meanwhile: each event is told once.
        let count = peek(events)
        if count > 0 {
          pointee.vainLingers = 0
          passGate(.lookIntoPoller)
          return deliver(take(events, count)).map(Lingering.fiber) ?? .work
        }
        let other = scheduler.processor(Int(pointee.random.below(processorCount)))
        if other.pointee.queue.length > 0 || scheduler.pointee.globalCount.load(ordering: .relaxed) > 0 { return .work }
        for _ in 0..<30 { ck_pause() }
      }
      pointee.vainLingers = Swift.min(pointee.vainLingers + 1, 5)
      pointee.lingersToSkip = (1 << pointee.vainLingers) / 2 - 1
      return .nothing
    }
  }

  /// Takes what is ready, without waiting. One operation.
  func pollNow() -> FiberList {
    withUnsafeTemporaryAllocation(of: ck_poll_event.self, capacity: Int(CK_POLL_EVENTS)) { take($0, peek($0)) }
  }

  /// What the kernel tells now. - Returns: how many events.
  private func peek(_ events: UnsafeMutableBufferPointer<ck_poll_event>) -> Int {
    let file = scheduler.pointee.poller.file.load(ordering: .acquiring)
    return Int(Swift.max(ck_poller_wait(file, events.baseAddress!, Int32(CK_POLL_EVENTS), 0), 0))
  }

  /// Makes the sides ready that the kernel told of. - Returns: the fibers that were parked there.
  private func take(_ events: UnsafeMutableBufferPointer<ck_poll_event>, _ count: Int) -> FiberList {
    let poller = scheduler.pointee.poller
    scheduler.pointee.lastNetpoll.store(ownTime, ordering: .relaxed)
    var fibers = FiberList()
    for event in events.prefix(count) {
      guard let place = poller.place(of: event.tag) else { continue }
      // Relaxed: before the release of `makeReady`.
      if event.hides_more { poller.reading(place).pointee.hidesMore.store(true, ordering: .relaxed) }
      if event.readable, let fiber = poller.reading(place).makeReady() { fibers.append(fiber) }
      if event.writable, let fiber = poller.writing(place).makeReady() { fibers.append(fiber) }
    }
    if !fibers.isEmpty { emit(.pollerNetpoll, a: UInt32(fibers.count)) }
    return fibers
  }

  /// Puts all but the first into queues. - Returns: the first, in the hands.
  private func deliver(_ fibers: FiberList) -> FiberRef? {
    var fibers = fibers
    if pointee.hasOneQueue {
      inject(fibers)
      return nil
    }
    guard let first = fibers.popFirst() else { return nil }
    if !fibers.isEmpty { inject(fibers) }
    passGate(.readyNext)
    makeRunnable(first)
    scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    return fails(.losesReadiness) ? nil : first
  }

  /// Makes fibers runnable that the poller had: as many as there are idle processors go to the global queue, and machines
  /// are started for them, the others to the own queue. Without a processor, all to the global queue (Go's injectglist).
  func inject(_ fibers: FiberList) {
    if pointee.hasOneQueue { return injectIntoOneQueue(fibers) }
    var fibers = fibers
    let scheduler = scheduler
    var idle =
      pointee.processor == nil ? .max : scheduler.pointee.spinners.idleProcessorCount
    while let fiber = fibers.popFirst() {
      passGate(.readyNext)
      makeRunnable(fiber)
      if idle > 0 {
        idle -= 1
        pushGlobal(fiber)
        startIdle()
      } else {
        putTail(fiber)
      }
      // Only now: until it is in a queue, the runtime must not take itself for deadlocked.
      scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      if fibers.isEmpty { wakeOne() }
    }
  }

  func makeRunnable(_ fiber: FiberRef) {
    fiber.pointee.place = .runnable
    fiber.pointee.deadline = .max
    emit(
      .fiberReady, detail: ReadyCause.netpoll.rawValue, fiber: fiber.pointee.id, b: fiber.pointee.sequence,
      c: fiber.pointee.parkObject)
  }

  /// Starts a machine on an idle processor, if there is one, as there is work.
  func startIdle() {
    interleave()
    scheduler.pointee.lock.lock()
    guard let (processor, version) = scheduler.takeIdleSpinning() else { return scheduler.pointee.lock.unlock() }
    start(on: processor, version: version, spinning: false, fromIdleList: true)
  }

  // MARK: Waiting

  /// A fiber's last step into the poller. On the machine's own stack, in the operation of its park.
  func commitToNetpoll(_ fiber: FiberRef) {
    let side = fiber.pointee.pollSide!
    // Before the fiber is somebody else's. If it fires before that, the last step fails.
    let deadline = fiber.pointee.deadline
    if deadline != .max, insertTimer(of: fiber, deadline: deadline, .netpoll) { wakeNetpoller(for: deadline) }
    // Sequentially consistent, and before it can be taken: the count never falls below zero.
    scheduler.pointee.netpollWaiters.wrappingAdd(1, ordering: .sequentiallyConsistent)
    interleave()
    if side.commit(fiber) { return }
    ready(fiber, cause: .netpoll, object: fiber.pointee.parkObject)
    scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }

  /// Wakes the fiber that waits on a side, if there is one, to look again: the file was closed, or has another deadline.
  func interruptWait(on side: PollSideRef) {
    guard let fiber = side.interrupt() else { return }
    ready(fiber, cause: .cancelled, object: fiber.pointee.parkObject)
    scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }

  /// Makes the poller, if that is still to be done. - Returns: -errno if it could not be.
  func openPoller() -> Int32 {
    let (isNew, error) = scheduler.pointee.poller.open()
    guard isNew else { return error }
    let file = scheduler.pointee.poller.file.load(ordering: .relaxed)
    scheduler.pointee.simulator?.poller.store(file, ordering: .relaxed)
    // A machine that waits for timers waits elsewhere. Both sides are sequentially consistent: it says that it waits and then
    // looks for the poller; here is a poller, then a look for who waits.
    let waiter = scheduler.pointee.netpollMachine.load(ordering: .sequentiallyConsistent)
    if waiter != 0, let machine = scheduler.pointee.machines[waiter - 1] {
      machine.pointee.givenTime.store(pointee.lastStamp, ordering: .relaxed)
      Machine.wake(machine, simulator: scheduler.pointee.simulator)
    }
    return 0
  }

  /// Waits in the poller until the next timer of any processor is due or a file is ready, if nobody does (the end of Go's
  /// findRunnable).
  /// - Parameter always: also where neither can come, but a request from outside.
  /// - Returns: a fiber to run, in the hands.
  func waitInNetpoll(always: Bool = false) -> FiberRef? {
    let scheduler = scheduler
    var earliest = scheduler.earliestTimer
    guard always || earliest != .max || scheduler.pointee.netpollWaiters.load(ordering: .sequentiallyConsistent) > 0
    else { return nil }
    // One operation from here to the park, so that nobody sees a machine wait that has not said so.
    passGate(.waitInPoller)
    let id = Int(pointee.id) + 1
    guard
      scheduler.pointee.netpollMachine.compareExchange(expected: 0, desired: id, ordering: .sequentiallyConsistent)
        .exchanged
    else {
      // Somebody waits already: for a later time, perhaps.
      if earliest != .max { wakeNetpoller(for: earliest) }
      return nil
    }
    // A timer armed between the look and the exchange found nobody to wake: look again now that it would.
    scheduler.pointee.netpollDeadline.store(earliest, ordering: .sequentiallyConsistent)
    let again = scheduler.earliestTimer
    if again < earliest {
      earliest = again
      scheduler.pointee.netpollDeadline.store(earliest, ordering: .sequentiallyConsistent)
    }
    // No timer is a deadline of 0 in the event.
    let told = earliest == .max ? 0 : earliest
    emit(
      .machinePark, detail: MachineParkReason.timer.rawValue, c: UInt32(truncatingIfNeeded: told),
      d: UInt32(truncatingIfNeeded: told >> 32))
    return withUnsafeTemporaryAllocation(of: ck_poll_event.self, capacity: Int(CK_POLL_EVENTS)) { events in
      let count = sleepInNetpoll(deadline: earliest, events)
      return wakeInNetpoll(events, count)
    }
  }

  /// Awake again: gets a processor, runs due timers, takes what is ready.
  private func wakeInNetpoll(_ events: UnsafeMutableBufferPointer<ck_poll_event>, _ count: Int) -> FiberRef? {
    let scheduler = scheduler
    passGate(.wakeInPoller)
    scheduler.pointee.netpollDeadline.store(.max, ordering: .sequentiallyConsistent)
    scheduler.pointee.netpollMachine.store(0, ordering: .sequentiallyConsistent)
    emit(.machineWake, detail: WakeFlags.own, a: UInt32(pointee.id) | UInt32(Event.noProcessor) << 16, c: 0)
    let fibers = take(events, count)
    if scheduler.pointee.isStopping.load(ordering: .acquiring) { return nil }
    // The only thread that there is has kept its own.
    guard pointee.processor != nil || acquireIdle(spinning: false) else {
      inject(fibers)
      return nil
    }
    // It waited for a timer, so it runs what is due, whoever's it is: it might not be allowed to spin and find it by stealing.
    for index in scheduler.allProcessors { runTimers(of: scheduler.processor(index)) }
    guard let fiber = deliver(fibers) else { return nil }
    look(.netpoll)
    return fiber
  }

  /// Sleeps as `sleepUntilWoken` does, but in the poller, if there is one yet: a file that becomes ready wakes it too.
  /// - Returns: how many events the kernel told.
  private func sleepInNetpoll(deadline: UInt64, _ events: UnsafeMutableBufferPointer<ck_poll_event>) -> Int {
    // Sequentially consistent: see `openPoller`.
    let file = scheduler.pointee.poller.file.load(ordering: .sequentiallyConsistent)
    guard file >= 0 else {
      _ = sleepUntilWoken(deadline: deadline)
      return 0
    }
    let before = ownTime
    setActivity(.asleep)
    shared.pointee.netpollEvent.store(scheduler.pointee.poller.interruption, ordering: .relaxed)
    var count = 0
    var isAlone = false
    while count == 0 {
      guard let seen = shared.pointee.parker.look() else { break }
      var timeout: Int64 = -1
      if scheduler.pointee.simulator != nil {
        if scheduler.pointee.isStopping.load(ordering: .acquiring) || ownTime >= deadline { break }
        if !isAlone { timeout = 0 }
      } else if deadline != .max {
        guard let limit = scheduler.pointee.gate.timeout(until: deadline, real: realTime) else { break }
        timeout = limit
      }
      guard shared.pointee.parker.announce(.poller, seen) else { continue }
      count = Int(Swift.max(ck_poller_wait(file, events.baseAddress!, Int32(CK_POLL_EVENTS), timeout), 0))
      if let own = events.prefix(count).firstIndex(where: { $0.tag == Poller.eventTag }) {
        _ = ck_event_clear(scheduler.pointee.poller.interruption)
        events.swapAt(own, count - 1)
        count -= 1
      }
      if count == 0, let simulator = scheduler.pointee.simulator {
        isAlone = simulator.park(self, until: deadline, polling: true)
      }
    }
    // A wake-up that comes with a file is used up too: the machine looks at everything.
    let isWoken = shared.pointee.parker.endSleep()
    if scheduler.pointee.simulator != nil {
      enter()
    } else {
      enterFromSleep(before, isWoken: isWoken)
    }
    return count
  }
}
