import ArgumentParser
import MagpieScenarios
import MagpieTrace

/// `magpie simulate`: many seeds of a scenario, or of all, each audited.
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: help(.simulate), usage: help(.simulateUsage), discussion: help(.simulateMore))

  @Argument(help: ArgumentHelp(help(.whatToRun), valueName: "scenario"))
  var scenario: String?

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp(help(.itsParameters), valueName: "parameters"))
  var parameters: [String] = []

  @Flag(help: ArgumentHelp(help(.allScenarios)))
  var all = false

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.seeds), valueName: "A..B"))
  var seeds = "1..50"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.era(Era.allCases.filter(\.hasFibers).map(\.rawValue))), valueName: "era"))
  var era = Era.mpn.rawValue

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.procs), valueName: "N"))
  var procs: Int?

  @Flag(help: ArgumentHelp(help(.faults)))
  var faults = false

  @Flag(help: ArgumentHelp(help(.scenarioAsJSON)))
  var json = false

  @OptionGroup var language: LanguageFlag

  mutating func run() throws {
    try language.check()
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
    case (nil, false): throw UsageError(.simulateNeedsScenario, .listShowsScenarios)
    default: throw UsageError(.allTakesNoScenario)
    }
  }

  private func job(_ type: any Scenario.Type, _ tree: inout SmallTree?) throws -> SimulateOptions.Job {
    var values = ParameterValues(smallOf: type.parameters)
    for parameter in type.parameters where parameter.kind == .paths && parameters.isEmpty {
      tree = tree ?? SmallTree()
      guard let tree else { throw UsageError(.noSmallTree) }
      values[parameter] = .paths([Array(tree.path.utf8)])
    }
    let (read, scenario) = try ScenarioArguments.make(type, parameters, over: values)
    return SimulateOptions.Job(scenarioType: type, values: read, scenario: scenario)
  }
}
