import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// One fiber's life on the screen.
@Suite struct BiographyTests {
  /// An app that looks at the life of the fiber with the most places, and that fiber.
  private func life(_ history: History, isASCII: Bool = false, theme: String = "dark") throws -> (App, UInt32) {
    let busiest = try #require(
      history.live.liveFibers.max { ($0.starts, $1.id) < ($1.starts, $0.id) })
    var app = try App.sample(theme: theme, isASCII: isASCII)
    app.observe(.sample(.held), history)
    app.press(.character("3"))
    app.fiberTable.select(busiest.id)
    app.press(.enter)
    return (app, busiest.id)
  }

  @Test("A biography at each size, in its middle", arguments: FiberTableTests.sizes)
  func pictures(width: Int, height: Int) throws {
    let history = FiberTableTests.rehearsal().history
    var (app, _) = try life(history)
    _ = app.draw(history, width: width, height: height, now: seconds(1))
    app.press(.up, .up, .up, .up, .up)
    _ = app.draw(history, width: width, height: height, now: seconds(1))
    try Golden.check(app.draw(history, width: width, height: height, now: seconds(1)), "life-\(width)x\(height)")
  }

  @Test func twinsInASCII() throws {
    let history = FiberTableTests.rehearsal().history
    var (app, _) = try life(history, isASCII: true)
    let canvas = app.draw(history, width: 80, height: 24, now: seconds(1))
    for cell in canvas.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(canvas, "life-ascii-80x24")
  }

  @Test("Random rehearsals: each place of each fiber is what the states show, one after the other", arguments: 1...3)
  func exact(seed: UInt64) throws {
    var run = Rehearsal(processors: 4, seed: seed)
    run.begin()
    while run.count < 2_500 { run.step() }
    // The same events again, with keyframes close to each other.
    var history = History(processors: 4, capacity: 1_800)
    for number in 1...run.count { history.append(try #require(run.history.event(at: number))) }
    var lives: [UInt32: [(event: Int, since: UInt64, place: FiberState.Place?)]] = [:]
    var cursor = History.Cursor(history, at: history.firstAvailable)
    for n in history.firstAvailable...history.count {
      cursor.move(to: n, in: history)
      for fiber in cursor.state.liveFibers
      where lives[fiber.id]?.last?.place != fiber.place || lives[fiber.id]?.last?.since != fiber.since {
        lives[fiber.id, default: []].append((n, fiber.since, fiber.place))
      }
      for id in lives.keys where lives[id]?.last?.place != nil && cursor.state.fiber(id) == nil {
        lives[id]?.append((n, cursor.state.time, nil))
      }
    }
    for (id, life) in lives where id % 7 == 0 {
      var biography = Biography(of: id, in: history, at: history.count)
      while !biography.isComplete(in: history) { biography.advance(in: history, budget: 900) }
      #expect(biography.stretches.map(\.event) == life.map(\.event), "G\(id)")
      #expect(biography.stretches.map(\.since) == life.map(\.since), "G\(id)")
      #expect(biography.stretches.map(\.place) == life.map(\.place), "G\(id)")
    }
  }

  @Test("The row is the moment: up and down go from place to place, and every view shows that moment")
  func moving() throws {
    let history = FiberTableTests.rehearsal().history
    var (app, fiber) = try life(history)
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    let stretches = try #require(app.fiberTable.life?.biography?.stretches)
    #expect(stretches.count > 10)
    func press(_ key: Key) {
      app.press(key)
      _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    }
    let last = stretches.count - 1
    // First to the beginning of what goes on now, then back.
    press(.up)
    if stretches[last].event == history.count { press(.down) } else { #expect(app.shown == stretches[last].event) }
    press(.up)
    #expect(app.shown == stretches[last - 1].event)
    press(.up)
    #expect(app.shown == stretches[last - 2].event)
    press(.down)
    #expect(app.shown == stretches[last - 1].event)
    press(.home)
    #expect(app.shown == stretches[0].event)
    press(.left)
    #expect(app.shown == stretches[0].event - 1)
    press(.down)
    #expect(app.shown == stretches[0].event)
    press(.end)
    #expect(app.shown == stretches[last].event || app.position == nil)
    app.press(.escape)
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    #expect(app.fiberTable.selected == fiber)
  }

  @Test("Shares of a bar fill it, and the least part shows")
  func shares() {
    #expect(Biography.Totals.shares([1, 0, 999_999], of: 40) == [1, 0, 39])
    #expect(Biography.Totals.shares([0, 0], of: 40) == [0, 0])
    #expect(Biography.Totals.shares([5, 5, 5], of: 10).reduce(0, +) == 10)
  }

  @Test("While it is being read, the screen says so, and asks for another frame")
  func reading() throws {
    var history = History(processors: 1)
    func emit(_ kind: EventKind, fiber: UInt32 = 1, detail: UInt8 = 0, a: UInt32 = 0, b: UInt32 = 0) {
      history.append(
        Event(
          time: UInt64(history.count) * 100, machine: 0, kind: kind, detail: detail, processor: 0, fiber: fiber, a: a,
          b: b))
    }
    emit(.processorAcquire, fiber: 0, detail: AcquireSource.idleList.rawValue, a: 1, b: 1)
    emit(.fiberCreate)
    emit(.fiberStart, detail: StartSource.handoff.rawValue)
    for slot in UInt32(0)..<150_000 {
      emit(.fiberYield)
      emit(.queuePush, a: slot)
      emit(.queuePop, a: slot)
      emit(.fiberStart, detail: StartSource.local.rawValue)
    }
    #expect(history.live.findingCount == 0)
    var app = try App.sample()
    app.observe(.sample(.held), history)
    app.press(.character("3"))
    app.fiberTable.select(1)
    app.press(.enter)
    var frames = 0
    var said = 0
    repeat {
      let lines = Golden.lines(app.draw(history, width: 120, height: 36, now: seconds(1)))
      if lines.contains(where: { $0.contains("reading …") }) { said += 1 }
      frames += 1
    } while app.isMoving && frames < 100
    #expect(said == frames - 1)
    #expect(frames > 2 && frames < 10)
  }
}
