import CKernel
import Glibc
public import MagpieTrace
import Synchronization

/// What a watcher may see and do. Nothing here is called on a fiber.
extension Runtime {
  /// The rings of all machines so far, by machine. Empty unless the runtime is traced.
  /// - Complexity: O(machines).
  public var rings: [Ring] {
    (0..<machineCount).compactMap { scheduler.pointee.machines[$0]!.pointee.ring }
  }
  public var strings: StringTable { scheduler.pointee.strings }
  /// Processors that there should be; see `setProcessorCount`.
  public var processorCount: Int { scheduler.pointee.wantedProcessorCount.load(ordering: .relaxed) }
  public var machinesMade: Int { machineCount }
  public var fibersCreated: Int { scheduler.createdCount }
  public var fibersLive: Int { scheduler.pointee.liveCount.load(ordering: .acquiring) }
  public var hasEnded: Bool { scheduler.pointee.ended.load(ordering: .acquiring) != 0 }
  /// Nanoseconds of virtual time since the start.
  public var virtualTime: UInt64 { scheduler.pointee.gate.now(real: realTime) }
  /// Events before this virtual time are all in the rings: the clock in a simulation, else unknown. Once the run is over and
  /// `areMachinesDone`, all are.
  public var horizon: UInt64 { scheduler.pointee.simulator?.clock.load(ordering: .acquiring) ?? .max }

  var realTime: UInt64 {
    scheduler.pointee.simulator?.clock.load(ordering: .acquiring) ?? scheduler.pointee.clock.now
  }

  /// Tells a machine's ring how far it was read, so that a lossless trace goes on.
  public func didRead(machine: Int, to position: UInt64) {
    scheduler.pointee.gate.didRead(machine: machine, to: position, real: realTime)
  }

  /// Sleeps until a machine waits for room in its ring, a program that was held goes on or is stepped, the run ends, or the time
  /// is over.
  /// - Returns: false if only the time is over.
  @discardableResult
  public func waitForFullRing(atMost nanoseconds: Int64) -> Bool {
    let word = scheduler.pointee.gate.roomWanted.load(ordering: .acquiring)
    guard !hasEnded, scheduler.pointee.gate.lacksNobodyRoom else { return true }
    scheduler.pointee.gate.roomWanted.sleep(while: word, atMost: nanoseconds)
    return scheduler.pointee.gate.roomWanted.load(ordering: .acquiring) != word
  }

  /// Sleeps until the run ends or the time is over.
  /// - Returns: whether it has ended.
  @discardableResult
  public func waitForEnd(atMost nanoseconds: Int64) -> Bool {
    let end = ck_monotonic_ns() &+ UInt64(max(nanoseconds, 0))
    while !hasEnded {
      let now = ck_monotonic_ns()
      guard now < end else { return false }
      scheduler.pointee.ended.sleep(while: 0, atMost: Int64(end - now))
    }
    return true
  }

  /// After the end: whether all machines have recorded their last event. Those in a call that does not return, and those of
  /// fibers that never call, record nothing.
  public var areMachinesDone: Bool {
    !machineNotes.contains { $0 == .inRuntime || $0 == .atGate || $0 == .asleep }
  }

  /// What a machine does right now, as far as its gate knows.
  public enum MachineNote: Sendable, Hashable {
    case computing, inRuntime, atGate, asleep, inBlockingCall, ended
  }

  /// A note on each machine, by id.
  public var machineNotes: [MachineNote] {
    (0..<machineCount).map { index in
      switch scheduler.pointee.machines[index]!.pointee.entrance.activity {
      case .outside: .computing
      case .atGate: .atGate
      case .asleep: .asleep
      case .blocked: .inBlockingCall
      case .ended: .ended
      case .inside: .inRuntime
      }
    }
  }

  /// The traced sync objects that have not ended, by their number. Of an object that is missing, all events are published.
  /// - Complexity: O(objects).
  public var liveObjects: Set<UInt32> { scheduler.pointee.objects.ids }

