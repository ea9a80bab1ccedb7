public import MagpieTrace

/// What may be done to a running program from outside. Nothing here is called on a fiber.
///
/// What changes the program itself, as thawing a fiber does, is an operation of sysmon's: in a program that is held it happens when
/// that goes on, or as a step.
extension Runtime {
  // MARK: Holding and stepping

  /// Holds the program: every machine stops before its next operation, and virtual time stands.
  public func hold() { scheduler.pointee.gate.hold(real: realTime) }
  /// Lets it go on.
  public func release() { scheduler.pointee.gate.release(real: realTime) }
  public var isHeld: Bool { scheduler.pointee.gate.isHeld }
  /// Lets one machine of a held program do one operation: `machine`, or the one before whose operation the program was stopped, or the
  /// one that has waited longest.
  /// - Returns: which, or nil when none can.
  @discardableResult
  public func step(machine: UInt16? = nil) -> UInt16? {
    scheduler.pointee.gate.step(machine: machine, nextDeadline: scheduler.earliestTimer, real: realTime)
  }
  /// Lets the program go on until a fiber has begun one more operation, and holds it then. Other machines go as they must.
  public func step(fiber: UInt32) throws(ControlError) {
    _ = try place(of: fiber)
    if isHeld, let machine = scheduler.pointee.gate.waiting(with: fiber), step(machine: machine) != nil { return }
    scheduler.pointee.gate.run(past: .fiber(fiber), real: realTime)
  }
  /// Ends the step if its operation is over: from then on no machine of the held program passes.
  /// - Returns: whether there is no step any more; false while a released operation is still to come, or goes on.
  public func endStepIfOver() -> Bool { scheduler.pointee.gate.endStepIfOver() }
  /// Virtual time runs at 1/tempo of real time. 1...10,000.
  public func setTempo(_ tempo: Int) { scheduler.pointee.gate.setTempo(max(1, min(tempo, 10_000)), real: realTime) }
  public var tempo: Int { scheduler.pointee.gate.tempo }

  // MARK: Stopping before something happens

  /// From now on the program is held whenever a machine is about to do what `stopsBefore` wants; nil: no longer.
  ///
  /// While it is set, every operation of every machine asks, one after the other.
  /// - Parameter stopsBefore: quick, and calls nothing of the runtime.
  public func setBreakpoint(_ stopsBefore: (@Sendable (Upcoming) -> Bool)?) {
    scheduler.pointee.gate.setBreakpoint(stopsBefore)
  }
  /// Lets the program go on, and holds it before the next operation that `stopsBefore` wants, once.
  public func run(until stopsBefore: @escaping @Sendable (Upcoming) -> Bool) {
    scheduler.pointee.gate.run(until: stopsBefore, real: realTime)
  }
  /// What the program was stopped before; nil once it was released, or that operation was stepped.
  public var stoppedBefore: Upcoming? { scheduler.pointee.gate.stoppedBefore }
  /// What the machines that stand at the gate are about to do, by machine. In a simulation only the one whose turn it is.
  public var upcoming: [Upcoming] { scheduler.pointee.gate.upcoming }

  // MARK: Freezing and waking

  /// Keeps a fiber from going on: it parks at its next call. One that waits is woken as ever, and parks then. Blocking a fiber by hand is
  /// this, too.
  public func freeze(fiber: UInt32) throws(ControlError) {
    let gate = scheduler.pointee.gate
    _ = try place(of: fiber) { gate.freeze(fiber: fiber) }
    gate.awaitRequests()
  }
  /// Lets a frozen fiber go on.
  public func thaw(fiber: UInt32) throws(ControlError) {
    guard scheduler.pointee.gate.thaw(fiber: fiber) else {
      _ = try place(of: fiber)
      throw .notFrozen
    }
    scheduler.ask(.thaw(fiber))
  }
  /// Keeps a machine at its gate when it next comes from a fiber's code, while time goes on: its processor may be taken.
  public func freeze(machine: UInt16) throws(ControlError) {
    try check(machine)
    scheduler.pointee.gate.freeze(machine: machine)
  }
  public func thaw(machine: UInt16) throws(ControlError) {
    try check(machine)
    guard scheduler.pointee.gate.thaw(machine: machine) else { throw .notFrozen }
    scheduler.ask(.look)
  }
  public var frozenFibers: Set<UInt32> { scheduler.pointee.gate.frozen.fibers }
  public var frozenMachines: Set<UInt16> { scheduler.pointee.gate.frozen.machines }

  /// Ends a fiber's sleep before its time, or thaws it. Whoever waits for something else cannot be woken: it was promised that.
  public func wake(fiber: UInt32) throws(ControlError) {
    if frozenFibers.contains(fiber) { return try thaw(fiber: fiber) }
    switch try place(of: fiber) {
    case .parked(.sleep): scheduler.ask(.wake(fiber))
    case .parked(let reason): throw .waitsFor(reason)
    case .elsewhere: throw .notParked
    }
  }

  /// Sets how many fibers run at once, as `setProcessorCount` does.
  public func setProcessors(_ count: Int) throws(ControlError) {
    guard (1...Configuration.maxProcessors).contains(count) else { throw .processorCount(count) }
    guard !scheduler.pointee.era.isOneThread else { throw .meansNothing(scheduler.pointee.era) }
    scheduler.ask(.resize(count))
  }

  // MARK: Looking first

  private enum Place {
    case parked(ParkReason)
    case elsewhere
  }

  /// Where a fiber is, as all stand still for a moment.
  /// - Parameter body: called in that moment if there is such a fiber.
  /// - Complexity: O(fibers ever alive at once).
  private func place(of id: UInt32, _ body: () -> Void = {}) throws(ControlError) -> Place {
    let scheduler = scheduler
    let found: Place? = scheduler.pointee.gate.quiesce {
      // Without the lock: only machines change what it guards of these.
      for index in 0..<scheduler.locked.pointee.fiberCount {
        let fiber = scheduler.pointee.fibers[index]
        guard fiber.pointee.place != .free, fiber.pointee.id == id else { continue }
        body()
        guard fiber.pointee.place == .parked, let reason = fiber.pointee.parkReason else { return .elsewhere }
        return .parked(reason)
      }
      return nil
    }
    guard let found else { throw .noSuchFiber }
    return found
  }

  private func check(_ machine: UInt16) throws(ControlError) {
    guard Int(machine) < machineCount else { throw .noSuchMachine }
    guard machine != Scheduler.sysmonID else { throw .isSysmon }
  }
}

/// Why something cannot be done to a running program.
public enum ControlError: Error, Sendable, Hashable {
  /// No fiber has that number, or it has ended.
  case noSuchFiber
  case noSuchMachine
  /// It watches all others.
  case isSysmon
  case notFrozen
  /// The fiber runs or can run: there is nothing to wake it from.
  case notParked
  /// The fiber waits for something that was promised to it.
  case waitsFor(ParkReason)
  /// Not 1...256.
  case processorCount(Int)
  /// The era has nothing of the kind.
  case meansNothing(Era)
}

extension ControlError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchFiber: "no such fiber"
    case .noSuchMachine: "no such machine"
    case .isSysmon: "sysmon cannot be frozen"
    case .notFrozen: "it is not frozen"
    case .notParked: "it does not sleep"
    case .waitsFor(let reason): "it waits for \(reason), and may not go on without"
    case .processorCount(let count): "1 to \(Configuration.maxProcessors) processors, not \(count)"
    case .meansNothing(let era): "the scheduler of this era, \(era), has nothing of the kind"
    }
  }
}
