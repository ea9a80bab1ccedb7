import Testing

extension EndToEnd {
  /// Two runs side by side, in a real terminal.
  @Suite(.serialized) struct Compare {
    @Test("Start, hold, step, back, align, scrub, the other side, its events, and quit: the terminal is given back")
    func session() async throws {
      let terminal = try await Tmux(width: 120, height: 36)
      let plain = terminal.modes
      terminal.type("magpie compare fan-out --tasks 2000 --eras mpn --procs 1,4 --simulate; echo status-$?")
      try await terminal.until("aligned by progress:")
      try await terminal.until("PLAYING")
      try await terminal.until("it plays by itself") { _ in terminal.events?.shown ?? 0 > 0 }
      terminal.press("Space")
      try await terminal.until("HELD")
      // Simulated, so that the same steals lie ahead each time. Everything is there already: only the moment moves.
      let held = try #require(terminal.events)
      terminal.press("Home")
      try await terminal.until("the beginning") { _ in terminal.events?.shown == 0 }
      terminal.press(".", ".", ".")
      try await terminal.until("three events") { _ in terminal.events?.shown == 3 }
      terminal.press(",")
      try await terminal.until("one back") { _ in terminal.events?.shown == 2 }
      terminal.press("NPage", "NPage", "Right")
      try await terminal.until("21 % of the way") { _ in terminal.events?.shown ?? 0 > 1000 }
      #expect(terminal.events?.end == held.end)
      terminal.press("a")
      try await terminal.until("aligned by time:")
      let scrubbed = try #require(terminal.events)
      terminal.press("]")
      try await terminal.until("a steal") { _ in terminal.events?.shown ?? 0 > scrubbed.shown }
      terminal.press("Tab")
      try await terminal.until("▶ M:P:N · 4 P")
      terminal.press("4")
      try await terminal.until("the events of the right side") { !$0.contains("figures") }
      let before = try #require(terminal.events)
      terminal.press(".")
      try await terminal.until("an event of the right side") { _ in terminal.events?.shown == before.shown + 1 }
      terminal.press("6")
      try await terminal.until("▶ M:P:N · 4 P")
      terminal.press("End")
      try await terminal.until("ENDED")
      terminal.press("Space")
      try await terminal.until("PLAYING")
      terminal.press("q")
      try await terminal.until("status-0")
      #expect(terminal.modes == plain && plain == Tmux.plainModes)
    }

    @Test("A size for which it was not begun is drawn too, and a deadlock is exit status 1")
    func sizes() async throws {
      let terminal = try await Tmux(width: 200, height: 50)
      terminal.type("magpie compare deadlock --procs 1,2; echo status-$?")
      try await terminal.until("DEADLOCK")
      for (width, height) in [(80, 24), (60, 18), (40, 12)] {
        terminal.resize(width: width, height: height)
        try await terminal.until("figures")
      }
      terminal.press("q")
      try await terminal.until("status-1")
    }
  }
}
