import MagpieTrace

/// Who has a processor, as far as a lane needs it.
struct Holder: Sendable {
  var status = ProcessorState.Status.retired
  var machine = Event.noMachine
  var fiber: UInt32 = 0

  func value(_ workers: [Worker]) -> LaneValue {
    switch status {
    case .idle: return LaneValue(.idle)
    case .retired: return .absent
    case .given, .inHands: return LaneValue(.searching, detail: 1)
    case .held:
      if fiber != Event.noFiber { return LaneValue(.running, fiber: fiber) }
      return LaneValue(Int(machine) < workers.count && workers[Int(machine)].isSpinning ? .spinning : .searching)
    case .blocked:
      return LaneValue(.blocked, fiber: Int(machine) < workers.count ? workers[Int(machine)].fiber : 0)
    }
  }
}

/// What a machine does, as far as a lane needs it.
struct Worker: Sendable {
  var exists = false
  var isSpinning = false
  var isSysmon = false
  var activity = MachineRecord.Activity.active
  var fiber: UInt32 = 0
  var processor = Event.noProcessor

  var value: LaneValue {
    guard exists else { return .absent }
    if activity == .ended { return .absent }
    if isSysmon { return LaneValue(.idle, detail: MachineParkReason.sysmon.rawValue) }
    switch activity {
    case .ended: return .absent
    case .idle: return LaneValue(.idle, detail: MachineParkReason.idle.rawValue)
    case .timer: return LaneValue(.idle, detail: MachineParkReason.timer.rawValue)
    case .locked: return LaneValue(.idle, detail: MachineParkReason.locked.rawValue)
    case .sysmonAsleep: return LaneValue(.idle, detail: MachineParkReason.sysmon.rawValue)
    case .blocked: return LaneValue(.blocked, fiber: fiber)
    case .detached: return LaneValue(.detached, fiber: fiber)
    case .active:
      if isSpinning { return LaneValue(.spinning) }
      return fiber != Event.noFiber ? LaneValue(.running, fiber: fiber) : LaneValue(.searching)
    }
  }
}

extension TimelineIndex {
  /// Takes who has what from a state.
  mutating func adopt(_ state: SchedulerState) {
    era = state.era
    moveTime(to: state.time)
    isDistributed = state.era == .distributed
    addLanes(processors: state.processors.count)
    addLanes(machines: state.machines.count)
    for (m, record) in state.machines.enumerated() {
      workers[m] = Worker(
        exists: record.exists, isSpinning: record.isSpinning, isSysmon: record.isSysmon, activity: record.activity,
        fiber: record.fiber, processor: record.processor)
      show(machine: m)
    }
    for (p, record) in state.processors.enumerated() {
      holders[p] = Holder(
        status: record.isLost ? .inHands : record.status, machine: record.machine, fiber: record.fiber)
      show(processor: p)
    }
  }

  /// Takes the lanes one event further: who has which processor and which fiber, and nothing else. Total, like
  /// `SchedulerState.apply`, and to the same result where the events keep the rules.
  @inline(__always)
  mutating func apply(_ event: Event) {
    moveTime(to: event.time)
    guard let kind = event.kind else { return }
    let m = Int(event.machine)
    if !era.hasFibers, applyToOwnMachine(event, kind, m) { return }
    guard enter(m, kind) else { return }
    switch kind {
    case .fiberStart: start(event, m)
    case .fiberYield, .fiberPark, .fiberExit: stop(m)
    case .fiberPreempt: stop(m, .preempt)
    case .stealTook, .stealTookRunNext:
      show(processor: Int(event.processor), .steal)
      show(machine: m, .steal)
    case .processorIdle, .processorBegin: set(Int(event.processor), .idle, m)
    case .processorRelease: retire(event, m)
    case .processorAcquire: hold(Int(event.processor), m)
    case .processorHandoff: letGo(event, m)
    case .processorRetake:
      markSysmon(m)
      set(Int(event.processor), .inHands, m, .handoff)
    case .processorDetach: detach(event, m)
    case .processorCountChanged:
      if !isDistributed, event.a >= 1, event.a <= UInt32(SchedulerState.maximumProcessors) {
        addLanes(processors: Int(event.a))
      }
    case .machineStart: begin(event)
    case .machineWake: wake(event)
    case .machinePark: park(event, m)
    case .machineExit: act(m, .ended)
    case .machineSpinBegin: spin(m, true)
    case .machineSpinEnd: spin(m, false)
    case .machineSyscallEnter: enterCall(event, m)
    case .machineSyscallExit: exitCall(event, m)
    case .machineRejoin:
      workers[m].fiber = Event.noFiber
      act(m, .active)
    case .sysmon: markSysmon(m)
    default: break
    }
  }

