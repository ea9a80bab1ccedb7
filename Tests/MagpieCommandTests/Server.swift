import Foundation
import Glibc
import TestSupport
import Testing

/// The built program as a server: started, told to end, and looked at from outside.
final class Server {
  let process: pid_t
  let port: UInt16
  private let files = TemporaryFolder()
  private var isRunning = true

  /// Runs `magpie run` with these words, headless, and waits until it listens.
  init(_ words: String...) throws {
    process = try Server.start(["run"] + words + ["--headless", "--json"], files.path)
    let announcement = files.path + "/err"
    wait("it listens") { File.text(of: announcement).hasSuffix("\n") }
    port = try #require(File.text(of: announcement).split { !$0.isNumber }.last.flatMap { UInt16($0) })
  }

  deinit {
    if isRunning {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }

  private static func start(_ words: [String], _ folder: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder + "/out", O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder + "/err", O_WRONLY | O_CREAT, 0o600)
    let path = try Products.magpie
    var arguments: [UnsafeMutablePointer<CChar>?] = ([path] + words).map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process = pid_t()
    try #require(posix_spawn(&process, path, &actions, nil, &arguments, environ) == 0)
    return process
  }

  /// Open descriptors.
  var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count) ?? -1 }

  func signal(_ signal: Int32) { kill(process, signal) }

  struct End {
    /// The exit status; the negated signal if one ended it.
    let status: Int32
    /// The JSON object on standard output.
    let summary: [String: Any]
    var result: [String: Any] { summary["result"] as? [String: Any] ?? [:] }

    /// What holds of every run that was asked to end.
    func expectFine() {
      #expect(status == 0)
      #expect(summary["complete"] as? Bool == true)
      #expect(result["ok"] as? Bool == true, "\(result)")
      #expect((summary["audit"] as? [String: Any])?["findings"] as? Int == 0)
      #expect((summary["events"] as? [String: Any])?["lost"] as? Int == 0)
      #expect((summary["fibers"] as? [String: Any])?["live"] as? Int == 0)
    }
  }

  /// Waits until it has ended.
  func end() throws -> End {
    var status: Int32 = 0
    wait("the server has ended") { waitpid(process, &status, WNOHANG) == process }
    isRunning = false
    let data = try Data(contentsOf: URL(fileURLWithPath: files.path + "/out"))
    let summary = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
    return End(status: status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F), summary: summary ?? [:])
  }

  /// Tells it to end, and expects that all was well.
  func finish(_ signal: Int32 = SIGTERM) throws {
    kill(process, signal)
    try end().expectFine()
  }
}

/// A client that writes and reads bytes, one after the other.
final class Client {
  private let socket: Int32
  private var inbox: [UInt8] = []
  private(set) var isAtEnd = false

  init(_ port: UInt16) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // A server that says nothing fails the test instead of hanging it.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard result == 0 else { throw Refused() }
  }

  struct Refused: Error {}

  deinit { close(socket) }

  func send(_ text: String) { _ = Glibc.send(socket, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
  func endWriting() { shutdown(socket, Int32(SHUT_WR)) }

  /// Closes so that the server's next write fails: the connection is reset.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    // The number stays in use until this client goes away.
    let null = open("/dev/null", O_RDWR)
    dup2(null, socket)
    close(null)
  }

  private func receive() -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(socket, &piece, piece.count, 0)
    if count > 0 { inbox += piece[..<count] } else { isAtEnd = true }
    return count > 0
  }

  /// At least so many bytes, fewer only at the end.
  func read(_ count: Int) -> String {
    while inbox.count < count, receive() {}
    defer { inbox.removeFirst(min(count, inbox.count)) }
    return String(decoding: inbox.prefix(count), as: UTF8.self)
  }

  /// All that comes up to the end.
  func readToEnd() -> [UInt8] {
    while receive() {}
    defer { inbox = [] }
    return inbox
  }

  struct Answer {
    var status = 0
    /// By name in lower case.
    var fields: [String: String] = [:]
    var body = ""
  }

  /// The next answer, with as much of a body as it says.
  func answer(toHead: Bool = false) -> Answer {
    let end = Array("\r\n\r\n".utf8)
    var head = 0
    while true {
      if let found = inbox.indices.first(where: { inbox[$0...].starts(with: end) }) {
        head = found
        break
      }
      guard receive() else { return Answer() }
    }
    var lines = read(head + 4).split(separator: "\r\n")
    var answer = Answer()
    answer.status = Int(lines.removeFirst().split(separator: " ")[1]) ?? 0
    for line in lines {
      let parts = line.split(separator: ":", maxSplits: 1)
      answer.fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    if !toHead { answer.body = read(Int(answer.fields["content-length"] ?? "") ?? 0) }
    return answer
  }

  /// Asks for a target on this connection.
  func ask(_ target: String, _ method: String = "GET", _ fields: String = "") -> Answer {
    send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
    return answer(toHead: method == "HEAD")
  }
}
