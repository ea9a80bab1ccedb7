import ArgumentParser
import Glibc
import MagpieScenarios
import MagpieTrace
import MagpieView

/// `magpie run`: one scenario, on the screen or without.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: help(.run), usage: help(.runUsage), discussion: help(.runMore))

  @Argument(help: ArgumentHelp(help(.whatToRun), valueName: "scenario"))
  var scenario = Tour.name

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp(help(.itsParameters), valueName: "parameters"))
  var parameters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.era(Era.allCases.map(\.rawValue))), valueName: "era"))
  var era = Era.mpn.rawValue

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.procs), valueName: "N"))
  var procs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.tempo), valueName: "1/N"))
  var tempo = "1/1"

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.seed), valueName: "S"))
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.seconds), valueName: "S"))
  var seconds: Double?

  @Flag(help: ArgumentHelp(help(.simulated)))
  var simulate = false

  @Flag(help: ArgumentHelp(help(.faultsOfSimulate)))
  var faults = false

  @Flag(help: ArgumentHelp(help(.free)))
  var free = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.ring), valueName: "EVENTS"))
  var ring: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.history), valueName: "BYTES"))
  var history: String?

  @OptionGroup var look: LookFlags

  @Flag(help: ArgumentHelp(help(.headless)))
  var headless = false

  @Flag(help: ArgumentHelp(help(.summaryAsJSON)))
  var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.scheduleTrace), valueName: "MS"))
  var schedtrace: Int?

  @Flag(help: ArgumentHelp(help(.text)))
  var text = false

  /// Its flags, for those who mistype one.
  static let flags =
    LookFlags.names + [
      "--era", "--procs", "--tempo", "--seed", "--seconds", "--simulate", "--faults", "--free", "--ring", "--history",
      "--headless", "--json", "--schedtrace", "--text", "--help",
    ]

  mutating func run() throws {
    let options = try checked()
    let status: Int32
    if text {
      status = runText(options)
    } else if headless || json {
      status = runHeadless(options)
    } else {
      try Screen.check()
      status = runScreen(options, try Look(look))
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// The options, or what is wrong with them.
  func checked() throws -> RunOptions {
    if text && (headless || json) { throw UsageError(.exclude("--text", json ? "--json" : "--headless")) }
    if faults && !simulate { throw UsageError(.faultsNeedSimulate, .faultsHint) }
    let type = try scenarioType()
    if simulate { try Check.canBeSimulated(type) }
    let era = try Check.era(era, type, isSimulated: simulate)
    try Check.procs(procs)
    let divisor = try Check.tempo(tempo)
    try Check.seconds(seconds)
    try Check.ring(ring, isFree: free)
    let historyCapacity = try Check.history(history)
    try Check.theme(look.theme)
    let language = try Language.named(look.lang)
    _ = try look.checkedColor()
    try Check.scheduleTrace(schedtrace, hasScreen: !(headless || json || text))
    let (values, scenario) = try ScenarioArguments.make(
      type, parameters, over: ParameterValues(defaultsOf: type.parameters))
    return RunOptions(
      scenarioType: type, values: values, scenario: scenario, processors: Check.processors(procs, type, era),
      era: era, tempoDivisor: divisor,
      seed: seed, seconds: seconds, isSimulated: simulate, isDisturbed: faults, isFree: free, ring: ring,
      historyCapacity: historyCapacity, theme: look.theme,
      language: language, isJSON: json, scheduleTrace: schedtrace)
  }

  /// The scenario. `magpie simulte` arrives here too, for `run` is what magpie does when no command is named.
  private func scenarioType() throws -> any Scenario.Type {
    if let type = Scenarios.named(scenario) { return type }
    let commands = MagpieCommand.configuration.subcommands.map { $0._commandName }
    let isNamed = CommandLine.arguments.dropFirst().first == Run._commandName
    if !isNamed, let command = nearestName(to: scenario, among: commands + Scenarios.all.map { $0.name }),
      commands.contains(command)
    {
      throw UsageError(
        .unknown(.commandOrScenario, printable(scenario.utf8), nearest: command), .helpShowsCommands)
    }
    return try ScenarioArguments.scenario(named: scenario)
  }
}
