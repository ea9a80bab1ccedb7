import Magpie
import MagpieScenarios
import MagpieView

extension CommandPhrase {
  var english: String {
    switch self {
    case .unknown(let named, let name, let nearest):
      CommandPhrase.english(named, name) + CommandPhrase.didYouMean(nearest)
    case .thereAre(let names):
      names.count == 1 ? "There is: \(names[0])." : "There are: \(names.joined(separator: ", "))."
    case .listShowsScenarios: "`magpie list` shows all scenarios."
    case .lessonLists: "`magpie lesson` lists the lessons."
    case .lessonListsThem: "`magpie lesson` lists them."
    case .helpShowsCommands: "`magpie --help` shows the commands, `magpie list` the scenarios."
    case .helpSays: "`magpie --help` and `magpie COMMAND --help` say what there is."
    case .runHelp(let scenario): "`magpie run \(scenario) --help` shows what it takes."
    case .runHelpShowsHow(let scenario): "`magpie run \(scenario) --help` shows how it runs."

    case .takes(let option, let wanted, let given): "\(option) takes \(CommandPhrase.english(wanted)), not \(given)"
    case .tempoHint: "1/1 is full speed, 1/1000 a thousand times slower."
    case .colorHint: "auto goes by NO_COLOR, COLORTERM and TERM; `magpie doctor` says what comes of it."
    case .ringTooSmall(let events): "--ring \(events) is too small for a run that must lose nothing: at least 64"
    case .ringHint: "With --free the run never waits for the viewer, and a ring may be as small as 16."
    case .scheduleTraceOverScreen: "--schedtrace would write over the screen"
    case .scheduleTraceHint: "Add --headless, or 2>FILE with --text."
    case .exclude(let one, let other): "\(one) and \(other) exclude each other"
    case .faultsNeedSimulate: "--faults needs --simulate"
    case .faultsHint: "Only a simulation can have them on purpose."
    case .cannotBeSimulated(let scenario):
      "\(scenario) cannot be simulated: its clients are outside, and no seed has them come at the same moment again"
    case .benchNeedsName: "bench needs the name of a benchmark"
    case .simulateNeedsScenario: "simulate needs a scenario, or --all"
    case .allTakesNoScenario: "--all takes no scenario and no parameters besides"
    case .noSmallTree: "cannot make a small tree to search in $TMPDIR or /tmp"
    case .parser(let message): message.english

    case .eraCannotServe(let era, let scenario):
      "'\(scenario)' cannot run under \(era): "
        + (era == .serial
          ? "its first client would have to leave before the second is heard" : "its tasks' sockets are not shared")
    case .erasThatServe: "Every other era can: --era threads, --era mpn."
    case .eraCannotBeSimulated(let era):
      "--simulate cannot be combined with --era \(era): there the kernel schedules, in an order of its own"
    case .erasThatCan: "Every era with fibers can be simulated: --era nto1, --era global."
    case .eraHasNoProcessors(let era, let asked):
      "--procs \(asked) means nothing under --era \(era), which has no Ps"

    case .compare(let refusal): refusal.english
    case .runsSide(let number, let scenario, let era, let processors):
      "\(number) of 2: \(scenario), \(Language.english(.compare(.side(era, processors: processors))))"

    case .scenario(let scenario, let error): "\(scenario): \(error)"
    case .dashesFirst(let parameter): "A \(parameter) that begins with '-' comes after '--'."
    case .announcement(let announcement): "\(announcement)"
    case .limit(let limit): "\(limit)"
    case .seedsClean(let scenario, let seeds): "\(scenario): \(seeds) seeds, nothing found"
    case .seedsFailed(let scenario, let count, let seeds, let first, let replay):
      "\(scenario): \(count) of \(seeds) seeds failed; \(first.text); replay: \(replay)"
    case .stoppedByASecondSignal: "stopped by a second signal"
    case .note(let note): "\(note)"
    case .trouble(let trouble): "\(trouble)"
    case .defect(let defect): defect.text

    case .noSuchFile(let path): "there is no file '\(path)'"
    case .cannotReadLesson(let path, let problem): "cannot read the lesson '\(path)': \(CommandPhrase.english(problem))"
    case .lessonIsNotYAML(let path, let error): "lesson \(path)\(CommandPhrase.english(error))"
    case .lesson(let error): "lesson " + Language.english(error.phrase)
    case .lessonParameters(let lesson, let line, let phrases):
      "lesson \(lesson), line \(line): \(phrases.map(\.english).joined(separator: " "))"
    case .stopsIn(let title, let count, let scenario): "\(title): \(count) stops in \(scenario)"

    case .unreadable(let path, let problem): "\(path): \(CommandPhrase.english(problem))"
    case .isNotYAML(let path, let error): path + CommandPhrase.english(error)
    case .unknownSetting(let file, let line, let key, let nearest):
      "\(file):\(line): unknown key '\(key)'" + CommandPhrase.didYouMean(nearest)
    case .setting(let file, let line, let key, let wanted, let given):
      "\(file):\(line): \(key) takes \(CommandPhrase.english(wanted)), not '\(given)'"
    case .keys(let file, let error): file + CommandPhrase.english(error)
    case .theme(.notYAML(let file, let error)): printable(file.utf8) + CommandPhrase.english(error)
    case .theme(let error):
      // It says itself what it is about; here that is clear.
      String(Language.english(error.phrase).trimmingPrefix("theme "))
    case .withoutFiles: "--no-config runs without the files in the config folder."

    case .cannotDraw(let obstacle): "cannot draw: \(CommandPhrase.english(obstacle))"
    case .headlessInstead: "--headless runs and prints a summary (with --json as JSON),"
    case .textInstead: "--text prints one event a line; `magpie doctor` says what this terminal can do."
    case .screen(let phrase): Language.english(phrase)
    }
  }

