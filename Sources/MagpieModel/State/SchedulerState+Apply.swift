public import MagpieTrace

extension SchedulerState {
  /// Takes the state one event further. Total: any event in any state gives a state, and perhaps findings.
  ///
  /// Where an event contradicts the state, the event is believed: it is the later word.
  /// - Complexity: O(fibers moved), amortised; 256 at most but for a global push of what an overflow took.
  public mutating func apply(_ event: Event) {
    guard let kind = event.kind, !kind.isControl else { return applyOther(event) }
    statistics.counts[Int(event.rawKind)] &+= 1
    lastEventWords = event
    lastDuration = 0
    eventCount &+= 1
    if event.time > time { time = event.time }
    let m = Int(event.machine)
    if !era.hasFibers {
      // A sample may come late: what it says of a machine does not make that one act.
      if kind == .kernelSample { return sample(event) }
      auditOwnMachine(event, kind, m)
    }
    guard enter(m, kind) else { return }
    if era != .mpn { auditEra(event, kind, m) }
    switch kind {
    case .fiberCreate: createFiber(event, m)
    case .fiberReady: readyFiber(event, m)
    case .fiberStart: startFiber(event, m)
    case .fiberYield, .fiberPreempt: yieldFiber(event, m)
    case .fiberPark: parkFiber(event, m)
    case .fiberExit: exitFiber(event, m)
    case .fiberName: nameFiber(event)
    case .searchFind:
      statistics.victims &+= UInt64(event.c)
      auditSearch(event, m)
    case .queuePush: pushLocal(event, m)
    case .queuePop: popLocal(event, m)
    case .queueRunNextPut: putRunNext(event, m)
    case .queueRunNextTake: takeRunNext(event, m)
    case .queueOverflow: overflow(event, m)
    case .globalPush: pushGlobal(event, m)
    case .globalTake: takeGlobal(event, m)
    case .globalLock: waitForLock(event, m)
    case .kernelSample: sample(event)
    case .stealTook: steal(event, m)
    case .stealTookRunNext: stealRunNext(event, m)
    case .stealFailed: auditFailedSteal(event, m)
    case .processorIdle: idleProcessor(event, m)
    case .processorAcquire: acquireProcessor(event, m)
    case .processorRelease: retireProcessor(event, m)
    case .processorBegin: beginProcessor(event, m)
    case .processorHandoff: letGoProcessor(event, m)
    case .processorRetake: retakeProcessor(event, m)
    case .processorDetach: detachProcessor(event, m)
    case .processorCountChanged: changeProcessorCount(event)
    case .machineStart: startMachine(event, m)
    case .machinePark: parkMachine(event, m)
    case .machineWake: wakeMachine(event, m)
    case .machineSpinBegin: beginSpin(event, m)
    case .machineSpinEnd: endSpin(m)
    case .machineSyscallEnter: enterSyscall(event, m)
    case .machineSyscallExit: exitSyscall(event, m)
    case .machineExit: exitMachine(m)
    case .machineRejoin: rejoinMachine(event, m)
    case .timerArm: armTimer(event)
    case .timerFire: fireTimer(event)
    case .sysmon: actSysmon(event, m)
    case .deadlock: deadlockedFibers = event.a
    case .channelMake, .channelSend, .channelReceive, .channelClose: applyChannel(event, kind)
    case .semaphoreAcquire, .semaphoreRelease: applySemaphore(event, kind)
    case .conditionWait, .conditionSignal: applyCondition(event, kind)
    case .lockWait, .lockAcquire, .lockRelease, .lockHandover: applyLock(event, kind)
    case .waitGroupCount: applyWaitGroup(event)
    case .machineLocked, .machineHog, .pollerNetpoll, .userAnnotation, .userRegionBegin, .userRegionEnd: break
    case .controlGeneration, .controlLost: break
    }
  }

  /// Control events, which do not count, and kinds that do not exist, which do.
  @inline(never)
  private mutating func applyOther(_ event: Event) {
    lastEventWords = event
    lastDuration = 0
    guard let kind = event.kind else {
      statistics.counts[Int(event.rawKind)] &+= 1
      eventCount &+= 1
      if event.time > time { time = event.time }
      return find(.knownKind, found: UInt32(event.rawKind))
    }
    if kind == .controlLost {
      isExact = false
      lostEvents &+= event.ab
    }
  }

  /// Notes a breach of a rule by the event that is being applied. Silent while the state is not exact.
  @inline(never)
  mutating func find(_ rule: Rule, expected: UInt32 = 0, found: UInt32 = 0) {
    guard isExact else { return }
    findingCount &+= 1
    guard findings.count < Self.maximumFindings else { return }
    findings.append(
      Finding(eventNumber: eventCount, rule: rule, event: lastEventWords, expected: expected, found: found))
  }

  /// Makes sure that there is a machine of this number, and that it may act.
  @inline(__always)
  private mutating func enter(_ m: Int, _ kind: EventKind) -> Bool {
    if m < machines.count, machines[m].exists, machines[m].activity == .active { return true }
    return enterSlowly(m, kind)
  }

  @inline(never)
  private mutating func enterSlowly(_ m: Int, _ kind: EventKind) -> Bool {
    guard ensureMachine(m) else { return false }
    switch machines[m].activity {
    case .active, .blocked, .detached: break
    case .sysmonAsleep: setActivity(m, .active)
    case .timer: if kind != .machineWake { setActivity(m, .active) }
    // A machine whose own task waits is woken with that, and by nothing else; what it does before, the rules of fibers find.
    case .idle where !era.hasFibers: break
    case .idle, .locked:
      if kind != .machineWake {
        find(.wakeOfParked, found: UInt32(m))
        setActivity(m, .active)
      }
    case .ended:
      find(.machineLife, found: UInt32(m))
      setActivity(m, .active)
    }
    return true
  }

  /// Makes room for a machine that has not been seen before. A runtime's first machine and sysmon begin without an event.
  mutating func ensureMachine(_ m: Int) -> Bool {
    guard m >= 0, m < Int(Event.noMachine) else {
      find(.argument, found: UInt32(truncatingIfNeeded: m))
      return false
    }
    while machines.count <= m { machines.append(MachineRecord()) }
    if !machines[m].exists {
      machines[m] = MachineRecord()
      machines[m].exists = true
      machines[m].since = time
      awakeCount &+= 1
    }
    return true
  }

  /// Sets what a machine does, and counts those awake.
  mutating func setActivity(_ m: Int, _ activity: MachineRecord.Activity) {
    let counts = !machines[m].isSysmon
    if counts, machines[m].activity == .active { awakeCount &-= 1 }
    machines[m].activity = activity
    machines[m].since = time
    if counts, activity == .active { awakeCount &+= 1 }
  }

  mutating func markSysmon(_ m: Int) {
    guard !machines[m].isSysmon else { return }
    if machines[m].activity == .active { awakeCount &-= 1 }
    machines[m].isSysmon = true
    sysmon.machine = UInt16(truncatingIfNeeded: m)
  }

  @inline(__always)
  func slotIndex(_ processor: Int, _ number: UInt32) -> Int {
    Int(processors[processor].slotBase &+ number & processors[processor].slotMask)
  }
}
