/// A colour of 24 bits.
public struct Color: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  public init(rgb: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: rgb >> 16), green: UInt8(truncatingIfNeeded: rgb >> 8),
      blue: UInt8(truncatingIfNeeded: rgb))
  }

  /// `#` may be left out; nil if it is not six hexadecimal digits.
  public init?(hex: String) {
    let digits = hex.hasPrefix("#") ? hex.dropFirst() : hex[...]
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
      return nil
    }
    self.init(rgb: value)
  }

  /// `#1c2230`
  var hex: String {
    let digits = String(rgb, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  /// Whether light text stands on it.
  public var isDark: Bool { Int(red) * 2 + Int(green) * 5 + Int(blue) < 8 * 128 }

  public var rgb: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

  /// This colour, gone `share` (0 to 1) of the way into another.
  public func mixed(with other: Color, _ share: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8(min(max((Double(a) * (1 - share) + Double(b) * share).rounded(), 0), 255))
    }
    return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }

  /// WCAG 2 relative luminance, without a mathematics library.
  var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      if value <= 0.04045 { return value / 12.92 }
      // ((v + 0.055) / 1.055)^2.4 = u² · u^0.4, and u^0.4 by Newton's method on y⁵ = u².
      let base = (value + 0.055) / 1.055
      let square = base * base
      var root = base
      for _ in 0..<12 { root -= (root * root * root * root * root - square) / (5 * root * root * root * root) }
      return square * root
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// WCAG 2 contrast, 1 to 21.
  public func contrast(with other: Color) -> Double {
    let a = luminance
    let b = other.luminance
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// This colour, moved towards black or white just as far as it takes to be read on a ground.
  func readable(on ground: Color, atLeast wanted: Double = 4.5) -> Color {
    guard contrast(with: ground) < wanted else { return self }
    let white = Color(rgb: 0xFF_FFFF)
    let black = Color(rgb: 0)
    let end = white.contrast(with: ground) > black.contrast(with: ground) ? white : black
    for step in 1...20 {
      let color = mixed(with: end, Double(step) / 20)
      if color.contrast(with: ground) >= wanted { return color }
    }
    return end
  }
}
