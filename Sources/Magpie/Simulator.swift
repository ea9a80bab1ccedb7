import CKernel
import Glibc
import MagpieTrace
import Synchronization

/// Deterministic simulation: one token, passed from machine to machine at the gate, at runtime locks, spins and parks, in an
/// order drawn from a seed. The machines are the real ones on real threads; only one of them runs at a time, and the virtual
/// clock jumps when nothing can run. Same seed, same trace.
///
/// No real time enters. Each passage costs a seeded length of virtual time; a blocking call gives the token away and comes
/// back at a seeded virtual time (if the real call is not done by then, all wait for it). What is ready in the network poller
/// is looked for at each passage; where nothing else can come, all wait for it.
///
/// With `Disturbances` it also does what a kernel may.
final class Simulator: Sendable {
  private enum Standing {
    /// Wants the token.
    case ready
    case running
    /// Sleeps until woken, or until a virtual time.
    case parked(until: UInt64)
    /// The same in the network poller: what is ready there wakes it, too.
    case polling(until: UInt64)
    /// In a blocking call that returns at a virtual time.
    case blocked(until: UInt64)
    case ended
  }

  private struct State {
    var random: RandomSource
    var standings: [Standing] = []
    var clock: UInt64 = 1_000
    var passages = 0
    var isOver = false
    var isStalled = false
    /// Somebody outside may yet make a machine ready: where nothing can run, that is waited for.
    var awaitsRequests = false
    /// Machines that do not park the next time that they want to.
    var sparedParks: Set<Int> = []
    /// Nobody has the token: that is waited for.
    var isTokenFree = false
    /// The machine in the poller got the token because nothing but what it waits for can come.
    var isAlone = false
    var disturbances: Disturbances?
  }

  private let state: ThreadMutex<State>
  /// A word a machine, raised when it gets the token.
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt32>>
  /// The virtual clock, for whoever has the token, and for the merge: all events before it are in the rings.
  let clock = Atomic<UInt64>(1_000)
  /// The network poller's file, once there is one.
  let poller = Atomic<Int32>(-1)
  /// More passages than this, and the run counts as one that never ends.
  private let passageLimit: Int

  /// - Parameter machines: at most so many.
  init(seed: UInt64, isDisturbed: Bool, passageLimit: Int, machines: Int) {
    self.passageLimit = passageLimit
    state = ThreadMutex(
      State(
        random: RandomSource(seed: seed ^ 0x5EED_0F_4D_A6_91_E5),
        disturbances: isDisturbed ? Disturbances(seed: seed) : nil))
    words = .allocate(capacity: machines)
    for index in 0..<machines { (words + index).initialize(to: Atomic(0)) }
  }

  deinit { words.deallocate() }

  /// Nothing can ever run again, and nobody reported a deadlock: a wake-up was lost.
  var isStalled: Bool { state.withLock { $0.isStalled } }

  /// A new machine; it will wait for the token first.
  func add(_ id: UInt16) {
    state.withLock { state in
      while state.standings.count <= Int(id) { state.standings.append(.ended) }
      state.standings[Int(id)] = .ready
    }
  }

  /// The first machine of all begins with nobody having the token.
  func begin() { state.withLock { _ = handOn(&$0) } }

  /// The machine's thread has started: it waits for its first turn.
  func awaitTurn(_ id: UInt16) { sleep(id) }

  /// A scheduling point: the machine may go on at once, or others come first.
  /// - Parameter isRacing: in the middle of a protocol.
  func pass(_ machine: MachineRef, isRacing: Bool = false) {
    let id = Int(machine.pointee.id)
    wakeForNothing(machine)
    let mustWait = state.withLock { state in
      if state.isOver { return false }
      tick(&state)
      let delay = state.disturbances?.descheduling(isRacing: isRacing) ?? 0
      state.standings[id] = delay == 0 ? .ready : .blocked(until: state.clock + delay)
      return handOn(&state, from: id)
    }
    if mustWait { sleep(machine.pointee.id) }
  }

