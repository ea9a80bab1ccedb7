import MagpieView

extension LabUnit {
  /// A value with three figures at most: `12.3 ns`, `8.39 MB`, `5×`.
  func text(_ value: Double, isASCII: Bool) -> String {
    switch self {
    case .nanoseconds:
      LabUnit.scaled(value, by: 1000, [" ns", isASCII ? " us" : " µs", " ms", " s"])
    case .bytes: LabUnit.scaled(value, by: 1000, [" B", " kB", " MB", " GB"])
    case .perSecond: LabUnit.scaled(value, by: 1000, ["/s", "k/s", "M/s", "G/s"])
    case .percent: LabUnit.figures(value) + " %"
    case .times: LabUnit.figures(value) + (isASCII ? "x" : "×")
    }
  }

  private static func scaled(_ value: Double, by step: Double, _ units: [String]) -> String {
    var value = value, index = 0
    while abs(value) >= step * 0.9995, index + 1 < units.count {
      value /= step
      index += 1
    }
    return figures(value) + units[index]
  }

  /// Three figures, or all before the point.
  private static func figures(_ value: Double) -> String {
    let size = abs(value)
    let decimals = size >= 99.95 || size == 0 ? 0 : size >= 9.995 ? 1 : 2
    guard size < 1e15 else { return "\(value)" }
    let scale = decimals == 0 ? 1 : decimals == 1 ? 10 : 100
    let whole = Int((size * Double(scale)).rounded())
    let sign = value < 0 && whole != 0 ? "-" : ""
    let digits = String(whole % scale)
    // `5`, and not `5.00`: what is measured is hardly ever whole, what is asked for always.
    let fraction = whole % scale == 0 ? "" : "." + String(repeating: "0", count: decimals - digits.utf8.count) + digits
    return sign + Numbers.grouped(whole / scale) + fraction
  }
}
