import MagpieTrace

extension Operation {
  /// The events that follow in any case, in an era.
  func certain(in era: Era) -> [EventKind] {
    guard era.hasOneQueue else { return certain }
    switch self {
    // There is nobody to let run.
    case .yield where era == .serial: return []
    case .block where era == .global: return [.processorHandoff, .machineSyscallEnter]
    default: return certain.map { $0.isOfLocalQueue ? .globalPush : $0 }
    }
  }

  /// Those that may follow, in an era.
  func possible(in era: Era) -> [EventKind] {
    guard era.hasOneQueue else { return possible }
    var kinds = possible.filter { !$0.isOfLocalQueue && $0 != .machineSpinBegin && $0 != .machineSpinEnd }
    if self == .block, era == .global { kinds += [.machineWake, .machineStart, .processorIdle] }
    return kinds
  }
}

extension EventKind {
  fileprivate var isOfLocalQueue: Bool {
    switch self {
    case .queuePush, .queuePop, .queueRunNextPut, .queueRunNextTake, .queueOverflow, .stealTook, .stealTookRunNext,
      .stealFailed:
      true
    default: false
    }
  }
}
