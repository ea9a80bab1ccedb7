import CKernel
import Magpie
import MagpieModel
import MagpieTrace
import MagpieView

/// Measures drawing one frame into a canvas, for each view, in the thread's own time: a large terminal, 128 processors and
/// 100,000 live fibers, while events go on arriving.
struct ViewBenchmark {
  private static let width = 200
  private static let height = 60
  private static let fibers = 100_000
  /// The time between two frames.
  private static let frame: UInt64 = 33_333_333

  private let processors: Int
  private let frames: Int
  private let repetitions: Int

  init(_ request: BenchmarkRequest) {
    processors = request.processors ?? 128
    frames = request.operations ?? 300
    repetitions = request.repetitions
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    let recording = try Recording.crowd(processors: processors, fibers: ViewBenchmark.fibers, turns: 4)
    // From the creation of the last fiber to the end of the first, all are alive.
    guard let last = recording.events.lastIndex(where: { $0.kind == .fiberCreate }) else {
      throw .count(.fibersSpawned, found: 0, expected: ViewBenchmark.fibers)
    }
    let end = recording.events[last...].firstIndex { $0.kind == .fiberExit } ?? recording.events.count
    let step = (end - last - 1) / frames
    guard step > 0 else { throw .operations(.atMost(end - last - 1), given: frames) }
    var start = History(processors: processors)
    for (number, string) in recording.strings.enumerated() { start.define(UInt32(number + 1), string) }
    for event in recording.events[...last] { start.append(event) }
    let alive = Int(start.live.fibersCreated - start.live.fibersFinished)
    guard alive >= ViewBenchmark.fibers else {
      throw .count(.fibersLive, found: alive, expected: ViewBenchmark.fibers)
    }
    for _ in 0..<repetitions {
      let zoom = [Key](repeating: .character(")"), count: 40)
      let views: [(String, [Key])] = [
        ("stage", [.character("1")]), ("events", [.character("4")]), ("timeline", [.character("2")]),
        ("timeline-whole", [.character("2"), .character("0")]),
        ("timeline-fibers", [.character("2"), .character("v"), .character("v")]),
        ("timeline-100ns", [.character("2")] + zoom), ("fibers", [.character("3")]),
        ("fibers-sorted", [.character("3"), .character("s"), .character("s"), .character("s")]),
        ("life", [.character("3"), .enter]), ("stats", [.character("5")]),
      ]
      for (name, keys) in views {
        let reference = Reference.nanoseconds()
        let (reading, drawing) = try draw(keys, start, recording.events[(last + 1)..<end], step)
        let times = drawing.sorted()
        var row = BenchmarkRow("view")
        row.add("view", name)
        row.add("procs", processors)
        row.add("ops", frames)
        row.add("ns_p50", Int(times[times.count / 2]))
        row.add("ns_p99", Int(times[min(times.count * 99 / 100, times.count - 1)]))
        // The longest frame of those in which the view still reads what was there before.
        if let most = reading.max() { row.add("ns_reading", Int(most)) }
        row.add("reference_ns", reference)
        report(row)
      }
    }
  }

  /// - Returns: what each frame took until all was read that there was, and what each took after that.
  private func draw(
    _ keys: [Key], _ start: History, _ events: ArraySlice<Event>, _ step: Int
  ) throws(BenchmarkError) -> (reading: [UInt64], drawing: [UInt64]) {
    guard let themes = try? Theme.embedded() else { throw .noThemes }
    var app = App(themes: themes, theme: themes[0])
    var history = start
    var facts = ProgramFacts()
    facts.scenario = "crowd"
    facts.processors = processors
    facts.cpus = 2
    var reading: [UInt64] = []
    // The keys are pressed in a view that has been drawn, and has read what was there before.
    for key in keys {
      _ = app.update(.key(key))
      _ = app.update(.observed(App.Observation(facts, history)))
      repeat {
        let begin = ck_thread_cpu_ns()
        _ = app.draw(history, width: ViewBenchmark.width, height: ViewBenchmark.height, now: ViewBenchmark.frame)
        if app.isReading { reading.append(ck_thread_cpu_ns() - begin) }
      } while app.isReading
    }
    var times: [UInt64] = []
    var cells = 0
    for frame in 0..<frames {
      let first = events.startIndex + frame * step
      for event in events[first..<first + step] { history.append(event) }
      _ = app.update(.observed(App.Observation(facts, history)))
      let begin = ck_thread_cpu_ns()
      let canvas = app.draw(
        history, width: ViewBenchmark.width, height: ViewBenchmark.height, now: UInt64(frame + 1) * ViewBenchmark.frame)
      times.append(ck_thread_cpu_ns() - begin)
      cells += canvas.width * canvas.height
    }
    let wanted = frames * ViewBenchmark.width * ViewBenchmark.height
    guard cells == wanted else { throw .count(.cellsDrawn, found: cells, expected: wanted) }
    return (reading, times)
  }
}
