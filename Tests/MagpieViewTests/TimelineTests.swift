import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// What the Timeline shows, and how it is moved through.
@Suite struct TimelineTests {
  /// A run with everything in it: steals, blocking calls, retakes, sleepers.
  static func run(processors: Int = 4, seed: UInt64 = 3, events: Int = 3_000) -> Rehearsal {
    var run = Rehearsal(processors: processors, seed: seed)
    run.begin()
    while run.count < events { run.step() }
    return run
  }

  private func app(_ run: Rehearsal, width: Int = 120, height: Int = 36, isASCII: Bool = false) throws -> App {
    var app = try App.sample(isASCII: isASCII)
    app.observe(.sample(.held), run.history)
    app.press(.character("2"))
    repeat { _ = app.draw(run.history, width: width, height: height, now: seconds(0)) } while app.isMoving
    return app
  }

  static let sizes = [(80, 24), (120, 36), (200, 60)]

  @Test("Processors near, the whole, machines and fibers, at each size", arguments: sizes)
  func pictures(width: Int, height: Int) throws {
    let run = Self.run()
    var app = try app(run, width: width, height: height)
    func picture(_ name: String) throws {
      try Golden.check(
        app.draw(run.history, width: width, height: height, now: seconds(0)), "timeline-\(name)-\(width)x\(height)")
    }
    try picture("near")
    app.press(.left, .left, .left, .character("m"))
    for _ in 0..<9 { app.press(.left) }
    _ = app.draw(run.history, width: width, height: height, now: seconds(0))
    app.press(.down, .down, .character(")"))
    try picture("measured")
    app.press(.character("0"))
    try picture("whole")
    app.press(.character("v"))
    try picture("machines")
    app.press(.character("u"), .character("v"))
    try picture("fibers")
  }

  @Test("In Chinese", arguments: [(80, 24), (120, 36)])
  func inChinese(width: Int, height: Int) throws {
    let run = Self.run()
    var app = try App.sample(language: .chinese)
    app.observe(.sample(.held), run.history)
    app.press(.character("2"))
    _ = app.draw(run.history, width: width, height: height, now: seconds(0))
    app.press(.left, .left, .left, .character("m"), .left, .left)
    let canvas = app.draw(run.history, width: width, height: height, now: seconds(0))
    try Golden.check(canvas, "timeline-zh-\(width)x\(height)")
  }

  @Test func twinsInASCII() throws {
    let run = Self.run()
    var app = try app(run, width: 80, height: 24, isASCII: true)
    let canvas = app.draw(run.history, width: 80, height: 24, now: seconds(0))
    for cell in canvas.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(canvas, "timeline-ascii-80x24")
  }

  @Test func manyProcessors() throws {
    let run = Self.run(processors: 128, seed: 5, events: 12_000)
    var app = try app(run, width: 200, height: 60)
    for _ in 0..<70 { app.press(.down) }
    app.press(.character("0"))
    try Golden.check(app.draw(run.history, width: 200, height: 60, now: seconds(0)), "timeline-128P-200x60")
  }

  // MARK: the window

  private func lines(_ app: inout App, _ run: Rehearsal, width: Int = 120, height: Int = 36) -> [String] {
    Golden.lines(app.draw(run.history, width: width, height: height, now: seconds(0)))
  }

  @Test func zoomingKeepsTheMomentInItsColumnAndCanBeUndone() throws {
    let run = Self.run()
    var app = try app(run)
    for _ in 0..<40 { app.press(.left) }
    _ = lines(&app, run)
    let before = app.timeline.places
    let column = before.window.column(of: before.time, of: 103)
    app.press(.character(")"))
    _ = lines(&app, run)
    let zoomed = app.timeline.places.window
    #expect(zoomed.length == before.window.length / 2)
    let moved = try #require(zoomed.column(of: before.time, of: 103))
    #expect(abs(moved - (column ?? -9)) <= 1)
    app.press(.character("0"))
    _ = lines(&app, run)
    #expect(app.timeline.places.window == app.timeline.places.whole)
    app.press(.character("u"))
    _ = lines(&app, run)
    #expect(app.timeline.places.window == zoomed)
    app.press(.character("u"))
    _ = lines(&app, run)
    #expect(app.timeline.places.window == before.window)
    app.press(.character("u"))
    _ = lines(&app, run)
    #expect(app.timeline.places.window == before.window)
  }

