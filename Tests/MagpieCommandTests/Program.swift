import Glibc
import TestSupport

/// The built program, run as a user runs it.
struct Program {
  let status: Int32
  let output: String
  let complaint: String

  var complaintLines: [Substring] { complaint.split(separator: "\n") }

  /// Runs `magpie` with these words; standard input is empty, no stream is a terminal.
  init(_ words: String...) throws { try self.init(words: words) }

  /// - Parameter environment: `NAME=value`, over the variables of this process; those that say something of the terminal are not
  ///   passed on.
  init(words: [String], environment: [String] = []) throws {
    let files = TemporaryFolder(), folder = files.path
    let forgotten = [
      "NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "LANG", "TMUX", "STY", "TERM_PROGRAM", "WT_SESSION",
    ]
    let variables = environment.isEmpty ? [] : ["env"] + forgotten.flatMap { ["-u", $0] } + environment
    let command = (variables + [try Products.magpie] + words).map(Shell.quoted).joined(separator: " ")
    let result = system("\(command) >\(folder)/out 2>\(folder)/err </dev/null")
    status = result & 0x7F == 0 ? (result >> 8) & 0xFF : -(result & 0x7F)
    output = File.text(of: "\(folder)/out")
    complaint = File.text(of: "\(folder)/err")
  }
}

extension StringProtocol {
  /// Whether a character of Chinese is in it.
  var hasChinese: Bool { unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }
}
