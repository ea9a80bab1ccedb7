import MagpieTrace

// What only the earlier schedulers of the history know, and what they lack.
extension SchedulerState {
  /// Called with each event of an era other than mpn, before it is applied.
  @inline(never)
  mutating func auditEra(_ event: Event, _ kind: EventKind, _ m: Int) {
    guard era.hasOneQueue else { return }
    if isForeign(kind) { find(.foreignStep, found: UInt32(event.rawKind)) }
    if kind == .globalPush, event.b > 1 { find(.globalPushCount, expected: 1, found: event.b) }
    guard era.isOneThread, kind == .fiberStart || kind == .fiberExit else { return }
    let running = fibersRunning(besides: event.fiber)
    if m != 0 || running { find(.oneThread, expected: UInt32(truncatingIfNeeded: m), found: event.fiber) }
    guard era == .serial else { return }
    if begun != Event.noFiber, begun != event.fiber { find(.oneTaskAtATime, expected: begun, found: event.fiber) }
    begun = kind == .fiberExit ? Event.noFiber : event.fiber
  }

  /// Whether a machine runs another fiber, or has one in a blocking call.
  private func fibersRunning(besides fiber: UInt32) -> Bool {
    machines.contains { $0.exists && $0.fiber != Event.noFiber && $0.fiber != fiber }
  }

  /// Whether an era with one queue has no such step.
  private func isForeign(_ kind: EventKind) -> Bool {
    switch kind {
    case .queuePush, .queuePop, .queueRunNextPut, .queueRunNextTake, .queueOverflow, .stealTook, .stealTookRunNext,
      .stealFailed, .machineSpinBegin, .machineSpinEnd, .processorRetake, .processorDetach, .machineRejoin:
      true
    case .machineStart, .processorIdle, .processorHandoff, .processorRelease, .processorBegin, .processorCountChanged,
      .fiberPreempt, .machineHog, .sysmon, .globalLock:
      era.isOneThread
    case .fiberYield: era == .serial
    default: false
    }
  }
}
