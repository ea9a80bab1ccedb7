import Testing

extension EndToEnd {
  /// Terminals of every kind: what they are called, how many colours they have, how large they are.
  @Suite(.serialized) struct TerminalKinds {
    @Test(
      "Each kind is drawn on and given back",
      arguments: ["linux", "vt100", "screen", "xterm", "ansi", "tmux-256color", "xterm-that-nobody-knows"])
    func kinds(name: String) async throws {
      let terminal = try await Tmux(width: 80, height: 24, environment: ["COLORTERM="])
      try await terminal.shell("clear; echo before-$((40 + 2))", until: "before-42")
      try await terminal.shell("TERM=\(name) magpie; echo status-$?", until: "LIVE")
      for word in ["audit", "P0", "P3", "? help  q quit"] { try await terminal.until(word) }
      try await terminal.hold()
      terminal.press("?")
      try await terminal.until("hold the program")
      terminal.press("Escape")
      try await terminal.until("the page closed") { !$0.contains("hold the program") }
      try await terminal.quit()
      #expect(!terminal.screen.contains("LIVE") && terminal.modes == Tmux.plainModes)
    }

    /// Without UTF-8 not one byte beyond ASCII, on the main kinds.
    @Test(arguments: ["linux", "vt100", "xterm-256color", "ansi"])
    func asciiWhereTheLocaleSaysSo(name: String) async throws {
      let terminal = try await Tmux(width: 80, height: 24, environment: ["LC_ALL=C", "COLORTERM="])
      terminal.record(into: terminal.folder + "/bytes")
      try await terminal.shell("TERM=\(name) magpie; echo status-$?", until: "LIVE")
      try await terminal.until("P3")
      try await terminal.quit()
      let bytes = try await terminal.recorded(in: terminal.folder + "/bytes")
      #expect(bytes.count > 1000 && !bytes.contains { $0 > 127 })
    }

    struct Colors: Sendable {
      let words: String
      /// Parts that the program's bytes must have, and must not.
      let has: [String]
      let hasNot: [String]
    }

