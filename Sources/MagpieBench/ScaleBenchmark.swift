import CKernel
import Glibc
import Magpie
import MagpieTrace

/// Measures what must not grow with what stands by: a fiber's yield and spawn beside parked fibers, a search for something to
/// steal beside machines in blocking calls, and a runtime in which nothing runs.
struct ScaleBenchmark {
  private static let parked = [1_000, 100_000, 1_000_000]
  private static let blocked = [0, 10, 100, 1_000]
  /// For how long an idle runtime is watched, after it has come to rest.
  private static let rest = Duration.milliseconds(200)
  private static let idleness = Duration.seconds(2)

  private let operations: Int
  private let repetitions: Int
  private let processors: Int?

  init(_ request: BenchmarkRequest) {
    operations = request.operations ?? 500_000
    repetitions = request.repetitions
    processors = request.processors
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    // One processor: what a thief costs is another row's affair.
    try measure(on: processors ?? 1, report) { runtime, rows throws(BenchmarkError) in
      try measureParked(on: runtime, rows)
    }
    // At least two: a thief needs a victim.
    for era in [Era.mpn, .distributed] {
      try measure(on: max(processors ?? 4, 2), under: era, report) { runtime, rows throws(BenchmarkError) in
        try measureSteals(on: runtime, era, rows)
      }
    }
    try measure(on: processors ?? Configuration.availableProcessors, report) { measureIdle(on: $0, $1) }
  }

  /// Runs a part on the first fiber of a runtime of its own, and reports its rows.
  private func measure(
    on processors: Int, under era: Era = .mpn, _ report: (BenchmarkRow) -> Void,
    _ body: @escaping @Sendable (Runtime, Collected<BenchmarkRow>) throws(BenchmarkError) -> Void
  ) throws(BenchmarkError) {
    var configuration = Configuration(processors: processors)
    configuration.era = era
    let runtime = Runtime(configuration)
    let rows = Collected<BenchmarkRow>(), failures = Collected<BenchmarkError>()
    do {
      try runtime.run {
        do throws(BenchmarkError) { try body(runtime, rows) } catch { failures.add(error) }
      }
    } catch {
      throw BenchmarkError(error)
    }
    rows.values.forEach(report)
    if let failure = failures.values.first { throw failure }
  }

  private static func row(
    _ what: String, _ era: Era? = nil, at count: Int, _ runtime: Runtime, _ key: String, _ value: Double,
    _ reference: Int
  ) -> BenchmarkRow {
    var row = BenchmarkRow("scale")
    row.add("what", what)
    if let era { row.add("era", era.rawValue) }
    row.add("at", count)
    row.add("procs", runtime.processorCount)
    row.add(key, value)
    row.add("reference_ns", reference)
    return row
  }

  // MARK: Beside parked fibers

  @Sendable
  private func measureParked(on runtime: Runtime, _ rows: Collected<BenchmarkRow>) throws(BenchmarkError) {
    let gate = Channel<Void>()
    var parked = 0
    for count in ScaleBenchmark.parked {
      let ready = WaitGroup()
      ready.add(count - parked)
      for _ in parked..<count {
        // Little room each: there are many.
        spawn(stackSize: 64 * 1024) {
          ready.done()
          _ = gate.receive()
        }
      }
      ready.wait()
      parked = count
      for _ in 0..<repetitions {
        let reference = Reference.nanoseconds()
        let yields = perOperation(on: runtime) { yield() }
        // Spawned, run to its end, and back here.
        let before = runtime.fibersCreated
        let spawns = perOperation(on: runtime) {
          spawn {}
          yield()
        }
        let created = runtime.fibersCreated - before
        guard created == operations else { throw .count(.fibersSpawned, found: created, expected: operations) }
        rows.add(ScaleBenchmark.row("yield", at: count, runtime, "ns_per_op", yields, reference))
        rows.add(ScaleBenchmark.row("spawn", at: count, runtime, "ns_per_op", spawns, reference))
      }
      let live = runtime.fibersLive
      guard live >= count else { throw .count(.fibersLive, found: live, expected: count) }
    }
    gate.close()
  }

  /// In the process's own time where only one machine works: what others do on this computer does not count.
  private func perOperation(on runtime: Runtime, _ body: () -> Void) -> Double {
    let now = runtime.processorCount == 1 ? ck_process_cpu_ns : ck_monotonic_ns
    let begin = now()
    for _ in 0..<operations { body() }
    return Double(now() - begin) / Double(operations)
  }

  // MARK: Beside machines in blocking calls

  @Sendable
  private func measureSteals(
    on runtime: Runtime, _ era: Era, _ rows: Collected<BenchmarkRow>
  ) throws(BenchmarkError) {
    let blocked = try BlockedThreads(runtime) { BenchmarkError.noPipe($0) }
    defer { blocked.end() }
    for count in ScaleBenchmark.blocked {
      blocked.grow(to: count)
      for _ in 0..<repetitions {
        let reference = Reference.nanoseconds()
        guard let times = StealProbe.search(operations, on: runtime) else { throw .restless }
        let failed = Double(times.failed) / Double(operations), found = Double(times.succeeded) / Double(operations)
        rows.add(ScaleBenchmark.row("steal-failed", era, at: count, runtime, "ns_per_op", failed, reference))
        rows.add(ScaleBenchmark.row("steal", era, at: count, runtime, "ns_per_op", found, reference))
      }
    }
  }

  // MARK: In which nothing runs

  /// At the number of fibers that wait.
  @Sendable
  private func measureIdle(on runtime: Runtime, _ rows: Collected<BenchmarkRow>) {
    let gate = Channel<Void>()
    let waiting = 1_000
    for _ in 0..<waiting { spawn { _ = gate.receive() } }
    for _ in 0..<repetitions {
      let reference = Reference.nanoseconds()
      sleep(for: ScaleBenchmark.rest)
      let (begin, used) = (ck_monotonic_ns(), ck_process_cpu_ns())
      sleep(for: ScaleBenchmark.idleness)
      let percent = Double(ck_process_cpu_ns() - used) / Double(ck_monotonic_ns() - begin) * 100
      rows.add(ScaleBenchmark.row("idle", at: waiting, runtime, "cpu_percent", percent, reference))
    }
    gate.close()
  }
}
