import Testing

extension EndToEnd {
  /// What somebody does who has never seen it, in the first ten minutes: hold, step, back, find a steal, have it explained, break on
  /// a handoff, freeze a fiber, and go on live.
  @Suite(.serialized) struct FirstMinutes {
    /// Either by keys alone, or by the mouse: on the footer's words, and on what is drawn.
    private struct Hand {
      let terminal: Tmux
      let hasMouse: Bool

      /// Does what the footer calls by these words.
      func choose(_ key: String, _ words: String, at offset: Int = 0) async throws {
        guard hasMouse else { return terminal.press(key == "space" ? "Space" : key) }
        try await terminal.until(words) { $0.split(separator: "\n").last?.contains(words) == true }
        let lines = terminal.lines
        let row = try #require(lines.lastIndex { $0.contains(words) })
        let column = try #require(lines[row].column(of: words))
        click(column + offset, row)
      }

      /// Presses the mouse's button at a cell, from 0, and lets go of it.
      func click(_ x: Int, _ y: Int) {
        terminal.send("\u{1B}[<0;\(x + 1);\(y + 1)M\u{1B}[<0;\(x + 1);\(y + 1)m")
      }

      /// Presses it on a text.
      func click(on text: String) throws {
        let lines = terminal.lines
        let row = try #require(lines.firstIndex { $0.contains(text) }, "\(text) in\n\(terminal.screen)")
        click(try #require(lines[row].column(of: text)), row)
      }
    }

    @Test("The first ten minutes, by keys alone and with the mouse", arguments: [false, true])
    func firstMinutes(hasMouse: Bool) async throws {
      let terminal = try await Tmux(width: 130, height: 40)
      let hand = Hand(terminal: terminal, hasMouse: hasMouse)
      try await terminal.shell("magpie; echo status-$?", until: "LIVE")
      // A steal and a handoff have happened once the tour is some seconds old.
      try await terminal.until("some thousand events") { _ in terminal.events?.end ?? 0 > 3000 }
      try await hand.choose("space", "hold")
      try await terminal.until("HELD · LIVE")
      let held = try #require(terminal.events)
      try await hand.choose(".", "step")
      try await terminal.until("one operation more") { _ in terminal.events?.end ?? 0 > held.end }
      try await terminal.until("HELD")
      try await hand.choose(",", "back")
      try await terminal.until("BACK")

      try await hand.choose("[", "[ ] steals")
      try await terminal.until("the last steal") { screen in
        terminal.events?.shown ?? 0 < held.end && screen.contains("steals") && screen.contains("BACK")
      }
      if hasMouse {
        // What the Stage tells is pressed twice: selected, and explained.
        try await terminal.until("the story") { $0.contains("A thief takes half") || $0.contains("Only in the last") }
        let told = terminal.screen.contains("A thief takes half") ? "A thief takes half" : "Only in the last"
        for _ in 0..<2 { try hand.click(on: told) }
      } else {
        terminal.press("Enter")
      }
      try await terminal.until("╭─ event")
      terminal.press("Escape")
      try await terminal.until("the panel is gone") { !$0.contains("╭─ event") }

      try await hand.choose("G", "G live")
      try await terminal.until("HELD · LIVE")
      try await hand.choose("b", "break")
      try await terminal.until("break at")
      terminal.type("handoff")
      try await terminal.until("breaks at handoff")
      try await hand.choose("space", "release")
      try await terminal.until("■ before")
      let stopped = terminal.screen
      #expect(stopped.contains("processor.retake") || stopped.contains("processor.handoff"))
      try await terminal.until("HELD · LIVE")
      try await hand.choose("b", "break")
      try await terminal.until("break at")
      for _ in 0..<7 { terminal.press("BSpace") }
      terminal.press("Enter")
      try await terminal.until("no breakpoint any more") { !$0.contains("breaks at") }

      terminal.press("3")
      try await terminal.until("made by")
      if hasMouse { try hand.click(on: "G2 ") } else { terminal.press("Home", "Down") }
      try await hand.choose("F", "freeze")
      try await terminal.until("frozen G")
      terminal.press("1")
      try await hand.choose("space", "release")
      try await terminal.until("RUNNING · LIVE")
      let before = try #require(terminal.events)
      try await terminal.until("it goes on") { _ in terminal.events?.end ?? 0 > before.end + 100 }
      #expect(terminal.screen.contains("audit ✓"))
      try await hand.choose("q", "quit")
      try await terminal.until("status-0")
    }
  }
}

extension String {
  /// The cell at which a text begins in a line without wide characters.
  fileprivate func column(of text: String) -> Int? {
    firstRange(of: text).map { distance(from: startIndex, to: $0.lowerBound) }
  }
}
