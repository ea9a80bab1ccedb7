import CKernel
import Magpie
import MagpieEras
import MagpieModel
import MagpieScenarios
import MagpieTrace
import Synchronization

/// One run of a scenario, watched: the runtime or the kernel's tasks, the collector, and the history between them.
public final class Session: Sendable {
  private struct Outcome {
    var hash: UInt64 = 0
    var unmerged = 0
    var isComplete = false
    var deadlock: DeadlockReport?
    var isStalled = false
    var wallNanoseconds: UInt64 = 0
    var result: ScenarioResult?
    var emitted = 0
  }

  public let request: RunRequest
  /// How many may run at once: 1 where that means nothing.
  private let processorCount: Int
  let scheduling: Scheduling
  /// What both have.
  let engine: any Engine
  let tasks = MagpieTasks()
  let history: SharedHistory
  let kernel = KernelWatch()
  private let scenarioRun = ThreadMutex<ScenarioRun?>(nil)
  private let outcome = ThreadMutex(Outcome())
  private let threads = ThreadMutex<[BackgroundThread]>([])
  /// The limit that kept the run from its beginning.
  let limitMet = ThreadMutex<Limit?>(nil)
  /// What `setBreakpoint` was given.
  let breakpointFilter = ThreadMutex<Filter?>(nil)
  /// The collector has merged all that there is.
  private let hasRead = Atomic<Bool>(false)
  let loadSteps: ThreadMutex<Int>
  private let begin = ThreadMutex<UInt64>(0)
  /// When a scenario that was asked to end is stopped if it has not; `UInt64.max` while nobody has asked.
  private let lastMoment = ThreadMutex<UInt64>(.max)
  /// Real nanoseconds that it has for that.
  private static let grace: UInt64 = 5_000_000_000
  /// Real nanoseconds between two looks at what the kernel sees of the process: it goes through all threads for each. With fifty a
  /// second a program at full speed took some 5 % longer.
  private static let lookPause: UInt64 = 250_000_000

  public init(_ request: RunRequest) {
    precondition(
      request.era != .processes || request.values != nil, "a host process makes the scenario anew, of its values")
    self.request = request
    loadSteps = ThreadMutex(request.load)
    processorCount = request.era.hasProcessorCount ? request.processors : 1
    scheduling =
      request.era.hasFibers
      ? .runtime(Runtime(Session.configuration(request)))
      : .kernel(KernelProgram(era: request.era, events: request.ring ?? 1 << 16))
    engine = scheduling.engine
    history = SharedHistory(History(processors: processorCount, era: request.era, capacity: request.historyCapacity))
    if request.tempo != 1 { engine.setTempo(request.tempo) }
  }

  private static func configuration(_ request: RunRequest) -> Configuration {
    var configuration = Configuration(processors: request.era.hasProcessorCount ? request.processors : 1)
    configuration.era = request.era
    configuration.seed = request.seed
    configuration.isSimulated = request.isSimulated
    configuration.isDisturbed = request.isDisturbed
    configuration.isPaced = request.isPaced
    configuration.fault = request.fault
    configuration.traceDelays = request.traceDelays
    if let limit = request.passageLimit { configuration.passageLimit = limit }
    var trace = TraceConfiguration()
    if let ring = request.ring { trace.ringCapacity = ring }
    trace.isLossless = !request.isFree
    configuration.trace = trace
    return configuration
  }

  // MARK: Running

  /// Starts the program and the collector.
  public func start() {
    begin.withLock { $0 = ck_monotonic_ns() }
    guard let collector = BackgroundThread("magpie-reader", { self.collect() }) else {
      hasRead.store(true, ordering: .releasing)
      return refuse(.reader)
    }
    threads.withLock { $0 = [collector] }
    guard let program = BackgroundThread("magpie-run", { self.runProgram() }) else {
      return refuse(.run)
    }
    threads.withLock { $0.append(program) }
  }

  /// Without a thread for that there is no run.
  private func refuse(_ wanted: Limit.Thing) {
    limitMet.withLock { $0 = .thread(for: wanted) }
    engine.stop()
  }

