import Magpie
import MagpieEras
import MagpieScenarios
import MagpieSession
import MagpieTrace
import MagpieView

/// Everything that the command says beside the screen: what is wrong, and what to do about it. Each language answers with one
/// exhaustive switch, so that the compiler finds a phrase that is missing. Whatever comes from outside is harmless already.
indirect enum CommandPhrase: Sendable, Equatable {
  // MARK: names
  case unknown(Named, String, nearest: String?)
  case thereAre([String])
  case listShowsScenarios, lessonLists, lessonListsThem, helpShowsCommands, helpSays
  case runHelp(scenario: String)
  case runHelpShowsHow(scenario: String)

  // MARK: options
  case takes(option: String, Expectation, given: String)
  case tempoHint, colorHint
  case ringTooSmall(Int), ringHint
  case scheduleTraceOverScreen, scheduleTraceHint
  case exclude(String, String)
  case faultsNeedSimulate, faultsHint
  case cannotBeSimulated(scenario: String)
  case benchNeedsName
  case simulateNeedsScenario, allTakesNoScenario, noSmallTree
  /// What the parser of the command line says.
  case parser(ParserMessage)

  // MARK: eras
  case eraCannotServe(Era, scenario: String), erasThatServe
  case eraCannotBeSimulated(Era), erasThatCan
  case eraHasNoProcessors(Era, asked: Int)

  // MARK: comparing
  case compare(CompareRefusal)
  /// The first or the second run is under way.
  case runsSide(Int, scenario: String, Era, processors: Int)

  // MARK: scenarios
  case scenario(String, ScenarioError)
  case dashesFirst(parameter: String)
  case announcement(Announcement)
  case limit(Limit)
  case seedsClean(scenario: String, Int)
  case seedsFailed(scenario: String, Int, of: Int, first: Defect, replay: String)
  case stoppedByASecondSignal
  case note(ScenarioNote)
  case trouble(TaskTrouble)
  case defect(Defect)

  // MARK: lessons
  case noSuchFile(String)
  case cannotReadLesson(String, UserFiles.Problem)
  case lessonIsNotYAML(String, YAMLError)
  case lesson(LessonError)
  case lessonParameters(lesson: String, line: Int, [CommandPhrase])
  case stopsIn(title: String, Int, scenario: String)

  // MARK: files
  case unreadable(String, UserFiles.Problem)
  case isNotYAML(String, YAMLError)
  case unknownSetting(file: String, line: Int, String, nearest: String?)
  case setting(file: String, line: Int, String, Expectation, given: String)
  case keys(file: String, KeyMapError)
  case theme(ThemeError)
  case withoutFiles

  // MARK: the screen
  case cannotDraw(Screen.Obstacle)
  case headlessInstead, textInstead
  case screen(Phrase)

  /// What a name should have been one of.
  enum Named: Sendable, Equatable {
    case benchmark, claim, era, language, lesson, scenario, theme
    case commandOrScenario
    case scenarioOfLesson(String, line: Int)
  }

  /// What an option or a setting takes.
  enum Expectation: Sendable, Equatable {
    case whole(ClosedRange<Int>)
    case wholeFrom(Int)
    case events(ClosedRange<Int>)
    case milliseconds(ClosedRange<Int>)
    case tempo, seconds, bytes, seeds, oneOrTwoCounts
    case oneOf([String])
    case themeName, onOrOff, size
  }
}

extension Language {
  /// The words of a phrase.
  func callAsFunction(_ phrase: CommandPhrase) -> String {
    switch self {
    case .english: phrase.english
    case .chinese: phrase.chinese
    }
  }
}
