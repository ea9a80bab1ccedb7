import MagpieScenarios
import MagpieTrace

extension Summary {
  /// The summary for people: a few lines, what went wrong last, where it is seen. Ends without a line break.
  public var text: String {
    var lines: [String] = []
    func line(_ label: String, _ text: String) {
      lines.append("  " + label + String(repeating: " ", count: max(1, 12 - label.count)) + text)
    }
    let end = deadlock.isEmpty ? (isComplete ? "complete" : "stopped before its end") : "ended in a deadlock"
    lines.append(
      "\(scenario)\(era == .mpn ? "" : " under \(era)")\(era.hasProcessorCount ? " on \(processorCount) P" : ""), "
        + "seed \(seed): \(end), "
        + "\(Summary.time(virtualNanoseconds)) virtual in \(Summary.time(wallNanoseconds))")
    line("fibers", "\(Summary.grouped(fibers.created)) created, \(Summary.grouped(fibers.live)) live")
    line("events", "\(Summary.grouped(events.total)), \(Summary.grouped(events.lost)) lost, hash \(traceHashText)")
    for loss in losses.prefix(3) {
      line(
        "",
        "M\(loss.machine) lost \(Summary.grouped(loss.events)) from \(Summary.time(loss.fromNanoseconds))"
          + " to \(Summary.time(loss.toNanoseconds))")
    }
    if losses.count > 3 { line("", "and \(Summary.grouped(losses.count - 3)) more losses") }
    line(
      "steals",
      "\(Summary.grouped(steals.succeeded)) of \(Summary.grouped(steals.attempts)) attempts"
        + " took \(Summary.grouped(steals.fibers)) fibers; \(Summary.grouped(searches)) searches")
    line("handoffs", "\(Summary.grouped(handoffs)); \(Summary.grouped(machines)) machines")
    if lock.takings > 0 {
      line(
        "lock",
        "taken \(Summary.grouped(lock.takings)) times, waited for \(Summary.grouped(lock.contended)) times, "
          + "\(Summary.time(lock.waitedNanoseconds)) in all, \(Summary.time(lock.longestNanoseconds)) at the longest")
    }
    line(
      "queue wait",
      "half within \(Summary.time(queueWait.p50)), 99 % within \(Summary.time(queueWait.p99)),"
        + " longest \(Summary.time(queueWait.max))")
    line(
      "kernel",
      "\(Summary.grouped(kernel.threads)) threads, \(Summary.grouped(kernel.voluntary)) voluntary and "
        + "\(Summary.grouped(kernel.involuntary)) involuntary switches")
    for processor in processors.prefix(16) {
      line(
        "P\(processor.id)",
        "ran \(Summary.grouped(processor.ran)), busy \(Summary.time(processor.busyNanoseconds)),"
          + " stole \(Summary.grouped(processor.stole)), lost \(Summary.grouped(processor.stolenFrom)) to thieves")
    }
    if processors.count > 16 { line("", "and \(processors.count - 16) more processors") }
    line(
      "audit",
      "\(Summary.grouped(audit.findings)) findings in \(Summary.grouped(audit.eventsChecked)) events"
        + (audit.first.map { "; first: \($0)" } ?? ""))
    for waiter in deadlock.prefix(16) {
      line("deadlock", "G\(waiter.fiber) \(waiter.name) waits on \(waiter.waitsOn)\(Summary.forWhom(waiter))")
    }
    if deadlock.count > 16 { line("", "and \(Summary.grouped(deadlock.count - 16)) more") }
    let fields = result.fields.map { "\($0.key) \(Summary.grouped($0.value))" }.joined(separator: ", ")
    line("check", (result.ok ? "ok" : "FAILED") + (fields.isEmpty ? "" : ": \(fields)"))
    return lines.joined(separator: "\n")
  }

  /// Whom a fiber waits for: `, for G3, G4, G5 and 2 more`.
  private static func forWhom(_ waiter: Waiter) -> String {
    guard !waiter.waitsFor.isEmpty else { return "" }
    let first = waiter.waitsFor.prefix(3).map { "G\($0)" }.joined(separator: ", ")
    return ", for \(first)" + (waiter.waitsFor.count > 3 ? " and \(grouped(waiter.waitsFor.count - 3)) more" : "")
  }

  /// `12,345`.
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// Three digits and a unit: `1.25 ms`.
  static func time(_ nanoseconds: UInt64) -> String {
    let units: [(name: String, size: UInt64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1000)]
    guard let unit = units.first(where: { nanoseconds >= $0.size }) else { return "\(nanoseconds) ns" }
    let whole = nanoseconds / unit.size
    let places = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
    let scale: UInt64 = [1, 10, 100][places]
    let rest = nanoseconds % unit.size * scale / unit.size
    if places == 0 { return "\(grouped(Int(clamping: whole))) \(unit.name)" }
    let digits = String(rest)
    return "\(whole)." + String(repeating: "0", count: places - digits.count) + digits + " \(unit.name)"
  }
}
