import MagpieTrace

/// Fibers and machines that are kept from going on, while all others do.
///
/// ### Fibers
/// A frozen fiber parks at its next passage from its own code into the runtime, instead of what it asked for, and asks again when
/// it is thawed. One rule for all: a fiber that waits or is queued when it is frozen is woken and started as ever, and parks when it next
/// calls. So what another fiber has given it, a value or a lock's turn, is not lost on the way, no queue needs a hole, and
/// a lock that it competes for stays free for others. Its machine and processor go on with other fibers at once.
///
/// While a frozen fiber has not parked yet all gates are closed, as it may come by anywhere; once it has, they are open again.
///
/// Rejected: taking it out of the queue or line where it stands, which moves it behind the back of the holder of the queue, and wakes it
/// from a wait whose promise it has not got; and not starting it, a look at each start, with the gate open too.
///
/// ### Machines
/// A frozen machine stands at its gate when it comes from a fiber's code or from a blocking call, while time goes on. Sysmon takes its
/// processor there, as from a fiber that does not call and from a call. Elsewhere it is let through: in the middle of a search it
/// holds a processor that nobody could take from it.
extension Gate {
  struct Frozen {
    var fibers: Set<UInt32> = []
    /// Those of them that have not parked yet.
    var pending: Set<UInt32> = []
    var machines: Set<UInt16> = []
    /// Those of them that stand at the gate for that reason.
    var standing: Set<UInt16> = []

    var isEmpty: Bool { fibers.isEmpty && machines.isEmpty }
  }

  // MARK: The machine's side

  /// Whether the fiber that comes from its code on this machine must park.
  func isToFreeze(_ state: State, _ machine: MachineRef) -> Bool {
    guard machine.pointee.isEntering, !state.frozen.fibers.isEmpty, !state.isEnding,
      let fiber = machine.pointee.fiber
    else { return false }
    return state.frozen.fibers.contains(fiber.pointee.id)
  }

  /// Whether the machine must stand at the gate, where it may lose its processor.
  func standsFrozen(_ state: State, _ machine: MachineRef) -> Bool {
    state.frozen.machines.contains(machine.pointee.id) && !state.isEnding
      && (machine.pointee.isEntering || machine.pointee.fiber?.pointee.place == .blocked)
  }

  /// A frozen fiber is about to park. Under the scheduler's lock, so that who thaws it finds it parked, or comes before.
  /// - Returns: false if it was thawed meanwhile.
  func beginFrozenPark(of fiber: UInt32) -> Bool {
    state.withLock { state in
      guard !state.isEnding, state.frozen.fibers.contains(fiber) else { return false }
      state.frozen.pending.remove(fiber)
      return true
    }
  }

  // MARK: The controller's side

  /// While all stand still, so that the fiber does not end meanwhile: all gates are closed already.
  func freeze(fiber: UInt32) {
    state.withLock { state in
      guard state.frozen.fibers.insert(fiber).inserted else { return }
      state.frozen.pending.insert(fiber)
    }
  }

  /// - Returns: whether it was frozen.
  func thaw(fiber: UInt32) -> Bool {
    state.withLock { state in
      state.frozen.pending.remove(fiber)
      return state.frozen.fibers.remove(fiber) != nil
    }
  }

  func freeze(machine: UInt16) {
    state.withLock { state in
      state.frozen.machines.insert(machine)
      state.machines[Int(machine)].pointee.entrance.close()
      wakeAll(&state)
    }
    awaitRequests()
    RealMemory.barrier()
  }

  /// - Returns: whether it was frozen.
  func thaw(machine: UInt16) -> Bool {
    let (wasFrozen, isStanding) = state.withLock { state in
      guard state.frozen.machines.remove(machine) != nil else { return (false, false) }
      wakeAll(&state)
      return (true, state.frozen.standing.remove(machine) != nil)
    }
    if isStanding { simulator?.unpark(machine, isOutside: true) }
    return wasFrozen
  }

  /// A simulation in which nothing can run waits for who thaws: it is not stuck.
  func awaitRequests() { simulator?.awaitRequests() }

  var frozen: Frozen { state.withLock { $0.frozen } }
}
