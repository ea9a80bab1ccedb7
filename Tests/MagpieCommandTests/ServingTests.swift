import Foundation
import Glibc
import TestSupport
import Testing

/// `serve` and `echo` as users run them, under clients of all kinds.
@Suite("Servers", .serialized)
struct ServingTests {
  /// A folder `root` to serve, and a secret beside it.
  final class Tree {
    private let files = TemporaryFolder()
    var parent: String { files.path }
    var root: String { parent + "/root" }
    /// Larger than 4 GiB, and almost nothing on the disk.
    static let hugeSize = 5 << 30

    init() throws {
      let files = FileManager.default
      try files.createDirectory(atPath: root + "/site", withIntermediateDirectories: true)
      try files.createDirectory(atPath: root + "/folder", withIntermediateDirectories: true)
      try "a secret".write(toFile: parent + "/secret", atomically: false, encoding: .utf8)
      try "0123456789".write(toFile: root + "/digits.txt", atomically: false, encoding: .utf8)
      try "<p>".write(toFile: root + "/site/index.html", atomically: false, encoding: .utf8)
      try "".write(toFile: root + "/folder/a<b", atomically: false, encoding: .utf8)
      try Data(repeating: 7, count: 20 << 20).write(to: URL(fileURLWithPath: root + "/big"))
      symlink("../secret", root + "/link")
      symlink(parent, root + "/up")
      try #require(truncate(root + "/huge", off_t(Tree.hugeSize - 4)) == 0 || creat(root + "/huge", 0o600) >= 0)
      try #require(truncate(root + "/huge", off_t(Tree.hugeSize - 4)) == 0)
      let huge = try #require(FileHandle(forWritingAtPath: root + "/huge"))
      huge.seekToEndOfFile()
      huge.write(Data("tail".utf8))
      try huge.close()
    }
  }

