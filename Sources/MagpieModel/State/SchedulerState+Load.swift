public import MagpieTrace

extension SchedulerState {
  /// Replaces what is known of the runtime by a snapshot of it, and is exact from here on.
  ///
  /// Totals, findings and the number of events stay; so does, for what is where it was, since when. A snapshot may come
  /// from outside: what contradicts itself in it is left out.
  /// - Complexity: O(size of the snapshot).
  public mutating func load(_ snapshot: Snapshot) {
    let old = self
    let count = min(max(snapshot.processors.count, 1), Self.maximumProcessors)
    let most = old.era == .distributed ? Self.maximumProcessors : count
    self = SchedulerState(processors: count, era: old.era, fiberLimit: old.fiberLimit)
    if era == .serial {
      // Only one that has begun is not in the queue, or one that is about to.
      let queued = Set(snapshot.global)
      begun = snapshot.fibers.first { !queued.contains($0.id) }?.id ?? Event.noFiber
    }
    addProcessors(upTo: count, .idle)
    wantedProcessorCount = min(max(snapshot.wantedProcessorCount, 1), most)
    leastProcessorCount = min(old.leastProcessorCount, wantedProcessorCount)
    time = max(old.time, snapshot.time)
    eventCount = old.eventCount
    lostEvents = old.lostEvents
    lastEventWords = old.lastEventWords
    sysmon = old.sysmon
    deadlockedFibers = old.deadlockedFibers
    statistics = old.statistics
    statistics.resize(processors: count)
    findingCount = old.findingCount
    findings = old.findings
    suspicion.epoch = old.suspicion.epoch &+ 1
    fibersCreated = snapshot.fibersCreated
    fibersFinished = snapshot.fibersFinished
    idleSequence = snapshot.idleSequence
    // Contradictions inside a snapshot are no findings: the audit is of the scheduler.
    isExact = false
    loadObjects(snapshot, old)
    for fiber in snapshot.fibers { loadFiber(fiber) }
    for machine in snapshot.machines { loadMachine(machine) }
    for (p, processor) in snapshot.processors.prefix(count).enumerated() { loadProcessor(processor, p) }
    loadGlobal(snapshot)
    loadPermits(snapshot)
    keepTimes(of: old)
    isExact = true
  }

  /// The index of a fiber of the snapshot that has not been put anywhere yet; -1 if there is none.
  private func placeless(_ id: UInt32) -> Int {
    guard id != Event.noFiber else { return -1 }
    let index = fiberTable.find(id)
    return index >= 0 && fibers[index].place == .unknown ? index : -1
  }

  private mutating func loadObjects(_ snapshot: Snapshot, _ old: SchedulerState) {
    for object in snapshot.objects {
      let index = objectIndex(object.id)
      guard index >= 0 else { continue }
      switch object.kind {
      case .channel: objects[index].kind = .channel
      case .lock: objects[index].kind = .lock
      case .waitGroup: objects[index].kind = .waitGroup
      case .semaphore: objects[index].kind = .semaphore
      case .condition: objects[index].kind = .condition
      case .readWriteLock: objects[index].kind = .readWriteLock
      }
      objects[index].isKnown = true
      objects[index].sequence = object.sequence
      objects[index].occupancy = object.occupancy
      objects[index].capacity = object.capacity
      let before = old.objectTable.find(object.id)
      guard before >= 0 else { continue }
      objects[index].waits = old.objects[before].waits
      objects[index].waitedNanoseconds = old.objects[before].waitedNanoseconds
      guard old.objects[before].sequence == object.sequence else { continue }
      objects[index].holder = old.objects[before].holder
      objects[index].isClosed = old.objects[before].isClosed
    }
  }

  private mutating func loadFiber(_ fiber: Snapshot.Fiber) {
    guard fiber.id != Event.noFiber, fiberTable.find(fiber.id) < 0 else { return }
    let index = addFiber(fiber.id)
    guard index >= 0 else { return }
    fibers[index].name = fiber.name
    fibers[index].parent = fiber.parent
    fibers[index].sequence = fiber.sequence
    if case .parked(let reason, let object) = fiber.place {
      set(index, .parked, owner: 0)
      fibers[index].parkReason = reason.rawValue
      if reason == .netpoll { pollerWaiterCount &+= 1 }
      fibers[index].object = object
      if object != 0 { joinObject(object, reason: reason.rawValue, isNew: false) }
    }
    if let deadline = fiber.deadline {
      fibers[index].timer = UInt32(truncatingIfNeeded: timers.count)
      timers.append(UInt32(truncatingIfNeeded: index))
      fibers[index].deadline = deadline
      fibers[index].timerProcessor = fiber.timerProcessor
    }
  }

