import Glibc
import MagpieScenarios
import MagpieTrace
import MagpieView

/// The user's own files: `$XDG_CONFIG_HOME/magpie`, else `~/.config/magpie`.
enum UserFiles {
  /// The folder; nil where neither variable is set. A relative XDG_CONFIG_HOME is to be ignored, says its specification.
  static var folder: String? {
    if let path = environment("XDG_CONFIG_HOME"), path.hasPrefix("/") { return path + "/magpie" }
    return environment("HOME").map { $0 + "/.config/magpie" }
  }

  static func path(_ name: String) -> String? { folder.map { $0 + "/" + name } }

  enum Failure: Error {
    case missing
    case unreadable(Problem)
  }

  /// Why a file cannot be read.
  enum Problem: Sendable, Equatable {
    case system(SystemError)
    /// A folder, a pipe, a device.
    case notAFile
  }

  /// What is in a file, to one byte more than such files may have. Never waits, whatever stands under the name.
  static func contents(of path: String) throws(Failure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw errno == ENOENT ? .missing : .unreadable(.system(SystemError(number: errno))) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .unreadable(.notAFile) }
    var bytes = [UInt8](repeating: 0, count: YAMLMapping.byteLimit + 1)
    var count = 0
    while count < bytes.count {
      let result = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
      if result < 0 { throw .unreadable(.system(SystemError(number: errno))) }
      if result == 0 { break }
      count += result
    }
    return Array(bytes[..<count])
  }

  /// The names of a folder's YAML files, sorted; none if there is no such folder. Hidden ones are left alone.
  static func schemes(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while names.count < fileLimit, let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix("."), name.hasSuffix(".yaml") || name.hasSuffix(".yml") { names.append(name) }
    }
    return names.sorted()
  }

  /// More themes than anybody has.
  private static let fileLimit = 1000
}
