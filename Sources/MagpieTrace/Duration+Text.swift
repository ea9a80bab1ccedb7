// Lengths of time as people write them, and as the runtime counts them.

extension Duration {
  private static let units: [(name: String, nanoseconds: UInt64)] = [
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ns", 1),
  ]

  /// Reads `250us`, `1.5ms`, `2s`; nil for anything else, and for more than 9e18 ns.
  package init?(text: some StringProtocol) {
    guard let end = text.lastIndex(where: { ("0"..."9").contains($0) }) else { return nil }
    let number = text[...end]
    guard let unit = Duration.units.first(where: { $0.name == text[text.index(after: end)...] })?.nanoseconds,
      number.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), number.first != ".",
      let value = Double(number), value * Double(unit) < 9e18
    else { return nil }
    self = .nanoseconds(Int((value * Double(unit)).rounded()))
  }

  /// In the largest unit that needs no fraction: `1500us`, `2s`.
  package var text: String {
    let count = nanoseconds
    if count == 0 { return "0s" }
    let unit = Duration.units.first { count % $0.nanoseconds == 0 }!
    return "\(count / unit.nanoseconds)\(unit.name)"
  }

  /// Whole nanoseconds; 0 for a negative one, and about 292 years at most.
  package var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow || whole > .max / 2 ? .max / 2 : whole + UInt64(attoseconds / 1_000_000_000)
  }
}
