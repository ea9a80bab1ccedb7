import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// The Compare view: what it looks like, and where its keys lead.
@Suite struct CompareTests {
  /// A rehearsal on so many processors.
  private static func run(processors: Int, steps: Int) -> ComparedRun {
    var run = Rehearsal(processors: processors, seed: 5)
    run.begin()
    for _ in 0..<steps { run.step() }
    var facts = ProgramFacts()
    facts.scenario = "fan-out"
    facts.cpus = 2
    return ComparedRun(
      era: .mpn, processors: processors, history: run.history, facts: facts,
      whole: WholeRun(wallNanoseconds: 279_000_000 / UInt64(processors), threads: 8, kernelSwitches: 421))
  }

  static func app(language: Language = .english, isASCII: Bool = false) throws -> App {
    let themes = try Theme.embedded()
    let left = run(processors: 2, steps: 900)
    let right = run(processors: 4, steps: 700)
    var app = App(
      themes: themes, theme: try Theme.named("dark", among: themes), language: language, isASCII: isASCII,
      comparison: Comparison(left, right))
    app.observe(left.facts, left.history)
    return app
  }

  private func draw(_ app: inout App, _ time: Double = 1, width: Int = 120, height: Int = 36) -> Canvas {
    let run = app.comparison?.sides[app.comparison?.focus ?? 0].run
    return app.draw(run?.history ?? History(processors: 1), width: width, height: height, now: seconds(time))
  }

  private func text(_ canvas: Canvas) -> String { Golden.lines(canvas).joined(separator: "\n") }

