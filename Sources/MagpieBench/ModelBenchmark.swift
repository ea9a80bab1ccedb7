import CKernel
import Magpie
import MagpieModel

/// Measures the model: how fast events are applied and kept, audit and keyframes on, in the thread's own time.
struct ModelBenchmark {
  private let events: Int
  private let processors: Int
  private let repetitions: Int

  init(_ request: BenchmarkRequest) {
    events = request.operations ?? 5_000_000
    processors = request.processors ?? 4
    repetitions = request.repetitions
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    let recording = try Recording.fanOut(processors: processors, events: events)
    for _ in 0..<repetitions {
      let reference = Reference.nanoseconds()
      var history = History(processors: processors)
      let begin = ck_thread_cpu_ns()
      for event in recording.events { history.append(event) }
      history.finish()
      let nanoseconds = ck_thread_cpu_ns() - begin
      if let finding = history.live.firstFinding { throw .finding(finding.text) }
      guard history.count == recording.events.count else {
        throw .count(.eventsApplied, found: history.count, expected: recording.events.count)
      }
      let kept = max(history.count - history.firstAvailable, 1)
      var row = BenchmarkRow("model")
      row.add("procs", processors)
      row.add("ops", history.count)
      row.add("events_per_s", Int(Double(history.count) / Double(nanoseconds) * 1e9))
      row.add("ns_per_op", Double(nanoseconds) / Double(history.count))
      row.add("bytes_per_event", Double(history.bytes) / Double(kept))
      row.add("reference_ns", reference)
      report(row)
    }
  }
}
