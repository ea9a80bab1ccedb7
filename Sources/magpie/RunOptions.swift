import MagpieScenarios
import MagpieTrace
import MagpieView

/// What `magpie run` is to do, checked.
struct RunOptions: Sendable {
  var scenarioType: any Scenario.Type
  var values: ParameterValues
  var scenario: any Scenario
  /// `--procs`, or what the scenario wants; nil for as many as there are CPUs.
  var processors: Int?
  /// The scheduler of the history that runs it.
  var era = Era.mpn
  /// N of `--tempo 1/N`.
  var tempoDivisor = 1
  var seed: UInt64 = 1
  /// Real seconds after which the run is stopped where it is.
  var seconds: Double?
  var isSimulated = false
  var isDisturbed = false
  var isFree = false
  /// Events that a machine's ring holds; nil for the runtime's own choice.
  var ring: Int?
  /// Events of the past that are kept; nil for the session's own choice.
  var historyCapacity: Int?
  /// The theme's name; nil for the one that suits the terminal.
  var theme: String?
  /// In which the screen and `--text` speak.
  var language = Language.english
  var isJSON = false
  /// Real milliseconds between two lines of the scheduler's state; nil for none.
  var scheduleTrace: Int?
}

/// What `magpie simulate` is to do, checked.
struct SimulateOptions: Sendable {
  /// One scenario at one size.
  struct Job: Sendable {
    var scenarioType: any Scenario.Type
    var values: ParameterValues
    var scenario: any Scenario

    /// The words that set its size: `magpie run NAME --simulate --seed S` with these is the same run.
    var words: [String] { values.words(for: scenarioType.parameters) }
  }

  var jobs: [Job]
  var seeds: ClosedRange<UInt64>
  /// The scheduler of the history that runs them.
  var era = Era.mpn
  /// `--procs`; nil for the simulation's own choice.
  var processors: Int?
  var isDisturbed = false
  var isJSON = false
}

/// What `magpie bench` is to do, checked.
struct BenchOptions: Sendable {
  var name: String
  var processors: Int?
  var repetitions = 5
  /// How much one repetition does; nil for the benchmark's own size.
  var operations: Int?
  var isTraced = false
  var isJSON = false
}
