import ArgumentParser
import Glibc
import MagpieScenarios
import MagpieTrace
import MagpieView

/// `magpie run`: one scenario, on the screen or without.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a scenario and show it live.",
    usage: "magpie run [SCENARIO] [its parameters …] [<options>]",
    discussion: "`magpie run SCENARIO --help` shows the scenario's own parameters, `magpie list` all scenarios.")

  @Argument(help: ArgumentHelp("What to run.", valueName: "scenario"))
  var scenario = Tour.name

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Its parameters.", valueName: "parameters"))
  var parameters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The scheduler: \(Era.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "era"))
  var era = Era.mpn.rawValue

  @Option(parsing: .unconditional, help: ArgumentHelp("How many Ps, 1 to 256.", valueName: "N"))
  var procs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How fast virtual time goes: 1/N, N from 1 to 10000.", valueName: "1/N"))
  var tempo = "1/1"

  @Option(parsing: .unconditional, help: ArgumentHelp("Where random choices begin.", valueName: "S"))
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: ArgumentHelp("Stop after so many real seconds.", valueName: "S"))
  var seconds: Double?

  @Flag(help: "One machine at a time, in an order drawn from the seed: the same seed gives the same run.")
  var simulate = false

  @Flag(help: "With --simulate: the faults of `magpie simulate --faults`.")
  var faults = false

  @Flag(help: "Never let the run wait for the viewer: what the viewer misses counts as lost.")
  var free = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Events that a machine's ring holds, 16 to 1048576; below 64 with --free.", valueName: "EVENTS"))
  var ring: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory for what has happened, 1M to 64G, the oldest of which goes; 64M if not said.", valueName: "BYTES"))
  var history: String?

  @OptionGroup var look: LookFlags

  @Flag(help: "No screen: run, audit, print the summary.")
  var headless = false

  @Flag(help: "No screen: print the summary as one JSON object on one line.")
  var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "No screen: every so many real milliseconds, print the line of Go's GODEBUG=schedtrace to the standard error.",
      valueName: "MS"))
  var schedtrace: Int?

  @Flag(help: "No screen: print one event a line, in plain words.")
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
    if text && (headless || json) { throw UsageError("--text and --\(json ? "json" : "headless") exclude each other") }
    if faults && !simulate {
      throw UsageError("--faults needs --simulate", "Only a simulation can have them on purpose.")
    }
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
        "unknown command or scenario '\(printable(scenario.utf8))'; did you mean '\(command)'?",
        "`magpie --help` shows the commands, `magpie list` the scenarios.")
    }
    return try ScenarioArguments.scenario(named: scenario)
  }
}
