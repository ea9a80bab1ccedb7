import CKernel
import Glibc
import Magpie
import MagpieBench
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieTerminal
import MagpieTrace
import MagpieView

// The narrow calls through which the command reaches the other houses. Each gives the exit status.

/// Runs once to the end without a screen and prints the summary.
func runHeadless(_ options: RunOptions) -> Int32 {
  let session = Session(RunRequest(options))
  start(session, options)
  session.waitUntilEnded(atMost: options.seconds)
  if let status = refusal(of: session) { return status }
  let summary = session.summary()
  for note in summary.result.notes { complain(.note(note)) }
  for trouble in summary.troubles { complain(.trouble(trouble)) }
  print(options.isJSON ? summary.json : options.language.text(of: summary))
  return summary.exitStatus
}

/// Says which limit the run met, if it did: there is nothing to sum up then.
private func refusal(of session: Session) -> Int32? {
  guard let limit = session.limit else { return nil }
  complain(.limit(limit))
  return 2
}

/// Starts a run without a screen. One that serves ends when INT or TERM comes; its announcement says that it is ready for both.
private func start(_ session: Session, _ options: RunOptions) {
  if type(of: session.request.scenario).serves { EndingSignals.watch { session.askToEnd() } }
  session.start()
  if let milliseconds = options.scheduleTrace { session.traceSchedule(every: milliseconds, to: writeToStandardError) }
  if let announcement = session.request.scenario.announcement { complain(.announcement(announcement)) }
}

extension RunRequest {
  init(_ options: RunOptions) {
    self.init(scenario: options.scenario, processors: options.processors ?? Configuration.availableProcessors)
    era = options.era
    seed = options.seed
    tempo = options.tempoDivisor
    isSimulated = options.isSimulated
    isDisturbed = options.isDisturbed
    isFree = options.isFree
    ring = options.ring
    if let capacity = options.historyCapacity { historyCapacity = capacity }
    values = options.values
  }
}

/// Runs once and prints one event a line.
func runText(_ options: RunOptions) -> Int32 {
  var request = RunRequest(options)
  request.onEvents = { history, numbers in
    for number in numbers {
      guard let event = history.event(at: number) else { continue }
      print(sentence(for: event, language: options.language, era: options.era, string: history.string))
    }
  }
  let session = Session(request)
  start(session, options)
  session.waitUntilEnded(atMost: options.seconds)
  fflush(nil)
  if let status = refusal(of: session) { return status }
  let summary = session.summary()
  complain(options.language.text(of: summary).split(separator: "\n").map(String.init))
  return summary.exitStatus
}

/// Shows the run on the terminal until q.
func runScreen(_ options: RunOptions, _ look: Look) -> Int32 {
  var request = RunRequest(options)
  request.repeats = true
  request.isPaced = true
  if options.historyCapacity == nil, let bytes = look.history { request.historyCapacity = bytes / Check.bytesAnEvent }
  let program = SessionProgram(request, seconds: options.seconds)
  var app = App(themes: look.themes, theme: look.theme, language: look.language)
  app.keyMap = look.keys
  app.isMouseOn = look.terminal.isMouseOn
  do {
    let status = try TerminalLoop.run(app: app, program: program, options: look.terminal) { PictureFiles.save($0) }
    return refusal(of: program.session) ?? status
  } catch {
    complain(.screen(error.phrase))
    return 2
  }
}

/// Gives a lecture on the terminal until it is over, or until q.
func showLesson(_ player: LessonPlayer, _ request: RunRequest, _ look: Look) -> Int32 {
  let program = SessionProgram(request, seconds: nil)
  let app = App(themes: look.themes, theme: look.theme, language: look.language, lesson: player)
  return show(app, program, look)
}

/// Has the terminal show a program until the user leaves.
private func show(_ app: App, _ program: some Program, _ look: Look) -> Int32 {
  var app = app
  app.keyMap = look.keys
  app.isMouseOn = look.terminal.isMouseOn
  do {
    return try TerminalLoop.run(app: app, program: program, options: look.terminal) { PictureFiles.save($0) }
  } catch {
    complain(.screen(error.phrase))
    return 2
  }
}

