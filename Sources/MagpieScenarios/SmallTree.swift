import Glibc

/// A small directory tree for `grep` under simulation: files, directories, an empty file, a last line without its end, a
/// link and a FIFO.
public struct SmallTree: Sendable {
  /// What to search for in it.
  static let pattern = "magpie"
  /// How many lines match.
  public static let matches = 6
  /// How many files there are to search.
  public static let files = 6

  /// Where it is.
  public let path: String

  private static let contents: [(name: String, text: String)] = [
    ("empty", ""),
    ("one", "a magpie steals\na jay hides\nmagpie and magpie\n"),
    ("nul", "\0\0magpie\0\nno\0\n"),
    ("nest/two", "no bird\nthe last line is a magpie"),
    ("nest/egg/three", "magp\nie\nmagpie\n\n\nmagpiemagpie\n"),
    ("nest/egg/none", "pie\n"),
  ]
  private static let directories = ["nest", "nest/egg"]
  private static let others = ["link", "fifo"]

  /// Makes the tree below the directory for temporary files; nil when that cannot be done.
  public init?() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/magpie-tree-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for directory in SmallTree.directories { mkdir("\(path)/\(directory)", 0o755) }
    for (name, text) in SmallTree.contents {
      guard let file = fopen("\(path)/\(name)", "w") else { return nil }
      fwrite(text, 1, text.utf8.count, file)
      fclose(file)
    }
    symlink("one", "\(path)/link")
    mkfifo("\(path)/fifo", 0o600)
  }

  /// Removes the tree again. Not done when the value goes away: a failed run is looked at, and replayed, with its tree.
  public func remove() {
    for name in SmallTree.contents.map(\.name) + SmallTree.others { unlink("\(path)/\(name)") }
    for directory in SmallTree.directories.reversed() { rmdir("\(path)/\(directory)") }
    rmdir(path)
  }
}
