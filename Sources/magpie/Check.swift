import MagpieScenarios
import MagpieTrace

/// What the command's options may be; each says how it should be instead.
enum Check {
  static func procs(_ count: Int?) throws {
    guard let count, !(1...256).contains(count) else { return }
    throw UsageError("--procs takes a whole number from 1 to 256, not \(count)")
  }

  /// Eras that cannot run yet.
  private static let unbuilt: Set<Era> = [.processes, .threads]

  /// - Returns: the era of that name, if the scenario can run under it.
  static func era(_ name: String, _ scenario: any Scenario.Type, isSimulated: Bool) throws -> Era {
    guard let era = Era(rawValue: name) else {
      let names = Era.allCases.map(\.rawValue)
      throw UsageError.unknown("era", name, among: names, list: "There are: \(names.joined(separator: ", ")).")
    }
    if unbuilt.contains(era) {
      let built = Era.allCases.filter { !unbuilt.contains($0) }.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--era \(era) is not built yet", "There are: \(built).")
    }
    if scenario.serves, era == .serial || era == .processes {
      let why =
        era == .serial
        ? "its first client would have to leave before the second is heard" : "its tasks' sockets are not shared"
      throw UsageError(
        "'\(scenario.name)' cannot run under \(era): \(why)", "Every other era can: --era threads, --era mpn.")
    }
    if isSimulated, !era.hasFibers {
      throw UsageError(
        "--simulate cannot be combined with --era \(era): there the kernel schedules, in an order of its own",
        "Every era with fibers can be simulated: --era nto1, --era global.")
    }
    return era
  }

  /// How many may run at once: nil for as many as there are CPUs. Where that means nothing it is 1, and who asks for more is told.
  static func processors(_ count: Int?, _ scenario: any Scenario.Type, _ era: Era) -> Int? {
    guard !era.hasProcessorCount else { return count ?? scenario.processors }
    if let count, count != 1 { complain(["--procs \(count) means nothing under --era \(era), which has no Ps"]) }
    return 1
  }

  /// - Returns: N of `1/N`.
  static func tempo(_ tempo: String) throws -> Int {
    let digits = tempo.dropFirst(2)
    if tempo.hasPrefix("1/"), !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let divisor = Int(digits), (1...10_000).contains(divisor)
    {
      return divisor
    }
    throw UsageError(
      "--tempo takes 1/N with N from 1 to 10000, not '\(printable(tempo.utf8))'",
      "1/1 is full speed, 1/1000 a thousand times slower.")
  }

  static func seconds(_ seconds: Double?) throws {
    guard let seconds, !(seconds > 0 && seconds <= 1e6) else { return }
    throw UsageError("--seconds takes a number above 0, at most 1000000, not \(seconds)")
  }

  static func ring(_ events: Int?, isFree: Bool) throws {
    guard let events else { return }
    if !(16...1_048_576).contains(events) {
      throw UsageError("--ring takes a number of events from 16 to 1048576, not \(events)")
    }
    if events < 64 && !isFree {
      throw UsageError(
        "--ring \(events) is too small for a run that must lose nothing: at least 64",
        "With --free the run never waits for the viewer, and a ring may be as small as 16.")
    }
  }

  /// Bytes of memory that one event of the past takes: its own 32, and as many for the keyframes between them.
  static let bytesAnEvent = 64

  /// Reads `256M`: bytes, by 1,024 for each of K, M and G.
  /// - Returns: the events that fit; nil when nothing was given.
  static func history(_ bytes: String?) throws -> Int? {
    guard let bytes else { return nil }
    let unit = ["K", "M", "G"].firstIndex { bytes.uppercased().hasSuffix($0) }
    let digits = unit == nil ? bytes[...] : bytes.dropLast()
    let isNumber = digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let scale = unit.map { 1 << (10 * ($0 + 1)) } ?? 1
    let (value, overflows) = (Int(digits) ?? 0).multipliedReportingOverflow(by: scale)
    guard isNumber, !overflows, (1 << 20...64 << 30).contains(value) else {
      throw UsageError("--history takes bytes such as 256M or 2G, from 1M to 64G, not '\(printable(bytes.utf8))'")
    }
    return value / bytesAnEvent
  }

  static func scheduleTrace(_ milliseconds: Int?, hasScreen: Bool) throws {
    guard let milliseconds else { return }
    if !(1...3_600_000).contains(milliseconds) {
      throw UsageError("--schedtrace takes milliseconds from 1 to 3600000, not \(milliseconds)")
    }
    if hasScreen {
      throw UsageError("--schedtrace would write over the screen", "Add --headless, or 2>FILE with --text.")
    }
  }

  static func theme(_ theme: String?) throws {
    guard let theme else { return }
    let names = themeNames()
    if !names.contains(theme) {
      throw UsageError.unknown("theme", theme, among: names, list: "There are: \(names.joined(separator: ", ")).")
    }
  }

  /// Reads `A..B`.
  static func seeds(_ seeds: String) throws -> ClosedRange<UInt64> {
    let parts = seeds.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 3, parts[1].isEmpty, let first = UInt64(parts[0]), let last = UInt64(parts[2]), first <= last {
      return first...last
    }
    throw UsageError("--seeds takes A..B, two whole numbers with A not above B, not '\(printable(seeds.utf8))'")
  }

  static func canBeSimulated(_ type: any Scenario.Type) throws {
    guard type.serves else { return }
    throw UsageError(
      "\(type.name) cannot be simulated: its clients are outside, and no seed has them come at the same moment again",
      "`magpie run \(type.name) --help` shows how it runs.")
  }

  static func atLeastOne(_ name: String, _ count: Int?) throws {
    guard let count, count < 1 else { return }
    throw UsageError("--\(name) takes a whole number from 1, not \(count)")
  }
}