  private mutating func loadMachine(_ machine: Snapshot.Machine) {
    let m = Int(machine.id)
    guard !(m < machines.count && machines[m].exists), ensureMachine(m) else { return }
    let p = Int(machine.processor)
    if p < processors.count { machines[m].processor = machine.processor }
    let index = placeless(machine.fiber)
    if index >= 0 {
      machines[m].fiber = machine.fiber
      set(
        index, machine.activity == .blocked ? .blocked : machine.activity == .detached ? .detached : .running, owner: m)
    }
    for id in machine.hands {
      let index = placeless(id)
      if index >= 0 { putInHands(index, m, from: .none) }
    }
    switch machine.activity {
    case .active: break
    case .spinning:
      machines[m].isSpinning = true
      spinningCount += 1
    case .idle: setActivity(m, .idle)
    case .locked: setActivity(m, .locked)
    case .timer(let until):
      setActivity(m, .timer)
      machines[m].until = until
    case .blocked: setActivity(m, .blocked)
    case .detached: setActivity(m, .detached)
    case .sysmon: markSysmon(m)
    case .ended: setActivity(m, .ended)
    }
  }

  private mutating func loadProcessor(_ processor: Snapshot.Processor, _ p: Int) {
    processors[p].version = processor.version
    processors[p].runNextVersion = processor.runNextVersion
    processors[p].head = processor.head
    processors[p].tail = processor.head
    processors[p].since = time
    for id in processor.queue.prefix(Self.queueCapacity) {
      let index = placeless(id)
      if index >= 0 { fill(p, index, id) }
    }
    let next = placeless(processor.runNext)
    if next >= 0 {
      processors[p].runNext = processor.runNext
      set(next, .runNext, owner: p)
    }
    switch processor.holder {
    case .idle: break
    case .retired: processors[p].status = .retired
    case .machine(let m): loadHolder(p, .held, Int(m))
    case .blocked(let m): loadHolder(p, .blocked, Int(m))
    case .given(let m):
      processors[p].status = .given
      processors[p].machine = m
    }
  }

  private mutating func loadHolder(_ p: Int, _ status: ProcessorState.Status, _ m: Int) {
    guard m < machines.count, machines[m].exists else { return }
    // A processor that its machine does not name is in its hands.
    let holds = Int(machines[m].processor) == p
    processors[p].status = holds ? status : .inHands
    processors[p].machine = UInt16(truncatingIfNeeded: m)
    guard holds, status == .held, machines[m].fiber != Event.noFiber else { return }
    processors[p].fiber = machines[m].fiber
    processors[p].runStart = time
    processors[p].sliceStart = time
  }

  private mutating func loadGlobal(_ snapshot: Snapshot) {
    var size = 256
    while size < snapshot.global.count, size < fiberLimit { size *= 2 }
    global = [UInt32](repeating: Event.noFiber, count: size)
    globalHead = snapshot.globalHead
    globalTail = snapshot.globalHead
    for id in snapshot.global.prefix(size) {
      let index = placeless(id)
      guard index >= 0 else { continue }
      global[Int(globalTail) & (size - 1)] = id
      globalTail &+= 1
      set(index, .global, owner: 0)
    }
  }

  /// Since when: from the state before, for all that has not moved.
  private mutating func keepTimes(of old: SchedulerState) {
    for index in fibers.indices {
      let before = old.fiberTable.find(fibers[index].id)
      fibers[index].runnableSince = time
      guard before >= 0 else { continue }
      let record = old.fibers[before]
      fibers[index].wokenBy = record.wokenBy
      fibers[index].wakeCause = record.wakeCause
      fibers[index].starts = record.starts
      fibers[index].ranNanoseconds = record.ranNanoseconds
      fibers[index].runnableSince = record.runnableSince
      fibers[index].origin = record.origin
      if record.place == fibers[index].place, record.owner == fibers[index].owner { fibers[index].since = record.since }
    }
    for m in machines.indices where m < old.machines.count && old.machines[m].exists {
      let record = old.machines[m]
      if machines[m].activity == .blocked { machines[m].what = record.what }
      machines[m].idleStamp = record.idleStamp
      if record.activity == machines[m].activity, record.isSpinning == machines[m].isSpinning {
        machines[m].since = record.since
      }
    }
    for p in processors.indices where p < old.processors.count {
      let record = old.processors[p]
      processors[p].lastTick = record.lastTick
      processors[p].idleStamp = record.idleStamp
      if record.status == processors[p].status, record.machine == processors[p].machine {
        processors[p].since = record.since
      }
      if record.fiber != Event.noFiber, record.fiber == processors[p].fiber {
        processors[p].runStart = record.runStart
        processors[p].sliceStart = record.sliceStart
      }
    }
  }
}
