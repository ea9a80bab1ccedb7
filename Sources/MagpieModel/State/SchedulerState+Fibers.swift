import MagpieTrace

// Events of the family `fiber`.
extension SchedulerState {
  mutating func createFiber(_ event: Event, _ m: Int) {
    var index = event.fiber == Event.noFiber ? -1 : fiberTable.find(event.fiber)
    if index >= 0 {
      find(.createdOnce, found: event.fiber)
      detach(index)
    } else {
      guard event.fiber != Event.noFiber else { return find(.argument) }
      index = addFiber(event.fiber)
      guard index >= 0 else { return }
    }
    fibersCreated &+= 1
    fibers[index].parent = event.a
    fibers[index].name = event.b
    fibers[index].runnableSince = time
    putInHands(index, m, from: .none)
  }

  mutating func readyFiber(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    if fibers[index].place == .parked {
      if fibers[index].sequence != event.b {
        find(.fiberSequence, expected: fibers[index].sequence, found: event.b)
      }
      leaveObject(index)
    } else {
      misplaced(index, .readyOfParked)
    }
    disarm(index)
    Self.ready(&fibers[index], event, time)
    guard era.hasFibers else { return leaveToKernel(index) }
    putInHands(index, m, from: event.detail == ReadyCause.netpoll.rawValue ? .netpoll : .none)
  }

  /// A task that is woken goes on where it parked: whether it runs there at once, only the kernel knows.
  private mutating func leaveToKernel(_ index: Int) {
    let home = Int(fibers[index].owner)
    guard machines.indices.contains(home) else { return }
    goOn(index, home)
  }

  private mutating func goOn(_ index: Int, _ home: Int) {
    machines[home].fiber = fibers[index].id
    set(index, .running, owner: home)
    if machines[home].activity != .active { setActivity(home, .active) }
  }

  @inline(__always)
  private static func ready(_ record: inout FiberRecord, _ event: Event, _ time: UInt64) {
    record.sequence = event.b
    record.wokenBy = event.a
    record.wakeCause = event.detail
    record.runnableSince = time
  }

  mutating func startFiber(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    let source = event.detail
    if fibers[index].place == .running, Int(fibers[index].owner) == m, source == StartSource.syscall.rawValue {
      return
    }
    _ = takeFromHands(index, m, otherwise: .startFromHands)
    if machines[m].fiber != Event.noFiber { displaceRunning(m) }
    machines[m].fiber = event.fiber
    set(index, .running, owner: m)
    fibers[index].starts &+= 1
    if source != StartSource.syscall.rawValue, source != StartSource.rejoin.rawValue {
      lastDuration = time &- fibers[index].runnableSince
      statistics.queueWait.record(lastDuration)
    }
    let p = heldProcessor(event, m, otherwise: .runsWithProcessor)
    guard p >= 0 else { return }
    if processors[p].fiber != Event.noFiber {
      let wait = lastDuration
      endRun(p)
      lastDuration = wait
    }
    Self.run(&processors[p], event, time)
    statistics.processors[p].ran &+= 1
  }

  @inline(__always)
  private static func run(_ record: inout ProcessorRecord, _ event: Event, _ time: UInt64) {
    record.fiber = event.fiber
    record.runStart = time
    if event.a == 0 { record.sliceStart = time }
  }

  /// A machine that runs a fiber starts another: the first is in its hands, for want of a better place.
  @inline(never)
  private mutating func displaceRunning(_ m: Int) {
    find(.oneFiberPerMachine, expected: machines[m].fiber, found: lastEventWords.fiber)
    let other = fiberTable.find(machines[m].fiber)
    if other >= 0 {
      detach(other)
      putInHands(other, m, from: .none)
    }
    machines[m].fiber = Event.noFiber
  }

  mutating func yieldFiber(_ event: Event, _ m: Int) {
    let index = stopRunning(event, m)
    guard index >= 0 else { return }
    fibers[index].runnableSince = time
    // Whether another one runs meanwhile, only the kernel knows.
    guard era.hasFibers else { return goOn(index, m) }
    putInHands(index, m, from: .none)
  }

  mutating func parkFiber(_ event: Event, _ m: Int) {
    let index = stopRunning(event, m)
    guard index >= 0 else { return }
    // A kernel thread of its own stays its own.
    set(index, .parked, owner: era.hasFibers ? 0 : m)
    if !era.hasFibers { setActivity(m, .idle) }
    let sequence = fibers[index].sequence
    // A fiber's first park may have any number: a runtime may number a recycled fiber on.
    if event.b != sequence &+ 1, sequence != 0 { find(.fiberSequence, expected: sequence &+ 1, found: event.b) }
    fibers[index].sequence = event.b
    fibers[index].parkReason = event.detail
    if event.detail == ParkReason.netpoll.rawValue { pollerWaiterCount &+= 1 }
    fibers[index].object = event.a
    if event.a != 0 { joinObject(event.a, reason: event.detail, isNew: true) }
  }

  mutating func exitFiber(_ event: Event, _ m: Int) {
    let index = stopRunning(event, m)
    guard index >= 0 else { return }
    fibersFinished &+= 1
    removeFiber(index)
  }

  mutating func nameFiber(_ event: Event) {
    let index = index(of: event.fiber)
    if index >= 0 { fibers[index].name = event.a }
  }

  // MARK: timers

  /// Only for a fiber that is parked or about to park: an arm whose record comes late, after the fire, is void.
  mutating func armTimer(_ event: Event) {
    let index = index(of: event.fiber)
    guard index >= 0, fibers[index].place == .parked || fibers[index].place == .running else { return }
    if fibers[index].timer == noIndex {
      fibers[index].timer = UInt32(truncatingIfNeeded: timers.count)
      timers.append(UInt32(truncatingIfNeeded: index))
    }
    fibers[index].deadline = event.ab
    fibers[index].timerProcessor = UInt16(truncatingIfNeeded: event.c)
  }

  mutating func fireTimer(_ event: Event) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    if event.time < event.ab {
      find(
        .timerDeadline, expected: UInt32(truncatingIfNeeded: event.ab), found: UInt32(truncatingIfNeeded: event.time))
    }
    disarm(index)
  }

  @inline(__always)
  mutating func disarm(_ index: Int) {
    if fibers[index].timer != noIndex { removeTimer(index) }
  }

  private mutating func removeTimer(_ index: Int) {
    let place = Int(fibers[index].timer)
    fibers[index].timer = noIndex
    let last = timers.removeLast()
    if place < timers.count {
      timers[place] = last
      fibers[Int(last)].timer = UInt32(truncatingIfNeeded: place)
    }
  }
}
