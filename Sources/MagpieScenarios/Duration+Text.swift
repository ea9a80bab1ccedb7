extension Duration {
  /// In whole nanoseconds; of what does not fit, the largest or smallest that does.
  public var nanoseconds: Int {
    let (seconds, attoseconds) = components
    let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowOfSum) = whole.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
    return overflow || overflowOfSum ? (seconds < 0 ? .min : .max) : sum
  }

  private static let units: [(name: String, nanoseconds: Int)] = [
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ns", 1),
  ]

  /// Reads `250us`, `1.5ms`, `2s`; nil for anything else.
  public init?(text: String) {
    guard let end = text.lastIndex(where: { ("0"..."9").contains($0) }) else { return nil }
    let number = text[...end]
    guard let unit = Duration.units.first(where: { $0.name == text[text.index(after: end)...] })?.nanoseconds,
      number.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), number.first != ".",
      let value = Double(number), value * Double(unit) < 9e18
    else { return nil }
    self = .nanoseconds(Int((value * Double(unit)).rounded()))
  }

  /// In the largest unit that needs no fraction: `1500us`, `2s`.
  public var text: String {
    let count = nanoseconds
    if count == 0 { return "0s" }
    let unit = Duration.units.first { count % $0.nanoseconds == 0 }!
    return "\(count / unit.nanoseconds)\(unit.name)"
  }
}
