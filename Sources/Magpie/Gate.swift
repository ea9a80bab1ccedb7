import CKernel
import Glibc
import MagpieTrace
import Synchronization

/// The point at which a machine can be held, before each traced operation: holding and stepping, slow motion, room in the
/// rings, simulation and moments at which all stands still are one mechanism.
///
/// Open, it costs an operation one load and one comparison: the limit of the machine's `Entrance` is how far its ring may be
/// written. Closed, the limit is 0, and the machine comes here. It never holds a runtime lock then, so all that it may stand in
/// the way of is time. One passage is one operation with its events, and that is what a step releases.
final class Gate: Sendable {
  /// What a machine says about itself to who looks at a held program.
  struct Waiting: Sendable {
    var machine: UInt16
    /// Its own virtual time.
    var time: UInt64
  }

  private struct State: @unchecked Sendable {
    var clock = VirtualClock()
    var isHeld = false
    var isQuiescing = false
    /// The run is over: nobody is held any more, but for room and for who reads a snapshot.
    var isEnding = false
    /// The machine that may pass while the program is held.
    var granted: Int?
    /// A step was asked for while nobody was at the gate: whoever comes next may pass.
    var grantsNext = false
    /// The machine that passed last while the program is held, the events that it had recorded by then, and how often it may
    /// still pass without having recorded one.
    var stepped: (machine: Int, cursor: UInt64, looks: Int)?
    /// Machines at the gate, by id, with their own virtual time.
    var waiting: [Int: UInt64] = [:]
    /// Those of them that come from a fiber's code, and may lose their processors.
    var entering: Set<Int> = []
    /// Machines that have lost theirs, and do not know it yet.
    var detached: [Int: Machine.Detachment] = [:]
    /// Machines whose rings are full.
    var wantsRoom: Set<Int> = []
    /// How far each ring was read, by machine.
    var positions: [UInt64] = []
    var machines: [Machine.SharedRef] = []
    var isTracing: Bool
    /// What a paced simulation keeps to: real time at the tempo.
    var pace = VirtualClock()
  }

  /// The events that one operation may emit.
  static let room: UInt64 = 16
  /// A machine may run this much real time ahead of the slowed clock: kernel waits are no finer.
  private static let slack: UInt64 = 50_000
  /// A step is over without an event when a fiber only looks, so many times: one that polls would be looked at for ever.
  private static let mostLooks = 100

  private let state: ThreadMutex<State>
  private let isLossless: Bool
  private let capacity: UInt64
  private let simulator: Simulator?
  private let isPaced: Bool
  private let counter = CounterClock()
  /// Raised when a machine waits for room; the reader sleeps on it.
  let roomWanted = Atomic<UInt32>(0)

  init(isLossless: Bool, capacity: Int, isTracing: Bool, simulator: Simulator?, isPaced: Bool = false) {
    self.isPaced = isPaced
    self.isLossless = isLossless
    self.capacity = UInt64(capacity)
    self.simulator = simulator
    state = ThreadMutex(State(isTracing: isTracing))
  }

  /// A new machine. Called before its thread starts.
  func add(_ machine: MachineRef) {
    state.withLock { state in
      state.machines.append(machine.shared)
      state.positions.append(0)
      machine.pointee.isTracing = state.isTracing
      machine.shared.pointee.entrance.close()
    }
  }

  // MARK: The machine's side

  /// Waits until the machine may pass. It holds no lock, and its last operation is complete.
  func wait(_ machine: MachineRef) {
    if let simulator {
      waitForRoom(machine)
      simulator.pass(machine)
      if isPaced { keepPace(machine, simulator) }
    } else {
      waitForVerdict(machine)
    }
    if machine.scheduler.pointee.isStopping.load(ordering: .acquiring) { machine.abandonFiber() }
    guard machine.pointee.isEntering else { return }
    machine.pointee.detachment = state.withLock { $0.detached.removeValue(forKey: Int(machine.pointee.id)) }
    guard machine.pointee.detachment != nil else { return }
    machine.pointee.processor = nil
    machine.shared.pointee.entrance.isDetached.store(0, .relaxed)
  }

