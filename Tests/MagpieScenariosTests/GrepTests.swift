import Glibc
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieScenarios

/// The scenario against the real `grep -racF`, on trees made to be nasty.
@Suite(.serialized)
struct GrepTests {
  private func search(_ pattern: String, _ paths: [String], readers: Int = 8) throws -> (ScenarioResult, ThreadSystem) {
    var values = ParameterValues(defaultsOf: Grep.parameters)
    values["pattern"] = .bytes(Array(pattern.utf8))
    values["path"] = .paths(paths.map { Array($0.utf8) })
    values["readers"] = .integer(readers)
    let system = ThreadSystem()
    let run = try Grep(values).prepare(on: system)
    system.run(run.root)
    return (run.check(true), system)
  }

  /// The sum of `grep -racF`, whose counts come last on each line.
  private func reference(_ pattern: String, _ paths: [String]) -> Int {
    let names = (["-e", pattern, "--"] + paths).map { "'\($0)'" }.joined(separator: " ")
    let pipe = popen(
      "LC_ALL=C grep -racF \(names) 2>/dev/null | sed 's/.*://' | awk '{ sum += $1 } END { print sum + 0 }'", "r")!
    defer { pclose(pipe) }
    var buffer = [CChar](repeating: 0, count: 64)
    fgets(&buffer, 64, pipe)
    let digits = buffer.prefix { $0 >= 0x30 && $0 <= 0x39 }.map { UInt8(bitPattern: $0) }
    return Int(String(decoding: digits, as: UTF8.self))!
  }

  private func field(_ key: String, of result: ScenarioResult) -> Int? { result.fields.first { $0.key == key }?.value }

  @Test func aNastyTreeAgrees() throws {
    let folder = TemporaryFolder()
    let path = folder.path
    mkdir("\(path)/sub", 0o755)
    mkdir("\(path)/sub/deep", 0o755)
    mkdir("\(path)/outside-\u{1}", 0o755)
    folder.write([], to: "empty")
    folder.write("needle\nnone\nneedle needle\n".utf8, to: "plain")
    folder.write("none\nneedle".utf8, to: "no newline")
    folder.write([0, 0] + Array("needle".utf8) + [0, 10, 0] + Array("needle".utf8) + [0], to: "nul")
    folder.write("needle\r\nneedle\r\n\r\n".utf8, to: "crlf")
    folder.write(
      [UInt8](repeating: 0x78, count: 10_000_000) + Array("needle".utf8) + [UInt8](repeating: 0x79, count: 100),
      to: "sub/long")
    folder.write([0xE9, 0xFF] + Array("needle".utf8) + [0xC3, 10], to: "sub/latin")
    // Matches across the edges of reads of 256 KiB, and of 4 KiB.
    for edge in [4096, 262_144] {
      for shift in 0...7 {
        let head = [UInt8](repeating: 0x78, count: edge - shift)
        let rest = [UInt8](repeating: 0x0A, count: 300_000)
        folder.write(head + Array("needle\nneed".utf8) + rest + Array("le".utf8), to: "sub/deep/edge \(edge) \(shift)")
      }
    }
    symlink("plain", "\(path)/link")
    symlink("..", "\(path)/sub/up")
    symlink("nowhere", "\(path)/broken")
    mkfifo("\(path)/fifo", 0o600)
    makeSocket("\(path)/socket")
    let (result, _) = try search("needle", [path])
    #expect(field("matches", of: result) == reference("needle", [path]))
    #expect(field("matches", of: result) == 2 + 1 + 2 + 2 + 1 + 1 + 16)
    #expect(field("files", of: result) == 7 + 16)
    #expect(field("unreadable", of: result) == 0)
    #expect(result.notes == [])
    for pattern in ["n", "e", "needle needle", "\r", "xneedle", "y", "absent"] {
      #expect(try field("matches", of: search(pattern, [path]).0) == reference(pattern, [path]), "\(pattern)")
    }
  }

  @Test func linksThatAreNamedAreFollowed() throws {
    let folder = TemporaryFolder()
    mkdir("\(folder.path)/real", 0o755)
    folder.write("needle\n".utf8, to: "real/file")
    symlink("real", "\(folder.path)/directory")
    symlink("real/file", "\(folder.path)/file")
    let paths = ["\(folder.path)/directory", "\(folder.path)/file", "\(folder.path)/real/file"]
    let (result, _) = try search("needle", paths)
    #expect(field("matches", of: result) == 3)
    #expect(reference("needle", paths) == 3)
  }

