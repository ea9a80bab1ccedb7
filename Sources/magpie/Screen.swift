import Glibc

/// Whether there is a terminal to draw on.
enum Screen {
  /// Fails, naming the ways without a screen, where none can be drawn.
  static func check() throws {
    guard let obstacle else { return }
    throw UsageError(.cannotDraw(obstacle), .headlessInstead, .textInstead)
  }

  /// Why nothing can be drawn.
  enum Obstacle: Sendable { case output, input, noTerm, dumb }

  /// What stands in the way; nil when nothing does.
  static var obstacle: Obstacle? {
    if isatty(STDOUT_FILENO) == 0 { return .output }
    if isatty(STDIN_FILENO) == 0 { return .input }
    switch environment("TERM") {
    case nil: return .noTerm
    case "dumb"?: return .dumb
    default: return nil
    }
  }
}

/// A variable of the environment; nil when it is missing or empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}
