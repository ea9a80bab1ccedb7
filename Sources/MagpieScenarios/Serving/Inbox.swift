import Glibc

/// Bytes that a client sent and nobody has used yet: never more than a head may have.
struct Inbox: ~Copyable {
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: HTTPRequest.headLimit, alignment: 16)
  private(set) var count = 0
  /// What was looked through for the end of a head, and where the line begins that was not seen to its end.
  private var looked = 0
  private var lineStart = 0

  deinit { buffer.deallocate() }

  var isFull: Bool { count == buffer.count }
  /// Where the next bytes go.
  var space: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer[count...]) }
  /// As many bytes have been put into `space`.
  mutating func take(_ count: Int) { self.count += count }

  /// Drops the first bytes.
  mutating func drop(_ dropped: Int) {
    memmove(buffer.baseAddress!, buffer.baseAddress! + dropped, count - dropped)
    count -= dropped
    looked = 0
    lineStart = 0
  }

  /// Takes out a head, up to and including its empty line; nil as long as there is none. Lines may end without a carriage return
  /// here, so that the reader of the head can refuse them. Empty lines before a request are dropped, as RFC 9112 wants it.
  mutating func takeHead() -> [UInt8]? {
    while looked < count {
      let byte = buffer[looked]
      looked += 1
      guard byte == Byte.lineFeed else { continue }
      let length = looked - 1 - lineStart
      let isEmpty = length == 0 || length == 1 && buffer[lineStart] == Byte.carriageReturn
      if isEmpty && lineStart == 0 {
        drop(looked)
      } else if isEmpty {
        let head = [UInt8](buffer[..<looked])
        drop(looked)
        return head
      } else {
        lineStart = looked
      }
    }
    return nil
  }

  /// Why a full inbox without a head is refused.
  var refusal: Refusal { Refusal(lineStart == 0 ? .uriTooLong : .fieldsTooLarge) }
}
