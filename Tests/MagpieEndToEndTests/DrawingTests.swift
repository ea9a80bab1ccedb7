import Testing

extension EndToEnd {
  /// What the screen shows, and what keys do to it.
  @Suite(.serialized) struct Drawing {
    @Test func theTourIsAliveAndGivesTheScreenBack() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.shell("clear; echo before-$((40 + 2))", until: "before-42")
      try await terminal.start()
      for word in ["magpie", "tour", "M:P:N", "RUNNING · LIVE", "1/1", "4 P on", "lost 0", "audit ✓", "P0", "P3"] {
        try await terminal.until(word)
      }
      let first = try #require(terminal.events)
      try await terminal.until("a growing event count") { _ in (terminal.events?.end ?? 0) > first.end + 100 }
      try await terminal.quit()
      let left = terminal.lines.filter { !$0.isEmpty }
      // Nothing but the shell's own lines, and at most one of magpie's.
      let from = try #require(left.firstIndex(of: "before-42"))
      let to = try #require(left.firstIndex(of: "status-0"))
      #expect(to - from <= 3, "\(left)")
      for line in left[from...to] {
        for word in ["RUNNING", "LIVE", "global queue", "audit", "P0", "│", "─"] { #expect(!line.contains(word)) }
      }
    }

    @Test("Under N:1 the kernel sees one thread, however many watch it; and the call that stops all is seen to last")
    func oneThread() async throws {
      let terminal = try await Tmux()
      try await terminal.start("run blockers --era nto1 --calls 1000000 --longest 4s")
      try await terminal.until("1 process, 1 thread, ")
      try await terminal.until("a call that has lasted for a while") { screen in
        screen.split(separator: "\n").contains { $0.contains("in sleep for ") && $0.contains(" ms") }
      }
      try await terminal.quit()
    }

    @Test func holdingSteppingAndWalkingBack() async throws {
      let terminal = try await Tmux()
      try await terminal.start()
      try await terminal.hold()
      let held = try #require(terminal.events)
      #expect(held.shown == held.end)
      // One operation is one event or a few, also in a moment in which all is asleep.
      terminal.press(".")
      try await terminal.until("one operation more") { _ in (terminal.events?.end ?? 0) > held.end }
      try await terminal.until("HELD")
      try await terminal.standsStill()
      let stepped = try #require(terminal.events)
      #expect(stepped.end - held.end <= 16)
      terminal.press(",")
      try await terminal.until("BACK 1 ")
      #expect(try #require(terminal.events) == (stepped.end - 1, stepped.end))
      terminal.press(",")
      try await terminal.until("BACK 2 ")
      // Forward in history moves only the view.
      terminal.press(".")
      try await terminal.until("BACK 1 ")
      #expect(try #require(terminal.events) == (stepped.end - 1, stepped.end))
      terminal.press("G")
      try await terminal.until("HELD · LIVE")
      #expect(try #require(terminal.events) == (stepped.end, stepped.end))
      terminal.press("Space")
      try await terminal.until("RUNNING")
      try await terminal.until("events that go on") { _ in (terminal.events?.end ?? 0) > stepped.end }
      try await terminal.quit()
    }

    @Test func viewsHelpThemesAndTempo() async throws {
      let terminal = try await Tmux()
      try await terminal.start()
      try await terminal.hold()
      #expect(terminal.screen.contains("every 61st"))
      terminal.press("4")
      try await terminal.until("the log alone") { $0.contains("details") && !$0.contains("every 61st") }
      terminal.press("1")
      try await terminal.until("every 61st")

      terminal.press("B")
      try await terminal.until("big letters") { $0.contains("██") && !$0.contains("every 61st") }
      terminal.press("B")
      try await terminal.until("every 61st")

      terminal.press("?")
      try await terminal.until("hold the program")
      var help = terminal.screen
      while !help.contains("│ q ") {
        let before = terminal.screen
        terminal.press("Down")
        try await terminal.until("the next line of the page") { $0 != before }
        help += terminal.screen
      }
      for key in ["space", ".", ",", "-", "+ =", "G", "1", "4", "/", "] n [ N", "T", "?", "esc", "q"] {
        #expect(help.contains("│ \(key) "), "\(key)")
      }
      terminal.press("Escape")
      try await terminal.until("the page closed") { !$0.contains("│ space ") && $0.contains("global queue") }

      let dark = Self.barColour(terminal)
      #expect(dark != nil)
      terminal.press("T")
      try await terminal.until("the list") { $0.contains("─ themes ") }
      terminal.press("Down")
      try await terminal.until("another theme") { _ in Self.barColour(terminal) != dark }
      // Round through all of them, to the first.
      var presses = 0
      while Self.barColour(terminal) != dark, presses < 30 {
        let before = Self.barColour(terminal)
        terminal.press("T")
        presses += 1
        try await terminal.until("the next theme") { _ in Self.barColour(terminal) != before }
      }
      #expect(Self.barColour(terminal) == dark)
      // Esc gives back the one from before, Enter keeps the one that is chosen.
      terminal.press("n")
      try await terminal.until("a theme by its letter") { _ in Self.barColour(terminal) != dark }
      let nord = Self.barColour(terminal)
      terminal.press("Escape")
      try await terminal.until("the theme from before") {
        !$0.contains("─ themes ") && Self.barColour(terminal) == dark
      }
      terminal.press("T", "n", "Enter")
      try await terminal.until("the theme that was taken") {
        !$0.contains("─ themes ") && Self.barColour(terminal) == nord
      }

      terminal.press("-")
      try await terminal.until(" 1/2 ")
      terminal.press("+")
      try await terminal.until(" 1/1 ")
      try await terminal.quit()
    }

