import CKernel
import Glibc
import MagpieTrace
import Synchronization

/// The controller's side of the gate: holding, stepping, tempo, moments at which all stand still, and the end.
extension Gate {
  /// Holds the program: machines stop before their next operation, and virtual time stands.
  func hold(real: UInt64) {
    state.withLock { state in
      state.stops.once = nil
      state.stops.target = nil
      guard !state.isHeld else { return }
      state.isHeld = true
      state.clock.stand(real: real)
      state.pace.stand(real: counter.now)
      closeAll(&state)
      wakeAll(&state)
    }
    RealMemory.barrier()
  }

  func release(real: UInt64) {
    state.withLock { state in
      guard state.isHeld else { return }
      state.isHeld = false
      state.granted = nil
      state.stepped = nil
      state.grantsNext = false
      if let before = state.stops.before { state.stops.passing = Int(before.machine) }
      state.stops.before = nil
      if state.wantsRoom.isEmpty { state.clock.go(real: real) }
      state.pace.go(real: counter.now)
      wakeAll(&state)
    }
    callReader()
  }

  var isHeld: Bool { state.withLock { $0.isHeld } }

  /// Lets one machine do one operation: the given one, or the one before whose operation the program was stopped, or the one whose
  /// own time is the earliest. Where none waits at the gate, time moves to the next deadline that a machine sleeps for. In a
  /// simulation the next machine is the one whose turn it is; another one's operation is waited for, while others have their turns.
  /// - Returns: the machine, or nil if nothing can be stepped.
  func step(machine wanted: UInt16? = nil, nextDeadline: UInt64, real: UInt64) -> UInt16? {
    defer { callReader() }
    if simulator != nil { return stepInTurn(wanted, real: real) }
    return state.withLock { state in
      guard state.isHeld, state.granted == nil, !state.grantsNext else { return nil }
      let machine = wanted.map(Int.init) ?? next(state)
      if let machine, state.waiting[machine] != nil, !state.frozen.standing.contains(UInt16(machine)) {
        state.granted = machine
        state.stepped = nil
        let shared = state.machines[machine]
        shared.pointee.gateWord.wrappingAdd(1, ordering: .releasing)
        shared.pointee.gateWord.wake()
        return UInt16(machine)
      }
      guard wanted == nil else { return nil }
      // Nobody is there: they compute, or sleep. The next one to come may pass, and sleepers' time comes at once.
      state.grantsNext = true
      if nextDeadline != .max {
        state.clock.advance(to: nextDeadline, real: real)
        wakeAll(&state)
      }
      return nil
    }
  }

  /// Whose turn a step is, of the machines at the gate.
  private func next(_ state: State) -> Int? {
    if let stopped = state.stops.before { return Int(stopped.machine) }
    let mayPass = state.waiting.values.filter { !state.frozen.standing.contains($0.machine) }
    return mayPass.min { ($0.time, $0.machine) < ($1.time, $1.machine) }.map { Int($0.machine) }
  }

  private func stepInTurn(_ wanted: UInt16?, real: UInt64) -> UInt16? {
    let turn: Int? = state.withLock { state in
      guard state.isHeld, !state.grantsNext, let turn = state.turn else { return nil }
      guard wanted == nil || Int(wanted!) == turn else { return turn }
      state.grantsNext = true
      state.stepped = nil
      wakeAll(&state)
      return turn
    }
    guard let turn else { return nil }
    guard let wanted, Int(wanted) != turn else { return UInt16(turn) }
    run(past: .machine(wanted), real: real)
    return wanted
  }

  /// Ends the step if its operation is over.
  ///
  /// A machine that has passed and recorded nothing may pass once more, as long as the step goes on (`verdict`). Whoever is told that it
  /// is over relies on it that all stands, so looking and ending are one, under the lock: one that went to sleep without an event waits
  /// when it wakes.
  /// - Returns: whether there is no step any more; false while a released operation is still to come, or goes on.
  func endStepIfOver() -> Bool {
    state.withLock { state in
      if state.granted != nil || state.grantsNext { return false }
      guard let stepped = state.stepped else { return true }
      if simulator != nil { return state.turn != nil }
      let shared = state.machines[stepped.machine]
      // Who sees that the operation is over sees its events.
      switch shared.pointee.entrance.activity {
      case .inside: return false
      // It had nothing to do, and may pass once more when its fiber calls again.
      case .outside where (shared.pointee.ring?.published ?? 0) == stepped.cursor: return false
      default:
        state.stepped = nil
        return true
      }
    }
  }