  private static func didYouMean(_ nearest: String?) -> String { nearest.map { "; did you mean '\($0)'?" } ?? "" }

  private static func english(_ named: Named, _ name: String) -> String {
    switch named {
    case .benchmark: "unknown benchmark '\(name)'"
    case .claim: "unknown claim '\(name)'"
    case .era: "unknown era '\(name)'"
    case .language: "unknown language '\(name)'"
    case .lesson: "unknown lesson '\(name)'"
    case .scenario: "unknown scenario '\(name)'"
    case .theme: "unknown theme '\(name)'"
    case .commandOrScenario: "unknown command or scenario '\(name)'"
    case .scenarioOfLesson(let lesson, let line): "unknown scenario in line \(line) of lesson \(lesson): '\(name)'"
    }
  }

  private static func english(_ wanted: Expectation) -> String {
    switch wanted {
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .wholeFrom(let least): "a whole number from \(least)"
    case .events(let range): "a number of events from \(range.lowerBound) to \(range.upperBound)"
    case .milliseconds(let range): "milliseconds from \(range.lowerBound) to \(range.upperBound)"
    case .tempo: "1/N with N from 1 to 10000"
    case .seconds: "a number above 0, at most 1000000"
    case .bytes: "bytes such as 256M or 2G, from 1M to 64G"
    case .seeds: "A..B, two whole numbers with A not above B"
    case .oneOrTwoCounts: "a whole number, or two for the two sides such as 1,4"
    case .oneOf(let words): words.joined(separator: words.count == 2 ? " or " : ", ")
    case .themeName: "a theme's name (`magpie list` shows them)"
    case .onOrOff: "on or off"
    case .size: "a size from 1M to 1024G, such as 256M"
    }
  }

  private static func english(_ problem: UserFiles.Problem) -> String {
    switch problem {
    case .system(let error): Language.english(error)
    case .notAFile: "not a file"
    }
  }

  /// What is wrong, after the file's name: `:3: …`.
  private static func english(_ error: YAMLError) -> String {
    let place = error.line.map { ":\($0): " } ?? ": "
    switch error {
    case .tooLarge(let limit): return place + "more than \(limit >> 10) KiB"
    case .notText: return place + "not text in UTF-8"
    case .tooInvolved: return place + "nested too deeply, or too many references"
    case .syntax(_, let problem): return place + "not YAML" + (problem.isEmpty ? "" : ": " + printable(problem.utf8))
    case .twice(let key, _): return place + "'\(printable(key.prefix(40).utf8))' stands there twice"
    case .notAMapping: return place + "not lines of `key: value`"
    }
  }

  private static func english(_ error: KeyMapError) -> String {
    switch error {
    case .notYAML(let error): return english(error)
    case .unknownAction(let name, let line):
      let nearest = nearestName(to: name, among: Action.allCases.map(\.name))
      return ":\(line): unknown action '\(printable(name.prefix(40).utf8))'" + didYouMean(nearest)
    case .unknownKey(let name, let line):
      return ":\(line): '\(printable(name.prefix(40).utf8))' is no key: one character, or space, esc, enter, tab,"
        + " backspace, up, down, left, right, pageup, pagedown, home, end"
    case .noKey(let action, let line): return ":\(line): \(action) needs a key"
    case .conflict(let key, let action, let other, let line):
      return ":\(line): '\(key)' would be the key of \(action) and of \(other): give \(other) another"
    }
  }

  static func english(_ obstacle: Screen.Obstacle) -> String {
    switch obstacle {
    case .output: "standard output is not a terminal"
    case .input: "standard input is not a terminal"
    case .noTerm: "TERM is not set"
    case .dumb: "TERM is 'dumb', a terminal that cannot move its cursor"
    }
  }
}
