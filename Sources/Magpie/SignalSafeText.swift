import Glibc

/// A line of text made of what is there already: no allocation, no lock, no reference counted. So a signal handler may write it, and so
/// may sysmon of a fiber that it must not disturb. What does not fit is left out.
struct SignalSafeText {
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  /// - Parameter buffer: room for the text; it must outlive it.
  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  /// One byte; those that could control a terminal are shown as `?`.
  mutating func append(byte: UInt8) {
    guard count < buffer.count else { return }
    buffer[count] = byte < 0x20 && byte != 0x0A || byte == 0x7F ? UInt8(ascii: "?") : byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { append(byte: byte) } }

  /// Text that ends with a zero.
  mutating func append(_ text: UnsafePointer<UInt8>) {
    var next = text
    while next.pointee != 0 {
      append(byte: next.pointee)
      next += 1
    }
  }

  mutating func append(_ number: UInt64, radix: UInt64 = 10) {
    if number >= radix { append(number / radix, radix: radix) }
    let digit = UInt8(truncatingIfNeeded: number % radix)
    append(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
  }

  /// `fiber 17 "worker"`.
  mutating func append(fiber: FiberRef) {
    append("fiber ")
    append(UInt64(fiber.pointee.id))
    fiber.label.withBytes { bytes in
      guard bytes.count > 0 else { return }
      append(" \"")
      append(bytes)
      append("\"")
    }
  }

  /// `created by fiber 1 "main" at Demo/main.swift:14`, as far as it is known.
  mutating func append(originOf fiber: FiberRef) {
    append("created by ")
    if let creator = fiber.pointee.creator {
      // The creator's memory may be another fiber's by now.
      if creator.pointee.id == fiber.pointee.parent {
        append(fiber: creator)
      } else {
        append("fiber ")
        append(UInt64(fiber.pointee.parent))
        append(" (which has ended)")
      }
    } else {
      append("the start of the runtime")
    }
    guard let file = fiber.pointee.site.file else { return }
    append(" at ")
    append(file)
    append(":")
    append(UInt64(fiber.pointee.site.line))
  }

  /// Not in a signal handler.
  var string: String { String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<count]), as: UTF8.self) }

  /// To standard error, in one call.
  func writeToStandardError() { _ = write(2, buffer.baseAddress, count) }
}