    /// `38;2;`: 24 bits; `38;5;`: 256; `9N` and `10N`: the bright ones of sixteen; `3N` and `4N`: eight.
    @Test(arguments: [
      Colors(words: "COLORTERM=truecolor TERM=xterm magpie", has: ["8;2;"], hasNot: ["8;5;"]),
      Colors(words: "TERM=xterm-256color magpie", has: ["8;5;"], hasNot: ["8;2;"]),
      Colors(words: "COLORTERM=truecolor TERM=xterm magpie --color 256", has: ["8;5;"], hasNot: ["8;2;"]),
      Colors(words: "TERM=xterm magpie --color 24bit", has: ["8;2;"], hasNot: ["8;5;"]),
      Colors(words: "TERM=xterm-256color magpie --color 16", has: ["[9", "m"], hasNot: ["8;2;", "8;5;23"]),
      Colors(words: "TERM=xterm magpie --color 16", has: ["[9"], hasNot: ["8;2;", "8;5;"]),
      Colors(words: "TERM=xterm magpie", has: ["[3"], hasNot: ["8;2;", "8;5;", "[9", "[10"]),
      Colors(
        words: "COLORTERM=truecolor TERM=xterm magpie --theme mono", has: [";7m"],
        hasNot: ["8;2;", "8;5;", "[37m", "[40m"]),
      Colors(
        words: "COLORTERM=truecolor TERM=xterm NO_COLOR=1 magpie", has: [";7m"],
        hasNot: ["8;2;", "8;5;", "[3", "[4m\u{1B}[4", "[9"]),
      Colors(words: "COLORTERM=truecolor TERM=xterm NO_COLOR= magpie", has: ["8;2;"], hasNot: []),
      Colors(words: "TERM=xterm-256color NO_COLOR=1 magpie --color always", has: ["8;5;"], hasNot: []),
      Colors(words: "COLORTERM=truecolor TERM=xterm magpie --color never", has: [";7m"], hasNot: ["8;2;", "8;5;"]),
    ])
    func asManyColoursAsThereAre(_ colors: Colors) async throws {
      let terminal = try await Tmux(width: 80, height: 24, environment: ["COLORTERM="])
      let file = terminal.folder + "/bytes"
      terminal.record(into: file)
      try await terminal.shell("clear; \(colors.words); echo status-$?", until: "P3")
      try await terminal.hold()
      try await terminal.quit()
      // What the shell echoes has no colours.
      let bytes = String(decoding: try await terminal.recorded(in: file), as: UTF8.self).replacing(Self.modes, with: "")
      for part in colors.has { #expect(bytes.contains(part), "\(colors.words): no \(part)") }
      for part in colors.hasNot { #expect(!bytes.contains(part), "\(colors.words): \(part)") }
    }

    /// `ESC[39;49m` takes colours back, `ESC[4l` is a mode: neither is a colour.
    nonisolated(unsafe) private static let modes = /\u{1B}\[(39;49m|[0-9;?]*[^0-9;m])/

    /// The frame's own marks, and nothing but them between.
    @Test func aFrameIsShownAtOnceWhereThatIsKnownToWork() async throws {
      for (program, isKnown) in [("WezTerm", true), ("Apple_Terminal", false)] {
        let terminal = try await Tmux(width: 80, height: 24)
        let file = terminal.folder + "/bytes"
        terminal.record(into: file)
        try await terminal.shell(
          "clear; env -u TMUX TERM=xterm-256color TERM_PROGRAM=\(program) magpie; echo status-$?", until: "P3")
        try await terminal.hold()
        try await terminal.quit()
        let bytes = String(decoding: try await terminal.recorded(in: file), as: UTF8.self)
        let begins = bytes.ranges(of: "\u{1B}[?2026h").count
        let ends = bytes.ranges(of: "\u{1B}[?2026l").count
        #expect(isKnown ? begins > 1 && ends == begins : begins + ends == 0, "\(program): \(begins), \(ends)")
        let framed = bytes.split(separator: "\u{1B}[?2026h").dropFirst()
        #expect(framed.allSatisfy { $0.contains("\u{1B}[?2026l") })
      }
    }

    @Test func theDoctorSeesTheTerminalItRunsIn() async throws {
      let terminal = try await Tmux(width: 130, height: 50)
      try await terminal.shell("clear; TERM=xterm-kitty-of-mine magpie doctor; echo status-$?", until: "status-0\n")
      let lines = terminal.lines
      func line(_ name: String) -> String { lines.first { $0.contains(" \(name) ") } ?? "" }
      #expect(line("screen").hasSuffix(" yes") && line("size").hasSuffix(" 130×50"))
      #expect(line("TERM").contains("that of xterm-256color is used") && line("TERM").hasPrefix("!"))
      #expect(line("colours").contains("24 bit: COLORTERM is truecolor"))
      #expect(line("characters").contains("UTF-8: LC_ALL=C.UTF-8"))
      #expect(line("synchronised output").contains("tmux"))
    }

    /// None of them may end the program; each draws what fits.
    @Test func sizesThatAreTooSmall() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start("run fan-out --procs 4")
      for (width, height) in [(20, 5), (1, 1), (2, 1), (1, 50), (200, 1), (79, 23), (20, 5)] {
        terminal.resize(width: width, height: height)
        try await terminal.until("the size \(width)×\(height)") { _ in terminal.size == (width, height) }
        // Keys work at every size.
        terminal.press("?", "?", "4", "1", "T", "Enter", "Space", "Space")
      }
      try await terminal.until("what is needed") { $0.contains("20×5") }
      terminal.resize(width: 80, height: 24)
      try await terminal.until("? help  q quit")
      try await terminal.quit()
    }

    @Test func aStormOfSizes() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start()
      var number: UInt64 = 1
      for _ in 0..<150 {
        number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        terminal.resize(width: 1 + Int(number >> 33) % 220, height: 1 + Int(number >> 49) % 70)
      }
      terminal.resize(width: 120, height: 36)
      try await terminal.until("the whole picture") {
        $0.contains("LIVE") && $0.contains("P3") && $0.contains("? help  q quit")
      }
      // Nothing of another size is left.
      try await terminal.hold()
      let footers = terminal.lines.count { $0.contains("q quit") }
      #expect(footers == 1 && terminal.lines.count { $0.contains("LIVE") } == 1, "\(terminal.screen)")
      try await terminal.quit()
    }

    /// Fibers' names come from programs that may mean harm.
    @Test func hostileNamesNeverReachTheTerminalAsTheyAre() async throws {
      let terminal = try await Tmux(width: 200, height: 60)
      let file = terminal.folder + "/bytes"
      terminal.record(into: file)
      try await terminal.shell("clear; HostileProgram \(terminal.folder)/never names; echo status-$?", until: "LIVE")
      var seen = ""
      try await terminal.until("each of the names") { screen in
        seen += screen
        let words = ["escape", "control", "override", "marks", "zero", "feed", "private", "long"]
        return words.allSatisfy { seen.contains($0) }
      }
      terminal.press("4")
      try await terminal.until("details")
      try await terminal.quit()
      let bytes = String(decoding: try await terminal.recorded(in: file), as: UTF8.self)
      for part in [
        "\u{1B}]0;", "\u{7}", "\u{9B}", "\u{202E}", "\u{301}", "\u{302}", "\u{200B}", "\u{200D}", "\u{FEFF}",
        "\u{E0041}", "\u{E000}",
      ] {
        let isThere = bytes.unicodeScalars.contains(part.unicodeScalars)
        #expect(!isThere, "\(part.unicodeScalars.map { String($0.value, radix: 16) })")
      }
    }
  }
}

extension String.UnicodeScalarView {
  fileprivate func contains(_ other: String.UnicodeScalarView) -> Bool {
    Array(self).firstRange(of: Array(other)) != nil
  }
}
