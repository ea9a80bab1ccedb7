public import Magpie

/// Searches files and directory trees for a fixed text, a task a file, reading through blocking calls; counts matching lines
/// as `grep -racF` does.
///
/// As there, a link inside a tree is not followed and one that is named is; devices, FIFOs and sockets inside a tree are
/// skipped. What cannot be read is counted and named. Directories are gone through in the order of their names, so that the
/// same tree gives the same run.
public struct Grep: Scenario {
  public static let name = "grep"
  public static let text = "searches files for a fixed text, a task a file, and counts the lines as grep -racF does"
  public static let chineseText = "在文件中搜索固定的文字，每个文件一个任务，像 grep -racF 那样数行"
  public static let parameters: [Parameter] = [
    .text("pattern", "the text to search for, byte by byte", zh: "要搜索的文字，逐字节比较", small: SmallTree.pattern),
    .paths("path", "files and directories to search", zh: "要搜索的文件和目录"),
    .integer("readers", "files searched at the same time", zh: "同时搜索的文件数", default: 64, in: 1...512, small: 4),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let lines, files, unreadable: Counter
    /// Readers at work, but for the walk.
    let reading: Counter
  }

  let pattern: [UInt8]
  let paths: [[UInt8]]
  let readers: Int
  let notes = Notes()

  public init(_ values: ParameterValues) throws(ScenarioError) {
    guard case .bytes(let pattern) = values["pattern"] else { throw .missingArgument(Grep.parameters[0]) }
    guard case .paths(let paths) = values["path"], !paths.isEmpty else { throw .missingArgument(Grep.parameters[1]) }
    if pattern.isEmpty { throw .emptyPattern }
    if pattern.contains(UInt8(ascii: "\n")) { throw .patternWithNewline }
    for path in paths {
      if case .failure(let failure) = SystemCall.kind(of: path), failure.isMissing {
        throw .noSuchPath(printable(path), failure)
      }
    }
    self.pattern = pattern
    self.paths = paths
    readers = values.integer("readers")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    notes.clear()
    return Shared(
      lines: system.makeCounter(), files: system.makeCounter(), unreadable: system.makeCounter(),
      reading: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    system.spawn(name: "walk") { [self] in walk(on: system, shared) }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    // There is nothing to compare with but `grep` itself, which the tests do.
    ScenarioResult(
      ok: true,
      [
        "matches": system.value(of: shared.lines), "files": system.value(of: shared.files),
        "unreadable": system.value(of: shared.unreadable),
      ], notes: notes.all(of: system.value(of: shared.unreadable)))
  }
}