  /// Makes sure that there is a machine of this number, and that it is awake.
  @inline(__always)
  private mutating func enter(_ m: Int, _ kind: EventKind) -> Bool {
    if m < workers.count, workers[m].exists, workers[m].activity == .active { return true }
    guard ensure(m) else { return false }
    switch workers[m].activity {
    case .active, .blocked, .detached: break
    case .timer, .idle, .locked: if kind != .machineWake { act(m, .active) }
    case .sysmonAsleep, .ended: act(m, .active)
    }
    return true
  }

  mutating func ensure(_ m: Int) -> Bool {
    guard m < Int(Event.noMachine) else { return false }
    addLanes(machines: m + 1)
    if !workers[m].exists {
      workers[m] = Worker(exists: true)
      show(machine: m)
    }
    return true
  }

  mutating func act(_ m: Int, _ activity: MachineRecord.Activity, _ mark: LaneMark = .none) {
    workers[m].activity = activity
    show(machine: m, mark)
    let p = Int(workers[m].processor)
    if p < holders.count { show(processor: p) }
  }

  private mutating func markSysmon(_ m: Int) {
    guard !workers[m].isSysmon else { return }
    workers[m].isSysmon = true
    show(machine: m)
  }

  // MARK: processors

  private mutating func hold(_ p: Int, _ m: Int) {
    guard p < holders.count else { return }
    let old = Int(workers[m].processor)
    if old != p, old < holders.count { set(old, .inHands, m) }
    set(p, .held, m)
    workers[m].processor = UInt16(truncatingIfNeeded: p)
  }

  private mutating func set(_ p: Int, _ status: ProcessorState.Status, _ m: Int, _ mark: LaneMark = .none) {
    guard p < holders.count else { return }
    let old = Int(holders[p].machine)
    if old < workers.count, Int(workers[old].processor) == p, old != m || status != .blocked {
      workers[old].processor = Event.noProcessor
    }
    holders[p] = Holder(
      status: status,
      machine: status == .idle || status == .retired ? Event.noMachine : UInt16(truncatingIfNeeded: m))
    show(processor: p, mark)
  }

  private mutating func give(_ p: UInt16, to target: Int) {
    guard p != Event.noProcessor else { return }
    if isDistributed, Int(p) < SchedulerState.maximumProcessors { addLanes(processors: Int(p) + 1) }
    set(Int(p), .given, target, .wake)
  }

  /// Where each machine has a queue, a permit may retire that nobody has.
  private mutating func retire(_ event: Event, _ m: Int) {
    if !isDistributed { return set(Int(event.processor), .retired, m) }
    if event.a != 0 { set(Int(event.processor), .idle, m) }
  }

  /// Where each machine has a queue, that stays with it when the permit goes; with a call that was told before.
  private mutating func letGo(_ event: Event, _ m: Int) {
    if !isDistributed { return set(Int(event.processor), .inHands, m, .handoff) }
    if event.a != 0 { set(Int(event.processor), .idle, m, .handoff) }
  }