  // MARK: Snapshot

  /// Everything that a model of the scheduler should know, read while every machine stands still.
  /// - Complexity: O(fibers ever alive at once); the program waits meanwhile.
  public func snapshot(generation: UInt32 = 0) -> Snapshot {
    scheduler.pointee.gate.quiesce { readSnapshot(generation: generation) }
  }

  // MARK: Recording, switched on and off

  /// Begins to record what happens, from one moment on: what was before is in the snapshot, every later step in the rings.
  /// - Precondition: the configuration has `trace`.
  /// - Complexity: as `snapshot`.
  public func startTracing(generation: UInt32 = 0) -> Snapshot {
    precondition(scheduler.pointee.isTraceable, "a runtime that is to be traced has a trace configuration")
    return scheduler.pointee.gate.quiesce {
      scheduler.pointee.gate.setTracing(true, real: realTime)
      return readSnapshot(generation: generation)
    }
  }

  /// Records nothing from now on: a fiber pays one predicted branch again.
  public func stopTracing() {
    scheduler.pointee.gate.quiesce { scheduler.pointee.gate.setTracing(false, real: realTime) }
  }

  private func readSnapshot(generation: UInt32) -> Snapshot {
    var snapshot = Snapshot()
    let scheduler = scheduler
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    snapshot.generation = generation
    snapshot.time = scheduler.pointee.gate.now(real: realTime)
    let locked = scheduler.locked
    let given = givenProcessors()
    snapshot.processors = scheduler.allProcessors.map { readProcessor(scheduler.processor($0), given) }
    snapshot.wantedProcessorCount = processorCount
    if scheduler.pointee.isDistributed {
      snapshot.permitCount = scheduler.pointee.processorCount.load(ordering: .relaxed)
      snapshot.freePermitCount = locked.pointee.freePermits
    }
    snapshot.globalHead = locked.pointee.global.head
    snapshot.global = locked.pointee.global.fibers.map { $0.pointee.id }
    snapshot.idleSequence = locked.pointee.idleSequence
    var idle: Set<UInt16> = []
    var link = locked.pointee.idleMachine
    while let machine = link {
      idle.insert(machine.pointee.id)
      link = machine.pointee.nextIdle
    }
    for index in 0..<locked.pointee.machineCount {
      let shared = scheduler.pointee.machines[index]!
      snapshot.machines.append(readMachine(shared, isIdle: idle.contains(shared.pointee.id)))
      snapshot.cursors.append(shared.pointee.ring?.published ?? 0)
    }
    for index in 0..<locked.pointee.fiberCount {
      let fiber = scheduler.pointee.fibers[index]
      if fiber.pointee.place != .free { snapshot.fibers.append(readFiber(fiber)) }
    }
    snapshot.objects = scheduler.pointee.objects.snapshot()
    snapshot.fibersCreated = UInt64(scheduler.createdCount)
    snapshot.fibersFinished = snapshot.fibersCreated &- UInt64(scheduler.pointee.liveCount.load(ordering: .acquiring))
    return snapshot
  }

  /// The machines to which processors were given that they have not taken up yet, by the processor's address. Under the lock.
  private func givenProcessors() -> [UInt: UInt16] {
    var given: [UInt: UInt16] = [:]
    for index in 0..<scheduler.locked.pointee.machineCount {
      let word = scheduler.pointee.machines[index]!.pointee.given.load(ordering: .acquiring)
      if word != 0 { given[word] = UInt16(index) }
    }
    return given
  }

