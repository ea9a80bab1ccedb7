import Glibc

/// Whether there is a terminal to draw on.
enum Screen {
  /// Fails, naming the ways without a screen, where none can be drawn.
  static func check() throws {
    guard let reason = obstacle else { return }
    throw UsageError(
      "cannot draw: \(reason)", "--headless runs and prints a summary (with --json as JSON),",
      "--text prints one event a line; `magpie doctor` says what this terminal can do.")
  }

  /// What stands in the way; nil when nothing does.
  static var obstacle: String? {
    if isatty(STDOUT_FILENO) == 0 { return "standard output is not a terminal" }
    if isatty(STDIN_FILENO) == 0 { return "standard input is not a terminal" }
    switch environment("TERM") {
    case nil: return "TERM is not set"
    case "dumb"?: return "TERM is 'dumb', a terminal that cannot move its cursor"
    default: return nil
    }
  }
}

/// A variable of the environment; nil when it is missing or empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}
