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
  /// A machine's way through the gate, once.
  struct Passage {
    let operation: Operation
    let victim: ProcessorRef?
    /// The machine's own virtual time when it came.
    let arrival: UInt64
    var isRegistered = false
    /// The program was stopped before it: it is not stopped there again.
    var hasStopped = false
  }

  struct State: @unchecked Sendable {
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
    /// Machines at the gate, by id, with what they are about to do.
    var waiting: [Int: Upcoming] = [:]
    /// In a simulation: the machine that stands at the gate although it has its turn.
    var turn: Int?
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
    var stops = Stops()
    var frozen = Frozen()
    /// What a paced simulation keeps to: real time at the tempo.
    var pace = VirtualClock()

    /// Whether each passage of each machine must be looked at.
    var closesAll: Bool {
      isEnding || isHeld || isQuiescing || !wantsRoom.isEmpty || clock.tempo != 1 || stops.areWatched
        || !frozen.pending.isEmpty
    }
  }

  /// The events that one operation may emit.
  static let room: UInt64 = 16
  /// A machine may run this much real time ahead of the slowed clock: kernel waits are no finer.
  static let slack: UInt64 = 50_000
  /// A step is over without an event when a fiber only looks, so many times: one that polls would be looked at for ever.
  static let mostLooks = 100

  let state: ThreadMutex<State>
  let isLossless: Bool
  let capacity: UInt64
  let simulator: Simulator?
  let isPaced: Bool
  let counter = CounterClock()
  /// Raised by `callReader`; the reader sleeps on it.
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
  func wait(_ machine: MachineRef, before operation: Operation, victim: ProcessorRef?) {
    var passage = Passage(operation: operation, victim: victim, arrival: machine.ownTime)
    if let simulator {
      waitForRoom(machine)
      repeat {
        waitWhileFrozen(machine, passage, simulator)
        machine.setActivity(.atGate)
        simulator.pass(machine)
      } while !waitInTurn(machine, &passage, simulator)
    } else {
      waitForVerdict(machine, &passage)
    }
    if machine.scheduler.pointee.isStopping.load(ordering: .acquiring) { machine.abandonFiber() }
    guard machine.pointee.isEntering else { return }
    machine.pointee.detachment = state.withLock { $0.detached.removeValue(forKey: Int(machine.pointee.id)) }
    guard machine.pointee.detachment != nil else { return }
    machine.pointee.processor = nil
    machine.shared.pointee.entrance.isDetached.store(0, .relaxed)
  }

  private func waitForVerdict(_ machine: MachineRef, _ passage: inout Passage) {
    let shared = machine.shared
    let id = Int(machine.pointee.id)
    while true {
      // Read before the look, so that what changes after it ends the sleep.
      let word = shared.pointee.gateWord.load(ordering: .acquiring)
      let timeout: Int64? = state.withLock { state in
        let verdict = verdict(&state, machine, &passage)
        if verdict == nil {
          let real = machine.realTime
          // Where the clock stood while the machine waited, its own is what it was on arrival; where it went on, its own did too.
          machine.pointee.clockOffset = real &- max(passage.arrival, state.clock.now(real: real))
          pass(&state, machine, passage)
          if state.isTracing && !machine.pointee.isTracing { machine.pointee.lookCount = Machine.unknownLooks }
          machine.pointee.isTracing = state.isTracing
          shared.pointee.entrance.open(upTo: limit(of: state, id))
        } else {
          register(&state, machine, &passage)
        }
        return verdict
      }
      guard let timeout else { return }
      shared.pointee.gateWord.sleep(while: word, atMost: timeout)
    }
  }

  /// The machine waits, and may be seen to.
  func register(_ state: inout State, _ machine: MachineRef, _ passage: inout Passage) {
    guard !passage.isRegistered else { return }
    passage.isRegistered = true
    let id = Int(machine.pointee.id)
    let hasStopped = state.stops.before?.machine == machine.pointee.id
    state.waiting[id] = hasStopped ? state.stops.before : upcoming(state, machine, passage)
    if machine.pointee.isEntering { state.entering.insert(id) }
    machine.setActivity(.atGate)
  }

  /// The machine goes on.
  func pass(_ state: inout State, _ machine: MachineRef, _ passage: Passage) {
    let id = Int(machine.pointee.id)
    state.waiting[id] = nil
    state.entering.remove(id)
    state.frozen.standing.remove(machine.pointee.id)
    didPass(&state, machine, passage)
    machine.pointee.isToFreeze = isToFreeze(state, machine)
    machine.setActivity(.inside)
  }

  /// Wakes who reads the rings: one is full, there will be events after a pause, or no more of them.
  func callReader() {
    roomWanted.wrappingAdd(1, ordering: .releasing)
    roomWanted.wake()
  }

  /// Nil: pass. Else how long to sleep in ns before looking again; negative: until told.
  private func verdict(_ state: inout State, _ machine: MachineRef, _ passage: inout Passage) -> Int64? {
    let id = Int(machine.pointee.id)
    if state.isQuiescing { return -1 }
    if state.isTracing && isLossless && machine.pointee.ring.cursor &+ Gate.room > state.positions[id] &+ capacity &- 1
    {
      if state.wantsRoom.isEmpty { closeAll(&state) }
      state.wantsRoom.insert(id)
      if !state.isHeld { state.clock.stand(real: machine.realTime) }
      callReader()
      return -1
    }
    if state.isEnding { return nil }
    if standsFrozen(state, machine) {
      state.frozen.standing.insert(machine.pointee.id)
      return -1
    }
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
      state.clock.advance(to: passage.arrival, real: machine.realTime)
      return nil
    }
    guard state.wantsRoom.isEmpty else { return -1 }
    let now = state.clock.now(real: machine.realTime)
    let ahead = passage.arrival > now ? (passage.arrival - now) &* state.clock.tempo : 0
    if ahead > Gate.slack { return Int64(clamping: ahead) }
    return stops(&state, machine, &passage) ? -1 : nil
  }

  func limit(of state: State, _ id: Int) -> UInt64 {
    if state.closesAll || state.frozen.machines.contains(UInt16(id)) { return 0 }
    return state.isTracing && isLossless ? state.positions[id] &+ capacity &- 1 : .max
  }

  func closeAll(_ state: inout State) {
    for machine in state.machines { machine.pointee.entrance.close() }
  }

  /// Makes every machine at the gate look again, and every sleeper with a deadline compute anew.
  func wakeAll(_ state: inout State) {
    for machine in state.machines {
      machine.pointee.gateWord.wrappingAdd(1, ordering: .releasing)
      if state.waiting[Int(machine.pointee.id)] != nil {
        machine.pointee.gateWord.wake()
      }
      Machine.lookAgain(machine)
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
}