    @Test func aPictureOfTheScreenIsSaved() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.shell("cd \(terminal.folder); pwd", until: terminal.folder)
      try await terminal.start()
      try await terminal.hold()
      let header = terminal.lines.prefix(2).map { $0.split(whereSeparator: \.isWhitespace) }
      terminal.press("S")
      try await terminal.until("saved as magpie-tour-")
      terminal.press("S")
      try await terminal.until("-2.svg and .txt")
      // The next key takes the notice away.
      terminal.press("Escape")
      try await terminal.until("? help  q quit")
      try await terminal.quit()
      try await terminal.shell("clear; ls *.svg *.txt | wc -l; wc -l <*-2.txt; grep -c '</svg>' *-2.svg", until: "1")
      #expect(terminal.lines.prefix(3) == ["4", "24", "1"])
      // The picture is of the screen before the notice.
      try await terminal.shell("clear; head -2 *-2.txt; tail -1 *-2.txt", until: "? help  q quit")
      #expect(terminal.lines.prefix(2).map { $0.split(whereSeparator: \.isWhitespace) } == header)
    }

    /// The ground of the header, as tmux saw it.
    private static func barColour(_ terminal: Tmux) -> String? {
      for part in terminal.colours.split(separator: "\u{1B}") where part.hasPrefix("[") {
        let codes = part.dropFirst().prefix { $0 != "m" }.split(separator: ";")
        if let start = codes.firstIndex(of: "48"), start + 4 < codes.count, codes[start + 1] == "2" {
          return codes[(start + 2)...(start + 4)].joined(separator: ";")
        }
      }
      return nil
    }

    @Test func aFilterIsWrittenMendedAndFollowedToAndFro() async throws {
      let terminal = try await Tmux()
      try await terminal.start()
      try await terminal.hold()
      terminal.press("/")
      try await terminal.until("the line to write in") { $0.contains("find") && $0.contains("-kind:sysmon") }
      // Letters and signs that are keys elsewhere; tmux would take a `;` for itself.
      terminal.press("q", "-", "BSpace", "BSpace", "s", "t", "a", "r", "x", "Enter")
      try await terminal.until("no kind 'starx'")
      terminal.press("BSpace", "t", "Enter", "[")
      try await terminal.until("BACK")
      terminal.press("[")
      try await terminal.until("an older one") { $0.contains("BACK") && !$0.contains("find start") }
      // Nothing of the kind is left behind: said in the last line.
      terminal.press("/")
      for _ in 0..<5 { terminal.press("BSpace") }
      terminal.press("t", "i", "m", "e", ">", "9", "9", "9", "s", "Enter")
      try await terminal.until("none after this one")
      try await terminal.quit()
    }

    @Test func everySizeIsDrawnOrAskedFor() async throws {
      let terminal = try await Tmux(width: 60, height: 18)
      try await terminal.start("run fan-out --procs 4")
      try await terminal.until("P3")
      for (width, height) in [(80, 24), (200, 60), (40, 12), (30, 8), (2, 1), (120, 36)] {
        terminal.resize(width: width, height: height)
        switch (width, height) {
        case (30, 8): try await terminal.until("30×8: needs 40×12")
        case (2, 1): continue
        default:
          try await terminal.until("a footer at \(width)×\(height)") { screen in
            screen.contains("LIVE") && screen.contains("event ") && screen.contains("? help  q quit")
          }
          if width >= 80 { try await terminal.until("4 P on") }
        }
      }
      terminal.resize(width: 30, height: 8)
      try await terminal.until("needs 40×12")
      terminal.press("q")
      terminal.resize(width: 80, height: 24)
      try await terminal.ended(0)
    }

    @Test func whatHasEndedStaysAndCanBeWalked() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start("run tour --seconds 1")
      try await terminal.until("ENDED · LIVE")
      let ended = try #require(terminal.events)
      terminal.press("Space", ".", ",")
      try await terminal.until("BACK 1 ")
      terminal.press(",")
      try await terminal.until("ENDED · BACK 2 ")
      #expect(try #require(terminal.events) == (ended.end - 2, ended.end))
      try await terminal.quit()
    }

    @Test func aDeadlockIsShownWithThoseWhoWait() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start("run deadlock", until: "DEADLOCK")
      try await terminal.until("who waits") { $0.split(separator: "\n").count { $0.contains(" waits for ") } >= 2 }
      try await terminal.quit(status: 1)
    }

    @Test func theLanguageIsTheLocalesUntilAKeySwitchesIt() async throws {
      let terminal = try await Tmux(
        width: 80, height: 24, environment: ["LC_ALL=", "LC_CTYPE=C.UTF-8", "LC_MESSAGES=zh_CN.UTF-8"])
      try await terminal.start("run fan-out --procs 4", until: "全局队列")
      terminal.press("L")
      try await terminal.until("global queue")
      terminal.press("L")
      try await terminal.until("全局队列")
      try await terminal.quit()
    }

    @Test func manyProcessorsAreRows() async throws {
      let terminal = try await Tmux(width: 200, height: 60)
      try await terminal.start("run fan-out --procs 128")
      try await terminal.until("P127")
      try await terminal.quit()
    }

    @Test func asciiIsEnough() async throws {
      let terminal = try await Tmux(width: 80, height: 24, environment: ["LC_ALL=C"])
      terminal.record(into: terminal.folder + "/bytes")
      try await terminal.start("run fan-out --procs 4 --lang zh")
      try await terminal.hold()
      terminal.press("?")
      try await terminal.until("hold the program")
      try await terminal.quit()
      let bytes = try await terminal.recorded(in: terminal.folder + "/bytes")
      #expect(bytes.count > 1000)
      #expect(!bytes.contains { $0 > 127 })
    }
  }
}
