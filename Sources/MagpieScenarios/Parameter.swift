import MagpieTrace

/// Something about a scenario that can be set: the command makes a flag or an argument of it.
public struct Parameter: Sendable, Equatable {
  /// What kind of value it takes. Text and paths are given by position, the others by a flag.
  public enum Kind: String, Sendable {
    case integer, duration, path, text, paths
  }

  /// In the flag's spelling: lower case, words joined by `-`.
  public let name: String
  public let kind: Kind
  /// What it is, in one line; in English and in Chinese.
  public let text: String
  public let chineseText: String
  /// What holds when nothing is given; nil when it must be given.
  public let defaultValue: ParameterValue?
  /// What simulation uses, so that a run has few steps; nil when that depends on the machine, as a path does.
  public let smallValue: ParameterValue?
  /// The whole numbers allowed; of a duration, in nanoseconds.
  public let range: ClosedRange<Int>?

  /// A whole number, given by a flag.
  public static func integer(
    _ name: String, _ text: String, zh chineseText: String, default value: Int, in range: ClosedRange<Int>, small: Int
  ) -> Parameter {
    Parameter(
      name: name, kind: .integer, text: text, chineseText: chineseText, defaultValue: .integer(value),
      smallValue: .integer(small), range: range)
  }

  /// A length of time, given by a flag.
  public static func duration(
    _ name: String, _ text: String, zh chineseText: String, default value: Duration, in range: ClosedRange<Duration>,
    small: Duration
  ) -> Parameter {
    Parameter(
      name: name, kind: .duration, text: text, chineseText: chineseText, defaultValue: .duration(value),
      smallValue: .duration(small),
      range: Int(range.lowerBound.nanoseconds)...Int(range.upperBound.nanoseconds))
  }

  /// A path, given by a flag, which may not be left out.
  public static func path(_ name: String, _ text: String, zh chineseText: String) -> Parameter {
    Parameter(
      name: name, kind: .path, text: text, chineseText: chineseText, defaultValue: nil, smallValue: nil, range: nil)
  }

  /// A text, given by position.
  public static func text(_ name: String, _ text: String, zh chineseText: String, small: String) -> Parameter {
    Parameter(
      name: name, kind: .text, text: text, chineseText: chineseText, defaultValue: nil,
      smallValue: .bytes(Array(small.utf8)), range: nil)
  }

  /// One or more paths, given by position, after all other arguments.
  public static func paths(_ name: String, _ text: String, zh chineseText: String) -> Parameter {
    Parameter(
      name: name, kind: .paths, text: text, chineseText: chineseText, defaultValue: nil, smallValue: nil, range: nil)
  }

  /// Whether it is given by its place, not by a flag.
  public var isPositional: Bool { kind == .text || kind == .paths }

  /// As it is written on a command line: `--tasks`, `PATTERN`, `PATH…`.
  public var label: String {
    switch kind {
    case .integer, .duration, .path: "--\(name)"
    case .text: name.uppercased()
    case .paths: "\(name.uppercased())…"
    }
  }

  /// What it takes, in words: `a whole number from 1 to 10000`.
  public var expectation: String {
    switch (kind, range) {
    case (.integer, let range?): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case (.duration, let range?):
      "a time such as 500us, 10ms or 2s, from \(Duration.nanoseconds(range.lowerBound).text)"
        + " to \(Duration.nanoseconds(range.upperBound).text)"
    case (.path, _): "a path"
    case (.paths, _): "one or more paths"
    default: "a text"
    }
  }
}
