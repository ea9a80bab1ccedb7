/// The head of a request, read by the strict rules of RFC 9112: what a server and a proxy before it could take for different
/// things is refused.
struct HTTPRequest: Equatable {
  enum Method: Equatable { case get, head, other }

  /// What follows the head.
  enum Body: Equatable {
    case none
    case length(Int)
    /// Where it ends is not known here: nothing after it can be read.
    case unknown
  }

  /// Bytes that a head may have, the target, and header lines.
  static let headLimit = 16 << 10
  static let targetLimit = 8 << 10
  static let fieldLimit = 100

  private(set) var method = Method.other
  private(set) var target: [UInt8] = []
  /// HTTP/1.1 or above; else 1.0.
  private(set) var isVersion11 = false
  /// The client would send another request on the same connection.
  private(set) var keepsAlive = false
  /// A 1.0 client that does not hear that the connection is kept will not use it.
  var mustHearOfKeeping: Bool { keepsAlive && !isVersion11 }
  private(set) var body = Body.none
  /// The client may wait for a word before it sends the body.
  private(set) var expectsContinue = false
  private(set) var range: [UInt8]?
  private(set) var ifRange: [UInt8]?
  private(set) var ifModifiedSince: [UInt8]?

  private var hosts = 0
  private var lengths: [[UInt8]] = []
  private var codings: [[UInt8]] = []
  private var connection: [[UInt8]] = []
  private var ranges = 0

  /// - Parameter head: up to and including its empty line.
  init(head: [UInt8]) throws(Refusal) {
    var lines = try HTTPRequest.lines(of: head)
    guard !lines.isEmpty else { throw Refusal(.badRequest) }
    try readRequestLine(lines.removeFirst())
    guard lines.count <= HTTPRequest.fieldLimit else { throw Refusal(.fieldsTooLarge) }
    for line in lines { try readField(line) }
    try finish()
  }

  /// The lines without their ends, which must all be CR LF, and without the empty one.
  private static func lines(of head: [UInt8]) throws(Refusal) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var rest = head[...]
    while let end = rest.firstIndex(of: Byte.lineFeed) {
      let line = rest[..<end]
      guard line.last == Byte.carriageReturn else { throw Refusal(.badRequest) }
      rest = rest[(end + 1)...]
      lines.append(line.dropLast())
    }
    guard rest.isEmpty, lines.popLast()?.isEmpty == true else { throw Refusal(.badRequest) }
    return lines
  }

  private mutating func readRequestLine(_ line: ArraySlice<UInt8>) throws(Refusal) {
    let words = line.split(separator: Byte.space, omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(Byte.isToken) else { throw Refusal(.badRequest) }
    let version = Array(words[2])
    guard version.count == 8, version.starts(with: "HTTP/".utf8), Byte.isDigit(version[5]),
      version[6] == UInt8(ascii: "."), Byte.isDigit(version[7])
    else { throw Refusal(.badRequest) }
    guard version[5] == UInt8(ascii: "1") else { throw Refusal(.versionNotSupported) }
    guard words[1].count <= HTTPRequest.targetLimit else { throw Refusal(.uriTooLong) }
    isVersion11 = version[7] != UInt8(ascii: "0")
    target = Array(words[1])
    if words[0].elementsEqual("GET".utf8) { method = .get }
    if words[0].elementsEqual("HEAD".utf8) { method = .head }
  }

  private mutating func readField(_ line: ArraySlice<UInt8>) throws(Refusal) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(Byte.isToken), line[(colon + 1)...].allSatisfy(Byte.isText)
    else { throw Refusal(.badRequest) }
    let name = line[..<colon].map(Byte.lowercased)
    let value = Byte.trimmed(line[(colon + 1)...])
    switch String(decoding: name, as: UTF8.self) {
    case "host":
      hosts += 1
      // A name or an address, and a port: nothing that could name a path or a user.
      guard value.allSatisfy({ Byte.isToken($0) || [":", "[", "]"].contains(UnicodeScalar($0)) }) else {
        throw Refusal(.badRequest)
      }
    case "content-length": lengths.append(Array(value))
    case "transfer-encoding": codings += HTTPRequest.list(value)
    case "connection": connection += HTTPRequest.list(value)
    case "expect": expectsContinue = true
    case "range":
      ranges += 1
      range = Array(value)
    case "if-range": ifRange = Array(value)
    case "if-modified-since": ifModifiedSince = Array(value)
    default: break
    }
  }

  /// The words of a list, in lower case.
  private static func list(_ value: ArraySlice<UInt8>) -> [[UInt8]] {
    value.split(separator: UInt8(ascii: ",")).map { Byte.trimmed($0).map(Byte.lowercased) }.filter { !$0.isEmpty }
  }

  /// What the fields say together.
  private mutating func finish() throws(Refusal) {
    guard hosts == 1 || hosts == 0 && !isVersion11 else { throw Refusal(.badRequest) }
    if ranges > 1 { range = nil }
    if !codings.isEmpty {
      // With a length besides, or from a client that does not know codings: two servers could see two different requests.
      guard lengths.isEmpty, isVersion11 else { throw Refusal(.badRequest) }
      guard codings == [Array("chunked".utf8)] else { throw Refusal(.notImplemented) }
      body = .unknown
    } else if let first = lengths.first {
      guard lengths.count == 1, !first.isEmpty, first.allSatisfy(Byte.isDigit),
        let length = Int(String(decoding: first, as: UTF8.self))
      else { throw Refusal(.badRequest) }
      body = length == 0 ? .none : .length(length)
    }
    let isAsked = connection.contains(Array("keep-alive".utf8))
    keepsAlive = !connection.contains(Array("close".utf8)) && (isVersion11 || isAsked)
    if body == .unknown || expectsContinue && body != .none { keepsAlive = false }
  }
}

/// Classes of bytes in a head.
enum Byte {
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let slash = UInt8(ascii: "/")

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// RFC 9110's tchar.
  static func isToken(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  /// What a field's value may hold: no control character but the tab.
  static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == space || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return bytes[bytes.startIndex..<bytes.startIndex] }
    return bytes[first...last]
  }

  /// The value of a hexadecimal digit.
  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte - 0x30 }
    let letter = byte | 0x20
    return (0x61...0x66).contains(letter) ? letter - 0x61 + 10 : nil
  }
}
