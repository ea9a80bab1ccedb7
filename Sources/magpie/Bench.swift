import ArgumentParser
import MagpieScenarios

/// `magpie bench`: the runtime's own benchmarks.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: help(.bench))

  @Argument(help: ArgumentHelp(help(.oneOf(benchmarkNames)), valueName: "name"))
  var name: String?

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.procs), valueName: "N"))
  var procs: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.repetitions), valueName: "R"))
  var reps = 5

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.operations), valueName: "K"))
  var ops: Int?

  @Flag(help: ArgumentHelp(help(.repetitionAsJSON)))
  var json = false

  @Flag(help: ArgumentHelp(help(.traced)))
  var traced = false

  @OptionGroup var language: LanguageFlag

  mutating func run() throws {
    try language.check()
    guard let name else { throw UsageError(.benchNeedsName, .thereAre(benchmarkNames)) }
    guard benchmarkNames.contains(name) else {
      throw UsageError.unknown(.benchmark, name, among: benchmarkNames, .thereAre(benchmarkNames))
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
