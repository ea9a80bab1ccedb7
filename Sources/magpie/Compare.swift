import ArgumentParser
import MagpieScenarios
import MagpieTrace
import MagpieView

/// `magpie compare`: the same scenario twice, side by side.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a scenario under two schedulers, and show both side by side.",
    usage: "magpie compare [SCENARIO] [its parameters …] [--eras A,B] [--procs N[,N]] [<options>]",
    discussion: """
      Each runs alone, one after the other, with the same seed; then both histories are shown on one clock. One scheduler with \
      two numbers of Ps can be compared too: --eras mpn --procs 1,4.
      """)

  @Argument(help: ArgumentHelp("What to run.", valueName: "scenario"))
  var scenario = "fan-out"

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Its parameters.", valueName: "parameters"))
  var parameters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The schedulers, left and right: two of \(Era.allCases.map(\.rawValue).joined(separator: ", ")); or one, with two --procs.",
      valueName: "A,B"))
  var eras: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many Ps, 1 to 256: for both, or left and right.", valueName: "N[,N]"))
  var procs: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Where random choices begin.", valueName: "S"))
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: ArgumentHelp("Stop each after so many real seconds.", valueName: "S"))
  var seconds: Double?

  @Flag(help: "One machine at a time, in an order drawn from the seed: the same seed gives the same runs.")
  var simulate = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory for the past of each, 1M to 64G, the oldest of which goes; 256M if not said.", valueName: "BYTES"))
  var history: String?

  @OptionGroup var look: LookFlags

  @Flag(help: "No screen: print both and what differs as a table.")
  var headless = false

  @Flag(help: "No screen: print both and what differs as one JSON object on one line.")
  var json = false

  /// Its flags, for those who mistype one.
  static let flags =
    LookFlags.names + [
      "--eras", "--procs", "--seed", "--seconds", "--simulate", "--history", "--headless", "--json", "--help",
    ]

  mutating func run() throws {
    let options = try checked()
    let hasScreen = !(headless || json)
    if hasScreen { try Screen.check() }
    let look = hasScreen ? try Look(look) : nil
    let status = runComparison(options, look)
    if status != 0 { throw ExitCode(status) }
  }

  /// The options, or what is wrong with them.
  func checked() throws -> CompareOptions {
    let type = try ScenarioArguments.scenario(named: scenario)
    if type.serves {
      throw UsageError(
        "\(type.name) cannot be compared: its clients are outside, and do not come twice at the same moments",
        "`magpie run \(type.name) --era E` shows it under one scheduler.")
    }
    if simulate { try Check.canBeSimulated(type) }
    let counts = try Check.processorCounts(procs)
    let eras = try Check.eras(eras, counts, type, isSimulated: simulate)
    try Check.seconds(seconds)
    let capacity = try Check.history(history)
    try Check.theme(look.theme)
    _ = try Language.named(look.lang)
    _ = try look.checkedColor()
    let (values, scenario) = try ScenarioArguments.make(
      type, parameters, over: ParameterValues(defaultsOf: type.parameters), flags: Compare.flags)
    let sides = eras.enumerated().map { number, era in
      CompareOptions.Side(
        era: era, processors: Check.processors(counts.isEmpty ? nil : counts[number % counts.count], type, era))
    }
    return CompareOptions(
      scenario: scenario, values: values, sides: sides, seed: seed, seconds: seconds, isSimulated: simulate,
      historyCapacity: capacity, isJSON: json)
  }
}

/// What `magpie compare` is to do, checked.
struct CompareOptions: Sendable {
  struct Side: Sendable {
    var era: Era
    /// Nil for as many as there are CPUs.
    var processors: Int?
  }

  var scenario: any Scenario
  var values: ParameterValues
  /// Left and right.
  var sides: [Side]
  var seed: UInt64 = 1
  /// Real seconds after which each run is stopped where it is.
  var seconds: Double?
  var isSimulated = false
  /// Events of the past that are kept of each; nil for the command's own choice.
  var historyCapacity: Int?
  var isJSON = false
}
