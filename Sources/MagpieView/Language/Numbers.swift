/// Numbers as people read them, without Foundation.
public enum Numbers {
  /// `88,310`
  public static func grouped(_ value: UInt64) -> String { group(value, with: UInt8(ascii: ",")) }
  public static func grouped(_ value: Int) -> String {
    value < 0 ? "-" + grouped(value.magnitude) : grouped(UInt64(value))
  }
  private static func grouped(_ value: UInt) -> String { grouped(UInt64(value)) }

  /// Virtual nanoseconds as seconds to the microsecond: `1.284 312`.
  public static func seconds(_ nanoseconds: UInt64) -> String {
    let micro = nanoseconds / 1000
    return grouped(micro / 1_000_000) + "." + padded(micro / 1000 % 1000, 3) + " " + padded(micro % 1000, 3)
  }

  /// A time in seconds, as fine as a step of 1, 2 or 5 times a power of ten needs: `12`, `1.284`, `1.284 312`, `1.284 312 450`.
  public static func instant(_ nanoseconds: UInt64, step: UInt64) -> String {
    let whole = grouped(nanoseconds / 1_000_000_000)
    if step >= 1_000_000_000 { return whole }
    let milli = whole + "." + padded(nanoseconds / 1_000_000 % 1000, 3)
    if step >= 1_000_000 { return milli }
    let micro = milli + " " + padded(nanoseconds / 1000 % 1000, 3)
    return step >= 1000 ? micro : micro + " " + padded(nanoseconds % 1000, 3)
  }

  /// A length of time with three figures at most: `850 ns`, `3.4 µs`, `12 ms`, `1.5 s`.
  public static func duration(_ nanoseconds: UInt64) -> String {
    if nanoseconds < 1000 { return "\(nanoseconds) ns" }
    // What would round up to a thousand goes to the next unit.
    if nanoseconds < 999_500 { return figures(nanoseconds, unit: 1000) + " µs" }
    if nanoseconds < 999_500_000 { return figures(nanoseconds, unit: 1_000_000) + " ms" }
    return figures(nanoseconds, unit: 1_000_000_000) + " s"
  }

  /// A count in three or four signs: `812`, `12.4k`, `1.2M`.
  public static func compact(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0" }
    if value < 999.5 { return "\(Int(value.rounded()))" }
    if value < 999_500 { return scaled(value / 1000) + "k" }
    if value < 999_500_000 { return scaled(value / 1_000_000) + "M" }
    return scaled(min(value / 1_000_000_000, 999_999)) + "G"
  }

  /// A count written out while it is short: `9,812`, `12.4k`.
  static func short(_ value: UInt64) -> String { value < 10_000 ? grouped(value) : compact(Double(value)) }

  /// One decimal: `3.2`.
  public static func tenths(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let tenths = Int((min(max(value, 0), 1e12) * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// With zeros in front to `digits`.
  static func padded(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
  }

  private static func figures(_ value: UInt64, unit: UInt64) -> String {
    let whole = Double(value) / Double(unit)
    return scaled(whole)
  }

  private static func scaled(_ value: Double) -> String {
    if value >= 99.95 { return "\(Int(value.rounded()))" }
    let text = tenths(value)
    return text.hasSuffix(".0") && value >= 10 ? String(text.dropLast(2)) : text
  }

  private static func group(_ value: UInt64, with separator: UInt8) -> String {
    let digits = Array(String(value).utf8)
    guard digits.count > 3 else { return String(value) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 4 / 3 + 1)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { bytes.append(separator) }
      bytes.append(digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
