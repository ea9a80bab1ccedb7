import TestSupport
import Testing

@testable import MagpieScenarios

private func request(_ text: String) throws(Refusal) -> HTTPRequest { try HTTPRequest(head: Array(text.utf8)) }

@Suite("Heads of requests")
struct RequestTests {
  @Test("A plain head is read")
  func plain() throws {
    let get = try request("GET /a?b HTTP/1.1\r\nHost: localhost:80\r\nRange:  bytes=1-2 \r\nX: \t y\u{FC}\r\n\r\n")
    #expect(get.method == .get && get.isVersion11 && get.keepsAlive && !get.mustHearOfKeeping)
    #expect(get.target == Array("/a?b".utf8) && get.range == Array("bytes=1-2".utf8) && get.body == .none)
    let head = try request("HEAD / HTTP/1.0\r\n\r\n")
    #expect(head.method == .head && !head.isVersion11 && !head.keepsAlive)
    #expect(try request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n\r\n").body == .length(7))
    #expect(try request("get / HTTP/1.1\r\nHost: a\r\n\r\n").method == .other)
  }

  @Test("Whether the connection is kept")
  func keeping() throws {
    #expect(try request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").mustHearOfKeeping)
    #expect(try !request("GET / HTTP/1.1\r\nHost: a\r\nConnection: x , CLOSE\r\n\r\n").keepsAlive)
    #expect(try !request("GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n").keepsAlive)
    let chunked = try request("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    #expect(chunked.body == .unknown && !chunked.keepsAlive)
    #expect(try !request("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").keepsAlive)
  }

  @Test(
    "What two servers could take for different things is refused",
    arguments: [
      "", "\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / http/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX\u{E9}: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\nX",
    ])
  func refused(text: String) { #expect(throws: Refusal(.badRequest)) { try request(text) } }

  @Test("Other refusals have their own numbers")
  func numbers() {
    #expect(throws: Refusal(.versionNotSupported)) { try request("GET / HTTP/2.0\r\n\r\n") }
    #expect(throws: Refusal(.notImplemented)) {
      try request("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
    }
    #expect(throws: Refusal(.uriTooLong)) {
      try request("GET /\(String(repeating: "a", count: HTTPRequest.targetLimit)) HTTP/1.1\r\nHost: a\r\n\r\n")
    }
    #expect(throws: Refusal(.fieldsTooLarge)) {
      try request("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "a: b\r\n", count: HTTPRequest.fieldLimit))\r\n")
    }
  }

  /// Pieces of requests, so that random ones get far.
  private static let pieces: [[UInt8]] =
    [
      "GET ", "HEAD ", "/", "..", "%2e", "%", "%00", "%2F", " HTTP/1.1", " HTTP/1.0", "\r\n", "\n", "\r", "Host: a",
      "Content-Length: ", "Transfer-Encoding: chunked", "Connection: keep-alive", "Range: bytes=", "0-", "-", ",", ":",
      " ", "\t", "9223372036854775807", "9223372036854775808", "\0", "http://", "?", "#", "\r\n\r\n",
    ].map { Array($0.utf8) } + [[0xFF, 0x80], []]

  @Test("No bytes trap any reader of a request, and no path that is read leaves the root")
  func fuzz() {
    var random = Random(seed: 7)
    var read = 0
    for round in 0..<60_000 {
      var bytes: [UInt8] = round % 2 == 0 ? Array("GET /".utf8) : []
      for _ in 0..<Int.random(in: 0..<24, using: &random) {
        bytes += Self.pieces.randomElement(using: &random)!
        if Int.random(in: 0..<6, using: &random) == 0 { bytes.append(.random(in: 0...255, using: &random)) }
      }
      if round % 3 == 0 { bytes += Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8) }
      var inbox = Inbox()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(.random(in: 1...9, using: &random))
        rest = rest.dropFirst(piece.count)
        inbox.space.copyBytes(from: piece)
        inbox.take(piece.count)
        while let head = inbox.takeHead() {
          guard let request = try? HTTPRequest(head: head) else { continue }
          read += 1
          for size in [0, 1, .max] { expectInside(ByteRange(request.range, size: size), size) }
          if let path = try? RequestPath(target: request.target) { expectBelow(path) }
        }
      }
      _ = try? HTTPRequest(head: bytes)
      if let path = try? RequestPath(target: bytes) { expectBelow(path) }
      for size in [0, 10] { expectInside(ByteRange(Array("bytes=".utf8) + bytes, size: size), size) }
    }
    #expect(read > 100, "the pieces make requests now and then")
  }

  private func expectBelow(_ path: RequestPath) {
    for name in path.names {
      let isStep = name.isEmpty || name == Array(".".utf8) || name == Array("..".utf8)
      if isStep || name.contains(0) || name.contains(UInt8(ascii: "/")) { Issue.record("\(path)") }
    }
    if path.path.first == UInt8(ascii: "/") { Issue.record("\(path)") }
    // Sent there, the client asks for the same directory.
    guard let again = try? RequestPath(target: path.directoryTarget) else {
      Issue.record("\(path)")
      return
    }
    if again.names != path.names || again.query != path.query { Issue.record("\(path) becomes \(again)") }
  }

  private func expectInside(_ range: ByteRange, _ size: Int) {
    guard case .part(let part) = range else { return }
    if part.isEmpty || part.lowerBound < 0 || part.upperBound > size { Issue.record("\(part) of \(size)") }
  }
}