  private func waitForVerdict(_ machine: MachineRef) {
    let shared = machine.shared
    let id = Int(machine.pointee.id)
    let arrival = machine.ownTime
    var isRegistered = false
    while true {
      // Read before the look, so that what changes after it ends the sleep.
      let word = shared.pointee.gateWord.load(ordering: .acquiring)
      let timeout: Int64? = state.withLock { state in
        let verdict = verdict(&state, machine, arrival: arrival)
        if verdict == nil {
          state.waiting[id] = nil
          state.entering.remove(id)
          let real = machine.realTime
          // Where the clock stood while the machine waited, its own is what it was on arrival; where it went on, its own did too.
          machine.pointee.clockOffset = real &- max(arrival, state.clock.now(real: real))
          machine.setActivity(.inside)
          if state.isTracing && !machine.pointee.isTracing { machine.pointee.lookCount = Machine.unknownLooks }
          machine.pointee.isTracing = state.isTracing
          shared.pointee.entrance.open(upTo: limit(of: state, id))
        } else if !isRegistered {
          isRegistered = true
          state.waiting[id] = arrival
          if machine.pointee.isEntering { state.entering.insert(id) }
          machine.setActivity(.atGate)
        }
        return verdict
      }
      guard let timeout else { return }
      _ = withUnsafePointer(to: shared.pointee.gateWord) { ck_futex_wait($0, word, timeout) }
    }
  }

  /// Nil: pass. Else how long to sleep in ns before looking again; negative: until told.
  private func verdict(_ state: inout State, _ machine: MachineRef, arrival: UInt64) -> Int64? {
    let id = Int(machine.pointee.id)
    if state.isQuiescing { return -1 }
    if state.isTracing && isLossless && machine.pointee.ring.cursor &+ Gate.room > state.positions[id] &+ capacity &- 1
    {
      if state.wantsRoom.isEmpty { closeAll(&state) }
      state.wantsRoom.insert(id)
      if !state.isHeld { state.clock.stand(real: machine.realTime) }
      roomWanted.wrappingAdd(1, ordering: .releasing)
      _ = withUnsafePointer(to: roomWanted) { ck_futex_wake($0, 1) }
      return -1
    }
    if state.isEnding { return nil }
    if state.isHeld {
      let cursor = machine.pointee.ring.cursor
      if state.granted == id || state.grantsNext {
        state.granted = nil
        state.grantsNext = false
        state.stepped = (id, cursor, Gate.mostLooks)
      } else if let stepped = state.stepped, stepped.machine == id, stepped.cursor == cursor, stepped.looks > 0 {
        // A passage in which there was nothing to do, as a look at an empty queue, was no step: only then it may pass again.
        state.stepped?.looks -= 1
      } else {
        return -1
      }
      state.clock.advance(to: arrival, real: machine.realTime)
      return nil
    }
    guard state.wantsRoom.isEmpty else { return -1 }
    let now = state.clock.now(real: machine.realTime)
    let ahead = arrival > now ? (arrival - now) &* state.clock.tempo : 0
    return ahead > Gate.slack ? Int64(clamping: ahead) : nil
  }

  private func limit(of state: State, _ id: Int) -> UInt64 {
    if state.isEnding || state.isHeld || state.isQuiescing || !state.wantsRoom.isEmpty || state.clock.tempo != 1 {
      return 0
    }
    return state.isTracing && isLossless ? state.positions[id] &+ capacity &- 1 : .max
  }

  private func closeAll(_ state: inout State) {
    for machine in state.machines { machine.pointee.entrance.close() }
  }

  /// Makes every machine at the gate look again, and every sleeper with a deadline compute anew.
  private func wakeAll(_ state: inout State) {
    for machine in state.machines {
      machine.pointee.gateWord.wrappingAdd(1, ordering: .releasing)
      if state.waiting[Int(machine.pointee.id)] != nil {
        _ = withUnsafePointer(to: machine.pointee.gateWord) { ck_futex_wake($0, 1) }
      }
      Machine.lookAgain(machine)
    }
  }

  /// The machine that has the token waits until real time, at the tempo, has come to where the simulation is.
  private func keepPace(_ machine: MachineRef, _ simulator: Simulator) {
    let shared = machine.shared
    while true {
      let word = shared.pointee.gateWord.load(ordering: .acquiring)
      let ahead: UInt64 = state.withLock { state in
        let time = simulator.clock.load(ordering: .relaxed)
        let real = counter.now
        if state.isEnding { return 0 }
        if state.pace.isStanding {
          state.pace.advance(to: time, real: real)
          return 0
        }
        let now = state.pace.now(real: real)
        return time > now ? (time - now) &* state.pace.tempo : 0
      }
      guard ahead > Gate.slack else { return }
      _ = withUnsafePointer(to: shared.pointee.gateWord) { ck_futex_wait($0, word, Int64(clamping: ahead)) }
    }
  }

