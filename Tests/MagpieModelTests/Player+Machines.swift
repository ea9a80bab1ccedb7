import MagpieTrace

extension Player {
  // MARK: processors

  mutating func acquireIdle(_ m: Int, _ p: Int) {
    now.processors[p].version &+= 1
    now.idleSequence &+= 1
    emit(
      m, .processorAcquire, detail: AcquireSource.idleList.rawValue, processor: UInt16(p),
      a: now.processors[p].version, b: now.idleSequence)
    now.machines[m].processor = UInt16(p)
    now.processors[p].holder = .machine(UInt16(m))
  }

  mutating func acquireGiven(_ m: Int) {
    guard let p = now.processors.firstIndex(where: { $0.holder == .given(UInt16(m)) }) else { return }
    now.processors[p].version &+= 1
    emit(
      m, .processorAcquire, detail: AcquireSource.given.rawValue, processor: UInt16(p), a: now.processors[p].version)
    now.machines[m].processor = UInt16(p)
    now.processors[p].holder = .machine(UInt16(m))
  }

  mutating func idle(_ m: Int, _ p: Int) {
    now.processors[p].version &+= 1
    now.idleSequence &+= 1
    emit(m, .processorIdle, processor: UInt16(p), a: now.processors[p].version, b: now.idleSequence)
    if now.machines[m].processor == UInt16(p) { now.machines[m].processor = Event.noProcessor }
    now.processors[p].holder = .idle
  }

  mutating func handoff(_ m: Int) -> Int {
    let p = p(m)
    now.processors[p].version &+= 1
    emit(m, .processorHandoff, a: now.processors[p].version)
    now.machines[m].processor = Event.noProcessor
    return p
  }

  mutating func retake(_ p: Int, by sysmon: Int) {
    guard case .blocked(let loser) = now.processors[p].holder else { return }
    now.processors[p].version &+= 1
    emit(
      sysmon, .processorRetake, processor: UInt16(p), a: now.processors[p].version, b: UInt32(loser), c: 20)
    now.machines[Int(loser)].processor = Event.noProcessor
    now.processors[p].holder = .machine(UInt16(sysmon))
  }

  /// Takes the processor of a machine whose fiber runs on without.
  mutating func detach(_ p: Int, by sysmon: Int) {
    guard case .machine(let loser) = now.processors[p].holder, fiber(on: Int(loser)) != 0 else { return }
    let fiber = fiber(on: Int(loser))
    now.processors[p].version &+= 1
    emit(
      sysmon, .processorDetach, fiber, processor: UInt16(p), a: now.processors[p].version, b: UInt32(loser), c: 20_000,
      d: UInt32(events.count { $0.machine == loser }))
    now.machines[Int(loser)].processor = Event.noProcessor
    now.machines[Int(loser)].activity = .detached
    setPlace(fiber, .detached)
    now.processors[p].holder = .machine(UInt16(sysmon))
  }

  /// The fiber of such a machine calls the runtime again: it is in the hands.
  mutating func rejoin(_ m: Int) {
    let fiber = fiber(on: m)
    emit(m, .machineRejoin, fiber, processor: 0, a: 0)
    now.machines[m].activity = .active
    now.machines[m].fiber = 0
    setPlace(fiber, .runnable)
    hold(m, fiber, from: .syscall)
  }

  // MARK: machines

  mutating func parkMachine(_ m: Int) {
    now.idleSequence &+= 1
    emit(m, .machinePark, detail: MachineParkReason.idle.rawValue, a: now.idleSequence)
    now.machines[m].activity = .idle
    idleMachines.append(m)
  }

  /// Wakes a sleeping machine, or starts a new one, for a processor from the idle list or from the hands.
  @discardableResult
  mutating func wake(_ m: Int, for p: Int, fromIdleList: Bool, spinning: Bool) -> Int {
    let flags = (spinning ? WakeFlags.spinning : 0) | (fromIdleList ? WakeFlags.fromIdleList : 0)
    now.processors[p].version &+= 1
    let target: Int
    if let sleeper = idleMachines.popLast() {
      target = sleeper
      now.idleSequence &+= 1
      emit(
        m, .machineWake, detail: flags, a: UInt32(target) | UInt32(p) << 16, b: now.idleSequence,
        c: now.processors[p].version)
      now.machines[target].activity = .active
    } else {
      target = now.machines.count
      if fromIdleList { now.idleSequence &+= 1 }
      now.machines.append(Snapshot.Machine(id: UInt16(target)))
      emit(
        m, .machineStart, detail: flags, a: UInt32(target), b: UInt32(p), c: now.processors[p].version,
        d: fromIdleList ? now.idleSequence : 0)
    }
    if now.machines[m].processor == UInt16(p) { now.machines[m].processor = Event.noProcessor }
    now.processors[p].holder = .given(UInt16(target))
    return target
  }

  mutating func spinBegin(_ m: Int, _ reason: SpinReason, spinning: UInt32 = 0, busy: UInt32 = 1) {
    emit(m, .machineSpinBegin, detail: reason.rawValue, a: spinning, b: busy)
    now.machines[m].activity = .spinning
  }

  mutating func spinEnd(_ m: Int, _ end: SpinEnd) {
    emit(m, .machineSpinEnd, detail: end.rawValue)
    now.machines[m].activity = .active
  }

  mutating func enterSyscall(_ m: Int, what: UInt32 = 0) {
    let fiber = fiber(on: m)
    var version: UInt32 = 0
    if now.machines[m].processor != Event.noProcessor {
      now.processors[p(m)].version &+= 1
      version = now.processors[p(m)].version
      now.processors[p(m)].holder = .blocked(UInt16(m))
    }
    emit(m, .machineSyscallEnter, fiber, a: version, b: what)
    now.machines[m].activity = .blocked
    setPlace(fiber, .blocked)
  }

  /// - Returns: whether it kept its processor; if not, the fiber is in the hands.
  mutating func exitSyscall(_ m: Int) -> Bool {
    let fiber = fiber(on: m)
    now.machines[m].activity = .active
    guard now.machines[m].processor != Event.noProcessor else {
      emit(m, .machineSyscallExit, fiber, detail: SyscallExit.slow.rawValue)
      now.machines[m].fiber = 0
      setPlace(fiber, .runnable)
      hold(m, fiber, from: .syscall)
      return false
    }
    now.processors[p(m)].version &+= 1
    emit(
      m, .machineSyscallExit, fiber, detail: SyscallExit.fast.rawValue, a: now.processors[p(m)].version)
    now.processors[p(m)].holder = .machine(UInt16(m))
    setPlace(fiber, .running)
    return true
  }

  // MARK: searches

  mutating func find(_ m: Int, _ fiber: UInt32, _ looks: [Look], tick: UInt32? = nil) {
    var word: UInt64 = 0
    for (place, look) in looks.enumerated() { word |= UInt64(look.rawValue) << UInt64(place * 4) }
    let source = fiber == 0 ? StartSource.none : origin[fiber] ?? .none
    let processor = now.machines[m].processor
    emit(
      m, .searchFind, fiber, detail: source.rawValue, a: UInt32(truncatingIfNeeded: word), b: UInt32(word >> 32),
      d: tick ?? (processor == Event.noProcessor ? 0 : ticks[Int(processor)]))
  }
}