@Suite("Paths and ranges of requests")
struct RequestPathTests {
  private func path(_ target: String) throws(Refusal) -> (String, Bool) {
    let path = try RequestPath(target: Array(target.utf8))
    return (String(decoding: path.path, as: UTF8.self), path.isDirectory)
  }

  @Test(
    "Names are decoded, steps worked out",
    arguments: [
      ("/", ".", true), ("/a", "a", false), ("/a/", "a/", true), ("/a/./b/../c", "a/c", false),
      ("//a//b", "a/b", false),
      ("/a/..", ".", true), ("/%61%2E%62", "a.b", false), ("/a?b/../..", "a", false), ("/a%3Fb", "a?b", false),
      ("http://host:80/a", "a", false), ("HTTPS://host", ".", true), ("http://host?q", ".", true), ("/a/.", "a/", true),
      ("/..%5ca", "..\\a", false), ("/%c3%a9", "é", false),
    ])
  func decoded(target: String, expected: String, isDirectory: Bool) throws {
    let found = try path(target)
    #expect(found.0 + (found.1 && found.0 != "." ? "/" : "") == expected && found.1 == isDirectory)
  }

  @Test("What leaves the root or is no path is refused")
  func refused() {
    for target in [
      "/..", "/../a", "/%2e%2e/a", "/.%2E/a", "/a/../../b", "/./../a", "//../a", "http://h/../a", "", "a", "*", "?",
      "/a b", "/a#b", "/%", "/%1", "/%g0", "/a\u{7F}", "\\..\\a", "file:///etc",
    ] {
      #expect(throws: Refusal(.badRequest), "\(target)") { try path(target) }
    }
    for target in ["/%2f", "/..%2fa", "/a%00b", "/%2F..%2F"] {
      #expect(throws: Refusal(.notFound), "\(target)") { try path(target) }
    }
  }

  @Test("A client is sent to a directory of this server, whatever it asked for")
  func directories() throws {
    let path = try RequestPath(target: Array("//host%0d%0a/<a>?q=%0d".utf8))
    #expect(String(decoding: path.directoryTarget, as: UTF8.self) == "/host%0D%0A/%3Ca%3E/?q=%0d")
  }

  @Test(
    "Ranges",
    arguments: [
      ("bytes=0-0", 10, .part(0..<1)), ("bytes=2-", 10, .part(2..<10)), ("bytes=-3", 10, .part(7..<10)),
      ("BYTES= 0-99 ", 10, .part(0..<10)), ("bytes=-99", 10, .part(0..<10)), ("bytes=9-9", 10, .part(9..<10)),
      ("bytes=0-99999999999999999999", 10, .part(0..<10)), ("bytes=10-", 10, .unsatisfiable),
      ("bytes=99999999999999999999-", 10, .unsatisfiable), ("bytes=-0", 10, .unsatisfiable),
      ("bytes=0-", 0, .unsatisfiable), ("bytes=-1", 0, .all), ("bytes=3-2", 10, .all), ("bytes=0-1,3-4", 10, .all),
      ("bytes=-", 10, .all), ("bytes=", 10, .all), ("lines=0-1", 10, .all), ("bytes=a-b", 10, .all), ("", 10, .all),
      ("bytes=+1-2", 10, .all), ("bytes=1--2", 10, .all), ("bytes=9223372036854775807-", .max, .unsatisfiable),
      ("bytes=0-9223372036854775807", .max, .part(0..<Int.max)),
    ] as [(String, Int, ByteRange)])
  func ranges(field: String, size: Int, expected: ByteRange) {
    #expect(ByteRange(Array(field.utf8), size: size) == expected)
  }

  @Test("Dates are written as HTTP wants them, before 1970 and far away too")
  func dates() {
    #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(-1) == "Wed, 31 Dec 1969 23:59:59 GMT")
    #expect(HTTPDate.text(.max) == HTTPDate.text(0))
  }
}
