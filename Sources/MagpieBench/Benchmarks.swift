/// All benchmarks, by name. The contract of their output is the peers' (`peers/README.md`): a row a repetition.
public enum Benchmarks {
  /// Those that other schedulers run too, then magpie's own costs.
  public static let names = Workload.all.map(\.name) + ["trace", "model", "view", "seek", "live", "observe", "scale"]

  /// Runs one.
  /// - Parameter report: called with each row as soon as it is known.
  public static func run(_ request: BenchmarkRequest, report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    switch request.name {
    case "trace": try TraceBenchmark(request).run(report: report)
    case "model": try ModelBenchmark(request).run(report: report)
    case "view": try ViewBenchmark(request).run(report: report)
    case "seek": try SeekBenchmark(request).run(report: report)
    case "live": try LiveBenchmark(request).run(report: report)
    case "observe": try ObserveBenchmark(request).run(report: report)
    case "scale": try ScaleBenchmark(request).run(report: report)
    default:
      guard let workload = Workload.all.first(where: { $0.name == request.name }) else {
        throw .unknown(request.name)
      }
      try WorkloadBenchmark(workload, request).run(report: report)
    }
  }
}
