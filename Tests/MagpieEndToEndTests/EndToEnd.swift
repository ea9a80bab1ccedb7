import TestSupport
import Testing

/// The built program on a real terminal. One at a time, for each takes a good part of the machine; skipped where there is
/// no tmux, unless the environment has CI or MAGPIE_CI.
@Suite(
  .serialized,
  .enabled(if: Tmux.isInstalled || Tmux.isDemanded, "tmux is not installed: apt-get install -y tmux"))
enum EndToEnd {}

extension Tmux {
  /// Whether a process lives; one that has ended but that nobody has asked for is gone.
  static func isAlive(_ process: Int32) -> Bool {
    guard let state = File.text(of: "/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ").first
    else { return false }
    return state != "Z" && state != "X"
  }

  /// Starts magpie with these words, and waits until its screen is up.
  func start(_ words: String = "", until text: String = "LIVE") async throws {
    try await shell("magpie \(words); echo status-$?", until: text)
  }

  /// Presses q, and waits until the shell says how it ended.
  func quit(status: Int = 0) async throws {
    press("q")
    try await ended(status)
  }

  func ended(_ status: Int) async throws { try await until("status-\(status)\n") }

  /// Holds the program, and waits until it stands still.
  func hold() async throws {
    press("Space")
    try await until("HELD")
    try await standsStill()
  }

  /// The event count stays what it is for four looks in a row.
  func standsStill() async throws {
    var last = -1
    var same = 0
    try await until("an event count that stands still") { _ in
      let end = events?.end ?? -1
      same = end == last && end >= 0 ? same + 1 : 0
      last = end
      return same == 4
    }
  }
}
