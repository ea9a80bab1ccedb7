import CKernel
import MagpieTrace
import Synchronization

/// The life of a machine: find a fiber, run it, do what it asks for when it stops (Go's schedule, execute, mcall).
extension UnsafeMutablePointer where Pointee == Machine {
  /// The body of a machine's thread.
  func run() {
    beginThread()
    setClock(atLeast: shared.pointee.givenTime.load(ordering: .relaxed))
    while shared.pointee.given.load(ordering: .relaxed) == 0 && !scheduler.pointee.isStopping.load(ordering: .acquiring)
    {
      _ = sleepUntilWoken()
    }
    shared.pointee.parker.endSleep()
    takeGiven()
    work()
  }

  /// What every machine's thread begins with: its turn in a simulation, and its place in the runtime.
  func beginThread() {
    ck_set_machine(self)
    ck_context_adopt_thread(context)
    shared.pointee.threadID.store(ck_thread_id(), ordering: .relaxed)
    scheduler.pointee.simulator?.awaitTurn(pointee.id)
    enter()
  }

  /// What it ends with.
  func endThread() {
    setActivity(.ended)
    scheduler.pointee.simulator?.end(self)
    ck_set_machine(nil)
  }

  /// The first machine: takes a processor, starts sysmon, and makes the fiber that everything begins with.
  func boot(_ body: @escaping @Sendable () -> Void) {
    beginThread()
    _ = acquireIdle(spinning: false)
    if !pointee.era.isOneThread {
      passGate(.begin)
      do throws(Limit) { try startSysmon() } catch {
        scheduler.fail(error)
        return endThread()
      }
    }
    passGate(.makeFirst)
    let name = scheduler.pointee.strings.id(of: "main")
    if pointee.hasOneQueue {
      makeInOneQueue(name: name, label: "main", site: SpawnSite(), stackSize: nil, entry: body)
    } else {
      let root = makeFiber(name: name, site: SpawnSite(), stackSize: nil, entry: body)
      root.setLabel("main")
      emit(.fiberCreate, fiber: root.pointee.id, b: root.pointee.name, c: UInt32(clamping: root.pointee.stackSize))
      putNext(root)
    }
    work()
  }

  private func startSysmon() throws(Limit) {
    scheduler.pointee.lock.lock()
    let sysmon: Machine.SharedRef
    do throws(Limit) { sysmon = try scheduler.makeMachine() } catch {
      scheduler.pointee.lock.unlock()
      throw error
    }
    scheduler.locked.pointee.systemMachineCount += 1
    scheduler.pointee.lock.unlock()
    emit(.machineStart, a: UInt32(sysmon.pointee.id), b: UInt32(Event.noProcessor))
    try scheduler.launch(sysmon, isSysmon: true)
  }

  /// Finds fibers and runs them, to the end of the runtime.
  private func work() {
    if pointee.hasOneQueue { return workFromOneQueue() }
    while let found = takeQuickly() ?? findRunnable() {
      if pointee.isSpinning { endSpinning() }
      var (fiber, inherits) = found
      // What it would inherit is over: others first. Else two fibers that wake each other kept a processor for ever.
      if inherits, pointee.processor!.pointee.preempt.load(ordering: .relaxed) {
        pushGlobal(fiber)
        continue
      }
      if let home = fiber.pointee.lockedMachine, home != shared {
        hand(fiber, to: home)
        continue
      }
      while let next = execute(fiber, inherits: inherits) {
        fiber = next
        // Back from a blocking call, on another processor: a slice of its own (Go's exitsyscallNoP).
        inherits = false
      }
    }
    endThread()
  }

  /// What most searches come to, in short: nobody watches, nothing else is due, and the own queue has a fiber.
  @inline(__always)
  private func takeQuickly() -> (fiber: FiberRef, inherits: Bool)? {
    guard !pointee.isTracing, pointee.fault == nil, pointee.lockedFiber == nil, let processor = pointee.processor,
      !scheduler.pointee.isStopping.load(ordering: .relaxed),
      processor.pointee.nextTimer.load(ordering: .relaxed) == .max,
      scheduler.pointee.globalCount.load(ordering: .relaxed) == 0
        || processor.pointee.scheduleTick.load(ordering: .relaxed) % 61 != 0,
      !scheduler.isRetiring(processor)
    else { return nil }
    passGate(.lookLocal)
    // Somebody may watch since then.
    return pointee.isTracing ? nil : takeLocal()
  }

