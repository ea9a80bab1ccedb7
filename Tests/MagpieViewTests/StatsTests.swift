import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// The Stats view: what it looks like, and where its worst cases lead.
@Suite struct StatsTests {
  private func app(_ history: History, isASCII: Bool = false) throws -> App {
    var app = try App.sample(isASCII: isASCII)
    app.observe(.sample(.held), history)
    app.press(.character("5"))
    return app
  }

  /// A rehearsal, and fibers that wait for a lock and a channel.
  private func history(processors: Int = 4, steps: Int = 900) -> History {
    var run = Rehearsal.beforeSteal(processors: processors)
    run.steal(2)
    for _ in 0..<steps { run.step() }
    var history = run.history
    for object in UInt32(3)...5 {
      for _ in 0..<object {
        guard let fiber = history.live.liveFibers.first(where: { if case .running = $0.place { true } else { false } }),
          case .running(let machine, let processor) = fiber.place
        else { continue }
        func emit(_ kind: EventKind, detail: UInt8 = 0, a: UInt32 = 0, b: UInt32 = 0) {
          history.append(
            Event(
              time: history.live.time + 70_000, machine: machine, kind: kind, detail: detail, processor: processor,
              fiber: fiber.id, a: a, b: b))
        }
        let reason: ParkReason = object == 4 ? .channelReceive : .lock
        let number = fiber.sequence
        emit(.fiberPark, detail: reason.rawValue, a: object, b: number + 1)
        emit(.fiberReady, detail: ReadyCause.lock.rawValue, b: number + 1)
        emit(.fiberStart, detail: StartSource.handoff.rawValue)
      }
    }
    return history
  }

  @Test("Stats at each size", arguments: FiberTableTests.sizes)
  func pictures(width: Int, height: Int) throws {
    let history = history()
    var app = try app(history)
    _ = app.draw(history, width: width, height: height, now: seconds(1))
    app.press(.down)
    try Golden.check(app.draw(history, width: width, height: height, now: seconds(1)), "stats-\(width)x\(height)")
  }

  @Test func twinsInASCII() throws {
    let history = history()
    var app = try app(history, isASCII: true)
    let canvas = app.draw(history, width: 120, height: 36, now: seconds(1))
    for cell in canvas.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(canvas, "stats-ascii-120x36")
  }

  @Test func manyProcessors() throws {
    var run = Rehearsal(processors: 128, seed: 5)
    run.begin()
    while run.count < 4000 { run.step() }
    var app = try app(run.history)
    try Golden.check(app.draw(run.history, width: 200, height: 60, now: seconds(1)), "stats-128P-200x60")
  }

  @Test(
    "Up and down go through the worst cases and Enter goes to the event; the list stays, and the rest is of that moment"
  )
  func jump() throws {
    let history = history()
    var app = try app(history)
    func draw() -> [String] { Golden.lines(app.draw(history, width: 120, height: 36, now: seconds(1))) }
    _ = draw()
    let worst = history.worstCases(.wait, limit: 16)
    #expect(app.stats.chosenEvent == worst[0].event)
    app.press(.down, .down)
    _ = draw()
    #expect(app.stats.chosenEvent == worst[2].event)
    app.press(.up)
    _ = draw()
    #expect(app.stats.chosenEvent == worst[1].event)
    app.press(.enter)
    let lines = draw()
    #expect(app.shown == worst[1].event)
    #expect(app.stats.chosenEvent == worst[1].event)
    let switches = history.state(at: worst[1].event).statistics.switches
    #expect(switches < history.live.statistics.switches)
    #expect(lines.contains { $0.contains("switches \(switches) ") })
    app.press(.end)
    _ = draw()
    let calls = history.worstCases(.call, limit: 16)
    #expect(calls.contains { $0.event == app.stats.chosenEvent })
  }

  @Test("s and r sort the tables")
  func sorting() throws {
    let history = history()
    var app = try app(history)
    func kinds() -> [String] {
      let lines = Golden.lines(app.draw(history, width: 200, height: 60, now: seconds(1)))
      return lines.compactMap { line in
        line.split(separator: " ").last { word in EventKind.allCases.contains { $0.name == word } }.map(String.init)
      }
    }
    let all = EventKind.allCases.filter { history.live.statistics.count(of: $0) > 0 }
    let counts = kinds()
    #expect(counts.count == all.count)
    #expect(
      counts.first == all.max { history.live.statistics.count(of: $0) < history.live.statistics.count(of: $1) }?.name)
    app.press(.character("s"), .character("s"))
    #expect(kinds() == all.map(\.name))
    app.press(.character("r"))
    #expect(kinds() == all.map(\.name).reversed())
  }
}