  /// Now and then, if the run is disturbed, wakes a machine that nobody wanted awake.
  private func wakeForNothing(_ machine: MachineRef) {
    let woken: Int? = state.withLock { state in
      guard !state.isOver, state.disturbances != nil else { return nil }
      let sleepers = state.standings.indices.filter {
        switch state.standings[$0] {
        case .parked, .polling: true
        default: false
        }
      }
      return state.disturbances?.wokenForNothing(among: sleepers.count).map { sleepers[$0] }
    }
    if let woken, let shared = machine.scheduler.pointee.machines[woken] { Machine.wake(shared, simulator: self) }
  }

  /// Whether the kernel refuses a thread: only if the run is disturbed.
  func refusesThread(attempt: Int) -> Bool {
    state.withLock { $0.disturbances?.refusesThread(attempt: attempt) ?? false }
  }

  /// The machine sleeps until `unpark`, or until a virtual time.
  /// - Parameter polling: or until something is ready in the poller.
  /// - Returns: whether nothing can come but that.
  @discardableResult
  func park(_ machine: MachineRef, until deadline: UInt64, polling: Bool = false) -> Bool {
    let id = Int(machine.pointee.id)
    let mustWait = state.withLock { state in
      if state.isOver { return false }
      tick(&state)
      let until = deadline == .max ? .max : deadline + (state.disturbances?.lateness() ?? 0)
      state.standings[id] = polling ? .polling(until: until) : .parked(until: until)
      if !state.sparedParks.isEmpty, state.sparedParks.remove(id) != nil { state.standings[id] = .ready }
      return handOn(&state, from: id)
    }
    if mustWait { sleep(machine.pointee.id) }
    return polling && state.withLock { $0.isAlone }
  }

  /// Makes a parked machine ready. Called by the holder of the token, or at the end.
  /// - Parameter isOutside: by somebody else, and so the machine may just be on its way to park: then it does not.
  func unpark(_ id: UInt16, isOutside: Bool = false) {
    state.withLock { state in
      guard Int(id) < state.standings.count else { return }
      switch state.standings[Int(id)] {
      case .parked, .polling: state.standings[Int(id)] = .ready
      default:
        if isOutside { state.sparedParks.insert(Int(id)) }
        return
      }
      if state.isTokenFree { handOn(&state) }
    }
  }

  /// Makes all parked machines ready: the run is over, and each is to leave. By the holder of the token.
  func unparkAll() {
    state.withLock { state in
      for (id, standing) in state.standings.enumerated() {
        switch standing {
        case .parked, .polling: state.standings[id] = .ready
        default: break
        }
      }
    }
  }

  /// The machine begins a blocking call and gives the token away.
  func beginBlocking(_ machine: MachineRef) {
    let id = Int(machine.pointee.id)
    state.withLock { state in
      if state.isOver { return }
      tick(&state)
      // From 1 µs to 16 ms, each order of magnitude as likely.
      let length = (UInt64(1_000) << state.random.below(14)) + state.random.below(1_000)
      state.standings[id] = .blocked(until: state.clock + length)
      // Even if the token comes straight back: `endBlocking` waits for it.
      handOn(&state)
    }
  }

  /// The real call has returned: waits for the virtual time of its return.
  func endBlocking(_ machine: MachineRef) {
    if state.withLock({ $0.isOver }) { return }
    sleep(machine.pointee.id)
  }

  /// Declared work: the clock moves on by its length.
  func compute(_ machine: MachineRef, _ length: UInt64) {
    let id = Int(machine.pointee.id)
    let mustWait = state.withLock { state in
      if state.isOver { return false }
      tick(&state)
      state.standings[id] = .blocked(until: state.clock + length)
      return handOn(&state, from: id)
    }
    if mustWait { sleep(machine.pointee.id) }
  }