  private func runProgram() {
    var isComplete = false
    do throws(RuntimeError) {
      try carryOut()
      isComplete = true
    } catch .deadlock(let deadlock) {
      isComplete = true
      outcome.withLock { $0.deadlock = deadlock }
    } catch .stalled {
      outcome.withLock { $0.isStalled = true }
    } catch {
      // Stopped, or at a limit: it is not complete.
    }
    let run = scenarioRun.withLock { $0 }
    let result = run?.check(isComplete)
    let wall = ck_monotonic_ns() - begin.withLock { $0 }
    outcome.withLock { outcome in
      outcome.isComplete = isComplete
      outcome.result = result
      outcome.wallNanoseconds = wall
    }
  }

  /// Has the first task run, and returns when all have ended.
  private func carryOut() throws(RuntimeError) {
    switch scheduling {
    case .runtime(let runtime): try runtime.run { self.root(on: runtime) }
    case .kernel(let program): try carryOut(program)
    }
  }

  private func carryOut(_ program: KernelProgram) throws(RuntimeError) {
    program.setLoad(load)
    if request.era == .threads {
      try program.run {
        Rounds.run(self.scenario, on: program.tasks, repeats: self.request.repeats) { run in
          self.scenarioRun.withLock { $0 = run }
        }
      }
    } else {
      // What the tasks have counted is here; which counters they are, the scenario says as it did there.
      if let limit = program.limit { throw .limit(limit) }
      defer {
        scenarioRun.withLock {
          $0 = program.tasks.adopting { scenario(at: program.roundLoad).prepare(on: program.tasks) }
        }
      }
      try program.run(
        host: request.host,
        words: TaskHostProgram.words(
          type(of: request.scenario), request.values!, load: load, repeats: request.repeats), isQuiet: request.repeats)
    }
  }

  /// The first fiber: once, or again and again.
  private func root(on runtime: Runtime) {
    if request.repeats, request.era == .serial { return repeatInLine(on: runtime) }
    repeat {
      runOnce()
      if request.repeats {
        waitForAllOthers()
        sleep(for: Rounds.pause)
      }
    } while request.repeats
  }

  private func runOnce() {
    let run = scenario(at: load).prepare(on: tasks)
    scenarioRun.withLock { $0 = run }
    run.root()
  }

  /// Where nobody can wait for those behind, the next round stands in line, until it is the only one left.
  private func repeatInLine(on runtime: Runtime) {
    runOnce()
    spawnNextRound(on: runtime)
  }

  private func spawnNextRound(on runtime: Runtime) {
    spawn(name: "main") {
      if runtime.fibersLive > 1 { return self.spawnNextRound(on: runtime) }
      sleep(for: Rounds.pause)
      self.repeatInLine(on: runtime)
    }
  }

  private func collect() {
    switch scheduling {
    case .runtime(let runtime):
      let collector = Collector(runtime, into: history, isFree: request.isFree, onEvents: request.onEvents)
      let hash = collector.run()
      kernel.sample()
      hasRead.store(true, ordering: .releasing)
      outcome.withLock { outcome in
        outcome.hash = hash
        outcome.unmerged = collector.unmerged
        outcome.emitted = collector.emitted
      }
    case .kernel(let program):
      let collector = KernelCollector(program, into: history, onEvents: request.onEvents)
      let hash = collector.run()
      hasRead.store(true, ordering: .releasing)
      outcome.withLock { outcome in
        outcome.hash = hash
        outcome.emitted = collector.emitted
      }
    }
  }

  /// Waits until the program has ended and all is read.
  /// - Parameter seconds: real seconds after which it is stopped where it is, or asked to end if it serves; nil: never.
  public func waitUntilEnded(atMost seconds: Double? = nil) {
    var end = seconds.map { ck_monotonic_ns() + UInt64($0 * 1e9) } ?? .max
    while !engine.hasEnded {
      let now = ck_monotonic_ns()
      if now >= end, type(of: request.scenario).serves {
        askToEnd()
        end = .max
      }
      let last = min(end, lastMoment.withLock { $0 })
      if now >= last {
        engine.stop()
        break
      }
      kernel.count(scheduling.kernelProgram)
      engine.waitForEnd(atMost: Int64(min(last - now, Session.lookPause)))
    }
    join()
    sampleKernel()
  }

  func sampleKernel() { kernel.sample(scheduling.kernelProgram) }

  /// Asks a scenario that serves to end what is going on, and then itself. From any thread.
  public func askToEnd() {
    lastMoment.withLock { $0 = min($0, ck_monotonic_ns() + Session.grace) }
    if let program = scheduling.kernelProgram { program.askToEnd() } else { tasks.askToEnd() }
  }

