package import Magpie
public import MagpieModel
public import MagpieScenarios
public import MagpieTrace

/// What to run, and how to watch it.
public struct RunRequest: Sendable {
  public var scenario: any Scenario
  /// What the scenario was made of, where its load may be changed while it runs. The era `processes` needs it.
  public var values: ParameterValues?
  public var processors: Int
  /// The scheduler of the history that runs it.
  public var era = Era.mpn
  /// The program that makes the first task in the era `processes`: one that calls `TaskHostProgram.run` with its words.
  public var host = "/proc/self/exe"
  public var seed: UInt64 = 1
  /// Virtual time runs at 1/tempo of real time. 1...10,000.
  public var tempo = 1
  public var isSimulated = false
  /// A simulated run suffers what a kernel may do at any time.
  public var isDisturbed = false
  /// A simulated run keeps to real time at its tempo.
  public var isPaced = false
  /// Nobody waits for the viewer, which may then miss events.
  public var isFree = false
  /// Events in each machine's ring; nil for the default.
  public var ring: Int?
  /// Runs the scenario again and again until it is stopped.
  public var repeats = false
  /// Each step doubles the sizes that the scenario was given, or halves them.
  public var load = 0
  /// The events of the past that are kept.
  public var historyCapacity = 1_000_000
  /// What tests break; see `Configuration`.
  package var fault: Fault?
  package var traceDelays = false
  package var passageLimit: Int?
  /// Called by the collector, on its own thread, when events were appended: the history, and their numbers.
  public var onEvents: (@Sendable (inout History, ClosedRange<Int>) -> Void)?

  public init(scenario: any Scenario, processors: Int) {
    self.scenario = scenario
    self.processors = processors
  }
}