  private func readProcessor(_ processor: ProcessorRef, _ given: [UInt: UInt16]) -> Snapshot.Processor {
    var result = Snapshot.Processor()
    let seen = processor.pointee.ownership.seen
    let machine = UInt16(truncatingIfNeeded: processor.pointee.machine.load(ordering: .acquiring))
    result.version = seen.version
    switch seen.status {
    case .held: result.holder = .machine(machine)
    case .blocked: result.holder = .blocked(machine)
    case .retired: result.holder = .retired
    case .idle: result.holder = isInCall(processor) ? .blocked(processor.pointee.id) : .idle
    }
    let next = processor.pointee.queue.runNext.load(.acquiring)
    result.runNextVersion = UInt32(truncatingIfNeeded: next >> 32)
    let index = UInt32(truncatingIfNeeded: next)
    if index != 0 { result.runNext = scheduler.pointee.fibers[index &- 1].pointee.id }
    result.head = processor.pointee.queue.head.load(.acquiring)
    for offset in 0..<processor.pointee.queue.length {
      result.queue.append(
        FiberRef(word: processor.pointee.queue.slot(result.head &+ offset).pointee.load(.acquiring)).pointee.id)
    }
    if let machine = given[UInt(bitPattern: processor)] { result.holder = .given(machine) }
    return result
  }

  /// Whether a processor is the queue of a machine in a blocking call.
  private func isInCall(_ processor: ProcessorRef) -> Bool {
    scheduler.pointee.isDistributed && Int(processor.pointee.id) < scheduler.locked.pointee.machineCount
      && scheduler.pointee.machines[Int(processor.pointee.id)]?.pointee.owner!.pointee.fiber?.pointee.place == .blocked
  }

  private func readMachine(_ shared: Machine.SharedRef, isIdle: Bool) -> Snapshot.Machine {
    var result = Snapshot.Machine(id: shared.pointee.id)
    let machine = shared.pointee.owner!
    let isDetached = machine.pointee.fiber?.pointee.place == .detached
    if let processor = machine.pointee.processor, !isDetached {
      result.processor = processor.pointee.id
    } else if let left = machine.pointee.blockedProcessor,
      left.pointee.ownership.seen == machine.pointee.blockedStatus || isInCall(left)
    {
      // Left behind in a blocking call, and not yet retaken; or its own queue.
      result.processor = left.pointee.id
    }
    result.fiber = machine.pointee.fiber?.pointee.id ?? Event.noFiber
    if let brought = FiberRef(bitPattern: shared.pointee.givenFiber.load(ordering: .acquiring)) {
      result.hands = [brought.pointee.id]
    }
    if shared.pointee.id == Scheduler.sysmonID, !scheduler.pointee.era.isOneThread {
      result.activity = .sysmon
    } else if isIdle {
      result.activity = .idle
    } else if machine.pointee.fiber?.pointee.place == .blocked {
      result.activity = .blocked
    } else if shared.pointee.awaitsFiber {
      result.activity = .locked
    } else if isDetached {
      result.activity = .detached
    } else if scheduler.pointee.netpollMachine.load(ordering: .acquiring) == Int(shared.pointee.id) + 1 {
      let deadline = scheduler.pointee.netpollDeadline.load(ordering: .acquiring)
      result.activity = .timer(until: deadline == .max ? 0 : deadline)
    } else if machine.pointee.isSpinning {
      result.activity = .spinning
    }
    return result
  }

  private func readFiber(_ fiber: FiberRef) -> Snapshot.Fiber {
    var result = Snapshot.Fiber(id: fiber.pointee.id)
    result.name = fiber.pointee.name
    result.parent = fiber.pointee.parent
    result.sequence = fiber.pointee.sequence
    switch fiber.pointee.place {
    case .running: result.place = .running
    case .blocked: result.place = .blocked
    case .detached: result.place = .detached
    case .parked: result.place = .parked(fiber.pointee.parkReason ?? .sleep, object: fiber.pointee.parkObject)
    case .free, .runnable: result.place = .runnable
    }
    if fiber.pointee.deadline != .max {
      result.deadline = fiber.pointee.deadline
      result.timerProcessor = fiber.pointee.timerProcessor
    }
    return result
  }
}
