import MagpieTrace

// Events of the family `machine`, and sysmon's.
extension SchedulerState {
  mutating func startMachine(_ event: Event, _ m: Int) {
    let target = Int(truncatingIfNeeded: event.a)
    let existed = target < machines.count && machines[target].exists && machines[target].activity != .ended
    if existed { find(.machineLife, found: event.a) }
    guard ensureMachine(target) else { return }
    if machines[target].activity == .ended { setActivity(target, .active) }
    // Nobody starts a machine without a processor but the one that never needs one.
    if era.hasFibers, UInt16(truncatingIfNeeded: event.b) == Event.noProcessor { markSysmon(target) }
    let fromIdleList = event.detail & WakeFlags.fromIdleList != 0
    if fromIdleList { advanceIdle(to: event.d) }
    giveProcessor(
      Int(UInt16(truncatingIfNeeded: event.b)), from: m, to: target, fromIdleList: fromIdleList, version: event.c)
  }

  mutating func parkMachine(_ event: Event, _ m: Int) {
    let reason = MachineParkReason(rawValue: event.detail)
    if reason == .sysmon { markSysmon(m) }
    let hands = machines[m].hands.count &+ machines[m].overflow.count
    // The only thread that there is keeps its processor.
    let keeps = machines[m].processor != Event.noProcessor && !era.isOneThread
    if keeps || machines[m].fiber != Event.noFiber || hands != 0 { find(.parkEmptyHanded, found: hands) }
    if machines[m].isSpinning {
      find(.spinAlternates)
      setSpinning(m, false)
    }
    if event.a != 0 {
      advanceIdle(to: event.a)
      machines[m].idleStamp = event.a
    }
    machines[m].until = event.cd
    switch reason {
    case .idle: setActivity(m, .idle)
    case .locked: setActivity(m, .locked)
    case .timer: setActivity(m, .timer)
    case .sysmon: setActivity(m, .sysmonAsleep)
    case nil:
      find(.argument, found: UInt32(event.detail))
      setActivity(m, .idle)
    }
    if awakeCount == 0 || suspicion.isActive, !machines[m].isSysmon { suspect(m) }
  }

  mutating func wakeMachine(_ event: Event, _ m: Int) {
    let target = Int(event.a & 0xFFFF)
    let p = Int(event.a &>> 16)
    guard ensureMachine(target) else { return }
    let own = event.detail & WakeFlags.own != 0
    if own {
      if target != m || machines[m].activity != .timer { find(.wakeOfParked, found: UInt32(target)) }
    } else if event.detail & WakeFlags.locked != 0 {
      advanceIdle(to: event.b)
      // It may not sleep yet, and then does not.
      if machines[target].activity != .locked, machines[target].activity != .active {
        find(.wakeOfParked, found: UInt32(target))
      }
    } else {
      advanceIdle(to: event.b)
      if machines[target].activity != .idle { find(.wakeOfParked, found: UInt32(target)) }
    }
    if machines[target].activity != .active {
      if machines[target].activity == .blocked || machines[target].activity == .detached {
        machines[target].fiber = leaveBlocked(target)
      }
      setActivity(target, .active)
    }
    giveProcessor(
      p, from: m, to: target, fromIdleList: event.detail & WakeFlags.fromIdleList != 0, version: event.c)
    if event.detail & WakeFlags.locked != 0 { passFiber(event, from: m, to: target) }
  }

  /// A fiber goes from the hands of a machine into those of the one that alone may run it.
  private mutating func passFiber(_ event: Event, from m: Int, to target: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    _ = takeFromHands(index, m, otherwise: .startFromHands)
    putInHands(index, target, from: .handoff)
  }

  /// A machine in a blocking call, or one that has lost its processor, was woken from elsewhere, which cannot be: its fiber is in no place.
  private mutating func leaveBlocked(_ m: Int) -> UInt32 {
    let index = machines[m].fiber == Event.noFiber ? -1 : fiberTable.find(machines[m].fiber)
    if index >= 0, fibers[index].place == .blocked || fibers[index].place == .detached {
      fibers[index].place = .unknown
    }
    return Event.noFiber
  }

  mutating func exitMachine(_ m: Int) {
    let hands = machines[m].hands.count &+ machines[m].overflow.count
    if machines[m].processor != Event.noProcessor || machines[m].fiber != Event.noFiber || hands != 0 {
      find(.parkEmptyHanded, found: hands)
    }
    if machines[m].isSpinning { setSpinning(m, false) }
    setActivity(m, .ended)
  }

