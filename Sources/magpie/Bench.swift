import ArgumentParser
import MagpieScenarios

/// `magpie bench`: the runtime's own benchmarks.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Measure the runtime.")

  @Argument(help: ArgumentHelp("One of: \(benchmarkNames.joined(separator: ", ")).", valueName: "name"))
  var name: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How many Ps, 1 to 256.", valueName: "N"))
  var procs: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("How often it is repeated.", valueName: "R"))
  var reps = 5

  @Option(parsing: .unconditional, help: ArgumentHelp("How much one repetition does.", valueName: "K"))
  var ops: Int?

  @Flag(help: "Print one JSON object a repetition, one a line.")
  var json = false

  @Flag(help: "With tracing on, while nobody reads.")
  var traced = false

  mutating func run() throws {
    let list = "There are: \(benchmarkNames.joined(separator: ", "))."
    guard let name else { throw UsageError("bench needs the name of a benchmark", list) }
    guard benchmarkNames.contains(name) else {
      throw UsageError.unknown("benchmark", name, among: benchmarkNames, list: list)
    }
    try Check.procs(procs)
    try Check.atLeastOne("reps", reps)
    try Check.atLeastOne("ops", ops)
    let status = runBenchmark(
      BenchOptions(
        name: name, processors: procs, repetitions: reps, operations: ops, isTraced: traced, isJSON: json))
    if status != 0 { throw ExitCode(status) }
  }
}
