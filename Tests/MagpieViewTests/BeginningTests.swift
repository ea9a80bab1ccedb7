import MagpieModel
import Testing

@testable import MagpieView

/// Where history begins is said to whoever has gone back so far, and to nobody else.
@Suite struct BeginningTests {
  private func history(capacity: Int) -> History {
    let whole = TimelineTests.run().history
    var history = History(processors: 4, capacity: capacity)
    for number in 1...2_960 { if let event = whole.event(at: number) { history.append(event) } }
    return history
  }

  private func screens(_ capacity: Int, _ view: Unicode.Scalar, _ keys: Key..., width: Int = 120) throws -> String {
    let history = history(capacity: capacity)
    var app = try App.sample()
    app.observe(.sample(.held), history)
    app.press(.character(view))
    for key in keys { app.press(key) }
    return Golden.lines(app.draw(history, width: width, height: 30, now: seconds(1))).joined(separator: "\n")
  }

  @Test(arguments: [60, 80, 120])
  func itIsSaidAtTheBeginning(width: Int) throws {
    let stage = try screens(400, "1", .home, width: width)
    let events = try screens(400, "4", .home, width: width)
    let words = "history begins at event"
    #expect(stage.split(separator: "\n").count { $0.contains(words) } == 1, "\(stage)")
    #expect(events.split(separator: "\n").count { $0.contains(words) } == 1, "\(events)")
    let lines = events.split(separator: "\n")
    let rule = try #require(lines.lastIndex { $0.contains(words) })
    #expect(!lines[rule + 1].contains(words) && lines[rule + 1].contains("M"), "the oldest event follows")
  }

  @Test func itIsNotSaidElsewhere() throws {
    #expect(try !screens(400, "1").contains("history begins"))
    #expect(try !screens(400, "4").contains("history begins"))
    #expect(try !screens(400, "4", .home, .end).contains("history begins"))
    #expect(try !screens(1_000_000, "1", .home).contains("history begins"))
    #expect(try !screens(1_000_000, "4", .home).contains("history begins"), "nothing has gone yet")
  }
}