  /// Runs a fiber until it stops, and does what it asks for.
  /// - Returns: a fiber to run at once instead of searching.
  @inline(__always)
  func execute(_ fiber: FiberRef, inherits: Bool) -> FiberRef? {
    let processor = pointee.processor!
    if !inherits {
      processor.pointee.scheduleTick.store(
        processor.pointee.scheduleTick.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
      processor.pointee.preempt.store(false, ordering: .relaxed)
    }
    if fiber.pointee.stack == nil, !bindStack(to: fiber) { return nil }
    fiber.pointee.place = .running
    pointee.fiber = fiber
    processor.pointee.running.store(fiber.pointee.id, ordering: .relaxed)
    if pointee.isTracing { emitStart(fiber, inherits: inherits) }
    leave()
    // With no access open, neither here nor in the fiber, entering would do nothing; what may have been opened since, only
    // leaving can know.
    if fiber.pointee.exclusivity != (0, 0) { swift_task_enterThreadLocalContext(fiber.exclusivity) }
    ck_switch(context, fiber.context)
    // A fiber that has ended has no access open.
    if pointee.request != .exit { swift_task_exitThreadLocalContext(fiber.exclusivity) }
    // The fiber entered the runtime before it switched.
    pointee.processor?.pointee.running.store(0, ordering: .relaxed)
    guard pointee.request == .yield else { return serve(fiber) }
    pointee.request = .none
    pointee.fiber = nil
    fiber.pointee.place = .runnable
    emit(.fiberYield, fiber: fiber.pointee.id)
    putTail(fiber)
    return nil
  }

  @inline(never)
  private func emitStart(_ fiber: FiberRef, inherits: Bool) {
    emit(.fiberStart, detail: pointee.startSource.rawValue, fiber: fiber.pointee.id, a: inherits ? 1 : 0)
    fiber.pointee.startTime = pointee.lastStamp
  }

  /// What the fiber asked for, on the machine's own stack; the fiber passed the gate for it.
  @inline(never)
  private func serve(_ fiber: FiberRef) -> FiberRef? {
    let request = pointee.request
    pointee.request = .none
    switch request {
    case .none, .yield:
      fatalError("magpie: a fiber stopped without a request")
    case .yieldToAll:
      pointee.fiber = nil
      fiber.pointee.place = .runnable
      emit(.fiberYield, fiber: fiber.pointee.id)
      pushToAll(fiber)
    case .preempt:
      pointee.fiber = nil
      fiber.pointee.place = .runnable
      emit(.fiberPreempt, fiber: fiber.pointee.id, a: UInt32(clamping: (ownTime &- fiber.pointee.startTime) / 1_000))
      pushGlobal(fiber)
      wakeOne()
    case .park, .parkUnderSchedulerLock:
      pointee.fiber = nil
      fiber.pointee.place = .parked
      emit(
        .fiberPark, detail: fiber.pointee.parkReason?.rawValue ?? 0, fiber: fiber.pointee.id,
        a: fiber.pointee.parkObject,
        b: fiber.pointee.sequence)
      // From here on a waker may have it.
      if request == .parkUnderSchedulerLock {
        scheduler.pointee.lock.unlock()
      } else {
        let lock = pointee.requestLock
        pointee.requestLock = nil
        lock?.pointee.unlockAndForget()
      }
    case .parkInNetpoll:
      pointee.fiber = nil
      fiber.pointee.place = .parked
      if fiber.pointee.deadline != .max { announceTimer(of: fiber, deadline: fiber.pointee.deadline) }
      emit(
        .fiberPark, detail: ParkReason.netpoll.rawValue, fiber: fiber.pointee.id, a: fiber.pointee.parkObject,
        b: fiber.pointee.sequence)
      commitToNetpoll(fiber)
    case .select:
      let selection = pointee.requestSelection!
      pointee.requestSelection = nil
      pointee.fiber = nil
      fiber.pointee.place = .parked
      if fiber.pointee.deadline != .max { announceTimer(of: fiber, deadline: fiber.pointee.deadline) }
      emit(.fiberPark, detail: ParkReason.select.rawValue, fiber: fiber.pointee.id, a: 0, b: fiber.pointee.sequence)
      commit(selection, of: fiber)
    case .sleep:
      pointee.fiber = nil
      fiber.pointee.place = .parked
      announceTimer(of: fiber, deadline: fiber.pointee.deadline)
      emit(
        .fiberPark, detail: ParkReason.sleep.rawValue, fiber: fiber.pointee.id, a: 0, b: fiber.pointee.sequence)
      arm(fiber)
    case .exit:
      pointee.fiber = nil
      emit(.fiberExit, fiber: fiber.pointee.id)
      recycle(fiber)
    case .queueWithoutProcessor:
      pointee.fiber = nil
      fiber.pointee.place = .runnable
      if acquireIdleOrQueue(fiber) { return fiber }
    case .abandon:
      // It stays where it is, for whoever looks at the end.
      break
    }
    return nil
  }

  /// Puts one fiber at the tail of the global queue.
  func pushGlobal(_ fiber: FiberRef) {
    // Read while it is in the hands, as in `put`.
    let id = fiber.pointee.id
    lockScheduler()
    let index = scheduler.pushGlobal(fiber)
    unlockScheduler()
    emit(.globalPush, fiber: id, a: index, b: 1)
  }

  /// Back from a blocking call: takes an idle processor, and the fiber goes on at once; else the fiber joins the global queue.
  ///
  /// One critical section for both (Go's exitsyscall0): who gives a processor up looks at the global queue under the same lock, so
  /// either it sees the fiber, or its processor is seen here. Between two sections it could go idle, and nobody would be left to
  /// run the fiber.
  /// - Returns: whether it has a processor.
  private func acquireIdleOrQueue(_ fiber: FiberRef) -> Bool {
    let scheduler = scheduler
    lockScheduler()
    guard let (processor, version) = scheduler.takeIdle(for: self) else {
      if scheduler.pointee.isDistributed {
        unlockScheduler()
        queueWithoutPermit(fiber)
        return false
      }
      let id = fiber.pointee.id
      let index = scheduler.pushGlobal(fiber)
      unlockScheduler()
      emit(.globalPush, fiber: id, a: index, b: 1)
      return false
    }
    let sequence = scheduler.nextIdleSequence()
    unlockScheduler()
    hold(processor)
    emit(.processorAcquire, detail: AcquireSource.idleList.rawValue, a: version, b: sequence)
    return true
  }

  // MARK: Called on a fiber's stack

  /// Leaves the fiber's stack; returns when the fiber runs again, maybe on another machine.
  @inline(__always)
  func switchOut(_ request: Machine.Request) {
    pointee.request = request
    ck_switch(pointee.fiber!.context, context)
  }

  /// The run was stopped while a fiber runs here: the machine leaves its stack, for ever. On its own stack: does nothing.
  @inline(never)
  func abandonFiber() {
    if pointee.fiber != nil { switchOut(.abandon) }
  }
}
