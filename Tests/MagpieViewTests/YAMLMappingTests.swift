import Testing

@testable import MagpieView

@Suite struct YAMLMappingTests {
  private func error(_ text: String) -> YAMLError? { error(Array(text.utf8)) }

  private func error(_ bytes: [UInt8]) -> YAMLError? {
    do {
      _ = try YAMLMapping(reading: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func keysAndValuesHaveTheirLines() throws {
    let file = try YAMLMapping(reading: Array("# comment\na: 1\n\nb: [x, 'y']\nc:\n  d: on\n".utf8))
    #expect(file.entries.map(\.key) == ["a", "b", "c"] && file.entries.map(\.line) == [2, 4, 5])
    #expect(file["a"]?.value.text == "1" && file["b"]?.value.list.map(\.text) == ["x", "y"])
    #expect(file["c"]?.value.mapping?["d"]?.value.text == "on" && file["c"]?.value.mapping?["d"]?.line == 6)
    #expect(try YAMLMapping(reading: []).entries.isEmpty)
    #expect(try YAMLMapping(reading: Array("# nothing\n".utf8)).entries.isEmpty)
  }

  @Test func wrongFilesAreToldApart() {
    #expect(error("- a\n- b") == .notAMapping(line: 1))
    #expect(error([0xFF, 0xFE, 0x61]) == .notText && error([0x61, 0x3A, 0]) == .notText)
    guard case .syntax(2, _) = error("a: 1\nb: [1, 2\n") ?? .notText else {
      guard case .syntax(3, _) = error("a: 1\nb: [1, 2\n") ?? .notText else { return #expect(Bool(false)) }
      return
    }
  }

  @Test func aKeyThatIsThereTwiceIsAnError() {
    #expect(error("a: 1\na: 2") == .twice("a", line: 1))
  }

  /// None of these may trap, or take longer than a moment.
  @Test func hostileFilesAreRefused() {
    let limit = YAMLMapping.byteLimit
    #expect(error([UInt8](repeating: 0x61, count: limit + 1)) == .tooLarge(limit: limit))
    for opening in ["[", "{", "- ", "? ", ": ", "[{a: ", "-\t"] {
      let deep = String(repeating: opening, count: limit / opening.utf8.count)
      #expect(error(deep) == .tooInvolved(line: 1), "\(opening)")
    }
    var steps = ""
    for depth in 0..<300 { steps += String(repeating: " ", count: depth) + "a:\n" }
    guard case .tooInvolved = error(steps) ?? .notText else { return #expect(Bool(false)) }
    // Each line would stand for nine of the line before.
    var bomb = "a: &a0 [x]\n"
    for level in 1..<20 {
      bomb += "b\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
    }
    guard case .tooInvolved = error(bomb) ?? .notText else { return #expect(Bool(false)) }
  }

  @Test func noiseIsReadOrRefused() {
    var random = SystemRandomNumberGenerator()
    let letters = Array("ab:-[]{}&*!|>'\"%@`#,? \n\t\u{1B}".utf8)
    for _ in 0..<2000 {
      let count = Int.random(in: 0..<200, using: &random)
      let bytes = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
      if let error = error(bytes), let line = error.line { #expect(line >= 1) }
      _ = error((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }
}
