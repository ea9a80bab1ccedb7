import MagpieTrace

// Events of the family `processor`.
extension SchedulerState {
  /// The event's processor, which the machine should hold; -1 if there is no such processor.
  /// Where the machine does not, it is believed that it does: it gets the processor.
  @inline(__always)
  mutating func heldProcessor(_ event: Event, _ m: Int, otherwise rule: Rule = .processorHolder) -> Int {
    let p = event.processor
    if p == machines[m].processor, Int(p) < processors.count, processors[Int(p)].status == .held { return Int(p) }
    return heldSlowly(Int(p), m, rule)
  }

  @inline(never)
  private mutating func heldSlowly(_ p: Int, _ m: Int, _ rule: Rule) -> Int {
    // Where the kernel schedules there are none.
    guard era.hasFibers else { return -1 }
    find(rule, expected: UInt32(machines[m].processor), found: UInt32(truncatingIfNeeded: p))
    guard p < processors.count else { return -1 }
    hold(p, m)
    return p
  }

  /// Gives a processor to a machine, whoever had it.
  mutating func hold(_ p: Int, _ m: Int) {
    let old = Int(machines[m].processor)
    if era == .distributed, p != m { find(.queueOwner, expected: UInt32(m), found: UInt32(p)) }
    if old != p, old < processors.count { setHolder(old, .inHands, m) }
    setHolder(p, .held, m)
    machines[m].processor = UInt16(truncatingIfNeeded: p)
  }

  /// Sets who has a processor; who held it before holds none.
  mutating func setHolder(_ p: Int, _ status: ProcessorState.Status, _ m: Int) {
    let old = Int(processors[p].machine)
    if old < machines.count, Int(machines[old].processor) == p, old != m || status != .blocked {
      machines[old].processor = Event.noProcessor
    }
    if processors[p].fiber != Event.noFiber { endRun(p) }
    processors[p].status = status
    processors[p].isLost = false
    processors[p].machine = status == .idle || status == .retired ? Event.noMachine : UInt16(truncatingIfNeeded: m)
    processors[p].since = time
  }

  mutating func advanceProcessor(_ p: Int, to version: UInt32) {
    if version != processors[p].version &+ 1 {
      find(.processorVersion, expected: processors[p].version &+ 1, found: version)
    }
    processors[p].version = version
  }

  mutating func advanceIdle(to sequence: UInt32) {
    if sequence != idleSequence &+ 1 { find(.idleSequence, expected: idleSequence &+ 1, found: sequence) }
    idleSequence = sequence
  }

  /// Whether a machine has a processor to give away: held, let go of, or retaken by it.
  private func has(_ p: Int, _ m: Int) -> Bool {
    (processors[p].status == .held || processors[p].status == .inHands) && Int(processors[p].machine) == m
  }

  mutating func idleProcessor(_ event: Event, _ m: Int) {
    let p = Int(event.processor)
    guard p < processors.count else { return find(.argument, found: UInt32(event.processor)) }
    if !has(p, m) { find(.processorHolder, expected: UInt32(processors[p].machine), found: UInt32(m)) }
    advanceProcessor(p, to: event.a)
    advanceIdle(to: event.b)
    setHolder(p, .idle, m)
    processors[p].idleStamp = event.b
    if era == .distributed { freePermit() }
  }

  /// There are to be fewer processors: one that is held, or idle, is nobody's any more.
  mutating func retireProcessor(_ event: Event, _ m: Int) {
    if era == .distributed { return retirePermit(event, m) }
    let p = Int(event.processor)
    guard p < processors.count else { return find(.argument, found: UInt32(event.processor)) }
    let fits = event.detail == 0 ? has(p, m) : processors[p].status == .idle
    if !fits { find(.processorHolder, expected: UInt32(processors[p].machine), found: UInt32(m)) }
    if p < wantedProcessorCount { find(.processorCount, expected: UInt32(wantedProcessorCount), found: UInt32(p)) }
    // Its queue may still look full: a thief's take is ordered by the queue's own numbers, and may be told later.
    advanceProcessor(p, to: event.a)
    advanceIdle(to: event.b)
    setHolder(p, .retired, m)
  }

  /// There are to be more: one that was retired is idle.
  mutating func beginProcessor(_ event: Event, _ m: Int) {
    if era == .distributed { return beginPermit(event) }
    let p = Int(event.processor)
    guard p < processors.count else { return find(.argument, found: UInt32(event.processor)) }
    if processors[p].status != .retired {
      find(.processorHolder, expected: UInt32(processors[p].machine), found: UInt32(m))
    }
    if p >= wantedProcessorCount { find(.processorCount, expected: UInt32(wantedProcessorCount), found: UInt32(p)) }
    advanceProcessor(p, to: event.a)
    advanceIdle(to: event.b)
    setHolder(p, .idle, m)
    processors[p].idleStamp = event.b
  }

