import Testing

@testable import MagpieScenarios

/// The line counter against the plainest definition, over every way of cutting a text in two or three pieces.
struct LineCounterTests {
  private func count(_ pattern: String, in pieces: [ArraySlice<UInt8>], pieceSize: Int) -> Int {
    var counter = LineCounter(pattern: Array(pattern.utf8), pieceSize: pieceSize)
    for piece in pieces where !piece.isEmpty {
      counter.space.copyBytes(from: piece)
      counter.take(piece.count)
    }
    return counter.lines
  }

  private func expected(_ pattern: String, in text: [UInt8]) -> Int {
    let pattern = Array(pattern.utf8)
    return text.split(separator: UInt8(ascii: "\n")).count { line in
      line.count >= pattern.count
        && (line.startIndex...(line.endIndex - pattern.count)).contains { line[$0...].starts(with: pattern) }
    }
  }

  static let texts = [
    "", "\n", "a", "ab", "ab\n", "ab\nab", "aab\n\nba\nab\n", "a\nb\nab", "abababab", "xab\nabx\n\n\nab\0ab\n\0ab",
    "aaab\naab",
    "ba\r\nab\r\n", "abcabd\nabcabc\nab\ncab", "\n\n\n\nab", "aaaaaaaaaaaab\naaaa",
  ]

  @Test func everySplitGivesTheSameCount() {
    for text in LineCounterTests.texts {
      for pattern in ["a", "ab", "aab", "abc", "abcab", "\0ab", "ba"] { checkSplits(of: text, pattern) }
    }
  }

  private func checkSplits(of text: String, _ pattern: String) {
    let bytes = Array(text.utf8)
    let expected = expected(pattern, in: bytes)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
        let counted = count(pattern, in: pieces, pieceSize: max(1, bytes.count))
        #expect(counted == expected, "cut at \(first) and \(second)")
      }
    }
    #expect(count(pattern, in: bytes.indices.map { bytes[$0...$0] }, pieceSize: 1) == expected)
  }

  @Test func aLongLineCountsOnceInBoundedMemory() {
    var counter = LineCounter(pattern: Array("needle".utf8), pieceSize: 1 << 10)
    for _ in 0..<10_000 {
      let space = counter.space
      space.copyBytes(from: repeatElement(UInt8(ascii: "x"), count: 1018))
      UnsafeMutableRawBufferPointer(rebasing: space[1018...]).copyBytes(from: "needle".utf8)
      counter.take(1024)
      #expect(counter.space.count <= 1 << 10 + 5)
    }
    #expect(counter.lines == 1)
  }

  @Test func theNeedleMayBeLongerThanAPiece() {
    let pattern = String(repeating: "ab", count: 50)
    let bytes = Array((pattern + "\nx" + pattern + "\n" + pattern.dropLast()).utf8)
    let pieces = stride(from: 0, to: bytes.count, by: 7).map { bytes[$0..<min($0 + 7, bytes.count)] }
    #expect(count(pattern, in: pieces, pieceSize: 7) == 2)
  }

  @Test func randomBytesAgree() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        [UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "\n"), 0].randomElement(using: &generator)!
      }
      let pieceSize = Int.random(in: 1...9, using: &generator)
      let pieces = stride(from: 0, to: bytes.count, by: pieceSize).map {
        bytes[$0..<min($0 + pieceSize, bytes.count)]
      }
      for pattern in ["a", "ab", "abb", "aba"] {
        #expect(count(pattern, in: pieces, pieceSize: pieceSize) == expected(pattern, in: bytes), "\(bytes)")
      }
    }
  }
}