  @Test func itGoesInToNanosecondsAndOutToTheWholeAndNoFurther() throws {
    let run = Self.run()
    var app = try app(run)
    for _ in 0..<60 { app.press(.character(")")) }
    #expect(
      lines(&app, run).contains { $0.contains("window 100 ns · a cell is under 1 ns") || $0.contains("window 100 ns") })
    #expect(app.timeline.places.window.contains(app.timeline.places.time))
    for _ in 0..<60 { app.press(.character("(")) }
    _ = lines(&app, run)
    #expect(app.timeline.places.window == app.timeline.places.whole)
  }

  @Test func atTheLiveEdgeTheWindowFollowsAndBackItStands() throws {
    var run = Self.run()
    var app = try app(run)
    let first = app.timeline.places.window
    for _ in 0..<300 { run.step() }
    app.observe(.sample(.running), run.history)
    _ = lines(&app, run)
    let second = app.timeline.places.window
    #expect(second.length == first.length && second.contains(run.history.live.time) && second.start > first.start)
    app.press(.character(","))
    _ = lines(&app, run)
    let back = app.timeline.places.window
    for _ in 0..<300 { run.step() }
    app.observe(.sample(.running), run.history)
    _ = lines(&app, run)
    #expect(app.timeline.places.window == back)
  }

  // MARK: the moment

  @Test func arrowsGoFromEventToEventOfTheLaneInFocus() throws {
    let run = Self.run()
    var app = try app(run)
    app.press(.down)
    for _ in 0..<20 {
      let before = app.shown
      app.press(.left)
      _ = lines(&app, run)
      let between = (app.shown + 1..<before).compactMap { run.history.event(at: $0) }
      let event = try #require(run.history.event(at: app.shown))
      #expect(app.shown < before && Timeline.concerns(event, .processor(1)))
      #expect(!between.contains { Timeline.concerns($0, .processor(1)) })
    }
    let there = app.shown
    app.press(.left, .right)
    _ = lines(&app, run)
    #expect(app.shown == there)
  }

  @Test func pagesAreWindowsAndEndsAreEnds() throws {
    let run = Self.run()
    var app = try app(run)
    let length = app.timeline.places.window.length
    let end = app.timeline.places.time
    app.press(.pageUp)
    _ = lines(&app, run)
    let time = app.timeline.places.time
    #expect(time <= end - length && end - length - time < length)
    app.press(.home)
    _ = lines(&app, run)
    #expect(app.shown == 1)
    app.press(.end)
    _ = lines(&app, run)
    #expect(app.position == nil)
  }

  @Test func aMarkMeasuresAndGoesAway() throws {
    let run = Self.run()
    var app = try app(run)
    app.press(.left, .character("m"))
    _ = lines(&app, run)
    let mark = app.shown
    for _ in 0..<6 { app.press(.left) }
    _ = lines(&app, run)
    let from = try #require(run.history.event(at: app.shown)).time
    let to = try #require(run.history.event(at: mark)).time
    let text = "A −\(Numbers.duration(to - from)) · \(mark - app.shown) events"
    #expect(lines(&app, run).contains { $0.contains(text) })
    // In another view, the mark goes to the moment as well.
    app.press(.character("1"), .character("m"))
    _ = lines(&app, run)
    app.press(.character("2"))
    #expect(lines(&app, run).contains { $0.contains("A +0 ns · 0 events") })
    app.press(.character("m"))
    #expect(!lines(&app, run).contains { $0.contains("A +") })
  }

  @Test func theMouseSetsTheMomentDragsItAndZooms() throws {
    let run = Self.run()
    var app = try app(run)
    let plot = app.timeline.places.plot
    app.timeline.press(x: plot.x + 30, y: plot.y + 3)
    _ = lines(&app, run)
    let wanted = app.timeline.places.window.time(at: 30, of: plot.width)
    let nearest = (1...run.history.count).min {
      gap(run.history.event(at: $0)?.time, wanted) < gap(run.history.event(at: $1)?.time, wanted)
    }
    #expect(run.history.event(at: app.shown)?.time == nearest.flatMap { run.history.event(at: $0)?.time })
    #expect(app.timeline.focused == .processor(1))
    app.timeline.drag(x: plot.x + 60, y: plot.y)
    let before = app.shown
    _ = lines(&app, run)
    #expect(app.shown > before)
    let window = app.timeline.places.window
    app.timeline.scroll(isAway: true, x: plot.x + 10)
    _ = lines(&app, run)
    #expect(app.timeline.places.window.length == window.length / 2)
    let pointed = window.time(at: 10, of: plot.width)
    #expect(abs((app.timeline.places.window.column(of: pointed, of: plot.width) ?? -9) - 10) <= 1)
    let minimap = app.timeline.places.minimap
    app.timeline.press(x: minimap.x + minimap.width / 4, y: minimap.y)
    _ = lines(&app, run)
    let quarter = app.timeline.places.whole.time(at: minimap.width / 4, of: minimap.width)
    #expect(app.timeline.places.window.contains(app.timeline.places.time))
    #expect(gap(app.timeline.places.time, quarter) < app.timeline.places.whole.length / 20)
    // Anywhere else nothing happens, and nothing traps.
    for (x, y) in [(-1, -1), (0, 0), (500, 500), (3, plot.y)] { app.timeline.press(x: x, y: y) }
    _ = lines(&app, run)
  }

  private func gap(_ a: UInt64?, _ b: UInt64) -> UInt64 {
    guard let a else { return .max }
    return a > b ? a - b : b - a
  }

  // MARK: truth

  @Test("A cell shows the part of its time that all events say", arguments: [30, 103, 400])
  func density(width: Int) throws {
    let run = Self.run(events: 1_000)
    var index = TimelineIndex()
    index.advance(in: run.history, limit: .max)
    var times: [UInt64] = []
    var runs: [[UInt32?]] = []
    var cursor = History.Cursor(run.history, at: 0)
    for n in 0...run.history.count {
      cursor.move(to: n, in: run.history)
      let state = cursor.state
      times.append(state.time)
      runs.append((0..<4).map { state.processor($0).fiber })
    }
    let end = run.history.live.time
    for window in [
      TimeWindow(start: 0, length: end), TimeWindow(start: end / 2, length: end / 9),
      TimeWindow(start: end / 3, length: 20_011),
    ] {
      for p in 0..<4 {
        let cells = LaneCell.row(of: index.processors[p], window, width: width, known: 0...end, unknown: [])
        for (column, cell) in cells.enumerated() {
          let from = window.time(at: column, of: width)
          let to = window.time(at: column + 1, of: width)
          guard from < to else { continue }
          var ran: UInt64 = 0
          var starts = 0
          for n in times.indices {
            let a = max(times[n], from)
            let b = min(n + 1 < times.count ? times[n + 1] : end, to)
            if a < b, runs[n][p] != nil { ran += b - a }
            if n > 0, runs[n][p] != nil, runs[n][p] != runs[n - 1][p], times[n] >= from, times[n] < to { starts += 1 }
          }
          #expect(cell.level == LaneCell.eighths(ran, of: to - from))
          #expect(cell.starts == starts)
          // However short a run is, and however far away, its cell is not drawn as if nothing had run.
          if starts > 0 { #expect(cell.content == .begins || cell.content == .mixed) }
        }
      }
    }
  }

  @Test func afterALossTheTimeIsDrawnAsUnknown() throws {
    var run = Self.run()
    let time = run.history.live.time
    run.lose(machine: 2, from: time - time / 3, count: 40)
    var app = try app(run)
    app.press(.character("0"))
    let lanes = lines(&app, run).prefix(15).filter { $0.hasPrefix(" P") || $0.hasPrefix("▶P") }
    #expect(lanes.count == 4 && lanes.allSatisfy { $0.contains("??????????") })
    #expect(lines(&app, run).contains { $0.contains("whole") && $0.contains("??????????") })
    #expect(lines(&app, run).contains { $0.contains("P0  after a loss") })
  }

  @Test func whereHistoryBeginsIsSaidAndNothingIsDrawnBefore() throws {
    var history = History(processors: 4, capacity: 1_000)
    let run = Self.run(events: 20_000)
    for n in 1...run.history.count { if let event = run.history.event(at: n) { history.append(event) } }
    #expect(history.firstAvailable > 0)
    var app = try App.sample()
    app.observe(.sample(.held), history)
    app.press(.character("2"))
    _ = app.draw(history, width: 120, height: 36, now: seconds(0))
    #expect(app.timeline.places.whole.start == history.state(at: history.firstAvailable).time)
    let lines = Golden.lines(app.draw(history, width: 120, height: 36, now: seconds(0)))
    #expect(lines.contains { $0.contains("history begins at event") })
  }

  @Test func whatIsNotReadYetIsSaidAndFramesGoOn() throws {
    let run = Self.run()
    var history = History(processors: 4, capacity: 1_000_000)
    let filler = try #require(run.history.event(at: 1))
    history.append(filler)
    for number in 0..<400_000 {
      history.append(Event(time: filler.time + UInt64(number), machine: 0, kind: .userAnnotation, processor: 0))
    }
    var app = try App.sample()
    app.observe(.sample(.held), history)
    app.press(.character("2"))
    let lines = Golden.lines(app.draw(history, width: 120, height: 36, now: seconds(0)))
    #expect(lines.contains { $0.contains("indexing 37 %") })
    #expect(app.isMoving)
    var frames = 0
    while app.isMoving {
      _ = app.draw(history, width: 120, height: 36, now: seconds(0))
      frames += 1
    }
    #expect(frames == 2)
  }

  @Test func theSelectedFiberHasALaneAndThoseThatDealtWithIt() throws {
    let run = Self.run()
    var app = try app(run, width: 80, height: 24)
    let ready = (1...run.history.count).reversed().first {
      run.history.event(at: $0)?.kind == .fiberCreate && (run.history.event(at: $0)?.a ?? 0) > 1
    }
    let event = try #require(ready.flatMap { run.history.event(at: $0) })
    app.selection = .fiber(event.a)
    app.press(.character("v"), .character("v"))
    _ = lines(&app, run, width: 80, height: 24)
    #expect(app.timeline.fibers.contains(event.a) && app.timeline.fibers.contains(event.fiber))
    #expect(lines(&app, run, width: 80, height: 24).contains { $0.contains("G\(event.a) ") })
  }

  @Test func everySpotOfALaneNamesWhatIsDrawnThere() throws {
    let run = Self.run()
    var app = try app(run)
    let canvas = app.draw(run.history, width: 120, height: 36, now: seconds(0))
    for spot in canvas.spots {
      guard case .fiber(let id) = spot.subject, spot.area.y < 16, spot.area.width > 6 else { continue }
      let text = (spot.area.x..<spot.area.right).map { String(UnicodeScalar(canvas[$0, spot.area.y].scalar) ?? " ") }
      #expect(text.joined().contains("G\(id)"))
    }
    #expect(canvas.spots.contains { $0.subject == .processor(3) })
  }

  @Test func daysCanBeZoomedAsNanosecondsCan() {
    let days = TimeWindow(start: 1 << 40, length: 270_000_000_000_000)
    let inside = days.zoomed(isIn: true, around: days.start + days.length / 4 * 3)
    #expect(inside.length == days.length / 2)
    #expect(inside.column(of: days.start + days.length / 4 * 3, of: 100) == 75)
    var window = days
    for _ in 0..<60 { window = window.zoomed(isIn: true, around: days.start + 12_345) }
    #expect(window.length == TimeWindow.shortest && window.contains(days.start + 12_345))
    for width in [1, 7, 150] {
      for column in 0..<width where window.time(at: column, of: width) < window.time(at: column + 1, of: width) {
        #expect(window.column(of: window.time(at: column, of: width), of: width) == column)
      }
      #expect(window.column(of: window.end, of: width) == width - 1)
    }
    #expect(window.column(of: window.start - 1, of: 10) == nil)
  }
}
