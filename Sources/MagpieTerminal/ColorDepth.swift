/// How many colours a terminal is taken to have.
public enum ColorDepth: Int, Sendable, Hashable, Comparable, CaseIterable {
  case none = 0
  case eight = 8
  case sixteen = 16
  case palette256 = 256
  case direct = 0x100_0000

  /// The most that so many colours are enough for.
  public init(colors: Int) {
    self = ColorDepth.allCases.last { $0.rawValue <= colors } ?? .none
  }

  public static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }
}

/// What the user says about colours.
public enum ColorChoice: String, Sendable, Hashable, CaseIterable {
  /// As the environment and the terminal's description have it.
  case auto
  /// The same, but whatever NO_COLOR says, and eight at least.
  case always
  case never
  case sixteen = "16"
  case palette256 = "256"
  case direct = "24bit"
}
