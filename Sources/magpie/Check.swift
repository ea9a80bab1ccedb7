import MagpieScenarios
import MagpieTrace

/// What the command's options may be; each says how it should be instead.
enum Check {
  static func procs(_ count: Int?) throws {
    guard let count, !(1...256).contains(count) else { return }
    throw UsageError(.takes(option: "--procs", .whole(1...256), given: "\(count)"))
  }

  /// - Returns: the era of that name, if the scenario can run under it.
  static func era(_ name: String, _ scenario: any Scenario.Type, isSimulated: Bool) throws -> Era {
    guard let era = Era(rawValue: name) else {
      let names = Era.allCases.map(\.rawValue)
      throw UsageError.unknown(.era, name, among: names, .thereAre(names))
    }
    if scenario.serves, era == .serial || era == .processes {
      throw UsageError(.eraCannotServe(era, scenario: scenario.name), .erasThatServe)
    }
    if isSimulated, !era.hasFibers {
      throw UsageError(.eraCannotBeSimulated(era), .erasThatCan)
    }
    return era
  }

  /// How many may run at once: nil for as many as there are CPUs. Where that means nothing it is 1, and who asks for more is told.
  static func processors(_ count: Int?, _ scenario: any Scenario.Type, _ era: Era) -> Int? {
    guard !era.hasProcessorCount else { return count ?? scenario.processors }
    if let count, count != 1 { complain(.eraHasNoProcessors(era, asked: count)) }
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
    throw UsageError(.takes(option: "--tempo", .tempo, given: "'\(printable(tempo.utf8))'"), .tempoHint)
  }

  static func seconds(_ seconds: Double?) throws {
    guard let seconds, !(seconds > 0 && seconds <= 1e6) else { return }
    throw UsageError(.takes(option: "--seconds", .seconds, given: "\(seconds)"))
  }

  static func ring(_ events: Int?, isFree: Bool) throws {
    guard let events else { return }
    let sizes = 16...1_048_576
    if !sizes.contains(events) { throw UsageError(.takes(option: "--ring", .events(sizes), given: "\(events)")) }
    if events < 64 && !isFree { throw UsageError(.ringTooSmall(events), .ringHint) }
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
      throw UsageError(.takes(option: "--history", .bytes, given: "'\(printable(bytes.utf8))'"))
    }
    return value / bytesAnEvent
  }

  static func scheduleTrace(_ milliseconds: Int?, hasScreen: Bool) throws {
    guard let milliseconds else { return }
    let pauses = 1...3_600_000
    if !pauses.contains(milliseconds) {
      throw UsageError(.takes(option: "--schedtrace", .milliseconds(pauses), given: "\(milliseconds)"))
    }
    if hasScreen { throw UsageError(.scheduleTraceOverScreen, .scheduleTraceHint) }
  }

  static func theme(_ theme: String?) throws {
    guard let theme else { return }
    let names = themeNames()
    if !names.contains(theme) { throw UsageError.unknown(.theme, theme, among: names, .thereAre(names)) }
  }

  /// Reads `A..B`.
  static func seeds(_ seeds: String) throws -> ClosedRange<UInt64> {
    let parts = seeds.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 3, parts[1].isEmpty, let first = UInt64(parts[0]), let last = UInt64(parts[2]), first <= last {
      return first...last
    }
    throw UsageError(.takes(option: "--seeds", .seeds, given: "'\(printable(seeds.utf8))'"))
  }

  static func canBeSimulated(_ type: any Scenario.Type) throws {
    guard type.serves else { return }
    throw UsageError(.cannotBeSimulated(scenario: type.name), .runHelpShowsHow(scenario: type.name))
  }

  static func atLeastOne(_ name: String, _ count: Int?) throws {
    guard let count, count < 1 else { return }
    throw UsageError(.takes(option: "--" + name, .wholeFrom(1), given: "\(count)"))
  }
}
