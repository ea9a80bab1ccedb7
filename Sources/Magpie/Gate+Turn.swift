import MagpieTrace

/// The gate in a simulation, where one machine at a time has its turn.
///
/// The program is held by the machine whose turn it is: it stands at the gate and keeps its turn, and so nobody else can do
/// anything either. A step lets it go, and the next one to get its turn stops. So holding and stepping never change the order:
/// the same seed gives the same trace, however it is looked at.
extension Gate {
  /// The machine whose turn it is waits until it may do its operation: while the program is held, and in a paced simulation until
  /// real time, at the tempo, has come to where the simulation is.
  /// - Returns: false if it was frozen, and must give its turn away.
  func waitInTurn(_ machine: MachineRef, _ passage: inout Passage, _ simulator: Simulator) -> Bool {
    let shared = machine.shared
    while true {
      let word = shared.pointee.gateWord.load(ordering: .acquiring)
      let (timeout, isFrozen): (Int64?, Bool) = state.withLock { state in
        if standsFrozen(state, machine) {
          state.turn = nil
          state.waiting[Int(machine.pointee.id)] = nil
          passage.isRegistered = false
          return (nil, true)
        }
        let verdict = verdictInTurn(&state, machine, &passage, simulator)
        if verdict == nil {
          state.turn = nil
          pass(&state, machine, passage)
        } else {
          state.turn = Int(machine.pointee.id)
          register(&state, machine, &passage)
          // It has its turn: nobody is there to take its processor.
          state.entering.remove(Int(machine.pointee.id))
        }
        return (verdict, false)
      }
      guard let timeout else { return !isFrozen }
      shared.pointee.gateWord.sleep(while: word, atMost: timeout)
    }
  }

  /// As `verdict`.
  private func verdictInTurn(
    _ state: inout State, _ machine: MachineRef, _ passage: inout Passage, _ simulator: Simulator
  ) -> Int64? {
    if state.isQuiescing { return -1 }
    if state.isEnding { return nil }
    let time = simulator.clock.load(ordering: .relaxed)
    if state.isHeld {
      let id = Int(machine.pointee.id)
      if state.grantsNext {
        state.grantsNext = false
        state.stepped = (id, machine.pointee.ring.cursor, Gate.mostLooks)
      } else if let stepped = state.stepped, stepped.looks > 0,
        state.machines[stepped.machine].pointee.ring?.published ?? 0 == stepped.cursor
      {
        // Nothing came of it: the next one is let through in its stead.
        state.stepped = (id, machine.pointee.ring.cursor, stepped.looks - 1)
      } else {
        state.stepped = nil
        return -1
      }
      state.clock.advance(to: time, real: time)
      if isPaced { state.pace.advance(to: time, real: counter.now) }
      return nil
    }
    if isPaced, let ahead = aheadOfPace(&state, time) { return ahead }
    return stops(&state, machine, &passage) ? -1 : nil
  }

  /// How long the simulation must wait for real time, in ns; nil: no longer.
  private func aheadOfPace(_ state: inout State, _ time: UInt64) -> Int64? {
    let real = counter.now
    guard !state.pace.isStanding else {
      state.pace.advance(to: time, real: real)
      return nil
    }
    let now = state.pace.now(real: real)
    let ahead = time > now ? (time - now) &* state.pace.tempo : 0
    return ahead > Gate.slack ? Int64(clamping: ahead) : nil
  }

  /// A frozen machine gives its turn away until it is thawed.
  func waitWhileFrozen(_ machine: MachineRef, _ passage: Passage, _ simulator: Simulator) {
    var passage = passage
    while true {
      let isFrozen = state.withLock { state in
        guard standsFrozen(state, machine) else {
          if passage.isRegistered { pass(&state, machine, passage) }
          return false
        }
        state.frozen.standing.insert(machine.pointee.id)
        register(&state, machine, &passage)
        return true
      }
      guard isFrozen else { return }
      simulator.park(machine, until: .max)
    }
  }

  /// In a simulation only room is waited for here; no virtual time passes meanwhile.
  func waitForRoom(_ machine: MachineRef) {
    let id = Int(machine.pointee.id)
    while true {
      let word = machine.shared.pointee.gateWord.load(ordering: .acquiring)
      let hasRoom = state.withLock { state in
        if !state.isTracing || !isLossless
          || machine.pointee.ring.cursor &+ Gate.room <= state.positions[id] &+ capacity &- 1
        {
          return true
        }
        state.wantsRoom.insert(id)
        callReader()
        return false
      }
      if hasRoom { return }
      machine.shared.pointee.gateWord.sleep(while: word)
    }
  }
}
