import MagpieTrace

// Lost wake-ups: work that waits while all sleep, and what is left at the end.
extension SchedulerState {
  /// A machine went to sleep while all sleep, or while work is suspected to be forgotten.
  @inline(never)
  mutating func suspect(_ m: Int) {
    // There a wait of the one that has begun keeps all others waiting.
    if era == .serial { return }
    if suspicion.isActive, !stillWaits { suspicion.isActive = false }
    if !suspicion.isActive {
      if allSleep { beginSuspicion() }
      return
    }
    guard machines[m].parkEpoch != suspicion.epoch else { return }
    machines[m].parkEpoch = suspicion.epoch
    suspicion.parked += 1
    var all = 0
    for machine in machines where machine.exists && !machine.isSysmon && machine.activity != .ended { all += 1 }
    if suspicion.parked >= all, allSleep {
      find(.workWhileAllSleep, found: UInt32(truncatingIfNeeded: queuedCount))
      suspicion.isActive = false
    }
  }

  /// No machine is awake and no processor is on its way or kept in a blocking call.
  private var allSleep: Bool {
    awakeCount == 0 && (era.isOneThread || processors.allSatisfy { $0.status == .idle || $0.status == .retired })
  }

  private mutating func beginSuspicion() {
    if globalHead != globalTail {
      suspicion.place = .global
      suspicion.number = globalHead
    } else if let p = processors.firstIndex(where: { $0.head != $0.tail }) {
      suspicion.place = .local(p)
      suspicion.number = processors[p].head
    } else if let p = processors.firstIndex(where: { $0.runNext != Event.noFiber }) {
      suspicion.place = .runNext(p)
      suspicion.number = processors[p].runNextVersion
    } else {
      return
    }
    suspicion.isActive = true
    suspicion.epoch &+= 1
    suspicion.parked = 0
  }

  private var stillWaits: Bool {
    switch suspicion.place {
    case .global: return globalHead == suspicion.number && globalHead != globalTail
    case .local(let p):
      return p < processors.count && processors[p].head == suspicion.number && processors[p].length != 0
    case .runNext(let p): return p < processors.count && processors[p].runNextVersion == suspicion.number
    }
  }

  /// The run is complete: checks that no fiber was forgotten. Call it once, after the last event of a run that ended.
  public mutating func finish() {
    for p in processors.indices {
      if processors[p].length != 0 { find(.leftInQueue, expected: UInt32(p), found: processors[p].length) }
      if processors[p].runNext != Event.noFiber { find(.leftInQueue, expected: UInt32(p), found: 1) }
    }
    // Under serial those are left that stand behind the one that waits for ever.
    if globalHead != globalTail, era != .serial || deadlockedFibers == nil {
      find(.leftInQueue, expected: noIndex, found: globalTail &- globalHead)
    }
    for m in machines.indices {
      let hands = machines[m].hands.count &+ machines[m].overflow.count
      if hands != 0 { find(.leftInHands, expected: UInt32(truncatingIfNeeded: m), found: hands) }
    }
    let alive = fibersCreated &- fibersFinished
    if alive != UInt64(fiberTable.count) {
      find(
        .fiberCount, expected: UInt32(truncatingIfNeeded: alive), found: UInt32(truncatingIfNeeded: fiberTable.count))
    }
  }
}
