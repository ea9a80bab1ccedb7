import MagpieTrace

// The eras in which the kernel schedules: each task lives on a machine of its own.
extension SchedulerState {
  /// What a task does with a channel, a lock, a wait group or a timer, its own machine does, while the task runs there.
  mutating func auditOwnMachine(_ event: Event, _ kind: EventKind, _ m: Int) {
    switch kind {
    case .channelMake, .channelSend, .channelReceive, .channelClose, .lockWait, .lockAcquire, .lockRelease,
      .waitGroupCount,
      .machineStart, .timerArm:
      let index = event.fiber == Event.noFiber ? -1 : fiberTable.find(event.fiber)
      guard index >= 0, fibers[index].place == .running, Int(fibers[index].owner) == m else {
        return find(.ownMachine, expected: event.fiber, found: UInt32(m))
      }
    case .timerFire:
      let index = fiberTable.find(event.fiber)
      guard index >= 0, fibers[index].place == .parked, Int(fibers[index].owner) == m else {
        return find(.ownMachine, expected: event.fiber, found: UInt32(m))
      }
    case .fiberReady:
      // By another's machine, whose task runs; or its own, when a time is over or somebody woke it by hand.
      guard event.a == Event.noFiber || fiberTable.find(event.a) < 0 || runs(event.a, on: m) else {
        return find(.ownMachine, expected: event.a, found: UInt32(m))
      }
    case .fiberCreate:
      if m < machines.count, machines[m].exists, machines[m].hands.count != 0 || machines[m].fiber != Event.noFiber {
        find(.ownMachine, expected: event.fiber, found: UInt32(m))
      }
    default: break
    }
  }

  private func runs(_ fiber: UInt32, on m: Int) -> Bool {
    let index = fiberTable.find(fiber)
    return index >= 0 && fibers[index].place == .running && Int(fibers[index].owner) == m
  }
}
