import MagpieTrace

// The eras in which the kernel schedules: each task has a machine of its own, which sleeps while the task waits.
extension TimelineIndex {
  /// - Returns: whether that was all; else it goes on as in the other eras.
  mutating func applyToOwnMachine(_ event: Event, _ kind: EventKind, _ m: Int) -> Bool {
    switch kind {
    case .kernelSample, .fiberYield, .timerArm, .timerFire: return true
    case .fiberPark:
      guard ensure(m) else { return true }
      workers[m].fiber = Event.noFiber
      act(m, .idle)
    case .fiberReady:
      let home = Int(truncatingIfNeeded: event.d)
      guard ensure(home) else { return true }
      workers[home].fiber = event.fiber
      act(home, .active, .wake)
    case .machineStart:
      let target = Int(truncatingIfNeeded: event.a)
      guard ensure(target) else { return true }
      act(target, .active, .wake)
    default: return false
    }
    return true
  }
}