  var isRead: Bool { hasRead.load(ordering: .acquiring) }

  public func stop() { engine.stop() }

  /// Stops the program where it is, once so many real seconds are over.
  public func stop(after seconds: Double) {
    let engine = engine
    let watch = BackgroundThread("magpie-stop") {
      if !engine.waitForEnd(atMost: Int64(seconds * 1e9)) { engine.stop() }
    }
    _ = watch
  }

  func join() {
    let running = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in running { thread.join() }
  }

  // MARK: What came of it

  /// The summary. Only after `waitUntilEnded`.
  public func summary() -> Summary {
    let outcome = outcome.withLock { $0 }
    let (live, losses) = history.withLock { ($0.live, $0.losses) }
    let statistics = live.statistics
    var summary = Summary(scenario: type(of: request.scenario).name)
    summary.era = request.era
    summary.processorCount = processorCount
    summary.seed = request.seed
    summary.isComplete = outcome.isComplete
    summary.wallNanoseconds = outcome.wallNanoseconds
    summary.virtualNanoseconds = live.time
    summary.traceHash = outcome.hash
    summary.fibers.created = Int(live.fibersCreated)
    summary.fibers.finished = Int(live.fibersFinished)
    for kind in EventKind.allCases where !kind.isControl {
      let count = Int(statistics.count(of: kind))
      if count > 0 { summary.events.byKind[kind] = count }
    }
    let seen = summary.events.byKind.values.reduce(0, +)
    summary.losses = losses.map {
      Summary.Loss(
        machine: Int($0.machine), fromNanoseconds: $0.from, toNanoseconds: $0.to, events: Int($0.count))
    }
    summary.events.total = outcome.emitted
    summary.events.lost = outcome.emitted - seen
    summary.searches = Int(statistics.searches)
    summary.steals.attempts = Int(statistics.stealAttempts)
    summary.steals.succeeded = Int(statistics.stealsSucceeded)
    summary.steals.fibers = Int(statistics.fibersStolen)
    summary.handoffs = Int(statistics.handoffs)
    summary.machines = engine.machinesMade
    summary.queueWait.p50 = statistics.queueWait.p50
    summary.queueWait.p99 = statistics.queueWait.percentile(0.99)
    summary.queueWait.max = statistics.queueWait.maximum
    let usage = kernel.facts
    let program = scheduling.kernelProgram
    summary.kernel.processes = 1 + (program?.processCount.most ?? 0)
    // Those of the tasks, and the three that run, read and wait.
    summary.kernel.threads = max(usage.threads, engine.machinesMade + 3 + (request.era == .processes ? 1 : 0))
    summary.kernel.voluntary = Int(usage.voluntary)
    summary.kernel.involuntary = Int(usage.involuntary)
    // Where each machine has a queue, sysmon has none.
    for index in 0..<live.processorCount where request.era != .distributed || live.owner(of: index) != nil {
      let processor = live.processor(index)
      var row = Summary.Processor(id: index)
      row.ran = Int(processor.ran)
      row.busyNanoseconds = processor.busyNanoseconds
      row.stole = Int(processor.stole)
      row.stolenFrom = Int(processor.stolenFrom)
      summary.processors.append(row)
    }
    summary.audit.eventsChecked = live.eventCount
    summary.audit.findings = Int(live.findingCount) + (outcome.unmerged > 0 ? 1 : 0) + (outcome.isStalled ? 1 : 0)
    summary.audit.first =
      live.firstFinding.map { .finding($0) }
      ?? (outcome.isStalled ? .stalled : outcome.unmerged > 0 ? .unmerged(outcome.unmerged) : nil)
    summary.deadlock = outcome.deadlock?.waiters ?? []
    if case .runtime(let runtime) = scheduling {
      let lock = runtime.lockFigures
      summary.lock.takings = lock.takings
      summary.lock.contended = lock.contended
      summary.lock.waitedNanoseconds = lock.waited
      summary.lock.longestNanoseconds = lock.longest
    }
    summary.result = outcome.result ?? ScenarioResult(ok: false)
    summary.troubles = program?.troubles ?? []
    if !summary.troubles.isEmpty { summary.result.ok = false }
    return summary
  }
}
