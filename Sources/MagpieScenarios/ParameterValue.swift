import MagpieTrace

/// What a parameter is set to. Texts and paths are bytes: a file's name need not be UTF-8.
public enum ParameterValue: Sendable, Equatable {
  case integer(Int)
  case duration(Duration)
  case bytes([UInt8])
  case paths([[UInt8]])

  /// As one would type it.
  public var text: String {
    switch self {
    case .integer(let value): String(value)
    case .duration(let value): value.text
    case .bytes(let bytes): printable(bytes)
    case .paths(let paths): paths.map(printable).joined(separator: " ")
    }
  }
}

/// Bytes from outside as text that no terminal obeys: control characters and what is not UTF-8 become `?`.
public func printable(_ bytes: some Sequence<UInt8>) -> String {
  let text = String(decoding: Array(bytes), as: UTF8.self)
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: scalars.append("?")
    default: scalars.append(scalar == "\u{FFFD}" ? "?" : scalar)
    }
  }
  return String(scalars)
}