  // MARK: spinning

  mutating func beginSpin(_ event: Event, _ m: Int) {
    if machines[m].isSpinning { find(.spinAlternates) } else { setSpinning(m, true) }
    switch SpinReason(rawValue: event.detail) {
    case .search:
      if UInt64(event.a) * 2 >= UInt64(event.b) { find(.spinHalf, expected: event.b, found: event.a) }
    case .woken: if event.a != 0 { find(.spinWokenAlone, found: event.a) }
    case .recheck: break
    case nil: find(.argument, found: UInt32(event.detail))
    }
  }

  mutating func endSpin(_ m: Int) {
    if machines[m].isSpinning { setSpinning(m, false) } else { find(.spinAlternates) }
  }

  private mutating func setSpinning(_ m: Int, _ spins: Bool) {
    machines[m].isSpinning = spins
    machines[m].since = time
    spinningCount &+= spins ? 1 : -1
  }

  // MARK: blocking calls

  mutating func enterSyscall(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    if fibers[index].place == .running, Int(fibers[index].owner) == m {
      if machines[m].processor != Event.noProcessor { endRun(Int(machines[m].processor), index) }
    } else {
      misplaced(index, .onePlace)
      if machines[m].fiber != Event.noFiber {
        find(.oneFiberPerMachine, expected: machines[m].fiber, found: event.fiber)
        let other = fiberTable.find(machines[m].fiber)
        if other >= 0 { detach(other) }
      }
    }
    machines[m].fiber = event.fiber
    machines[m].what = event.b
    set(index, .blocked, owner: m)
    setActivity(m, .blocked)
    // A machine that handed its processor over before has none to keep.
    guard event.processor != Event.noProcessor || machines[m].processor != Event.noProcessor else { return }
    let p = heldProcessor(event, m)
    guard p >= 0 else { return }
    advanceProcessor(p, to: event.a)
    setHolder(p, .blocked, m)
    if era == .distributed { machines[m].permits &+= 1 }
  }

  mutating func exitSyscall(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    if fibers[index].place != .blocked || Int(fibers[index].owner) != m {
      misplaced(index, .onePlace)
      if machines[m].fiber != Event.noFiber {
        let other = fiberTable.find(machines[m].fiber)
        if other >= 0 { detach(other) }
      }
    }
    machines[m].fiber = Event.noFiber
    lastDuration = machines[m].activity == .blocked ? time &- machines[m].since : 0
    setActivity(m, .active)
    let p = Int(machines[m].processor)
    if event.detail == SyscallExit.fast.rawValue {
      machines[m].fiber = event.fiber
      set(index, .running, owner: m)
      guard era.hasFibers else { return }
      guard p < processors.count, processors[p].status == .blocked else {
        return find(.processorHolder, found: UInt32(event.processor))
      }
      advanceProcessor(p, to: event.a)
      processors[p].status = .held
      processors[p].since = time
      processors[p].fiber = event.fiber
      processors[p].runStart = time
    } else {
      if event.detail != SyscallExit.slow.rawValue { find(.argument, found: UInt32(event.detail)) }
      fibers[index].runnableSince = time
      putInHands(index, m, from: .syscall)
      if era == .distributed, p < processors.count { setHolder(p, .idle, m) }
      // The retake's record may be late: until it comes, the processor is nobody's.
      if p < processors.count, processors[p].status == .blocked { processors[p].isLost = true }
      if p < processors.count, processors[p].status == .held { setHolder(p, .inHands, m) }
      machines[m].processor = Event.noProcessor
    }
  }

  /// A fiber that had lost its processor calls the runtime again.
  mutating func rejoinMachine(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    if fibers[index].place != .detached || Int(fibers[index].owner) != m { misplaced(index, .onePlace) }
    if machines[m].fiber != Event.noFiber, machines[m].fiber != event.fiber {
      let other = fiberTable.find(machines[m].fiber)
      if other >= 0 { detach(other) }
    }
    machines[m].fiber = Event.noFiber
    setActivity(m, .active)
    fibers[index].runnableSince = time
    putInHands(index, m, from: .syscall)
  }

  // MARK: sysmon

  mutating func actSysmon(_ event: Event, _ m: Int) {
    markSysmon(m)
    sysmon.sleepMicroseconds = event.a
    sysmon.lastAct = SysmonAct(rawValue: event.detail)
    sysmon.lastActTime = event.time
  }
}