/// Runs both sides one after the other, and shows them side by side until q; without a look, prints what differs.
func runComparison(_ options: CompareOptions, _ look: Look?) -> Int32 {
  let outcomes = options.sides.indices.map { ComparedRunner.run(options, $0) }
  if let limit = outcomes.compactMap(\.limit).first {
    complain(.limit(limit))
    return 2
  }
  guard let look else {
    let sides = outcomes.map { ComparisonReport.Side(summary: $0.summary, end: $0.history.live) }
    let report = ComparisonReport(sides[0], sides[1])
    print(options.isJSON ? report.json : Language.spoken.text(of: report))
    return report.exitStatus
  }
  let runs = outcomes.map { ComparedRunner.compared($0) }
  let app = App(
    themes: look.themes, theme: look.theme, language: look.language, comparison: Comparison(runs[0], runs[1]))
  return show(app, ComparedRuns(runs[0], runs[1]), look)
}

/// Prints a lecture: each stop with its event and its words.
func tellLesson(_ lesson: Lesson, _ request: RunRequest, _ language: Language) -> Int32 {
  let session = Session(request)
  session.start()
  session.waitUntilEnded()
  print(lesson.title(language))
  let told = session.withHistory { history in
    let numbers = lesson.stops(in: history)
    for (index, number) in numbers.enumerated() {
      guard let event = history.event(at: number) else { continue }
      let place = "\(index + 1) / \(lesson.stops.count)"
      print("\n\(place)  \(sentence(for: event, language: language, era: request.era, string: history.string))")
      for words in lesson.words(lesson.stops[index], language) { print("  " + harmless(words)) }
    }
    return numbers.count
  }
  if told < lesson.stops.count {
    let stop = lesson.stops[told]
    complain(.screen(.stopNeverReached(number: told + 1, filter: stop.text, line: stop.line)))
    return 1
  }
  return session.summary().exitStatus
}

/// Runs many seeds of each scenario, audited, and prints a line a scenario.
func runSimulation(_ options: SimulateOptions) -> Int32 {
  // Passing the token within one CPU costs a third of passing it to another.
  _ = ck_pin_to_cpu(0)
  var hasFindings = false
  for job in options.jobs {
    let outcome = Simulation.run(
      job.scenario, seeds: options.seeds, era: options.era, processors: options.processors,
      isDisturbed: options.isDisturbed)
    let replay = outcome.first.map { first in
      (["magpie", "run", job.scenarioType.name] + job.words
        + (options.era == .mpn ? [] : ["--era", options.era.rawValue]) + ["--simulate"]
        + (options.isDisturbed ? ["--faults"] : [])
        + ["--seed", "\(first.seed)", "--procs", "\(first.processors)", "--headless"]).joined(separator: " ")
    }
    hasFindings = hasFindings || outcome.findings > 0
    if options.isJSON {
      print(Simulation.json(scenario: job.scenarioType.name, era: options.era, outcome, replay: replay))
    } else if let replay, let first = outcome.first {
      say(
        .seedsFailed(
          scenario: job.scenarioType.name, outcome.findings, of: outcome.seeds, first: first.defect, replay: replay))
    } else {
      say(.seedsClean(scenario: job.scenarioType.name, outcome.seeds))
    }
    fflush(nil)
  }
  return hasFindings ? 1 : 0
}

/// Runs a benchmark and prints a line a repetition.
func runBenchmark(_ options: BenchOptions) -> Int32 {
  var request = BenchmarkRequest(options.name)
  request.processors = options.processors
  request.repetitions = options.repetitions
  request.operations = options.operations
  request.isTraced = options.isTraced
  var heading = ""
  do {
    try Benchmarks.run(request) { row in
      if !options.isJSON && row.heading != heading {
        heading = row.heading
        print(heading)
      }
      print(options.isJSON ? row.json : row.columns)
      fflush(nil)
    }
    return 0
  } catch {
    complain([Language.spoken(error, of: options.name) { Language.spoken(CommandPhrase.limit($0)) }])
    return 1
  }
}

/// The names that `bench` knows.
let benchmarkNames = Benchmarks.names

/// The names that `--theme` knows.
func themeNames() -> [String] { UserThemes().names }

/// The CPUs that this process may use, quota included; nil while nobody can say.
func availableCPUs() -> Int? { Configuration.availableProcessors }

/// Whether the kernel can have all threads pass a memory barrier; nil while nobody can say.
func hasMemoryBarrier() -> Bool? { ck_membarrier() == 0 }
