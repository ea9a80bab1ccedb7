import ArgumentParser
import MagpieScenarios
import MagpieTrace
import MagpieView

/// `magpie compare`: the same scenario twice, side by side.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: help(.compare(.abstract)), usage: help(.compare(.usage)), discussion: help(.compare(.more)))

  @Argument(help: ArgumentHelp(help(.whatToRun), valueName: "scenario"))
  var scenario = "fan-out"

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp(help(.itsParameters), valueName: "parameters"))
  var parameters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.compare(.eras(Era.allCases.map(\.rawValue)))), valueName: "A,B"))
  var eras: String?

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.compare(.procs)), valueName: "N[,N]"))
  var procs: String?

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.seed), valueName: "S"))
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.compare(.seconds)), valueName: "S"))
  var seconds: Double?

  @Flag(help: ArgumentHelp(help(.compare(.simulated))))
  var simulate = false

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.compare(.history)), valueName: "BYTES"))
  var history: String?

  @OptionGroup var look: LookFlags

  @Flag(help: ArgumentHelp(help(.compare(.headless))))
  var headless = false

  @Flag(help: ArgumentHelp(help(.compare(.json))))
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
        .compare(.cannotBeCompared(scenario: type.name)), .compare(.runShowsOne(scenario: type.name)))
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
