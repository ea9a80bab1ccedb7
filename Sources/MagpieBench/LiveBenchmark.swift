import CKernel
import Glibc
import MagpieTrace

/// Measures the whole program on a screen of its own, in a pseudo-terminal of 120×36: how long the first picture takes, and how much
/// of one core the viewer's threads use, while a thousand events a second go by, and while all is held.
///
/// The viewer is the thread that draws and the one that reads the rings; machines belong to the workload.
struct LiveBenchmark {
  private static let width = 120
  private static let height = 36
  /// One fiber that sleeps again and again; with what its machine does meanwhile these are about a thousand events a second.
  private static let workload = ["run", "sleepers", "--tasks", "1", "--naps", "1000000", "--tempo", "1/5"]
  /// Nanoseconds in which a change settles before it is measured.
  private static let settling: UInt64 = 1_000_000_000

  /// Nanoseconds for which each state is watched.
  private let length: UInt64
  private let processors: Int
  private let repetitions: Int

  /// `operations` are the milliseconds for which each state is watched.
  init(_ request: BenchmarkRequest) {
    length = UInt64(request.operations ?? 5_000) * 1_000_000
    processors = request.processors ?? 2
    repetitions = request.repetitions
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    for _ in 0..<repetitions {
      let reference = Reference.nanoseconds()
      let words = LiveBenchmark.workload + ["--procs", "\(processors)", "--no-config", "--lang", "en"]
      let begin = ck_monotonic_ns()
      var program = try ScreenProgram(words, width: LiveBenchmark.width, height: LiveBenchmark.height)
      // The last word of the last line.
      try program.wait(for: "quit")
      let first = ck_monotonic_ns() - begin
      let running = try watch(&program)
      program.press(UInt8(ascii: " "))
      program.forget()
      try program.wait(for: "HELD")
      let held = try watch(&program)
      guard held.rate == 0 else {
        throw .count(.eventsHeld, found: Int(held.rate.rounded(.awayFromZero)), expected: 0)
      }
      guard try program.quit() == 0 else { throw .endedWrongly }
      var row = BenchmarkRow("live")
      row.add("procs", processors)
      row.add("ops", Int(length / 1_000_000))
      row.add("events_per_s", Int(running.rate))
      row.add("cpu_percent_1k", running.percent)
      row.add("cpu_percent_held", held.percent)
      row.add("first_frame_ms", Double(first) / 1e6)
      row.add("reference_ns", reference)
      report(row)
    }
  }

  /// - Returns: the events a second, and the percentage of a core that the viewer's threads used.
  private func watch(_ program: inout ScreenProgram) throws(BenchmarkError) -> (rate: Double, percent: Double) {
    let first = try (events: events(&program), time: ck_monotonic_ns())
    program.watch(for: LiveBenchmark.settling)
    let (begin, usedBefore) = try (ck_monotonic_ns(), LiveBenchmark.used(program.process))
    program.watch(for: length)
    let (end, usedAfter) = try (ck_monotonic_ns(), LiveBenchmark.used(program.process))
    let last = try (events: events(&program), time: ck_monotonic_ns())
    return (
      Double(last.events - first.events) * 1e9 / Double(last.time - first.time),
      Double(usedAfter - usedBefore) * 100 / Double(end - begin)
    )
  }

  /// How many events there are, as the screen says when it is drawn anew.
  private func events(_ program: inout ScreenProgram) throws(BenchmarkError) -> Int {
    program.forget()
    // Ctrl-L.
    program.press(0x0C)
    // Only a whole picture has the first of these words.
    try program.wait(for: "event ", "quit")
    guard let place = program.output.firstRange(of: "event ")?.upperBound,
      let text = program.output[place...].split(separator: " ", maxSplits: 3).dropFirst(2).first,
      let count = Int(text.prefix { $0.isNumber || $0 == "," }.filter { $0 != "," })
    else { throw .notShown("event") }
    return count
  }

  /// The nanoseconds that the viewer's threads have been on a CPU.
  private static func used(_ process: pid_t) throws(BenchmarkError) -> UInt64 {
    var sum: UInt64 = 0
    var count = 0
    guard let folder = opendir("/proc/\(process)/task") else { throw .endedWrongly }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let id = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let path = "/proc/\(process)/task/\(id)/"
      guard id == "\(process)" || firstWord(path + "comm") == "magpie-reader" else { continue }
      guard let time = firstWord(path + "schedstat").flatMap({ UInt64($0) }) else {
        throw .noThreadTimes
      }
      sum += time
      count += 1
    }
    guard count == 2 else { throw .count(.viewerThreads, found: count, expected: 2) }
    return sum
  }

  private static func firstWord(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 256)
    let count = fread(&line, 1, line.count, file)
    return String(decoding: line[..<count], as: UTF8.self).split { $0 == " " || $0 == "\n" }.first.map(String.init)
  }
}
