import Magpie
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieView

/// A session as the program that the screen shows: one after the other, where it is restarted.
final class SessionProgram: Program {
  private(set) var session: Session
  private let request: RunRequest
  /// Real seconds after which each session is stopped; nil: never.
  private let seconds: Double?
  private var last: Session.Progress
  private var rate = 0.0
  private var seen: Double?
  private var slowdown: Double?
  private var kernel = KernelFacts()
  /// Asked once: it takes the kernel a while to say.
  private let cpus = Configuration.availableProcessors
  /// Counts the sessions.
  private var run = 0
  /// Why the last command could not be done.
  private var refusal: Refusal?
  /// Rates are taken over this many nanoseconds.
  private static let interval: UInt64 = 500_000_000

  /// Starts the first session.
  init(_ request: RunRequest, seconds: Double?) {
    self.request = request
    self.seconds = seconds
    session = SessionProgram.start(Session(request), seconds)
    last = session.progress
  }

  private static func start(_ session: Session, _ seconds: Double?) -> Session {
    session.start()
    if let seconds { session.stop(after: seconds) }
    return session
  }

  /// Ends the session, and begins another with the same seed, the same load and number of processors, and the same breakpoint: its
  /// history begins anew.
  func restart() {
    let isHeld = session.isHeld
    session.stop()
    var request = request
    request.load = session.load
    request.processors = session.processors
    request.tempo = session.tempo
    let next = Session(request)
    next.setBreakpoint(session.breakpoint)
    if isHeld { next.hold() }
    session = SessionProgram.start(next, seconds)
    run += 1
    last = session.progress
    (rate, seen, slowdown) = (0, nil, nil)
  }

  var facts: ProgramFacts {
    measure()
    var facts = ProgramFacts()
    facts.scenario = type(of: request.scenario).name + (request.scenario.port.map { " :\($0)" } ?? "")
    facts.processors = session.processors
    facts.cpus = cpus
    facts.tempo = session.tempo
    facts.rate = rate
    facts.seen = request.isFree ? seen : nil
    facts.slowdown = request.isFree ? nil : slowdown
    facts.lost = last.lost
    facts.kernel = kernel
    // Elsewhere things go on happening while one call lasts.
    if request.era.isOneThread, facts.status != .ended { facts.time = session.virtualTime }
    switch session.status {
    case .running: facts.status = .running
    case .held: facts.status = .held
    case .stepping: facts.status = .stepping
    case .ended: facts.status = .ended
    }
    if facts.status == .held || facts.status == .stepping { facts.notes = notes }
    facts.run = run
    facts.refusal = refusal
    facts.stoppedBefore = session.stoppedBefore.map { StoppedBefore($0) }
    facts.frozenFibers = session.frozenFibers
    facts.frozenMachines = session.frozenMachines
    facts.load = session.load >= 0 ? Double(1 << session.load) : 1 / Double(1 << -session.load)
    if let limit = session.limit { facts.lastWords = LastWords { [$0(.limit(limit))] } }
    facts.isDeadlocked = session.deadlock != nil
    return facts
  }

  private var notes: [UInt16: MachineNote] {
    var notes: [UInt16: MachineNote] = [:]
    for (machine, note) in session.machineNotes.enumerated() {
      switch note {
      case .atGate: notes[UInt16(machine)] = .atGate
      case .asleep: notes[UInt16(machine)] = .asleepInKernel
      case .computing: notes[UInt16(machine)] = .computing
      case .inBlockingCall, .inRuntime, .ended: break
      }
    }
    return notes
  }

  /// Takes rates, now and then.
  private func measure() {
    let now = session.progress
    // Nothing happens in a program that is held, and looking costs time.
    if session.isHeld, now.seen == last.seen, now.lost == last.lost {
      last = now
      return
    }
    let elapsed = now.realNanoseconds - last.realNanoseconds
    guard elapsed >= SessionProgram.interval else { return }
    rate = Double(now.seen - last.seen) * 1e9 / Double(elapsed)
    let lost = Double(now.lost &- last.lost)
    let events = Double(now.seen - last.seen)
    seen = events + lost > 0 ? events / (events + lost) : nil
    let moved = Double(now.virtualNanoseconds &- last.virtualNanoseconds)
    let isPlain = session.status == .running && session.tempo == 1 && !request.isSimulated
    slowdown = isPlain && moved > 0 ? Double(elapsed) / moved : nil
    let counts = session.programFacts
    kernel = KernelFacts(
      processes: counts.processes, threads: counts.threads, voluntary: counts.voluntary,
      involuntary: counts.involuntary)
    last = now
  }

  func withHistory<Result>(_ body: (inout History) -> Result) -> Result { session.withHistory(body) }

  func perform(_ command: ProgramCommand) {
    refusal = nil
    do {
      try carryOut(command)
    } catch {
      refusal = Refusal(error, command)
    }
  }

  private func carryOut(_ command: ProgramCommand) throws(ControlError) {
    switch command {
    case .hold: session.hold()
    case .release: session.release()
    case .step: session.step()
    case .stepMachine(let machine): session.step(machine: machine)
    case .stepFiber(let fiber): try session.step(fiber: fiber)
    case .runUntil(let filter): session.run(until: filter)
    case .breakpoint(let filter): session.setBreakpoint(filter)
    case .freezeFiber(let fiber, true): try session.freeze(fiber: fiber)
    case .freezeFiber(let fiber, false): try session.thaw(fiber: fiber)
    case .freezeMachine(let machine, true): try session.freeze(machine: machine)
    case .freezeMachine(let machine, false): try session.thaw(machine: machine)
    case .wake(let fiber): try session.wake(fiber: fiber)
    case .processors(let count): try session.setProcessors(count)
    case .load(let isMore):
      if !session.setLoad(session.load + (isMore ? 1 : -1)) { refusal = .hasNoSize }
    case .restart: restart()
    case .tempo(let tempo): session.setTempo(tempo)
    case .side: break
    case .quit: session.stop()
    }
  }
}

extension Refusal {
  fileprivate init(_ error: ControlError, _ command: ProgramCommand) {
    var fiber: UInt32 = 0
    var machine: UInt16 = 0
    switch command {
    case .stepFiber(let id), .freezeFiber(let id, _), .wake(let id): fiber = id
    case .stepMachine(let id), .freezeMachine(let id, _): machine = id
    default: break
    }
    switch error {
    case .noSuchFiber: self = .noSuchFiber(fiber)
    case .noSuchMachine: self = .noSuchMachine(machine)
    case .isSysmon, .processorCount, .meansNothing: self = .isTheRuntimes
    case .notFrozen: self = .isNotFrozen
    case .notParked: self = .isAwake(fiber: fiber)
    case .waitsFor: self = .waitsForObject(fiber: fiber)
    }
  }
}

extension StoppedBefore {
  fileprivate init(_ upcoming: Upcoming) {
    self.init(
      kinds: upcoming.kinds, processor: upcoming.processor, machine: upcoming.machine, fiber: upcoming.fiber ?? 0,
      isOpen: !upcoming.isCertain)
  }
}
