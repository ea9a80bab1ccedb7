public import MagpieTrace

/// What a machine at the gate is about to do, as far as that is known before.
public struct Upcoming: Sendable, Hashable {
  /// The events that follow in any case, in their order.
  public var certain: [EventKind] = []
  /// Those that may follow: what others do until then decides.
  public var possible: [EventKind] = []
  public var machine: UInt16
  /// `Event.noProcessor` if the machine holds none.
  public var processor: UInt16
  /// The fiber that asks for it, or that would be started by it; nil where nobody knows before.
  public var fiber: UInt32?
  /// Whose queue is looked at, in a steal.
  public var victim: UInt16?
  /// The machine's own virtual time, in ns.
  public var time: UInt64

  package init(
    certain: [EventKind] = [], possible: [EventKind] = [], machine: UInt16, processor: UInt16, fiber: UInt32?,
    victim: UInt16? = nil, time: UInt64
  ) {
    self.certain = certain
    self.possible = possible
    self.machine = machine
    self.processor = processor
    self.fiber = fiber
    self.victim = victim
    self.time = time
  }

  /// All events that may follow.
  public var kinds: [EventKind] { certain + possible }
  /// Whether it is known what will happen. Else its outcome may still differ, as of a steal, which may fail.
  public var isCertain: Bool { !certain.isEmpty }
}

extension Upcoming {
  /// Looks at what the machine stands before: at what it owns, and at hints. The machine itself, at its gate, under the gate's lock.
  /// - Parameter isExact: all gates are closed, so that a fiber that waits in a queue cannot end meanwhile: it would have to pass.
  init(_ operation: Operation, _ machine: MachineRef, victim: ProcessorRef?, isExact: Bool) {
    self.init(
      machine: machine.pointee.id, processor: machine.pointee.processor?.pointee.id ?? Event.noProcessor,
      fiber: machine.pointee.fiber?.pointee.id, victim: victim?.pointee.id, time: machine.ownTime)
    let scheduler = machine.scheduler
    switch operation {
    case .lookLocal:
      guard let processor = machine.pointee.processor, let next = processor.next(scheduler) else { return }
      if isExact { fiber = next.pointee.id }
    // A look that finds nothing is no event. Relaxed: who puts something there later is seen by the look itself.
    case .lookGlobal where scheduler.pointee.globalCount.load(ordering: .relaxed) == 0: return
    case .steal where victim?.pointee.queue.isEmpty ?? true: return
    default: break
    }
    certain = operation.certain(in: machine.pointee.era)
    possible = operation.possible(in: machine.pointee.era)
    if operation.mayWake,
      scheduler.pointee.processorCount.load(ordering: .relaxed) > scheduler.pointee.loneProcessorCount,
      !scheduler.pointee.spinners.areEnough
    {
      possible += [.machineWake, .machineStart]
    }
  }
}

extension UnsafeMutablePointer where Pointee == Processor {
  /// The fiber that its holder would take next; a thief may be quicker.
  fileprivate func next(_ scheduler: SchedulerRef) -> FiberRef? {
    let next = UInt32(truncatingIfNeeded: pointee.queue.runNext.load(.acquiring))
    if next != 0 { return scheduler.pointee.fibers[next &- 1] }
    guard pointee.queue.length > 0 else { return nil }
    return FiberRef(word: pointee.queue.slot(pointee.queue.head.load(.acquiring)).pointee.load(.acquiring))
  }
}
