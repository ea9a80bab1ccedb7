import Glibc

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
    let path = try Program.path
    var template = Array("/tmp/magpie-program-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { system("rm -rf '\(folder)'") }
    let forgotten = [
      "NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "LANG", "TMUX", "STY", "TERM_PROGRAM", "WT_SESSION",
    ]
    let variables = environment.isEmpty ? [] : ["env"] + forgotten.flatMap { ["-u", $0] } + environment
    let quoted = (variables + [path] + words).map {
      "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
    let result = system("\(quoted.joined(separator: " ")) >\(folder)/out 2>\(folder)/err </dev/null")
    status = result & 0x7F == 0 ? (result >> 8) & 0xFF : -(result & 0x7F)
    output = Program.contents(of: "\(folder)/out")
    complaint = Program.contents(of: "\(folder)/err")
  }

  struct Missing: Error {}

  /// Beside the test bundle, which is this process or was loaded by it.
  static var path: String {
    get throws {
      var candidates = CommandLine.arguments
      if let link = realpath("/proc/self/exe", nil) { candidates.append(String(cString: link)) }
      for candidate in candidates {
        guard let slash = candidate.lastIndex(of: "/") else { continue }
        let path = candidate[..<slash] + "/magpie"
        if access(String(path), X_OK) == 0 { return String(path) }
      }
      throw Missing()
    }
  }

  private static func contents(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
