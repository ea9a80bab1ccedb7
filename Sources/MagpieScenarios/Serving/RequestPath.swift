/// The path that a request's target names, below the root: its names decoded, `.` and `..` worked out.
struct RequestPath: Equatable {
  private(set) var names: [[UInt8]] = []
  /// It ends in `/`, or names a directory by `.` or `..`.
  private(set) var isDirectory = true
  /// What follows the path, with its `?`.
  private(set) var query: [UInt8] = []

  /// - Throws: 400 for what is no path, or leaves the root; 404 for names that no file has.
  init(target: [UInt8]) throws(Refusal) {
    let isPlain = { (byte: UInt8) in byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "#") }
    guard target.allSatisfy(isPlain) else { throw Refusal(.badRequest) }
    var rest = RequestPath.withoutAuthority(target[...])
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      query = Array(rest[mark...])
      rest = rest[..<mark]
    }
    // Only after an authority the path may be left out.
    guard rest.first == Byte.slash || rest.isEmpty && rest.startIndex > 0 else { throw Refusal(.badRequest) }
    for part in rest.split(separator: Byte.slash) {
      let name = try RequestPath.decoded(part)
      // No file's name has such a byte, so none is looked for.
      guard !name.contains(Byte.slash), !name.contains(0) else { throw Refusal(.notFound) }
      isDirectory = false
      if name.elementsEqual("..".utf8) {
        guard names.popLast() != nil else { throw Refusal(.badRequest) }
        isDirectory = true
      } else if name.elementsEqual(".".utf8) {
        isDirectory = true
      } else {
        names.append(name)
      }
    }
    if rest.last == Byte.slash { isDirectory = true }
  }

  /// `http://host/path`, as a client writes to a proxy, without its beginning.
  private static func withoutAuthority(_ target: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let scheme = target.prefix(8).map(Byte.lowercased)
    for prefix in ["http://", "https://"] where scheme.starts(with: prefix.utf8) {
      return target.dropFirst(prefix.utf8.count).drop { $0 != Byte.slash && $0 != UInt8(ascii: "?") }
    }
    return target
  }

  private static func decoded(_ part: ArraySlice<UInt8>) throws(Refusal) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = part
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Byte.hexadecimal), let low = rest.popFirst().flatMap(Byte.hexadecimal)
      else { throw Refusal(.badRequest) }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// A name as it is written in a target.
  static func encoded(_ name: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in name {
      if Byte.isDigit(byte) || Byte.isLetter(byte) || "-._~".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x41 + digit - 10) }
      }
    }
    return bytes
  }

  /// The same as a directory: where a client that left out the last `/` is sent.
  var directoryTarget: [UInt8] {
    names.flatMap { [Byte.slash] + RequestPath.encoded($0) } + [Byte.slash] + query
  }

  /// Relative to the root, for the system: `.` is the root itself.
  var path: [UInt8] { names.isEmpty ? [UInt8(ascii: ".")] : Array(names.joined(separator: [Byte.slash])) }
}
