import MagpieModel
import Testing

@testable import MagpieView

/// What can be done with the mouse alone.
@Suite struct MouseTests {
  private func begin(_ view: Key = .character("1"), _ status: ProgramStatus = .held) throws -> (App, History) {
    let history = Rehearsal.beforeSteal(processors: 4).history
    var app = try App.sample()
    app.observe(.sample(status), history)
    app.press(view)
    draw(&app, history)
    return (app, history)
  }

  private func draw(_ app: inout App, _ history: History) {
    _ = app.draw(history, width: 120, height: 36, now: seconds(0))
  }

  @discardableResult
  private func point(_ app: inout App, _ action: MouseEvent.Action, _ x: Int, _ y: Int) -> [ProgramCommand] {
    app.update(.mouse(MouseEvent(action, x: x, y: y)))
  }

  @Test("A press selects what is there, a second one explains it")
  func select() throws {
    var (app, history) = try begin()
    for spot in app.spots {
      let subject = try #require(app.spots.last { $0.area.contains(x: spot.area.x, y: spot.area.y) }?.subject)
      app.selection = nil
      point(&app, .press, spot.area.x, spot.area.y)
      #expect(app.selection == subject && !app.isExplained)
    }
    let spot = try #require(app.spots.first { if case .fiber = $0.subject { true } else { false } })
    app.selection = nil
    for _ in 0..<2 { point(&app, .press, spot.area.x, spot.area.y) }
    #expect(app.isExplained)
    draw(&app, history)
    // What lies under the panel cannot be hit any more.
    #expect(app.spots.allSatisfy { $0.area.bottom <= 35 })
    point(&app, .press, -1, 5)
    point(&app, .press, 500, 500)
  }

  @Test("The keys of the footer can be pressed")
  func footer() throws {
    var (app, history) = try begin()
    func press(_ action: Action, at offset: Int = 0) -> [ProgramCommand] {
      draw(&app, history)
      guard let part = app.footerParts.first(where: { $0.action == action }) else { return [] }
      return point(&app, .press, part.area.x + offset, part.area.y)
    }
    #expect(press(.holdOrRelease) == [.release])
    #expect(press(.holdOrRelease) == [.hold])
    #expect(press(.step) == [.step])
    #expect(press(.slower) == [.tempo(500)])
    #expect(press(.slower, at: 2) == [.tempo(200)])
    _ = press(.back)
    #expect(app.shown == history.count - 1)
    _ = press(.live)
    #expect(app.position == nil)
    var seen: [App.View] = []
    // A run that is watched alone is not compared.
    let views = App.View.allCases.filter { $0 != .compare }
    for _ in views {
      seen.append(app.view)
      _ = press(.stage)
    }
    #expect(seen == views && app.view == .stage)
    _ = press(.help)
    #expect(app.help.isShown)
    point(&app, .press, 3, 3)
    #expect(!app.help.isShown)
    #expect(press(.quit) == [.quit])
  }

  @Test("The wheel goes through time, or through rows; a press in the log goes to that event")
  func wheel() throws {
    var (app, history) = try begin(.character("4"))
    point(&app, .scrollUp, 5, 5)
    #expect(app.shown == history.count - 3)
    point(&app, .scrollDown, 5, 5)
    #expect(app.position == nil)
    draw(&app, history)
    let line = try #require(app.spots.first { if case .event = $0.subject { true } else { false } })
    guard case .event(let number) = line.subject else { return }
    // Right of all columns that are things of their own.
    point(&app, .press, 60, line.area.y)
    #expect(app.shown == number)
    app.press(.character("?"))
    for _ in 0..<20 { point(&app, .scrollDown, 5, 5) }
    #expect(app.help.isShown && app.shown == number)
  }

  @Test("On the Timeline a drag moves the moment, and the wheel zooms")
  func timeline() throws {
    var (app, history) = try begin(.character("2"))
    for _ in 0..<5 { draw(&app, history) }
    point(&app, .press, 40, 6)
    draw(&app, history)
    let first = app.shown
    point(&app, .drag, 90, 6)
    draw(&app, history)
    #expect(app.shown > first)
    point(&app, .release, 90, 6)
  }

  @Test func theMouseCanBeOff() throws {
    var (app, _) = try begin()
    #expect(app.isMouseOn)
    app.press(.character("M"))
    #expect(!app.isMouseOn)
    app.press(.character("M"))
    #expect(app.isMouseOn)
  }

  @Test(
    "A theme is chosen with the wheel or a press, and taken with a second one; beside the list, the old one comes back")
  func themes() throws {
    var (app, history) = try begin()
    app.press(.character("T"))
    draw(&app, history)
    let lines = app.draw(history, width: 120, height: 36, now: seconds(0)).lines
    let y = try #require(lines.firstIndex { $0.contains(" nord ") })
    point(&app, .scrollDown, 5, 5)
    #expect(app.theme.slug == "light")
    point(&app, .scrollUp, 5, 5)
    point(&app, .scrollUp, 5, 5)
    #expect(app.theme.slug == "dark")
    point(&app, .press, 110, y)
    #expect(app.theme.slug == "nord" && app.themeList != nil)
    #expect(point(&app, .press, 5, 35) == [])
    #expect(app.theme.slug == "dark" && app.themeList == nil)
    app.press(.character("T"))
    draw(&app, history)
    for _ in 0..<2 { point(&app, .press, 110, y) }
    #expect(app.theme.slug == "nord" && app.themeList == nil && app.selection == nil)
  }
}
