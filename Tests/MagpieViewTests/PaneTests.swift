import MagpieModel
import Testing

@testable import MagpieView

/// `z` gives one pane of a view the whole body, and takes it back.
@Suite struct PaneTests {
  private func history(processors: Int = 4) -> History {
    var run = Rehearsal.beforeSteal(processors: processors)
    run.steal(2)
    for _ in 0..<300 { run.step() }
    return run.history
  }

  private func draw(_ app: inout App, _ history: History, _ width: Int, _ height: Int) -> Canvas {
    repeat { _ = app.draw(history, width: width, height: height, now: seconds(1)) } while app.isReading
    return app.draw(history, width: width, height: height, now: seconds(3))
  }

  /// Presses keys; each finds a frame that has been drawn.
  private func app(
    _ history: History, _ keys: [Key], _ width: Int = 120, _ height: Int = 36, language: Language = .english,
    isASCII: Bool = false
  ) throws -> App {
    var app = try App.sample(language: language, isASCII: isASCII)
    app.observe(.sample(.held), history)
    for key in keys {
      _ = draw(&app, history, width, height)
      app.press(key)
    }
    return app
  }

  private func text(_ app: inout App, _ history: History, _ width: Int = 120, _ height: Int = 36) -> String {
    Golden.lines(draw(&app, history, width, height)).joined(separator: "\n")
  }

  @Test(
    "Each pane alone, at each size", arguments: [(80, 24), (120, 36), (200, 60)],
    [
      ("processors", "1"), ("shared", "1"), ("story", "1"), ("lanes", "2"), ("telling", "2"), ("steals", "5"),
      ("explanation", "1"),
    ])
  func pictures(_ size: (width: Int, height: Int), _ pane: (name: String, view: Unicode.Scalar)) throws {
    let history = history()
    for isASCII in [false, true] {
      var app = try app(
        history, [.character(pane.view)], size.width, size.height, language: isASCII ? .english : .chinese,
        isASCII: isASCII)
      let named: [String: Pane] = [
        "processors": .processors, "shared": .shared, "story": .story, "lanes": .lanes, "telling": .telling,
        "steals": .steals,
      ]
      if let pane = named[pane.name] {
        app.zoomed = pane
      } else {
        app.selection = .processor(2)
        app.isExplained = true
        app.press(.character("z"))
      }
      let canvas = draw(&app, history, size.width, size.height)
      if isASCII { for cell in canvas.cells { #expect(cell.scalar < 0x7F) } }
      try Golden.check(canvas, "pane-\(pane.name)-\(isASCII ? "ascii" : "zh")-\(size.width)x\(size.height)")
    }
  }

  @Test("The pane of what is selected has the whole body; z and Esc give it back as it was")
  func roundTrip() throws {
    let history = history()
    for (subject, pane) in [
      (Subject.timers, Pane.shared), (.processor(1), .processors), (.event(history.count), .story),
    ] {
      for key in [Key.character("z"), .escape] {
        var app = try app(history, [.character("1")])
        app.selection = subject
        let before = text(&app, history)
        app.press(.character("z"))
        #expect(app.zoomed == pane)
        let zoomed = text(&app, history)
        #expect(zoomed != before)
        #expect(zoomed.contains("P1") == (pane != .shared), "\(pane)")
        app.press(key)
        #expect(text(&app, history) == before)
        #expect(app.selection == subject)
      }
    }
  }

  @Test("Alone, a pane shows more: the whole log, all timers, more of a queue")
  func showsMore() throws {
    let history = history()
    var app = try app(history, [.character("1")], 80, 24)
    func events() -> Int {
      Set(app.spots.filter { if case .event = $0.subject { true } else { false } }.map(\.subject)).count
    }
    _ = draw(&app, history, 80, 24)
    let some = events()
    app.zoomed = .story
    _ = draw(&app, history, 80, 24)
    #expect(events() > some + 5)
  }

  @Test("In Stats, left and right go from pane to pane; while one is alone, to those without room too")
  func statsPanes() throws {
    let history = history()
    var app = try app(history, [.character("5")], 80, 24)
    _ = draw(&app, history, 80, 24)
    app.press(.right)
    #expect(text(&app, history, 80, 24).contains("▌"))
    let second = try #require(app.stats.focus)
    app.press(.character("z"))
    #expect(app.zoomed == second)
    var seen = [second]
    for _ in 0..<6 {
      _ = draw(&app, history, 80, 24)
      app.press(.right)
      if let pane = app.zoomed, pane != seen.last { seen.append(pane) }
    }
    app.press(.character("z"))
    #expect(app.zoomed == nil)
    #expect(Set(seen + [.worst]) == [.worst, .busy, .waits, .kinds, .contention, .steals])
  }

  @Test("A view of one pane says so, and nothing else changes")
  func onePane() throws {
    let history = history()
    for keys: [Key] in [[.character("3")], [.character("3"), .down, .enter], [.character("4")], [.character("B")]] {
      var app = try app(history, keys)
      let before = text(&app, history)
      app.press(.character("z"))
      #expect(text(&app, history).contains("this view is one pane"))
      #expect(app.zoomed == nil)
      app.press(.left, .right)
      #expect(text(&app, history).split(separator: "\n").dropLast() == before.split(separator: "\n").dropLast())
    }
  }

  @Test("An explanation alone lists what happened to its subject; closed, it is closed")
  func explanation() throws {
    let history = history()
    var app = try app(history, [.character("1")])
    app.selection = .processor(2)
    app.isExplained = true
    _ = draw(&app, history, 120, 36)
    app.press(.character("z"))
    let lines = Golden.lines(draw(&app, history, 120, 36))
    #expect(lines.filter { $0.contains(" P2 ") }.count > 10)
    app.press(.enter)
    #expect(app.zoomed == nil)
  }

  @Test("Another view and big letters have all panes again; a new size keeps the one")
  func leaving() throws {
    let history = history()
    for key in [Key.character("2"), .character("B")] {
      var app = try app(history, [.character("1"), .character("z")])
      #expect(app.zoomed == .processors)
      for size in [(200, 60), (40, 12), (1, 1), (60, 18), (120, 36)] {
        _ = app.draw(history, width: size.0, height: size.1, now: seconds(4))
        #expect(app.zoomed == .processors)
      }
      app.press(key)
      #expect(app.zoomed == nil)
    }
  }
}