  func setTempo(_ tempo: Int, real: UInt64) {
    state.withLock { state in
      state.clock.setTempo(UInt64(tempo), real: real)
      state.pace.setTempo(UInt64(tempo), real: counter.now)
      closeAll(&state)
      wakeAll(&state)
    }
    RealMemory.barrier()
  }

  var tempo: Int { Int(state.withLock { $0.clock.tempo }) }

  var lacksNobodyRoom: Bool { state.withLock { $0.wantsRoom.isEmpty } }

  /// The reader has read a ring up to a position.
  func didRead(machine id: Int, to position: UInt64, real: UInt64) {
    guard isLossless else { return }
    state.withLock { state in
      guard id < state.positions.count else { return }
      state.positions[id] = position
      let shared = state.machines[id]
      if state.wantsRoom.remove(id) != nil {
        if state.wantsRoom.isEmpty {
          if !state.isHeld { state.clock.go(real: real) }
          wakeAll(&state)
        } else {
          return
        }
      } else if !shared.pointee.entrance.isClosed {
        shared.pointee.entrance.open(upTo: limit(of: state, id))
      }
    }
  }

  /// Runs `body` while no machine is in the middle of an operation.
  func quiesce<R>(_ body: () -> R) -> R {
    let machines = state.withLock { state in
      state.isQuiescing = true
      closeAll(&state)
      return state.machines
    }
    RealMemory.barrier()
    let result: R
    if let simulator {
      // Asked anew each time: another machine may be made meanwhile, and have its turn.
      let isInside = { id in self.state.withLock { $0.machines[id] }.pointee.entrance.activity == .inside }
      result = simulator.quiesce(isInside, body)
    } else {
      result = quiesce(machines, body)
    }
    state.withLock { state in
      state.isQuiescing = false
      wakeAll(&state)
    }
    return result
  }

  private func quiesce<R>(_ machines: [Machine.SharedRef], _ body: () -> R) -> R {
    for machine in machines {
      var turns = 0
      while machine.pointee.entrance.activity == .inside {
        turns += 1
        if turns % 64 == 0 { sched_yield() } else { ck_pause() }
      }
    }
    return body()
  }

  /// Begins to record, or ends it. While nothing else happens, as in `quiesce`: each machine learns of it at its next passage.
  func setTracing(_ isTracing: Bool, real: UInt64) {
    state.withLock { state in
      state.isTracing = isTracing
      guard !isTracing, !state.wantsRoom.isEmpty else { return }
      state.wantsRoom = []
      if !state.isHeld { state.clock.go(real: real) }
    }
  }

  /// Takes the processor of a machine that runs a fiber's code, by the handshake that closes the gate: either it is seen inside,
  /// and keeps what it has, or it comes to the gate on its way in, and learns there what it has lost.
  /// - Parameter take: takes it; while it runs the machine cannot enter. Nil: it was not to be taken after all.
  func detach(_ id: Int, _ take: () -> Machine.Detachment?) -> Bool {
    state.withLock { state in
      // It lost another one, and does not know it yet: its gate must stay closed.
      guard state.detached[id] == nil, !isStopped(state, id) else { return false }
      let shared = state.machines[id]
      let activity = shared.pointee.entrance.closeAndLook()
      let isOutside = activity == .outside || activity == .atGate && state.entering.contains(id)
      guard !state.isEnding, isOutside, let detachment = take() else {
        if simulator == nil { shared.pointee.entrance.open(upTo: limit(of: state, id)) }
        return false
      }
      state.detached[id] = detachment
      shared.pointee.entrance.isDetached.store(1, .relaxed)
      return true
    }
  }

  /// Looks at what a machine owns that runs a fiber's code, by the same handshake: meanwhile it cannot enter the runtime.
  /// - Returns: nil if it is inside.
  func inspect<Result>(_ id: Int, _ body: () -> Result) -> Result? {
    state.withLock { state in
      let shared = state.machines[id]
      let result = shared.pointee.entrance.closeAndLook() == .outside ? body() : nil
      // One that has lost its processor must still come here.
      if state.detached[id] == nil { shared.pointee.entrance.open(upTo: limit(of: state, id)) }
      return result
    }
  }

  /// The end: nobody is held any more. Each passage still comes here, so that a fiber that runs on is stopped at it, and so that
  /// the last events find room: a lossless trace is read until the machines have ended.
  /// - Parameter inOrder: the machines of a simulation still run one at a time.
  func end(inOrder: Bool) {
    state.withLock { state in
      state.isEnding = true
      closeAll(&state)
      wakeAll(&state)
    }
    if !inOrder { simulator?.openForGood() }
  }
}
