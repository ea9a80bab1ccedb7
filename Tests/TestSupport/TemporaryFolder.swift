import Glibc

/// A new folder for a test's files. Goes with the value, and with all that is in it.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    var template = Array("/tmp/magpie-test-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "no folder in /tmp")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { system("chmod -R u+rwx '\(path)' 2>/dev/null; rm -rf '\(path)'") }

  /// Writes a file.
  /// - Parameter name: its path in the folder.
  package func write(_ bytes: some Sequence<UInt8>, to name: String) {
    let file = fopen("\(path)/\(name)", "w")!
    let bytes = Array(bytes)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