  private mutating func detach(_ event: Event, _ m: Int) {
    let target = Int(event.b)
    markSysmon(m)
    guard Int(event.processor) < holders.count, target != m, ensure(target) else { return }
    set(Int(event.processor), isDistributed ? .idle : .inHands, m, .handoff)
    guard event.fiber != Event.noFiber else { return }
    workers[target].fiber = event.fiber
    act(target, .detached, .handoff)
  }

  // MARK: running

  private mutating func start(_ event: Event, _ m: Int) {
    guard event.fiber != Event.noFiber else { return }
    let p = Int(event.processor)
    let isHeld = event.processor == workers[m].processor && p < holders.count && holders[p].status == .held
    if event.detail == StartSource.syscall.rawValue, workers[m].fiber == event.fiber, workers[m].activity == .active {
      return
    }
    workers[m].fiber = event.fiber
    show(machine: m)
    if !isHeld { hold(p, m) }
    guard p < holders.count else { return }
    holders[p].fiber = event.fiber
    show(processor: p)
  }

  private mutating func stop(_ m: Int, _ mark: LaneMark = .none) {
    guard workers[m].activity == .active else { return }
    workers[m].fiber = Event.noFiber
    show(machine: m, mark)
    let p = Int(workers[m].processor)
    guard p < holders.count else { return }
    holders[p].fiber = Event.noFiber
    show(processor: p, mark)
  }

  // MARK: machines

  private mutating func begin(_ event: Event) {
    let target = Int(truncatingIfNeeded: event.a)
    guard ensure(target) else { return }
    if workers[target].activity == .ended { workers[target].activity = .active }
    let p = UInt16(truncatingIfNeeded: event.b)
    if p == Event.noProcessor { markSysmon(target) }
    act(target, workers[target].activity, .wake)
    give(p, to: target)
  }

  private mutating func wake(_ event: Event) {
    let target = Int(event.a & 0xFFFF)
    guard ensure(target) else { return }
    let activity = workers[target].activity
    if activity == .blocked || activity == .detached { workers[target].fiber = Event.noFiber }
    act(target, .active, .wake)
    give(UInt16(truncatingIfNeeded: event.a &>> 16), to: target)
  }

  private mutating func park(_ event: Event, _ m: Int) {
    workers[m].isSpinning = false
    switch MachineParkReason(rawValue: event.detail) {
    case .idle, nil: act(m, .idle)
    case .locked: act(m, .locked)
    case .timer: act(m, .timer)
    case .sysmon:
      workers[m].isSysmon = true
      act(m, .sysmonAsleep)
    }
  }

  private mutating func spin(_ m: Int, _ spins: Bool) {
    workers[m].isSpinning = spins
    act(m, workers[m].activity)
  }

  private mutating func enterCall(_ event: Event, _ m: Int) {
    guard event.fiber != Event.noFiber else { return }
    workers[m].fiber = event.fiber
    act(m, .blocked)
    guard event.processor != Event.noProcessor || workers[m].processor != Event.noProcessor else { return }
    let p = Int(event.processor)
    guard p < holders.count else { return }
    if Int(workers[m].processor) != p { hold(p, m) }
    set(p, .blocked, m)
  }

  private mutating func exitCall(_ event: Event, _ m: Int) {
    guard event.fiber != Event.noFiber else { return }
    let p = Int(workers[m].processor)
    if event.detail == SyscallExit.fast.rawValue {
      workers[m].fiber = event.fiber
      act(m, .active)
      guard p < holders.count, holders[p].status == .blocked else { return }
      holders[p].status = .held
      holders[p].fiber = event.fiber
      show(processor: p)
    } else {
      workers[m].fiber = Event.noFiber
      workers[m].processor = Event.noProcessor
      act(m, .active)
      if p < holders.count, holders[p].status == .blocked || holders[p].status == .held {
        holders[p].status = isDistributed ? .idle : .inHands
        holders[p].fiber = Event.noFiber
        show(processor: p)
      }
    }
  }
}