  @Test func whatCannotBeReadIsCountedAndNamed() throws {
    let folder = TemporaryFolder()
    folder.write("needle\n".utf8, to: "secret\u{1B}")
    folder.write("needle\n".utf8, to: "open")
    chmod("\(folder.path)/secret\u{1B}", 0)
    // Reading one's own memory from address 0 fails for everybody, root too.
    let (result, _) = try search("needle", [folder.path, "/proc/self/mem"])
    let isRoot = geteuid() == 0
    #expect(field("matches", of: result) == (isRoot ? 2 : 1))
    #expect(field("unreadable", of: result) == (isRoot ? 1 : 2))
    #expect(result.notes.contains(.unreadable(path: "/proc/self/mem", SystemError(number: EIO))))
    #expect(isRoot || result.notes.contains(.unreadable(path: "\(folder.path)/secret?", SystemError(number: EACCES))))
  }

  @Test func manyUnreadableFilesAreNamedInPart() {
    let notes = Notes()
    for number in 0..<50 { notes.append(.unreadable(path: "file \(number)", SystemError(number: EIO))) }
    #expect(notes.all.count == 21)
    #expect(notes.all.last == .more(30))
  }

  @Test func aDirectoryThatVanishesIsCounted() throws {
    let folder = TemporaryFolder()
    mkdir("\(folder.path)/gone", 0o755)
    var values = ParameterValues(defaultsOf: Grep.parameters)
    values["pattern"] = .bytes([0x78])
    values["path"] = .paths([Array("\(folder.path)/gone".utf8)])
    let system = ThreadSystem()
    let run = try Grep(values).prepare(on: system)
    rmdir("\(folder.path)/gone")
    system.run(run.root)
    #expect(field("unreadable", of: run.check(true)) == 1)
    #expect(run.check(true).notes == [.unreadable(path: "\(folder.path)/gone", SystemError(number: ENOENT))])
  }

  @Test func readersAreBounded() throws {
    let folder = TemporaryFolder()
    for number in 0..<200 { folder.write("needle\n".utf8, to: "file\(number)") }
    let (result, system) = try search("needle", [folder.path], readers: 3)
    #expect(field("matches", of: result) == 200)
    // A thread that has given its place back may take a while to end, so that the bound is a loose one here.
    #expect(system.mostAlive < 100)
  }

  /// Then no file is open beside another.
  @Test func theOnlyReaderIsTheWalk() throws {
    let folder = TemporaryFolder()
    for number in 0..<20 { folder.write("needle\n".utf8, to: "file\(number)") }
    let (result, system) = try search("needle", [folder.path], readers: 1)
    #expect(field("matches", of: result) == 20)
    #expect(system.spawned == 2, "the root and the walk")
  }

  @Test func realDocumentationAgrees() throws {
    let (result, _) = try search("license", ["/usr/share/doc"])
    #expect(field("matches", of: result) == reference("license", ["/usr/share/doc"]))
    #expect(field("unreadable", of: result) == 0)
  }

  @Test func pathsLongerThanTheKernelTakesAreRead() throws {
    let folder = TemporaryFolder()
    let step = String(repeating: "d", count: 250)
    let made = system(
      "cd '\(folder.path)' && for i in $(seq 20); do mkdir \(step) && cd -P \(step) || exit 1; done; echo needle > leaf"
    )
    #expect(made == 0)
    let (result, _) = try search("needle", [folder.path])
    #expect(field("matches", of: result) == 1)
    #expect(result.notes == [])
  }

  @Test func theSmallTreeHoldsWhatItSays() throws {
    let tree = try #require(SmallTree())
    defer { tree.remove() }
    let (result, _) = try search(SmallTree.pattern, [tree.path])
    #expect(field("matches", of: result) == SmallTree.matches)
    #expect(field("files", of: result) == SmallTree.files)
    #expect(reference(SmallTree.pattern, [tree.path]) == SmallTree.matches)
  }

  private func makeSocket(_ path: String) {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    precondition(result == 0)
    close(descriptor)
  }
}