  /// The machine's thread ends.
  func end(_ machine: MachineRef) {
    let id = Int(machine.pointee.id)
    state.withLock { state in
      // Whoever comes next stamps later than what was recorded here last.
      tick(&state)
      state.standings[id] = .ended
      if !state.isOver { handOn(&state, from: id) }
    }
  }

  /// From now on somebody outside may make a machine ready.
  func awaitRequests() { state.withLock { $0.awaitsRequests = true } }

  /// Runs `body` while nobody is given the token, and who has it is not in the middle of an operation: all others stand where they gave
  /// it away, some of them in the middle of a protocol.
  func quiesce<R>(_ isInside: (Int) -> Bool, _ body: () -> R) -> R {
    while true {
      let result: Unchecked<R>? = state.withLock { state in
        let holder = state.standings.firstIndex { if case .running = $0 { true } else { false } }
        return holder.map(isInside) ?? false ? nil : Unchecked(body())
      }
      if let result { return result.value }
      sched_yield()
    }
  }

  /// Nobody waits for the token any more.
  func openForGood() {
    state.withLock { state in
      state.isOver = true
      for id in state.standings.indices { wake(id) }
    }
  }

  // MARK: Under the lock

  private func tick(_ state: inout State) {
    state.passages += 1
    setClock(&state, state.clock + 40 + state.random.below(160))
  }

  private func setClock(_ state: inout State, _ time: UInt64) {
    state.clock = time
    // Release: partner of the reader's acquire; events before this time are published.
    clock.store(time, ordering: .releasing)
  }

  /// Gives the token to a machine drawn from those that can run.
  /// - Returns: whether the caller must wait for its turn.
  @discardableResult
  private func handOn(_ state: inout State, from caller: Int = -1) -> Bool {
    state.isTokenFree = false
    if state.passages > passageLimit {
      state.isStalled = true
      return stall()
    }
    var ready: [Int] = []
    var earliest = UInt64.max
    var earliestMachine = -1
    var pollingMachine = -1
    state.isAlone = false
    for (id, standing) in state.standings.enumerated() {
      switch standing {
      case .ready: ready.append(id)
      case .parked(let until), .blocked(let until):
        if until <= state.clock { ready.append(id) }
        if until < earliest {
          earliest = until
          earliestMachine = id
        }
      case .polling(let until):
        pollingMachine = id
        if until <= state.clock || ck_is_ready(poller.load(ordering: .relaxed), false) { ready.append(id) }
        if until < earliest {
          earliest = until
          earliestMachine = id
        }
      case .running, .ended: break
      }
    }
    let next: Int
    if ready.isEmpty, earliestMachine < 0, pollingMachine >= 0 {
      state.isAlone = true
      next = pollingMachine
    } else if ready.isEmpty {
      guard earliestMachine >= 0 else {
        // All have left, or nobody can ever go on.
        guard state.standings.contains(where: { if case .ended = $0 { false } else { true } }) else { return true }
        if state.awaitsRequests {
          state.isTokenFree = true
          return true
        }
        state.isStalled = true
        return stall()
      }
      setClock(&state, earliest)
      next = earliestMachine
    } else {
      next = ready[Int(state.random.below(UInt64(ready.count)))]
    }
    state.standings[next] = .running
    if next == caller { return false }
    wake(next)
    return true
  }

  private func stall() -> Bool {
    onStall.withLock { $0?() }
    return true
  }

  /// Told once when the run can never end by itself.
  let onStall = ThreadMutex<(@Sendable () -> Void)?>(nil)

  private func wake(_ id: Int) {
    // Release: what the last holder of the token did is visible to the next. Partner: `sleep`.
    words[id].store(1, ordering: .releasing)
    words[id].wake()
  }

  private func sleep(_ id: UInt16) {
    while words[Int(id)].exchange(0, ordering: .acquiring) == 0 { words[Int(id)].sleep(while: 0) }
  }
}
