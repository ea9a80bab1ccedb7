import Glibc
import TestSupport

/// A terminal with a shell in it, in a tmux server of its own, looked at and typed into as a person would.
final class Tmux: Sendable {
  private let socket: String
  /// Where the test may leave files; goes with the terminal.
  var folder: String { files.path }
  private let files = TemporaryFolder()

  /// Whether a machine that has no tmux fails the tests instead of skipping them.
  static let isDemanded = getenv("CI") != nil || getenv("MAGPIE_CI") != nil
  static let isInstalled = Shell.run("command -v tmux").status == 0

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Opens the terminal; `magpie` in it is the built program.
  init(width: Int = 120, height: Int = 36, environment: [String] = []) async throws {
    socket = "magpie-test-" + files.path.suffix(6)
    let products = try Products.folder
    let words =
      ["env", "-u", "NO_COLOR", "-u", "TERMINFO", "PS1=$ ", "COLORTERM=truecolor", "LC_ALL=C.UTF-8"]
      + ["XDG_CONFIG_HOME=\(folder)/config"]
      + ["SWIFT_BACKTRACE=enable=no", "PATH=\(products):/usr/local/bin:/usr/bin:/bin"] + environment
      + ["bash", "--norc", "--noprofile"]
    let command = Shell.quoted(words.map { Shell.quoted($0) }.joined(separator: " "))
    let result = tmux("-f /dev/null new-session -d -x \(width) -y \(height) \(command)")
    guard result.status == 0 else { throw Failure(description: "tmux: \(result.output)") }
    try await until("$")
    // A crash on purpose is to leave nothing in the folder it happens in.
    try await shell("ulimit -c 0; echo ready-$((40 + 2))", until: "ready-42")
  }

  deinit { _ = Shell.run("env -u TMUX tmux -L \(socket) kill-server") }

  // MARK: typing

  /// Presses keys by their tmux names.
  func press(_ keys: String...) { tmux("send-keys " + keys.map(Shell.quoted).joined(separator: " ")) }

  /// Types a line into the shell.
  func type(_ line: String) {
    tmux("send-keys -l \(Shell.quoted(line))")
    press("Enter")
  }

  func shell(_ line: String, until text: String) async throws {
    type(line)
    try await until(text)
  }

  func resize(width: Int, height: Int) { tmux("resize-window -x \(width) -y \(height)") }

  /// Sends bytes as the terminal itself would: what the mouse does, for one.
  func send(_ bytes: String) {
    tmux("send-keys -H " + bytes.utf8.map { String($0, radix: 16) }.joined(separator: " "))
  }

  /// Closes the terminal under its programs.
  func close() { tmux("kill-server") }

  /// Everything that programs send to the terminal from now on goes into a file too.
  func record(into file: String) { tmux("pipe-pane -o \(Shell.quoted("cat >\(file)"))") }

  /// What has been recorded into a file, once all of it has arrived: a word that the shell says last is in it. Only in a shell.
  func recorded(in file: String) async throws -> [UInt8] {
    let number = Int.random(in: 1000...1_000_000)
    type("echo recorded-$((\(number) + 1))")
    let end = Array("recorded-\(number + 1)".utf8)
    try await until("the end of what was recorded in \(file)") { _ in
      File.bytes(of: file).firstRange(of: end) != nil
    }
    return File.bytes(of: file)
  }

  // MARK: looking

  var screen: String { tmux("capture-pane -p").output }
  /// The screen with its colours, as escape sequences.
  var colours: String { tmux("capture-pane -e -p").output }
  var lines: [String] { screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// What programs have asked of the terminal: of the mouse movements with a button down and the form without an end, the other
  /// screen, and whether the cursor is seen; a digit each.
  var modes: String {
    let format = "#{mouse_button_flag}#{mouse_sgr_flag}#{alternate_on}#{cursor_flag}"
    return String(tmux("display-message -p \(Shell.quoted(format))").output.prefix { $0 != "\n" })
  }
  /// What they are in a shell.
  static let plainModes = "0001"

  /// Its width and height, as tmux has them.
  var size: (width: Int, height: Int) {
    let numbers = tmux("display-message -p '#{pane_width} #{pane_height}'").output
      .split { !$0.isNumber }.compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
  }

  /// The header's `event N / M`.
  var events: (shown: Int, end: Int)? {
    for line in lines.prefix(3) {
      let words = line.split(separator: " ").map { $0.filter { $0 != "," } }
      guard let start = words.firstIndex(of: "event"), start + 3 < words.count, words[start + 2] == "/",
        let shown = Int(words[start + 1]), let end = Int(words[start + 3])
      else { continue }
      return (shown, end)
    }
    return nil
  }

  /// Looks until something holds; never longer than it takes.
  func until(
    _ what: @autoclosure () -> String, seconds: Int = 120, _ condition: (String) throws -> Bool
  ) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    var seen = ""
    while clock.now < deadline {
      seen = screen
      if try condition(seen) { return }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Failure(description: "not seen within \(seconds) s: \(what()), but:\n\(seen)")
  }

  func until(_ text: String, seconds: Int = 120) async throws {
    try await until("'\(text)'", seconds: seconds) { $0.contains(text) }
  }

  // MARK: the world outside

  @discardableResult
  private func tmux(_ words: String) -> (status: Int32, output: String) {
    Shell.run("env -u TMUX tmux -u -L \(socket) \(words)")
  }
}
