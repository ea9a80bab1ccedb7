public import Magpie
import MagpieTrace

/// What may be done to a running program from outside, as `Runtime` has it. A task is its machine, so to freeze the one is to freeze
/// the other.
extension KernelProgram {
  public func hold() { arena.hold() }
  public func release() {
    doorkeeper.forget()
    arena.release()
    arena.callReader()
  }
  public var isHeld: Bool { arena.isHeld }
  /// - Returns: whether there is no step any more. Nothing has to be done to end one here: a task that was let go passes once.
  public func endStepIfOver() -> Bool { !arena.isStepping }

  @discardableResult
  public func step(machine: UInt16?) -> UInt16? {
    defer { arena.callReader() }
    let stopped = doorkeeper.stoppedBefore.map { Int($0.machine) }
    let slot = arena.step(machine.map(Int.init) ?? stopped)
    if slot != nil { doorkeeper.forget(isStepped: true) }
    return slot.map(UInt16.init)
  }

  /// Lets the program go on until a task has begun its next operation, and holds it then.
  public func step(fiber: UInt32) throws(ControlError) {
    let slot = try slot(of: fiber)
    if isHeld, step(machine: UInt16(slot)) != nil { return }
    doorkeeper.forget()
    arena.withLock { arena.header.pointee.holdsAfter = slot }
    arena.release()
  }

  public var tempo: Int { arena.withLock { Int(arena.header.pointee.clock.tempo) } }
  public func setTempo(_ tempo: Int) { arena.setTempo(max(1, min(tempo, 10_000))) }

  public func setBreakpoint(_ stopsBefore: (@Sendable (Upcoming) -> Bool)?) { doorkeeper.setBreakpoint(stopsBefore) }
  /// The kernel's id of a thread that is the viewer's and not a task's, if there is one.
  public var doorkeeperThread: Int32? { doorkeeper.thread }
  public func run(until stopsBefore: @escaping @Sendable (Upcoming) -> Bool) {
    doorkeeper.setOnce(stopsBefore)
    arena.release()
  }
  public var stoppedBefore: Upcoming? { doorkeeper.stoppedBefore }
  public var upcoming: [Upcoming] { arena.withLock { arena.upcoming } }

  public func freeze(fiber: UInt32) throws(ControlError) { freeze(try slot(of: fiber), true) }
  public func thaw(fiber: UInt32) throws(ControlError) { try thaw(try slot(of: fiber)) }
  public func freeze(machine: UInt16) throws(ControlError) { freeze(try slot(of: machine), true) }
  public func thaw(machine: UInt16) throws(ControlError) { try thaw(try slot(of: machine)) }
  public var frozenFibers: Set<UInt32> { Set(frozen.map { slot in arena.withLock { arena.slots[slot].fiber } }) }
  public var frozenMachines: Set<UInt16> { Set(frozen.map(UInt16.init)) }

  /// Ends a task's sleep, or thaws it.
  public func wake(fiber: UInt32) throws(ControlError) {
    let slot = try slot(of: fiber)
    let refusal: ControlError? = arena.withLock {
      if arena.slots[slot].isFrozen { return nil }
      switch arena.slots[slot].state {
      case .sleeping:
        arena.slots[slot].isWokenByHand = true
        arena.rouse(slot)
        return nil
      case .parked: return .waitsFor(ParkReason(rawValue: arena.slots[slot].parkReason) ?? .join)
      case .active, .inCall, .free: return .notParked
      }
    }
    if let refusal { throw refusal }
    if frozen.contains(slot) { try thaw(slot) }
  }

  public func setProcessors(_ count: Int) throws(ControlError) { throw .meansNothing(era) }
  public var processorCount: Int { 1 }

  /// What each thread or process does, as its gate knows.
  public var machineNotes: [Runtime.MachineNote] {
    arena.withLock {
      (0..<arena.header.pointee.slotsMade).map { slot in
        if arena.slots[slot].isAtGate { return .atGate }
        switch arena.slots[slot].state {
        case .free: return .ended
        case .active: return .computing
        case .parked, .sleeping: return .asleep
        case .inCall: return .inBlockingCall
        }
      }
    }
  }

  /// A line like Go's GODEBUG=schedtrace, as far as the words mean something here.
  public var scheduleTraceLine: String {
    let notes = machineNotes
    func count(_ note: Runtime.MachineNote) -> Int { notes.count { $0 == note } }
    return "SCHED \(virtualTime / 1_000_000)ms: era=\(era) tasks=\(notes.count - count(.ended))"
      + " runnable=\(count(.computing)) waiting=\(count(.asleep)) incall=\(count(.inBlockingCall)) atgate=\(count(.atGate))"
  }

  // MARK: looking

  private func slot(of fiber: UInt32) throws(ControlError) -> Int {
    let slot = arena.withLock {
      (0..<arena.header.pointee.slotsMade).first { arena.slots[$0].state != .free && arena.slots[$0].fiber == fiber }
    }
    guard fiber != Event.noFiber, let slot else { throw .noSuchFiber }
    return slot
  }

  private func slot(of machine: UInt16) throws(ControlError) -> Int {
    let lives = arena.withLock {
      Int(machine) < arena.header.pointee.slotsMade && arena.slots[Int(machine)].state != .free
    }
    guard lives else { throw .noSuchMachine }
    return Int(machine)
  }

  private var frozen: [Int] {
    arena.withLock {
      (0..<arena.header.pointee.slotsMade).filter { arena.slots[$0].state != .free && arena.slots[$0].isFrozen }
    }
  }

  private func freeze(_ slot: Int, _ isFrozen: Bool) {
    arena.withLock {
      arena.slots[slot].isFrozen = isFrozen
      arena.rouse(slot)
    }
  }

  private func thaw(_ slot: Int) throws(ControlError) {
    guard frozen.contains(slot) else { throw .notFrozen }
    freeze(slot, false)
  }
}
