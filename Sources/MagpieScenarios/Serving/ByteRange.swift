/// The part of a file that a request's Range field asks for.
enum ByteRange: Equatable {
  /// All of it: no range, several of them, or what is not understood.
  case all
  case part(Range<Int>)
  /// It lies behind the end.
  case unsatisfiable

  /// - Parameter size: of the file, in bytes.
  init(_ field: [UInt8]?, size: Int) {
    self = .all
    guard let field, field.prefix(6).map(Byte.lowercased).elementsEqual("bytes=".utf8) else { return }
    let text = Byte.trimmed(field[6...])
    guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return }
    let first = text[..<dash], last = text[(dash + 1)...]
    guard first.allSatisfy(Byte.isDigit), last.allSatisfy(Byte.isDigit) else { return }
    if first.isEmpty {
      guard !last.isEmpty else { return }
      let count = ByteRange.number(last)
      // The last bytes of an empty file are all of it.
      if count == 0 { self = .unsatisfiable } else if size > 0 { self = .part(max(0, size - count)..<size) }
    } else {
      let start = ByteRange.number(first), end = last.isEmpty ? Int.max : ByteRange.number(last)
      guard start <= end else { return }
      self = start < size ? .part(start..<min(end, size - 1) + 1) : .unsatisfiable
    }
  }

  /// At most what an `Int` holds: no file is larger.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int {
    Int(String(decoding: digits, as: UTF8.self)) ?? .max
  }
}