  @Test("A connection is kept by 1.1, and by 1.0 that asks for it and is told so")
  func keeping() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root)
    let client = try Client(server.port)
    for _ in 0..<3 {
      let answer = client.ask("/digits.txt")
      #expect(answer.status == 200 && answer.body == "0123456789" && answer.fields["connection"] == nil)
      #expect(answer.fields["content-type"]?.hasPrefix("text/plain") == true && answer.fields["date"] != nil)
    }
    // Several requests at once are answered in order.
    client.send(String(repeating: "GET /site/ HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
    for _ in 0..<3 { #expect(client.answer().body == "<p>") }
    #expect(client.ask("/digits.txt", "GET", "Connection: close\r\n").fields["connection"] == "close")
    #expect(client.readToEnd() == [])

    let old = try Client(server.port)
    for _ in 0..<2 {
      old.send("GET /digits.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
      let answer = old.answer()
      #expect(answer.fields["connection"] == "keep-alive" && answer.body == "0123456789")
    }
    old.send("GET /digits.txt HTTP/1.0\r\n\r\n")
    #expect(old.answer().fields["connection"] == "close")
    #expect(old.readToEnd() == [])
    try server.finish()
  }

  @Test(
    "Earlier schedulers serve as well, several clients at once",
    arguments: [("nto1", "1"), ("global", "1"), ("global", "4"), ("distributed", "1"), ("distributed", "4")])
  func eras(era: String, processors: String) throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root, "--era", era, "--procs", processors)
    let clients = try (0..<8).map { _ in try Client(server.port) }
    for _ in 0..<3 { for client in clients { #expect(client.ask("/digits.txt").body == "0123456789") } }
    try server.finish()

    let echo = try Server("echo", "--era", era, "--procs", processors)
    let talkers = try (0..<8).map { _ in try Client(echo.port) }
    for (number, client) in talkers.enumerated() { client.send("number \(number)") }
    for (number, client) in talkers.enumerated() { #expect(client.read(8) == "number \(number)") }
    try echo.finish()
  }

  @Test(
    "Who would have to leave before the next is heard cannot be served one at a time", arguments: ["serve", "echo"])
  func serialIsRefused(scenario: String) throws {
    let refused = try Program("run", scenario, "--era", "serial", "--headless")
    #expect(refused.status == 2)
    #expect(refused.complaint.contains("serial"))
  }

  @Test("Every request has the answer that it should have")
  func answers() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root)
    let client = try Client(server.port)
    let head = client.ask("/digits.txt", "HEAD")
    #expect(head.status == 200 && head.fields["content-length"] == "10")
    let part = client.ask("/digits.txt", "GET", "Range: bytes=2-4\r\n")
    #expect(part.status == 206 && part.body == "234" && part.fields["content-range"] == "bytes 2-4/10")
    #expect(client.ask("/digits.txt", "GET", "Range: bytes=-3\r\n").body == "789")
    let behind = client.ask("/digits.txt", "GET", "Range: bytes=10-\r\n")
    #expect(behind.status == 416 && behind.fields["content-range"] == "bytes */10")
    #expect(client.ask("/digits.txt", "GET", "Range: bytes=0-1\r\nIf-Range: other\r\n").status == 200)
    let modified = try #require(head.fields["last-modified"])
    #expect(client.ask("/digits.txt", "GET", "If-Modified-Since: \(modified)\r\n").status == 304)
    #expect(client.ask("/nothing").status == 404)
    #expect(client.ask("/digits.txt/").status == 404)
    let folder = client.ask("/folder?a")
    #expect(folder.status == 301 && folder.fields["location"] == "/folder/?a")
    #expect(client.ask("/folder/").body.contains("<a href=\"./a%3Cb\">a&lt;b</a>"))
    let last = client.ask("/huge", "GET", "Range: bytes=\(Tree.hugeSize - 6)-\r\n")
    #expect(last.status == 206 && last.body == "\0\0tail")
    #expect(client.ask("/huge", "HEAD").fields["content-length"] == "\(Tree.hugeSize)")
    let post = client.ask("/digits.txt", "DELETE")
    #expect(post.status == 405 && post.fields["allow"] == "GET, HEAD")
    // These end the connection.
    for (request, status) in [
      ("GET /\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\n\n", 400),
      ("GET / HTTP/9.9\r\n\r\n", 505),
      ("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
      ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
      ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: zip\r\n\r\n", 501),
    ] {
      let client = try Client(server.port)
      client.send(request)
      let answer = client.answer()
      #expect(answer.status == status && answer.fields["connection"] == "close", "\(request.prefix(40))")
      #expect(client.readToEnd() == [])
    }
    try server.finish()
  }

  @Test("Nothing outside the root can be reached, in any spelling")
  func escapes() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root)
    for target in [
      "/../secret", "/site/../../secret", "/%2e%2e/secret", "/.%2e/secret", "/%2E%2E%2Fsecret", "/..%2fsecret",
      "/..%5csecret", "/..\\secret", "/%252e%252e/secret", "/..;/secret", "/link", "/link%00.txt", "/up/secret", "/up/",
      "//../secret", "/./../secret", "http://localhost/../secret", "/%c0%ae%c0%ae/secret", "../secret",
      "\(tree.parent)/secret",
      "/\(tree.parent)/secret", "/../../../../../../../../etc/passwd", "/site/\0/../../secret",
      "file://\(tree.parent)/secret",
    ] {
      let client = try Client(server.port)
      client.send("GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let answer = String(decoding: client.readToEnd(), as: UTF8.self)
      #expect(answer.hasPrefix("HTTP/1.1 40") && !answer.contains("a secret"), "\(target): \(answer)")
    }
    try server.finish()
  }

  @Test("A request's body is never taken for a request")
  func bodies() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root)
    let inner = "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    let client = try Client(server.port)
    #expect(client.ask("/digits.txt", "GET", "Content-Length: \(inner.utf8.count)\r\n").status == 200)
    client.send(inner)
    #expect(client.ask("/site/").status == 200)
    // A length or a form that is not read over: the answer, and the end, though the client goes on.
    for fields in [
      "Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 9\r\nExpect: 100-continue\r\n",
    ] {
      let client = try Client(server.port)
      #expect(client.ask("/digits.txt", "GET", fields).fields["connection"] == "close", "\(fields)")
      client.send(inner)
      #expect(client.readToEnd() == [])
    }
    try server.finish()
  }

  @Test("Broken and slow clients cost neither a descriptor nor a fiber")
  func broken() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root, "--patience", "150ms", "--clients", "40")
    #expect(try Client(server.port).ask("/digits.txt").status == 200)
    var before = -1, looks = 0
    wait("the descriptors stay the same") {
      let now = server.descriptors
      looks = now == before ? looks + 1 : 0
      before = now
      return looks == 100
    }
    var kept: [Client] = []
    for round in 0..<90 {
      let client = try Client(server.port)
      switch round % 6 {
      case 0:
        client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = client.read(1000)
        client.reset()
      case 1: client.send("GET /dig")
      case 2: break
      case 3:
        client.send("GET /dig")
        client.reset()
      case 4: client.send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n")
      default:
        client.send("GET /digits.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
        client.endWriting()
      }
      // Those are still there, and say nothing, or read nothing.
      kept.append(client)
    }
    // More than are let in at a time: they wait for those before them, and are served in the end.
    #expect(try Client(server.port).ask("/digits.txt").status == 200)
    wait("the descriptors are as before") { server.descriptors == before }
    let answer = Array(String(decoding: kept[1].readToEnd(), as: UTF8.self))
    #expect(String(answer.prefix(12)) == "HTTP/1.1 408")
    withExtendedLifetime(kept) {}
    try server.finish()
  }

  @Test("TERM and INT let what goes on end, close what is idle, and give status 0", arguments: [SIGTERM, SIGINT])
  func draining(signal: Int32) throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root)
    let busy = try Client(server.port), idle = try Client(server.port), silent = try Client(server.port)
    #expect(idle.ask("/digits.txt").status == 200)
    silent.send("GET /")
    busy.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
    let first = busy.read(1000)
    server.signal(signal)
    #expect(idle.readToEnd() == [] && silent.readToEnd() == [])
    // The socket goes as soon as the fiber that accepts has heard of it.
    try wait("new clients are refused") {
      do { _ = try Client(server.port) } catch is Client.Refused { return true }
      return false
    }
    let rest = busy.readToEnd()
    #expect(first.hasPrefix("HTTP/1.1 200") && first.utf8.count + rest.count > 20 << 20)
    let end = try server.end()
    end.expectFine()
    #expect(end.result["requests"] as? Int == 2)
    #expect(end.result["port"] as? Int == Int(server.port))
  }

  @Test("A client that never reads does not keep the server from ending")
  func stuck() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root)
    let client = try Client(server.port)
    client.send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = client.read(1000)
    try server.finish()
    withExtendedLifetime(client) {}
  }

  @Test("--seconds ends a server as TERM does, and slow motion serves too")
  func seconds() throws {
    let tree = try Tree()
    let server = try Server("serve", "--root", tree.root, "--seconds", "1", "--tempo", "1/10")
    #expect(try Client(server.port).ask("/digits.txt").body == "0123456789")
    let end = try server.end()
    end.expectFine()
    #expect(end.result["requests"] as? Int == 1)
  }

  @Test("echo sends back what it gets, up to the client's end")
  func echo() throws {
    let server = try Server("echo")
    let clients = try (0..<20).map { _ in try Client(server.port) }
    for round in 0..<5 {
      for (number, client) in clients.enumerated() { client.send("client \(number), round \(round)\n") }
      for (number, client) in clients.enumerated() {
        let text = "client \(number), round \(round)\n"
        #expect(client.read(text.utf8.count) == text)
      }
    }
    clients[0].send("the last words")
    clients[0].endWriting()
    #expect(clients[0].readToEnd() == Array("the last words".utf8))
    clients[1].reset()
    server.signal(SIGTERM)
    for client in clients.dropFirst(2) { #expect(client.readToEnd() == []) }
    let end = try server.end()
    end.expectFine()
    #expect(end.result["received"] as? Int == end.result["sent"] as? Int)
  }

  @Test("What cannot be served is refused in words, with status 2")
  func usage() throws {
    let tree = try Tree()
    let other = try Server("echo")
    for (words, reason) in [
      (["run", "serve", "--headless"], "--root"), (["run", "serve", "--root", "/no/such"], "No such file"),
      (["run", "serve", "--root", tree.root + "/big"], "Not a directory"),
      (["run", "serve", "--root", tree.root, "--port", "\(other.port)"], "--port 0"),
      (["run", "echo", "--port", "\(other.port)"], "Address already in use"),
      (["run", "echo", "--port", "65536"], "from 0 to 65535"), (["run", "echo", "--simulate"], "cannot be simulated"),
      (["simulate", "serve"], "cannot be simulated"),
    ] {
      let program = try Program(words: words)
      #expect(program.status == 2 && program.output.isEmpty, "\(words)")
      #expect(program.complaint.contains(reason) && program.complaintLines.count <= 6, "\(words): \(program.complaint)")
    }
    try other.finish()
  }
}
