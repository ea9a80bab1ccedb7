import Glibc

/// The shell of this machine.
package enum Shell {
  /// Runs a command to its end; standard error comes with the output.
  package static func run(_ command: String) -> (status: Int32, output: String) {
    guard let stream = popen("{ \(command); } 2>&1", "re") else { return (-1, "") }
    let bytes = File.rest(of: stream)
    return (pclose(stream), String(decoding: bytes, as: UTF8.self))
  }

  /// A word as the shell reads it.
  package static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
