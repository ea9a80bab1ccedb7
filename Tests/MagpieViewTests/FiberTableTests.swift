import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// The table of fibers: what it looks like, and what its keys do.
@Suite struct FiberTableTests {
  static let sizes = [(80, 24), (120, 36), (200, 60)]

  /// A run with fibers in every place that a rehearsal knows.
  static func rehearsal(steps: Int = 900) -> Rehearsal {
    var run = Rehearsal.beforeSteal(processors: 4)
    run.steal(2)
    for _ in 0..<steps { run.step() }
    return run
  }

  private func app(_ history: History, isASCII: Bool = false, theme: String = "dark") throws -> App {
    var app = try App.sample(theme: theme, isASCII: isASCII)
    app.observe(.sample(.held), history)
    app.press(.character("3"))
    return app
  }

  @discardableResult
  private func draw(_ app: inout App, _ history: History, _ width: Int = 120, _ height: Int = 36) -> [String] {
    Golden.lines(app.draw(history, width: width, height: height, now: seconds(1)))
  }

  private func write(_ text: String, in app: inout App) {
    for scalar in text.unicodeScalars { app.press(.character(scalar)) }
  }

  @Test("The table at each size", arguments: sizes)
  func pictures(width: Int, height: Int) throws {
    let history = FiberTableTests.rehearsal().history
    var app = try app(history)
    draw(&app, history, width, height)
    app.press(.down, .down, .down)
    try Golden.check(app.draw(history, width: width, height: height, now: seconds(1)), "fibers-\(width)x\(height)")
    app.press(.character("s"), .character("s"), .character("f"))
    write("work -state:next", in: &app)
    app.press(.enter)
    try Golden.check(
      app.draw(history, width: width, height: height, now: seconds(1)), "fibers-filtered-\(width)x\(height)")
  }

  @Test func twinsInASCII() throws {
    let history = FiberTableTests.rehearsal().history
    var app = try app(history, isASCII: true)
    app.press(.character("s"), .character("s"))
    let canvas = app.draw(history, width: 120, height: 36, now: seconds(1))
    for cell in canvas.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(canvas, "fibers-ascii-120x36")
  }

  @Test("Each press of s sorts by the next column and r turns it round; the rows are those of a full sort")
  func sorting() throws {
    let history = FiberTableTests.rehearsal().history
    var app = try app(history)
    draw(&app, history, 200, 60)
    let fibers = Array(history.live.liveFibers)
    #expect(app.fiberTable.page.rows.map(\.id) == Array(fibers.map(\.id).sorted().prefix(55)))
    var seen: Set<FiberOrder> = []
    for _ in FiberOrder.allCases {
      seen.insert(app.fiberTable.query.order)
      app.press(.character("s"))
      draw(&app, history, 200, 60)
    }
    #expect(seen == Set(FiberOrder.allCases) && app.fiberTable.query.order == .number)
    while app.fiberTable.query.order != .ran { app.press(.character("s")) }
    app.press(.character("r"))
    draw(&app, history, 200, 60)
    let least = fibers.sorted {
      (history.live.ranNanoseconds(of: $0), $0.id) < (history.live.ranNanoseconds(of: $1), $1.id)
    }
    #expect(app.fiberTable.page.rows.map(\.id) == Array(least.map(\.id).prefix(55)))
  }

  @Test("The cursor stays on its fiber and on its line while the rows move, and says when that has ended")
  func cursor() throws {
    var run = FiberTableTests.rehearsal()
    var app = try app(run.history)
    // The newest first: who comes pushes the others down.
    app.press(.character("r"))
    draw(&app, run.history)
    for _ in 0..<6 { app.press(.down) }
    draw(&app, run.history)
    let fiber = try #require(app.fiberTable.selected)
    #expect(app.target == .fiber(fiber))
    var moved: Set<Int> = []
    for _ in 0..<40 where run.history.live.fiber(fiber) != nil {
      for _ in 0..<10 where run.history.live.fiber(fiber) != nil { run.step() }
      app.observe(.sample(.running), run.history)
      draw(&app, run.history)
      guard run.history.live.fiber(fiber) != nil else { break }
      #expect(app.fiberTable.selected == fiber)
      let line = try #require(app.fiberTable.page.cursor)
      #expect(app.fiberTable.page.rows[line].id == fiber)
      moved.insert(app.fiberTable.page.first)
    }
    #expect(moved.count > 1)
  }

  @Test("A fiber that has ended keeps the cursor, and its life can still be looked at")
  func ended() throws {
    var run = FiberTableTests.rehearsal()
    while !run.isBusy(0) { run.step() }
    let fiber = try #require(run.history.live.processor(0).fiber)
    var app = try app(run.history)
    app.fiberTable.select(fiber)
    draw(&app, run.history)
    #expect(app.fiberTable.page.cursor != nil)
    run.exit(0)
    app.observe(.sample(.running), run.history)
    let lines = draw(&app, run.history)
    #expect(lines.contains { $0.contains("G\(fiber) does not live now") })
    // Its life can still be looked at.
    app.press(.enter)
    let life = draw(&app, run.history)
    #expect(life.contains { $0.contains("has ended") })
    app.press(.escape)
    #expect(app.fiberTable.life == nil && app.fiberTable.selected == fiber)
    app.press(.escape)
    #expect(app.fiberTable.selected == nil)
  }

  @Test("Arrows, pages, Home and End move the cursor, as far as there are rows")
  func moving() throws {
    let history = FiberTableTests.rehearsal().history
    let ids = history.live.liveFibers.map(\.id).sorted()
    var app = try app(history)
    draw(&app, history)
    func expect(_ keys: Key..., at place: Int) {
      for key in keys { app.press(key) }
      draw(&app, history)
      #expect(app.fiberTable.selected == ids[place], "\(keys)")
    }
    expect(.down, at: 0)
    expect(.down, .down, at: 2)
    expect(.up, at: 1)
    expect(.pageDown, at: 31)
    expect(.end, at: ids.count - 1)
    expect(.down, at: ids.count - 1)
    expect(.up, .up, at: ids.count - 3)
    expect(.home, at: 0)
    expect(.up, at: 0)
    #expect(draw(&app, history).contains { $0.contains("rows 1–31 of \(ids.count)") })
  }

  @Test("A filter is written as for events; one that cannot be read stays to be mended")
  func filter() throws {
    let history = FiberTableTests.rehearsal().history
    var app = try app(history)
    app.press(.character("f"))
    write("state:asleep", in: &app)
    app.press(.enter)
    #expect(app.prompt?.notice == .fiberFilterError(.unknownState("asleep")))
    for _ in 0..<6 { app.press(.backspace) }
    write("sleep", in: &app)
    app.press(.enter)
    #expect(app.prompt == nil)
    draw(&app, history, 120, 99)
    let sleepers = history.live.liveFibers.filter { $0.place == .parked(reason: .sleep, object: 0) }
    #expect(!sleepers.isEmpty)
    #expect(Set(app.fiberTable.page.rows.map(\.id)) == Set(sleepers.map(\.id)))
    app.press(.character("f"))
    #expect(app.prompt?.text == "state:sleep")
    for _ in 0..<20 { app.press(.backspace) }
    app.press(.enter)
    draw(&app, history)
    #expect(app.fiberTable.page.count == history.live.liveFiberCount && app.eventsFilter.text.isEmpty)
  }
}