  mutating func acquireProcessor(_ event: Event, _ m: Int) {
    let p = Int(event.processor)
    guard p < processors.count else { return find(.argument, found: UInt32(event.processor)) }
    advanceProcessor(p, to: event.a)
    let fits: Bool
    switch AcquireSource(rawValue: event.detail) {
    case .idleList:
      advanceIdle(to: event.b)
      fits = processors[p].status == .idle
      if era == .distributed { takePermit() }
    case .given:
      fits = processors[p].status == .given && Int(processors[p].machine) == m
    case nil:
      find(.argument, found: UInt32(event.detail))
      fits = true
    }
    if !fits { find(.processorHolder, expected: UInt32(processors[p].machine), found: UInt32(m)) }
    if machines[m].processor != Event.noProcessor {
      find(.oneProcessorPerMachine, expected: UInt32(machines[m].processor), found: UInt32(p))
    }
    hold(p, m)
  }

  mutating func letGoProcessor(_ event: Event, _ m: Int) {
    if era == .distributed { return letGoPermit(event, m) }
    let p = heldProcessor(event, m)
    guard p >= 0 else { return }
    advanceProcessor(p, to: event.a)
    setHolder(p, .inHands, m)
  }

  mutating func retakeProcessor(_ event: Event, _ m: Int) {
    let p = Int(event.processor)
    markSysmon(m)
    guard p < processors.count else { return find(.argument, found: UInt32(event.processor)) }
    if processors[p].status != .blocked || UInt32(processors[p].machine) != event.b {
      find(.processorHolder, expected: UInt32(processors[p].machine), found: event.b)
    }
    advanceProcessor(p, to: event.a)
    setHolder(p, .inHands, m)
    sysmon.lastRetake = SysmonState.Retake(
      time: event.time, processor: event.processor, machine: UInt16(truncatingIfNeeded: event.b), microseconds: event.c)
  }

  /// A fiber that does not call the runtime loses its processor, and runs on.
  mutating func detachProcessor(_ event: Event, _ m: Int) {
    let p = Int(event.processor)
    let target = Int(event.b)
    markSysmon(m)
    guard p < processors.count else { return find(.argument, found: UInt32(event.processor)) }
    guard target != m, ensureMachine(target) else { return find(.argument, found: event.b) }
    let index = index(of: event.fiber)
    if processors[p].status != .held || Int(processors[p].machine) != target || era == .distributed && p != target {
      find(.processorHolder, expected: UInt32(processors[p].machine), found: event.b)
    }
    advanceProcessor(p, to: event.a)
    setHolder(p, era == .distributed ? .idle : .inHands, m)
    if era == .distributed { machines[m].permits &+= 1 }
    guard index >= 0 else { return }
    if fibers[index].place != .running || Int(fibers[index].owner) != target { misplaced(index, .onePlace) }
    if machines[target].fiber != Event.noFiber, machines[target].fiber != event.fiber {
      let other = fiberTable.find(machines[target].fiber)
      if other >= 0 { detach(other) }
    }
    machines[target].fiber = event.fiber
    set(index, .detached, owner: target)
    setActivity(target, .detached)
  }

  /// Gives a processor to a machine that is started or woken.
  mutating func giveProcessor(_ p: Int, from m: Int, to target: Int, fromIdleList: Bool, version: UInt32) {
    guard p != Int(Event.noProcessor) else { return }
    if era == .distributed { return givePermit(p, from: m, to: target, isFree: fromIdleList, version: version) }
    guard p < processors.count else { return find(.argument, found: UInt32(truncatingIfNeeded: p)) }
    let fits = fromIdleList ? processors[p].status == .idle : has(p, m)
    if !fits { find(.processorHolder, expected: UInt32(processors[p].machine), found: UInt32(truncatingIfNeeded: m)) }
    advanceProcessor(p, to: version)
    setHolder(p, .given, target)
  }

  mutating func changeProcessorCount(_ event: Event) {
    let count = Int(event.a)
    guard count >= 1, count <= Self.maximumProcessors else { return find(.argument, found: event.a) }
    advanceIdle(to: event.b)
    if Int(event.c) != wantedProcessorCount {
      find(.processorCount, expected: UInt32(wantedProcessorCount), found: event.c)
    }
    wantedProcessorCount = count
    leastProcessorCount = min(leastProcessorCount, count)
    if era != .distributed { addProcessors(upTo: count, .retired) }
  }
}
