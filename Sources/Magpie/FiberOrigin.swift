/// The first bytes of a fiber's name, for the words of last resort: trivial memory, so that keeping it counts no references, and a
/// signal handler may read it.
struct FiberLabel {
  /// Byte 0 is the length; no length, no name.
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
  static let capacity = 23

  init() {}

  /// The first 23 bytes of a name, cut between characters' encodings.
  init(_ name: String) {
    var name = name
    name.withUTF8 { bytes in
      var count = min(bytes.count, FiberLabel.capacity)
      while count < bytes.count, count > 0, bytes[count] & 0xC0 == 0x80 { count -= 1 }
      withUnsafeMutableBytes(of: &words) { room in
        room[0] = UInt8(count)
        for index in 0..<count { room[index + 1] = bytes[index] }
      }
    }
  }

  /// Runs `body` with the bytes. Async-signal-safe.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[1..<1 + Int(min($0[0], 23))])) }
  }

  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Where a fiber was spawned in the program's text.
@frozen @usableFromInline
struct SpawnSite {
  /// Ends with a zero, and lives for ever; nil: nobody said.
  @usableFromInline var file: UnsafePointer<UInt8>?
  @usableFromInline var line: UInt32 = 0

  init() {}

  @inlinable @inline(__always)
  init(_ file: StaticString, _ line: UInt32) {
    guard file.hasPointerRepresentation else { return }
    self.file = file.utf8Start
    self.line = line
  }
}