  /// In a simulation only room is waited for here; no virtual time passes meanwhile.
  private func waitForRoom(_ machine: MachineRef) {
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
        roomWanted.wrappingAdd(1, ordering: .releasing)
        _ = withUnsafePointer(to: roomWanted) { ck_futex_wake($0, 1) }
        return false
      }
      if hasRoom { return }
      _ = withUnsafePointer(to: machine.shared.pointee.gateWord) { ck_futex_wait($0, word, -1) }
    }
  }

  /// How long the kernel must sleep for a virtual deadline: nil when it has come, negative while the clock stands.
  func timeout(until deadline: UInt64, real: UInt64) -> Int64? {
    state.withLock { state in
      if state.isEnding { return nil }
      let now = state.clock.now(real: real)
      guard now < deadline else { return nil }
      if state.clock.isStanding { return -1 }
      return Int64(clamping: (deadline - now).multipliedReportingOverflow(by: state.clock.tempo).partialValue)
    }
  }

  /// The global virtual time.
  func now(real: UInt64) -> UInt64 { state.withLock { $0.clock.now(real: real) } }

  // MARK: The controller's side

  /// Holds the program: machines stop before their next operation, and virtual time stands.
  func hold(real: UInt64) {
    state.withLock { state in
      guard !state.isHeld else { return }
      state.isHeld = true
      state.clock.stand(real: real)
      state.pace.stand(real: counter.now)
      closeAll(&state)
      wakeAll(&state)
    }
    RealMemory.barrier()
    simulator?.hold()
  }

  func release(real: UInt64) {
    state.withLock { state in
      guard state.isHeld else { return }
      state.isHeld = false
      state.granted = nil
      state.stepped = nil
      state.grantsNext = false
      if state.wantsRoom.isEmpty { state.clock.go(real: real) }
      state.pace.go(real: counter.now)
      wakeAll(&state)
    }
    simulator?.release()
  }

  var isHeld: Bool { state.withLock { $0.isHeld } }

  /// Lets one machine do one operation: the given one, or the one whose own time is the earliest. Where none waits at the
  /// gate, time moves to the next deadline that a machine sleeps for.
  /// - Returns: the machine, or nil if nothing can be stepped.
  func step(machine wanted: UInt16? = nil, nextDeadline: UInt64, real: UInt64) -> UInt16? {
    if let simulator { return simulator.step() }
    return state.withLock { state in
      guard state.isHeld, state.granted == nil, !state.grantsNext else { return nil }
      let machine = wanted.map(Int.init) ?? state.waiting.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
      if let machine, state.waiting[machine] != nil {
        state.granted = machine
        state.stepped = nil
        let shared = state.machines[machine]
        shared.pointee.gateWord.wrappingAdd(1, ordering: .releasing)
        _ = withUnsafePointer(to: shared.pointee.gateWord) { ck_futex_wake($0, 1) }
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

  /// Whether a released operation is still to come, or goes on.
  var isStepping: Bool {
    state.withLock { state in
      if state.granted != nil || state.grantsNext { return true }
      guard let stepped = state.stepped else { return false }
      let shared = state.machines[stepped.machine]
      // Who sees that the operation is over sees its events.
      switch shared.pointee.entrance.activity {
      case .inside: return true
      // It had nothing to do, and may pass once more when its fiber calls again.
      case .outside where (shared.pointee.ring?.published ?? 0) == stepped.cursor: return true
      default:
        // What is told to be over is: a machine that went to sleep without an event may not pass again when it wakes.
        state.stepped = nil
        return false
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

  /// The machines at the gate.
  var waiting: [Waiting] {
    state.withLock { $0.waiting.map { Waiting(machine: UInt16($0.key), time: $0.value) } }
  }

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
    for machine in machines {
      var turns = 0
      while machine.pointee.entrance.activity == .inside {
        turns += 1
        if turns % 64 == 0 { sched_yield() } else { ck_pause() }
      }
    }
    let result = body()
    state.withLock { state in
      state.isQuiescing = false
      wakeAll(&state)
    }
    return result
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
      guard state.detached[id] == nil else { return false }
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
    if inOrder { simulator?.release() } else { simulator?.openForGood() }
  }
}