  @Test("Compare at each size, in both languages and in ASCII", arguments: [(80, 24), (120, 36), (200, 60)])
  func pictures(width: Int, height: Int) throws {
    for (name, language, isASCII) in [
      ("en", Language.english, false), ("zh", .chinese, false), ("ascii", .english, true),
    ]
    where !isASCII || width == 120 {
      var app = try CompareTests.app(language: language, isASCII: isASCII)
      _ = draw(&app, width: width, height: height)
      app.press(.character(" "))
      for _ in 0..<4 { app.press(.pageDown) }
      _ = draw(&app, 2, width: width, height: height)
      let canvas = draw(&app, 4, width: width, height: height)
      if isASCII { for cell in canvas.cells { #expect(cell.scalar < 0x7F) } }
      try Golden.check(canvas, "compare-\(name)-\(width)x\(height)")
    }
  }

  @Test("The end by time, where one side has been over for long")
  func end() throws {
    var app = try CompareTests.app()
    _ = draw(&app)
    app.press(.character("a"), .end)
    _ = draw(&app, 2)
    try Golden.check(draw(&app, 4), "compare-end-120x36")
  }

  @Test("Every size is drawn, from the least on")
  func sizes() throws {
    var app = try CompareTests.app()
    for width in stride(from: 40, through: 300, by: 13) {
      for height in stride(from: 12, through: 100, by: 7) {
        let lines = Golden.lines(draw(&app, width: width, height: height))
        #expect(lines.contains { $0.contains("M:P:N · 2 P") }, "\(width)×\(height)")
        #expect(lines.contains { $0.contains("tasks done") }, "\(width)×\(height)")
      }
    }
  }

  @Test("It plays from the beginning by itself, Space holds it, and from the end it begins again")
  func playing() throws {
    var app = try CompareTests.app()
    #expect(app.view == .compare && app.isMoving)
    #expect(text(draw(&app, 0)).contains("PLAYING"))
    _ = draw(&app, 5)
    let moments = try #require(app.comparison?.pair.moments)
    #expect(moments[0] > 0 && moments[1] > 0)
    app.press(.character(" "))
    #expect(text(draw(&app, 6)).contains("HELD"))
    _ = draw(&app, 9)
    #expect(app.comparison?.pair.moments == moments)
    app.press(.character(" "))
    _ = draw(&app, 10)
    _ = draw(&app, 11)
    #expect(try #require(app.comparison?.pair.moments[0]) > moments[0])
    _ = draw(&app, 1000)
    #expect(app.comparison?.pair.isAtEnd == true)
    #expect(text(draw(&app, 1001)).contains("ENDED"))
    app.press(.character(" "))
    #expect(try #require(app.comparison).pair.previous == nil)
    #expect(app.comparison?.isPlaying == true)
  }

  @Test("Steps, scrubbing, the ends and the tempo")
  func keys() throws {
    var app = try CompareTests.app()
    func sum() throws -> Int { try #require(app.comparison?.pair.moments.reduce(0, +)) }
    app.press(.home)
    #expect(try sum() == 0)
    app.press(.character("."), .character("."), .character("."))
    #expect(try sum() == 3)
    app.press(.character(","))
    #expect(try sum() == 2)
    app.press(.right)
    let one = try #require(app.comparison?.pair.share)
    #expect(one > 0 && one <= 0.011)
    app.press(.pageDown)
    #expect(try #require(app.comparison?.pair.share) > 0.08)
    app.press(.pageUp, .left)
    #expect(try sum() < 10)
    app.press(.end)
    #expect(app.comparison?.pair.isAtEnd == true)
    let tempo = try #require(app.comparison?.tempo)
    app.press(.character("-"))
    #expect(try #require(app.comparison?.tempo) > tempo)
    app.press(.character("+"))
    #expect(app.comparison?.tempo == tempo)
    #expect(app.press(.character("p"), .character("F"), .character("b")).isEmpty)
    #expect(app.prompt == nil)
    #expect(text(draw(&app)).contains("they can be walked, not changed"))
  }

  @Test("a aligns by time and by progress, and says so in words")
  func aligning() throws {
    var app = try CompareTests.app()
    _ = draw(&app)
    app.press(.character(" "), .pageDown, .pageDown, .pageDown)
    #expect(text(draw(&app, 2)).contains("aligned by progress:"))
    let moment = app.comparison?.moment
    app.press(.character("a"))
    #expect(text(draw(&app, 3)).contains("aligned by time:"))
    #expect(app.comparison?.moment == moment)
  }

  @Test("[ and ] go to the next event of the filter on either side")
  func finding() throws {
    var app = try CompareTests.app()
    app.press(.home, .character("]"))
    _ = draw(&app)
    let pair = try #require(app.comparison?.pair)
    let steals = (0...1).map { side in
      (1...pair.courses[side].last).filter {
        let kind = pair.courses[side].history.event(at: $0)?.kind
        return kind == .stealTook || kind == .stealTookRunNext
      }
    }
    let places = (0...1).flatMap { side in steals[side].map { pair.courses[side].place(at: $0, by: .progress) } }
      .sorted()
    #expect(places.count > 1)
    #expect(pair.place == places[0])
    app.press(.character("]"))
    _ = draw(&app)
    #expect(app.comparison?.pair.place == places[1])
    app.press(.character("["))
    _ = draw(&app)
    #expect(app.comparison?.pair.place == places[0])
    app.press(.character("["))
    #expect(text(draw(&app)).contains("none before this one"))
    #expect(app.comparison?.pair.place == places[0])
  }

  @Test("Tab looks at the other side, which the other views then show; a step there is one of its events")
  func sides() throws {
    var app = try CompareTests.app()
    _ = draw(&app)
    app.press(.character(" "), .pageDown, .pageDown)
    #expect(app.press(.tab) == [.side(1)])
    let right = try #require(app.comparison?.sides[1].run)
    var facts = right.facts
    facts.run = 1
    app.observe(facts, right.history)
    _ = draw(&app)
    let moment = try #require(app.comparison?.moment)
    app.press(.character("4"))
    _ = draw(&app)
    #expect(app.shown == moment)
    app.press(.character("."))
    _ = draw(&app)
    #expect(app.shown == moment + 1 && app.comparison?.moment == moment + 1)
    app.press(.up, .up)
    _ = draw(&app)
    #expect(app.comparison?.moment == moment - 1)
    let pair = try #require(app.comparison?.pair)
    #expect(abs(pair.place(of: 0) - pair.place(of: 1)) < 2)
    app.press(.character("6"))
    #expect(text(draw(&app)).contains("▶ M:P:N · 4 P"))
  }

  @Test("The mouse scrubs on the bar, and takes a side")
  func mouse() throws {
    var app = try CompareTests.app()
    _ = draw(&app)
    let bar = try #require(app.comparison?.bar)
    _ = app.update(.mouse(MouseEvent(.press, x: bar.x + bar.width / 2, y: bar.y)))
    #expect(abs(try #require(app.comparison?.pair.share) - 0.5) < 0.02)
    _ = app.update(.mouse(MouseEvent(.drag, x: bar.right - 1, y: bar.y)))
    #expect(app.comparison?.pair.isAtEnd == true)
    let side = try #require(app.comparison?.areas[1])
    #expect(app.update(.mouse(MouseEvent(.press, x: side.right - 2, y: side.bottom - 1))) == [.side(1)])
  }

  @Test("What is selected and explained belongs to the side that is looked at")
  func explaining() throws {
    var app = try CompareTests.app()
    _ = draw(&app)
    app.press(.character(" "), .pageDown, .pageDown)
    let canvas = draw(&app, 3)
    let side = try #require(app.comparison?.areas[0])
    #expect(!canvas.spots.isEmpty)
    #expect(canvas.spots.allSatisfy { side.contains(x: $0.area.x, y: $0.area.y) })
    app.press(.enter)
    #expect(app.isExplained)
    #expect(text(draw(&app, 3)).contains("event "))
  }

  @Test("A run that is watched alone has no second side: 6 says what does")
  func alone() throws {
    var app = try App.sample()
    app.press(.character("6"))
    #expect(app.view == .stage && app.notice == .compare(.needsTwo))
  }
}
