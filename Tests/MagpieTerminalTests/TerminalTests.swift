import MagpieView
import Testing

@testable import MagpieTerminal

@Suite struct TerminalTests {
  @Test func theMadeEntryIsShortAndNamesTheTerminal() throws {
    // Without terminfo for it there is nothing to test.
    guard let entry = TerminfoEntry.make(for: "xterm-256color", .direct) else { return }
    #expect(entry.hasPrefix("hex:1E02"))
    #expect(entry.utf8.count < 32_768)
    #expect(TerminfoEntry.make(for: "no-such-terminal", .direct) == nil)
  }

  @Test func everyDepthHasAnEntryOfItsOwn() throws {
    guard let plain = TerminfoEntry.make(for: "xterm", .eight) else { return }
    let entries = [ColorDepth.sixteen, .palette256, .direct].compactMap { TerminfoEntry.make(for: "xterm", $0) }
    #expect(Set(entries + [plain]).count == 4)
  }

  @Test("Without colours what fibers do differs in weight, line or reversal")
  func statesWithoutColours() {
    let roles: [Role] = [.running, .runnable, .steal, .blocked, .waiting, .timer, .error]
    #expect(Set(roles.map { Paint.attributes(of: Style($0)) }).count == roles.count)
    // What is selected, and what is filled, is reversed.
    for ground in [Ground.selected, .chip, .live, .held, .steal, .error, .back] {
      #expect(Paint.attributes(of: Style(.text, on: ground)) != Paint.attributes(of: Style(.text)))
    }
  }

  @Test func aThemeWithoutColoursUsesNone() throws {
    let theme = try Theme.named("mono", among: try Theme.embedded())
    for depth in ColorDepth.allCases {
      var paint = Paint(depth: depth, theme: theme)
      for role in Role.allCases {
        for ground in Ground.allCases {
          let style = Style(role, on: ground)
          #expect(paint.look(style) == (Paint.attributes(of: style), 0))
        }
      }
    }
  }

  @Test func theNearestOf256IsNear() {
    #expect(Paint.nearest(Color(rgb: 0xFFFFFF)) == 231)
    #expect(Paint.nearest(Color(rgb: 0x000000)) == 16)
    #expect(Paint.nearest(Color(rgb: 0xFF0000)) == 196)
    #expect(Paint.nearest(Color(rgb: 0x808080)) == 244)
  }

  @Test func fewColoursNeverHideText() {
    for role in Role.allCases {
      for ground in Ground.allCases {
        for isDark in [true, false] {
          for isSixteen in [true, false] {
            let (text, behind) = Paint.few(Style(role, on: ground), isDark: isDark, isSixteen: isSixteen)
            #expect(text != behind)
          }
        }
      }
    }
  }

  @Test("Lines and their ASCII twins are never underlined, letters and digits may be")
  func lines() {
    let lines: [Glyph] = [
      .horizontal, .vertical, .topLeft, .topRight, .bottomLeft, .bottomRight, .heavyHorizontal, .heavyVertical, .up,
    ]
    for glyph in lines { #expect(Paint.isLine(glyph.rawValue) && Paint.isLine(UInt32(glyph.ascii)), "\(glyph)") }
    for scalar in "aZ09. 协é".unicodeScalars { #expect(!Paint.isLine(scalar.value), "\(scalar)") }
    // What has the same last byte is no twin.
    #expect(!Paint.isLine(0x4E2D) && !Paint.isLine(0x542B))
  }

  @Test func refusalsPointToTheWaysWithoutAScreen() {
    for error in [TerminalError.notATerminal, .dumb("dumb"), .unknown("x\u{1B}")] {
      let text = Language.english(error.phrase)
      #expect(text.contains("--headless") && text.contains("--text") && !text.contains("\u{1B}"))
    }
  }
}
