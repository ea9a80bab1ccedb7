import Glibc
import TestSupport
import Testing

extension EndToEnd {
  /// The mouse is the terminal's again when it should be, and what it says is never taken for keys.
  @Suite(.serialized) struct Mouse {
    @Test func whatTheMouseSaysIsNotTakenForKeys() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start()
      try await terminal.hold()
      let before = try #require(terminal.events)
      // Their digits are the keys of views; in pieces, with a key between two reports, and broken off by one.
      terminal.send("\u{1B}[<0;4;4M\u{1B}[<0;4;4m\u{1B}[<32;44;4M\u{1B}[<64;4;14M\u{1B}[<65;4;4M\u{1B}[<35;4;4M")
      terminal.send("\u{1B}[<0;44")
      terminal.send(";14M")
      terminal.press("?")
      try await terminal.until("hold the program")
      terminal.press("Escape")
      try await terminal.until("the page closed") { !$0.contains("hold the program") }
      // The log's columns would be there, had the last digit been taken for its key.
      #expect(!terminal.screen.contains("details") && terminal.events ?? (0, 0) == before)
      try await terminal.quit()
    }

    @Test func itIsLeftAloneWhereItIsNotWantedOrNotThere() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      for words in ["magpie --no-mouse", "TERM=vt100 magpie"] {
        try await terminal.shell("clear; \(words); echo status-$?", until: "LIVE")
        try await terminal.until("P3")
        #expect(terminal.modes.hasPrefix("00"), "\(words)")
        try await terminal.quit()
      }
    }
  }

  /// The files of the config folder, as they change what is seen.
  @Suite(.serialized) struct ConfigFolder {
    private static func write(_ text: String, _ name: String, _ terminal: Tmux) throws {
      let folder = terminal.folder + "/config/magpie"
      #expect(Shell.run("mkdir -p \(folder)").status == 0)
      let stream = try #require(fopen(folder + "/" + name, "w"))
      #expect(fputs(text, stream) >= 0)
      fclose(stream)
    }

    @Test func theFilesAreFollowedAndFlagsWinOverThem() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      let file = terminal.folder + "/bytes"
      try Self.write("color: 16\nmouse: off\nascii: on\ntheme: light\n", "config.yaml", terminal)
      try Self.write("quit: x\nhelp: [Y, '?']\nhold-or-release: [i, space]\n", "keys.yaml", terminal)
      terminal.record(into: file)
      try await terminal.shell("clear; magpie; echo status-$?", until: "LIVE")
      try await terminal.until("x quit")
      #expect(terminal.modes.hasPrefix("00"))
      terminal.press("q", "Y")
      try await terminal.until("hold the program")
      #expect(terminal.screen.contains("| i space "))
      terminal.press("x")
      try await terminal.ended(0)
      let bytes = try await terminal.recorded(in: file)
      #expect(!bytes.contains { $0 > 127 } && !String(decoding: bytes, as: UTF8.self).contains("8;2;"))

      try await terminal.shell("clear; magpie --color 24bit --no-ascii --mouse; echo status-$?", until: "LIVE")
      try await terminal.until("▶")
      #expect(terminal.modes.hasPrefix("11"))
      terminal.press("x")
      try await terminal.ended(0)
      #expect(String(decoding: try await terminal.recorded(in: file), as: UTF8.self).contains("8;2;"))

      try await terminal.shell("clear; magpie --no-config; echo status-$?", until: "q quit")
      try await terminal.quit()
    }

    @Test func whatIsWrongIsSaidBeforeTheScreenIsTaken() async throws {
      let terminal = try await Tmux(width: 120, height: 24)
      try Self.write("theme: dark\nclour: 16\n", "config.yaml", terminal)
      try await terminal.shell("clear; magpie; echo status-$?", until: "status-2\n")
      #expect(terminal.screen.contains("config.yaml:2: unknown key 'clour'") && terminal.screen.contains("--no-config"))
      try Self.write("", "config.yaml", terminal)
      try Self.write("step: [T]\n", "keys.yaml", terminal)
      try await terminal.shell("clear; magpie; echo keys-$?", until: "keys-2\n")
      #expect(terminal.screen.contains("keys.yaml:1: 'T' would be") && terminal.screen.contains("--no-config"))
      try await terminal.shell("clear; magpie --no-config; echo status-$?", until: "q quit")
      try await terminal.quit()
    }
  }
}
