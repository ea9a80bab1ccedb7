import MagpieView
import TestSupport
import Testing

extension EndToEnd {
  /// Every key of the table, pressed in a real terminal.
  @Suite(.serialized) struct Keys {
    /// What is to be seen after a key.
    private enum Sight {
      case text(String)
      case noText(String)
      /// Another event is shown, further on or back.
      case further, back
      /// The program has done something.
      case moreEvents, fewerEvents
      /// The terminal's modes begin like this.
      case modes(String)
      case file(String)
    }

    private struct Step {
      let action: Action
      /// By its name in tmux.
      let key: String
      let sight: Sight
      /// Keys that are pressed afterwards, and what is seen then.
      var after: [String] = []
      var then = ""

      init(_ action: Action, _ key: String, _ sight: Sight, after: [String] = [], then: String = "") {
        (self.action, self.key, self.sight, self.after, self.then) = (action, key, sight, after, then)
      }
    }

    private static let steps: [Step] = [
      // Time.
      Step(.slower, "-", .text(" 1/2 ")),
      Step(.faster, "+", .text(" 1/1 ")),
      Step(.holdOrRelease, "Space", .text("HELD · LIVE")),
      Step(.step, ".", .moreEvents),
      Step(.back, ",", .text("BACK")),
      Step(.findPrevious, "[", .back),
      Step(.findPrevious, "[", .back),
      Step(.findNext, "]", .further),
      Step(.live, "G", .text("HELD · LIVE")),
      Step(.find, "/", .text("kind:steal p:0"), after: ["Escape"], then: "views"),
      Step(.breakpoint, "b", .text("break at"), after: ["Escape"], then: "views"),
      // Views.
      Step(.timeline, "2", .text("a cell is")),
      Step(.fibers, "3", .text("made by")),
      Step(.stats, "5", .text("worst cases")),
      Step(.events, "4", .text("what")),
      Step(.filter, "f", .text(" only "), after: ["Escape"], then: "views"),
      Step(.up, "Up", .text("BACK 1")),
      Step(.down, "Down", .text("HELD · LIVE")),
      Step(.left, "h", .text("BACK 1")),
      Step(.right, "l", .text("HELD · LIVE")),
      Step(.pageUp, "PPage", .back),
      Step(.pageDown, "NPage", .further),
      Step(.first, "Home", .back),
      Step(.last, "End", .text("HELD · LIVE")),
      Step(.stage, "1", .text("every 61st")),
      Step(.focus, "Tab", .text("every 61st")),
      Step(.explain, "Enter", .text("behind one lock")),
      Step(.zoomPane, "z", .text("all panes")),
      Step(.close, "Escape", .noText("all panes")),
      Step(.close, "Escape", .noText("behind one lock")),
      // One view's own.
      Step(.zoomIn, "2", .text("a cell is")),
      Step(.lanes, "v", .text("[M]"), after: ["v", "v"], then: "[P]"),
      Step(.mark, "m", .text(" A")),
      Step(.sort, "3", .text("G ▲")),
      Step(.sort, "s", .text("name ▲")),
      Step(.reverse, "r", .text("name ▼"), after: ["r", "s", "s", "s", "s", "s", "s", "s", "s", "s"], then: "G ▲"),
      // The run.
      Step(.wake, "Home", .text("made by")),
      Step(.wake, "w", .text("only a sleep")),
      Step(.stepSelected, "Down", .text("made by")),
      Step(.freeze, "F", .text("frozen G2"), after: ["F"], then: "made by"),
      Step(.block, "W", .text("frozen G2"), after: ["F"], then: "made by"),
      Step(.holdOrRelease, "Space", .text("RUNNING")),
      Step(.fewerProcessors, "p", .text("3 P on")),
      Step(.moreProcessors, "P", .text("4 P on")),
      Step(.lessLoad, "{", .text("load ×1/2")),
      Step(.moreLoad, "}", .noText("load ×")),
      Step(.restart, "R", .fewerEvents),
      // The screen.
      Step(.stage, "1", .text("every 61st")),
      Step(.compare, "6", .text("two runs side by side: magpie compare")),
      Step(.theme, "T", .text("solarized-dark"), after: ["Escape"], then: "every 61st"),
      Step(.language, "L", .text("全局队列"), after: ["L"], then: "every 61st"),
      Step(.mouse, "M", .modes("00"), after: ["M"], then: "every 61st"),
      Step(.big, "B", .noText("every 61st"), after: ["B"], then: "every 61st"),
      Step(.picture, "S", .file(".svg")),
      Step(.help, "?", .text("hold the program"), after: ["Escape"], then: "every 61st"),
    ]

    @Test("Every key of the help table does in a terminal what it says")
    func everyKey() async throws {
      let terminal = try await Tmux(width: 200, height: 50)
      try await terminal.shell("cd \(terminal.folder); magpie; echo status-$?", until: "LIVE")
      try await terminal.until("some thousand events") { _ in terminal.events?.end ?? 0 > 3000 }
      for step in Keys.steps {
        let before = terminal.events
        terminal.press(step.key)
        try await wait(for: step, before, terminal)
        for key in step.after { terminal.press(key) }
        if !step.then.isEmpty { try await terminal.until(step.then) }
      }
      try await zoom(terminal)
      terminal.press("q")
      try await terminal.until("status-0")
      // `>` and the zooms have tests of their own below, two runs side by side a suite.
      let seen = Set(Keys.steps.map(\.action) + [.zoomIn, .zoomOut, .fit, .undo, .quit, .align])
      #expect(seen == Set(Action.allCases), "\(Set(Action.allCases).symmetricDifference(seen))")
    }

    private func wait(for step: Step, _ before: (shown: Int, end: Int)?, _ terminal: Tmux) async throws {
      let name = "\(step.action) by \(step.key)"
      switch step.sight {
      case .text(let text): try await terminal.until("\(name): \(text)") { $0.contains(text) }
      case .noText(let text): try await terminal.until("\(name): no \(text)") { !$0.contains(text) }
      case .further: try await terminal.until(name) { _ in terminal.events?.shown ?? 0 > before?.shown ?? 0 }
      case .back: try await terminal.until(name) { _ in terminal.events?.shown ?? .max < before?.shown ?? 0 }
      case .moreEvents: try await terminal.until(name) { _ in terminal.events?.end ?? 0 > before?.end ?? 0 }
      case .fewerEvents: try await terminal.until(name) { _ in terminal.events?.end ?? .max < before?.end ?? 0 }
      case .modes(let modes): try await terminal.until(name) { _ in terminal.modes.hasPrefix(modes) }
      case .file(let suffix):
        try await terminal.until(name) { _ in Shell.run("ls \(terminal.folder)/*\(suffix)").status == 0 }
      }
    }

    /// The window's length is told in the Timeline's first line.
    private func zoom(_ terminal: Tmux) async throws {
      terminal.press("Space", "2")
      try await terminal.until("HELD")
      try await terminal.until("window")
      for key in [")", "(", "0", "u"] {
        let before = window(terminal)
        terminal.press(key)
        try await terminal.until("another window by \(key), not \(before)") { _ in window(terminal) != before }
      }
      let before = terminal.events?.end ?? 0
      // At once: each is for what the ones before it have shown.
      terminal.press("3", "Home", "Down", ">")
      try await terminal.until("G2 has gone on") { _ in terminal.events?.end ?? 0 > before }
    }

    private func window(_ terminal: Tmux) -> String {
      String(terminal.lines.first { $0.contains("window ") }?.split(separator: "window ").last ?? "")
    }
  }
}
