import CKernel
import Glibc
import Magpie
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieView
import Synchronization

/// Two runs that are over, as the program that the screen shows: it lends the history of the one that is looked at.
final class ComparedRuns: Program {
  private var runs: [ComparedRun]
  private var side = 0

  init(_ left: ComparedRun, _ right: ComparedRun) { runs = [left, right] }

  var facts: ProgramFacts {
    var facts = runs[side].facts
    facts.run = side
    return facts
  }

  func withHistory<Result>(_ body: (inout History) -> Result) -> Result { body(&runs[side].history) }

  /// Both are over: there is nothing else that could be asked of them.
  func perform(_ command: ProgramCommand) {
    if case .side(let side) = command { self.side = side }
  }
}

/// Runs both sides, and keeps what came of them.
enum ComparedRunner {
  /// One run, and its summary.
  struct Outcome {
    let summary: Summary
    let history: History
    /// A limit that it met: there is nothing to sum up then.
    let limit: Limit?
  }

  /// Events of the past of each, where nobody says how many: 256 MB.
  private static let historyCapacity = (256 << 20) / Check.bytesAnEvent

  /// Runs one side to its end, and tells how far it is.
  static func run(_ options: CompareOptions, _ number: Int) -> Outcome {
    let side = options.sides[number]
    var request = RunRequest(
      scenario: options.scenario, processors: side.processors ?? Configuration.availableProcessors)
    request.era = side.era
    request.seed = options.seed
    request.isSimulated = options.isSimulated
    request.values = options.values
    request.historyCapacity = options.historyCapacity ?? historyCapacity
    let progress = ProgressLine(
      Language.spoken(
        .runsSide(number + 1, scenario: type(of: options.scenario).name, side.era, processors: request.processors)))
    request.onEvents = { history, _ in progress.tell(done: history.live.fibersFinished, of: history.live.fibersCreated)
    }
    // The kernel counts for the whole process, which has run before.
    let before = ck_process_usage()
    let session = Session(request)
    session.start()
    session.waitUntilEnded(atMost: options.seconds)
    progress.end()
    var summary = session.summary()
    summary.kernel.voluntary -= min(Int(before.voluntary), summary.kernel.voluntary)
    summary.kernel.involuntary -= min(Int(before.involuntary), summary.kernel.involuntary)
    return Outcome(
      summary: summary, history: session.withHistory { $0 }, limit: session.limit)
  }

  /// An outcome as the screen takes it.
  static func compared(_ outcome: Outcome) -> ComparedRun {
    let summary = outcome.summary
    var facts = ProgramFacts()
    facts.scenario = summary.scenario
    facts.cpus = Configuration.availableProcessors
    facts.isDeadlocked = !summary.deadlock.isEmpty
    if !summary.result.ok, summary.deadlock.isEmpty, summary.isComplete {
      facts.lastWords = LastWords { [$0(.compare(.checkFailed))] }
    }
    return ComparedRun(
      era: summary.era, processors: summary.processorCount, history: outcome.history, facts: facts,
      whole: WholeRun(
        wallNanoseconds: summary.wallNanoseconds, threads: UInt64(max(summary.kernel.threads, 0)),
        kernelSwitches: UInt64(max(summary.kernel.voluntary + summary.kernel.involuntary, 0))),
      isFine: summary.isFine)
  }
}

/// A line on standard error that says how far a run is: written over and over on a terminal, elsewhere once.
final class ProgressLine: Sendable {
  private let label: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let last = Atomic<UInt64>(0)

  init(_ label: String) {
    self.label = label
    writeToStandardError(isTerminal ? "\rmagpie: \(label) …" : "magpie: \(label)\n")
  }

  /// At most ten times a second.
  func tell(done: UInt64, of created: UInt64) {
    guard isTerminal else { return }
    let now = ck_monotonic_ns()
    guard now - last.load(ordering: .relaxed) >= 100_000_000 else { return }
    last.store(now, ordering: .relaxed)
    let tasks = Language.spoken(.compare(.done(Int(clamping: done), of: Int(clamping: created))))
    writeToStandardError("\r\u{1B}[Kmagpie: \(label): \(tasks)")
  }

  func end() {
    if isTerminal { writeToStandardError("\r\u{1B}[K") }
  }
}
