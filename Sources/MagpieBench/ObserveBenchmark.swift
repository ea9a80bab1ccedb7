import CKernel
import Magpie
import MagpieScenarios
import MagpieSession
import MagpieTrace

/// Measures what watching costs the program that is watched: the same work not traced, traced while nobody reads, and watched, all
/// of them in each repetition, so that a slow moment of the machine falls on all.
struct ObserveBenchmark {
  private static let workloads = [Workload.spawnBatch, Workload.pingPong]

  private let request: BenchmarkRequest

  init(_ request: BenchmarkRequest) { self.request = request }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    for workload in ObserveBenchmark.workloads {
      for _ in 0..<request.repetitions {
        do throws(BenchmarkError) { report(try row(of: workload)) } catch { throw .workload(workload.name, error) }
      }
    }
  }

  private func row(of workload: Workload) throws(BenchmarkError) -> BenchmarkRow {
    let operations = request.operations ?? workload.operations
    let timed = TimedWorkload(workload, operations)
    let configuration = Configuration(processors: request.processors)
    let untraced = try time(timed, on: configuration)
    var traced = configuration
    traced.trace = TraceConfiguration()
    traced.trace?.isLossless = false
    let unread = try time(timed, on: traced)
    let free = try time(timed, processors: configuration.processors, isFree: true)
    let lossless = try time(timed, processors: configuration.processors, isFree: false)
    var row = BenchmarkRow("observe")
    row.add("workload", workload.name)
    row.add("procs", configuration.processors)
    row.add("ops", operations)
    row.add("slowdown_traced", Double(unread) / Double(untraced))
    row.add("slowdown_free", Double(free) / Double(unread))
    row.add("slowdown_lossless", Double(lossless) / Double(unread))
    row.add("reference_ns", Reference.nanoseconds())
    return row
  }

  /// With nobody watching.
  private func time(_ workload: TimedWorkload, on configuration: Configuration) throws(BenchmarkError) -> UInt64 {
    do { try Runtime(configuration).run { workload.perform() } } catch { throw BenchmarkError(error) }
    return try workload.taken()
  }

  /// As `magpie run` does it without a screen.
  private func time(_ workload: TimedWorkload, processors: Int, isFree: Bool) throws(BenchmarkError) -> UInt64 {
    var request = RunRequest(scenario: workload, processors: processors)
    request.isFree = isFree
    let session = Session(request)
    session.start()
    session.waitUntilEnded()
    if let limit = session.limit { throw .limit(limit) }
    let summary = session.summary()
    if let defect = summary.audit.first { throw .finding(defect.text) }
    guard summary.isComplete else { throw .unfinished }
    return try workload.taken()
  }
}

/// A workload as a session runs it, timed on its first fiber, once it is warm.
private struct TimedWorkload: Scenario {
  static let name = "workload"
  static let text = "a benchmark's workload"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable {}

  /// The time of the last performance, and what came of it.
  private final class Last: Sendable {
    let value = ThreadMutex<(nanoseconds: UInt64, outcome: Workload.Outcome)?>(nil)
  }

  private let workload: Workload
  private let operations: Int
  private let last = Last()
  var name: String { workload.name }

  init(_ workload: Workload, _ operations: Int) {
    self.workload = workload
    self.operations = operations
  }

  init(_ values: ParameterValues) throws(ScenarioError) { self.init(.spawnBatch, Workload.spawnBatch.operations) }

  func share<System: TaskSystem>(on system: System) -> Shared { Shared() }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) { perform() }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    ScenarioResult(ok: complete)
  }

  func perform() {
    _ = workload.run(max(operations / 10, 1))
    let begin = ck_monotonic_ns()
    let outcome = workload.run(operations)
    let end = ck_monotonic_ns()
    last.value.withLock { $0 = (end - begin, outcome) }
  }

  /// The nanoseconds of the last performance, once.
  func taken() throws(BenchmarkError) -> UInt64 {
    let result = last.value.withLock { value in
      defer { value = nil }
      return value
    }
    guard let result else { throw .unfinished }
    if case .wrong(let error) = result.outcome { throw error }
    return result.nanoseconds
  }
}
