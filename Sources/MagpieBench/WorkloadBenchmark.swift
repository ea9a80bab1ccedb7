import CKernel
import Magpie

/// Measures a workload: all repetitions on one runtime, as a program would have it and as the peers do, timed on its first
/// fiber, so that starting threads is not counted.
struct WorkloadBenchmark {
  private struct Repetition: Sendable {
    var nanoseconds: UInt64
    var outcome: Workload.Outcome
    var spawned: Int
  }

  private let workload: Workload
  private let request: BenchmarkRequest
  private let operations: Int

  init(_ workload: Workload, _ request: BenchmarkRequest) {
    self.workload = workload
    self.request = request
    operations = request.operations ?? workload.operations
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    if let demand = workload.objection?(operations) { throw .operations(demand, given: operations) }
    var configuration = Configuration(processors: request.processors)
    if request.isTraced {
      var trace = TraceConfiguration()
      trace.isLossless = false
      configuration.trace = trace
    }
    for repetition in try repetitions(on: Runtime(configuration)) {
      try check(repetition)
      var row = BenchmarkRow(workload.name)
      row.add("procs", configuration.processors)
      row.add("ops", operations)
      row.add("ns", Int(repetition.nanoseconds))
      row.add("ns_per_op", Double(repetition.nanoseconds) / Double(operations))
      if case .bytes(let bytes) = repetition.outcome { row.add("bytes_per_op", bytes) }
      report(row)
    }
  }

  private func repetitions(on runtime: Runtime) throws(BenchmarkError) -> [Repetition] {
    let done = Collected<Repetition>()
    let (workload, operations, count) = (workload, operations, request.repetitions)
    do {
      try runtime.run {
        for _ in 0..<count {
          let spawned = runtime.fibersCreated
          let begin = ck_monotonic_ns()
          let outcome = workload.run(operations)
          let end = ck_monotonic_ns()
          done.add(Repetition(nanoseconds: end - begin, outcome: outcome, spawned: runtime.fibersCreated - spawned))
        }
      }
    } catch {
      throw BenchmarkError(error)
    }
    return done.values
  }

  private func check(_ repetition: Repetition) throws(BenchmarkError) {
    if case .wrong(let error) = repetition.outcome { throw error }
    if let spawned = workload.spawned?(operations), spawned != repetition.spawned {
      throw .count(.fibersSpawned, found: repetition.spawned, expected: spawned)
    }
  }
}
