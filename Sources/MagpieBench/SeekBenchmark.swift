import CKernel
import Magpie
import MagpieModel
import MagpieView

/// Measures jumping to any moment of a long history and drawing it, in the thread's own time: where few fibers live, and where a
/// hundredth as many as there are events do.
struct SeekBenchmark {
  private static let width = 200
  private static let height = 60
  private static let jumps = 100

  private let events: Int
  private let processors: Int
  private let repetitions: Int

  init(_ request: BenchmarkRequest) {
    events = request.operations ?? 10_000_000
    processors = request.processors ?? 4
    repetitions = request.repetitions
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    try measure("spawn-batch", history(of: .batches(processors: processors, events: events)), report)
    let fibers = max(events / 100, 1)
    // Yielded, put, taken, started: four at least for a turn.
    let turns = events / fibers / 4 + 1
    try measure("crowd", history(of: .crowd(processors: processors, fibers: fibers, turns: turns)), report)
  }

  private func history(of recording: Recording) throws(BenchmarkError) -> History {
    var history = History(processors: processors, capacity: events)
    for (number, string) in recording.strings.enumerated() { history.define(UInt32(number + 1), string) }
    for event in recording.events { history.append(event) }
    if let finding = history.live.firstFinding { throw .finding(finding.text) }
    let kept = history.count - history.firstAvailable
    guard kept >= events else { throw .count(.eventsWithinReach, found: kept, expected: events) }
    return history
  }

  private func measure(
    _ workload: String, _ history: History, _ report: (BenchmarkRow) -> Void
  ) throws(BenchmarkError) {
    guard let themes = try? Theme.embedded() else { throw .noThemes }
    var facts = ProgramFacts()
    facts.scenario = workload
    facts.processors = processors
    facts.status = .held
    let kept = history.count - history.firstAvailable
    var random: UInt64 = 1
    for _ in 0..<repetitions {
      let reference = Reference.nanoseconds()
      var app = App(themes: themes, theme: themes[0])
      _ = app.update(.observed(App.Observation(facts, history)))
      var times: [UInt64] = []
      for jump in 0..<SeekBenchmark.jumps {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let moment = history.firstAvailable + Int((random >> 32) % UInt64(kept))
        let begin = ck_thread_cpu_ns()
        app.look(at: moment)
        let canvas = app.draw(
          history, width: SeekBenchmark.width, height: SeekBenchmark.height, now: UInt64(jump) * 1_000_000_000)
        times.append(ck_thread_cpu_ns() - begin)
        guard app.position == moment else { throw .count(.moment, found: app.position ?? -1, expected: moment) }
        let cells = canvas.width * canvas.height, wanted = SeekBenchmark.width * SeekBenchmark.height
        guard cells == wanted else { throw .count(.cellsDrawn, found: cells, expected: wanted) }
      }
      times.sort()
      var row = BenchmarkRow("seek")
      row.add("workload", workload)
      row.add("procs", processors)
      row.add("ops", kept)
      row.add("seek_ns_p50", Int(times[times.count / 2]))
      row.add("seek_ns_p99", Int(times[times.count * 99 / 100 - 1]))
      row.add("seek_ns_max", Int(times[times.count - 1]))
      row.add("bytes_per_event", Double(history.bytes) / Double(kept))
      row.add("reference_ns", reference)
      report(row)
    }
  }
}
