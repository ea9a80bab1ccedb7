import MagpieTrace

/// Stopping before something happens, and going on until it does.
///
/// While anything is looked for, all gates are closed, and each passage is a question: the machine tells what it is about to do, and
/// goes on if nobody wants to stop there. It asks at the very moment at which it would go on, so nothing comes between. The
/// first that is to stop makes the program held, as by hand, and stands at the gate with its operation still to come. A release or a
/// step takes it past that without another question.
///
/// Rejected: asking once the operation is done, and stopping after it: what it changed could no longer be seen before and after.
extension Gate {
  /// What is looked for, and what was found.
  struct Stops {
    /// Looked for until it is taken back.
    var standing: (@Sendable (Upcoming) -> Bool)?
    /// Looked for once.
    var once: (@Sendable (Upcoming) -> Bool)?
    /// One operation of this fiber, or of this machine, is let through, and then the program is held.
    var target: Target?
    /// What the program was stopped before.
    var before: Upcoming?
    /// The machine that stood there when the program was released: it goes first, whatever else is to stop by then.
    var passing: Int?

    var areWatched: Bool { standing != nil || once != nil || target != nil }
  }

  enum Target {
    case fiber(UInt32)
    case machine(UInt16)
  }

  /// What the machine is about to do, as far as that is known.
  func upcoming(_ state: State, _ machine: MachineRef, _ passage: Passage) -> Upcoming {
    let isDetached = machine.pointee.isEntering && state.detached[Int(machine.pointee.id)] != nil
    return Upcoming(
      isDetached ? .rejoin : isToFreeze(state, machine) ? .freeze : passage.operation, machine, victim: passage.victim,
      isExact: state.closesAll || simulator != nil)
  }

  /// A machine would go on: whether the program is stopped instead, with this machine before its operation.
  func stops(_ state: inout State, _ machine: MachineRef, _ passage: inout Passage) -> Bool {
    guard state.stops.areWatched else { return false }
    if !passage.hasStopped, state.stops.standing != nil || state.stops.once != nil {
      let upcoming = upcoming(state, machine, passage)
      if state.stops.standing?(upcoming) ?? false || state.stops.once?(upcoming) ?? false {
        // Looks again once that one has gone by.
        if let first = state.stops.passing, !state.frozen.machines.contains(UInt16(first)) { return true }
        passage.hasStopped = true
        stop(&state, real: machine.realTime)
        state.stops.before = upcoming
        if passage.isRegistered { state.waiting[Int(machine.pointee.id)] = upcoming }
        return true
      }
    }
    let isTarget =
      switch state.stops.target {
      case .fiber(let fiber): machine.pointee.isEntering && machine.fiberID == fiber
      case .machine(let id): machine.pointee.id == id
      case nil: false
      }
    if isTarget {
      stop(&state, real: machine.realTime)
      state.stepped = (Int(machine.pointee.id), machine.pointee.ring.cursor, Gate.mostLooks)
      state.clock.advance(to: passage.arrival, real: machine.realTime)
    }
    return false
  }

  /// Holds the program from the gate, where all machines come by.
  private func stop(_ state: inout State, real: UInt64) {
    state.stops.once = nil
    state.stops.target = nil
    state.granted = nil
    state.grantsNext = false
    state.stepped = nil
    state.isHeld = true
    state.clock.stand(real: real)
    state.pace.stand(real: counter.now)
    wakeAll(&state)
  }

  /// The program was stopped before what the machine does, and it has not done that yet: it keeps its processor.
  func isStopped(_ state: State, _ id: Int) -> Bool {
    state.stops.before.map { Int($0.machine) } == id || state.stops.passing == id
  }

  /// The machine goes on.
  func didPass(_ state: inout State, _ machine: MachineRef, _ passage: Passage) {
    guard passage.hasStopped else { return }
    if state.stops.before?.machine == machine.pointee.id { state.stops.before = nil }
    if state.stops.passing == Int(machine.pointee.id) {
      state.stops.passing = nil
      wakeAll(&state)
    }
  }

  // MARK: The controller's side

  /// Stops the program from now on whenever a machine is about to do something that `stopsBefore` wants; nil: no longer.
  func setBreakpoint(_ stopsBefore: (@Sendable (Upcoming) -> Bool)?) {
    state.withLock { state in
      state.stops.standing = stopsBefore
      if stopsBefore != nil { closeAll(&state) }
    }
    RealMemory.barrier()
  }

  /// Lets the program go on, and stops it once.
  func run(until stopsBefore: @escaping @Sendable (Upcoming) -> Bool, real: UInt64) {
    watch { $0.once = stopsBefore }
    release(real: real)
  }

  /// Lets the program go on until one more operation of a fiber or a machine is done.
  func run(past target: Target, real: UInt64) {
    watch { $0.target = target }
    release(real: real)
  }

  /// The machine at the gate that a fiber's operation is about to be done by.
  func waiting(with fiber: UInt32) -> UInt16? {
    state.withLock { state in
      state.waiting.values.first { $0.fiber == fiber && state.entering.contains(Int($0.machine)) }?.machine
    }
  }

  private func watch(_ change: (inout Stops) -> Void) {
    state.withLock { state in
      state.stops.once = nil
      state.stops.target = nil
      change(&state.stops)
      closeAll(&state)
    }
    RealMemory.barrier()
  }

  var stoppedBefore: Upcoming? { state.withLock { $0.stops.before } }

  /// What the machines at the gate are about to do, by machine.
  var upcoming: [Upcoming] { state.withLock { $0.waiting.values.sorted { $0.machine < $1.machine } } }
}
