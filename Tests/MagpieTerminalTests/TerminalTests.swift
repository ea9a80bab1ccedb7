import MagpieView
import Testing

@testable import MagpieTerminal

@Suite struct TerminalTests {
  @Test func theMadeEntryIsShortAndNamesTheTerminal() throws {
    // Without terminfo for it there is nothing to test.
    guard let entry = DirectColor.entry(for: "xterm-256color") else { return }
    #expect(entry.hasPrefix("hex:1E02"))
    #expect(entry.utf8.count < 32_768)
    #expect(DirectColor.entry(for: "no-such-terminal") == nil)
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

  @Test func refusalsPointToTheWaysWithoutAScreen() {
    for error in [TerminalError.notATerminal, .dumb("dumb"), .unknown("x\u{1B}")] {
      let text = Language.english(error.phrase)
      #expect(text.contains("--headless") && text.contains("--text") && !text.contains("\u{1B}"))
    }
  }
}
