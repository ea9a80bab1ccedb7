import ArgumentParser
import MagpieScenarios
import MagpieTrace

/// `magpie simulate`: many seeds of a scenario, or of all, each audited.
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run scenarios one machine at a time over many seeds, each audited.",
    usage: "magpie simulate SCENARIO|--all [its parameters …] [<options>]",
    discussion: "Each scenario has its small size unless its parameters say otherwise.")

  @Argument(help: ArgumentHelp("What to run.", valueName: "scenario"))
  var scenario: String?

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Its parameters.", valueName: "parameters"))
  var parameters: [String] = []

  @Flag(help: "Every scenario that can be simulated.")
  var all = false

  @Option(parsing: .unconditional, help: ArgumentHelp("The first seed and the last.", valueName: "A..B"))
  var seeds = "1..50"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The scheduler: \(Era.allCases.filter(\.hasFibers).map(\.rawValue).joined(separator: ", ")).", valueName: "era"))
  var era = Era.mpn.rawValue

  @Option(parsing: .unconditional, help: ArgumentHelp("How many Ps, 1 to 256.", valueName: "N"))
  var procs: Int?

  @Flag(help: "Slow machines, lost races, late timers, sleepers woken for nothing, threads that are refused at first.")
  var faults = false

  @Flag(help: "Print one JSON object a scenario, one a line.")
  var json = false

  mutating func run() throws {
    let seeds = try Check.seeds(seeds)
    try Check.procs(procs)
    let types = try scenarioTypes()
    // Whatever can be simulated runs under each of these.
    let era = try Check.era(era, Tour.self, isSimulated: true)
    let procs = procs == nil ? nil : Check.processors(procs, Tour.self, era)
    // A tree is kept when something was found, so that the run can be had again.
    var tree: SmallTree?
    let jobs = try types.map { try job($0, &tree) }
    let status = runSimulation(
      SimulateOptions(jobs: jobs, seeds: seeds, era: era, processors: procs, isDisturbed: faults, isJSON: json))
    if status == 0 { tree?.remove() }
    if status != 0 { throw ExitCode(status) }
  }

  private func scenarioTypes() throws -> [any Scenario.Type] {
    switch (scenario, all) {
    case (let name?, false):
      let type = try ScenarioArguments.scenario(named: name)
      try Check.canBeSimulated(type)
      return [type]
    case (nil, true) where parameters.isEmpty: return Scenarios.closed
    case (nil, false): throw UsageError("simulate needs a scenario, or --all", "`magpie list` shows all scenarios.")
    default: throw UsageError("--all takes no scenario and no parameters besides")
    }
  }

  private func job(_ type: any Scenario.Type, _ tree: inout SmallTree?) throws -> SimulateOptions.Job {
    var values = ParameterValues(smallOf: type.parameters)
    for parameter in type.parameters where parameter.kind == .paths && parameters.isEmpty {
      tree = tree ?? SmallTree()
      guard let tree else { throw UsageError("cannot make a small tree to search in $TMPDIR or /tmp") }
      values[parameter] = .paths([Array(tree.path.utf8)])
    }
    let (read, scenario) = try ScenarioArguments.make(type, parameters, over: values)
    return SimulateOptions.Job(scenarioType: type, values: read, scenario: scenario)
  }
}
