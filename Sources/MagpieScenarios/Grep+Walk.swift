import Magpie
import MagpieTrace

extension Grep {
  private static let slash = UInt8(ascii: "/")

  /// Goes through everything that was named, depth first, and has each file searched by a task of its own.
  func walk<System: TaskSystem>(on system: System, _ shared: Shared) {
    for path in paths {
      switch system.blocking("stat", { SystemCall.kind(of: path) }) {
      case .failure(let failure): report(path, failure, on: system, shared)
      case .success(.directory): walkTree(path, on: system, shared)
      case .success: search(path, named: true, on: system, shared)
      }
    }
  }

  private func walkTree<System: TaskSystem>(_ root: [UInt8], on system: System, _ shared: Shared) {
    var directories = [root]
    var isNamed = true
    while let directory = directories.popLast() {
      let entries = entries(of: directory, named: isNamed, on: system, shared)
      isNamed = false
      var below: [[UInt8]] = []
      for entry in entries {
        let path = directory + (directory.last == Grep.slash ? [] : [Grep.slash]) + entry.name
        switch entry.kind ?? system.blocking("stat", { SystemCall.kindOfEntry(path) }) {
        case .directory: below.append(path)
        case .link, .device: break
        // What has vanished meanwhile is found out, and reported, by its reader.
        case .regular, nil: search(path, named: false, on: system, shared)
        }
      }
      directories += below.reversed()
    }
  }

  /// All entries of a directory, in the order of their names; those that could be read, when it fails half way.
  private func entries<System: TaskSystem>(
    of path: [UInt8], named: Bool, on system: System, _ shared: Shared
  ) -> [Directory.Entry] {
    var entries: [Directory.Entry] = []
    var failure: SystemError?
    var directory: Directory?
    system.blocking("open") {
      do throws(SystemError) { directory = try Directory(path, named: named) } catch { failure = error }
    }
    guard let directory else {
      if let failure, !failure.isLink || named { report(path, failure, on: system, shared) }
      return []
    }
    var more = true
    while more {
      switch system.blocking("getdents", { directory.read(into: &entries) }) {
      case .success(let rest): more = rest
      case .failure(let failure):
        report(path, failure, on: system, shared)
        more = false
      }
    }
    return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// Has a file searched by a task of its own. Where all but one of the readers are at work the walk is the last of them: it waits for
  /// nobody, and searches the file itself.
  private func search<System: TaskSystem>(_ path: [UInt8], named: Bool, on system: System, _ shared: Shared) {
    guard system.add(1, to: shared.reading) < readers else {
      system.add(-1, to: shared.reading)
      return read(path, named: named, on: system, shared)
    }
    system.spawn(name: "reader") { [self] in
      read(path, named: named, on: system, shared)
      system.add(-1, to: shared.reading)
    }
  }

  private func read<System: TaskSystem>(_ path: [UInt8], named: Bool, on system: System, _ shared: Shared) {
    let file: SystemCall.OpenFile
    switch system.blocking("open", { SystemCall.open(path, named: named) }) {
    case .failure(let failure):
      if !failure.isLink || named { report(path, failure, on: system, shared) }
      return
    case .success(let opened): file = opened
    }
    defer { SystemCall.close(file.descriptor) }
    if !named && file.kind != .regular { return }
    // One byte more than the file's size, so that a small file is read in one call and its end seen in a second.
    var counter = LineCounter(pattern: pattern, pieceSize: min(max(file.size + 1, 4 << 10), 256 << 10))
    var failure: SystemError?
    while true {
      let space = counter.space
      let count = system.blocking("read") { SystemCall.read(file.descriptor, into: space) }
      if count < 0 { failure = SystemError(number: CInt(-count)) }
      if count <= 0 { break }
      counter.take(count)
      system.checkpoint()
    }
    system.add(counter.lines, to: shared.lines)
    if let failure { report(path, failure, on: system, shared) } else { system.add(1, to: shared.files) }
  }

  private func report<System: TaskSystem>(
    _ path: [UInt8], _ failure: SystemError, on system: System, _ shared: Shared
  ) {
    system.add(1, to: shared.unreadable)
    notes.append(.unreadable(path: printable(path), failure))
  }
}
