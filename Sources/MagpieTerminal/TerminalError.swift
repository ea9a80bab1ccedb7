public import MagpieView

/// Why nothing can be drawn here.
public enum TerminalError: Error, Sendable, Hashable {
  case notATerminal
  /// A terminal that can only print line after line.
  case dumb(String)
  /// No description of it is installed.
  case unknown(String)

  /// The error in words; it points to the ways without a screen.
  public var phrase: Phrase {
    switch self {
    case .notATerminal: .noTerminal
    case .dumb(let name): .dumbTerminal(name)
    case .unknown(let name): .unknownTerminal(harmless(name))
    }
  }
}
