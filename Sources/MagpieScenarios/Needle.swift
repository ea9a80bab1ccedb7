import Glibc

/// A fixed text to look for. The C library's `memchr` runs to the byte of it that is probably rarest, `memcmp` decides there.
struct Needle {
  private let bytes: [UInt8]
  /// Where the rarest byte is.
  private let offset: Int

  var count: Int { bytes.count }

  init(_ bytes: [UInt8]) {
    precondition(!bytes.isEmpty)
    self.bytes = bytes
    offset = bytes.indices.min { Needle.frequency(bytes[$0]) < Needle.frequency(bytes[$1]) }!
  }

  /// Where it first occurs, whole, in `position..<end` of the memory at `base`.
  func firstIndex(in base: UnsafeRawPointer, _ position: Int, _ end: Int) -> Int? {
    bytes.withUnsafeBytes { needle in
      let last = end - needle.count
      var position = position
      while position <= last {
        let start = base + position + offset
        guard let found = memchr(start, CInt(needle[offset]), last - position + 1) else { return nil }
        position += UnsafeRawPointer(found) - start
        if memcmp(base + position, needle.baseAddress!, needle.count) == 0 { return position }
        position += 1
      }
      return nil
    }
  }

  private static let common = Array(" etaoinsrhldcumfpgwybvkxjqz".utf8)

  /// How often a byte occurs in files, roughly: only the order counts.
  private static func frequency(_ byte: UInt8) -> Int {
    if let place = common.firstIndex(of: byte) { return 100 - place }
    return switch byte {
    case 0, UInt8(ascii: "\n"): 90
    case UInt8(ascii: "0")...UInt8(ascii: "9"): 60
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): 50
    case UInt8(ascii: "!")...UInt8(ascii: "/"): 65
    default: 30
    }
  }
}
