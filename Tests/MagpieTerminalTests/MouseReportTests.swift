import MagpieView
import Testing

@testable import MagpieTerminal

@Suite struct MouseReportTests {
  /// What comes of a report's characters after `ESC [ <`, and how many of them were read.
  private func read(_ text: String) -> (MouseReport.Progress, Int) {
    var report = MouseReport()
    for (number, character) in text.unicodeScalars.enumerated() {
      let progress = report.take(Int32(character.value))
      if progress != .unfinished { return (progress, number + 1) }
    }
    return (.unfinished, text.unicodeScalars.count)
  }

  @Test func whatTheMouseDidAndWhere() {
    #expect(read("0;1;1M").0 == .event(MouseEvent(.press, x: 0, y: 0)))
    #expect(read("0;300;60m").0 == .event(MouseEvent(.release, x: 299, y: 59)))
    #expect(read("32;10;5M").0 == .event(MouseEvent(.drag, x: 9, y: 4)))
    #expect(read("64;10;5M").0 == .event(MouseEvent(.scrollUp, x: 9, y: 4)))
    #expect(read("65;10;5M").0 == .event(MouseEvent(.scrollDown, x: 9, y: 4)))
    // With shift, meta and control.
    #expect(read("28;2;2M").0 == .event(MouseEvent(.press, x: 1, y: 1)))
  }

  @Test func whatIsNotForMagpieIsReadToItsEnd() {
    for text in ["2;3;4M", "1;3;4m", "35;3;4M", "66;1;1M", "128;1;1M"] {
      #expect(read(text) == (.ignored, text.utf8.count), "\(text)")
    }
  }

  @Test func noReportIsGivenUpAtOnce() {
    for text in ["q", "0;1q", "0;1;2;", "0;1M", ";;M", "0;0;1M", "99999999", "0;1;1\u{1B}"] {
      #expect(read(text).0 == .broken, "\(text)")
    }
    #expect(read("0;1;").0 == .unfinished)
  }
}
