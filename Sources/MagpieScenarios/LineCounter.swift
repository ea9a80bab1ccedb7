import Glibc

/// Counts the lines that contain a pattern, in a stream of bytes that comes in pieces.
///
/// A line ends at a line feed or at the end of the stream and counts once. Nothing else is special: NUL is a byte. Memory is
/// bounded whatever a line's length: of an unfinished line only the last bytes are kept, one fewer than the pattern has, for
/// a match may begin there and end in the next piece. The pattern has no line feed, so that no match spans two lines.
struct LineCounter: ~Copyable {
  private(set) var lines = 0
  private let pattern: Needle
  private let buffer: UnsafeMutableRawBufferPointer
  /// Bytes at the buffer's start, kept from the piece before.
  private var kept = 0
  /// The unfinished line has been counted: skip to its end.
  private var isCounted = false

  init(pattern: [UInt8], pieceSize: Int) {
    precondition(!pattern.isEmpty && !pattern.contains(UInt8(ascii: "\n")) && pieceSize > 0)
    self.pattern = Needle(pattern)
    buffer = .allocate(byteCount: pieceSize + pattern.count - 1, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// Where the next piece goes.
  var space: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]) }

  /// Counts in the `count` bytes that have been put into `space`.
  mutating func take(_ count: Int) {
    let bytes = buffer.baseAddress!, end = kept + count
    var position = 0
    if isCounted {
      kept = 0
      guard let next = lineAfter(position, end) else { return }
      isCounted = false
      position = next
    }
    while let match = pattern.firstIndex(in: bytes, position, end) {
      lines += 1
      guard let next = lineAfter(match + pattern.count, end) else {
        isCounted = true
        kept = 0
        return
      }
      position = next
    }
    kept = min(pattern.count - 1, end - position)
    memmove(bytes, bytes + end - kept, kept)
  }

  /// The place after the next line feed in `position..<end`.
  private func lineAfter(_ position: Int, _ end: Int) -> Int? {
    let bytes = buffer.baseAddress!
    guard let found = memchr(bytes + position, CInt(UInt8(ascii: "\n")), end - position) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes) + 1
  }
}
