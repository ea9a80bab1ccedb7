import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// What is on the screen can be selected, explained and acted upon.
@Suite struct SelectionTests {
  private func stage(
    _ width: Int = 120, _ height: Int = 36, _ status: ProgramStatus = .held
  ) throws -> (App, History) {
    let history = Rehearsal.beforeSteal(processors: 4).history
    var app = try App.sample()
    app.observe(.sample(status), history)
    _ = app.draw(history, width: width, height: height, now: seconds(0))
    return (app, history)
  }

  private func text(_ app: inout App, _ history: History, _ width: Int = 120, _ height: Int = 36) -> String {
    Golden.lines(app.draw(history, width: width, height: height, now: seconds(1))).joined(separator: "\n")
  }

  @Test("Tab goes through all that is on the Stage, each once, and round")
  func tab() throws {
    var (app, _) = try stage()
    let subjects = Set(app.spots.map(\.subject))
    #expect(subjects.contains(.globalQueue) && subjects.contains(.timers) && subjects.contains(.processor(3)))
    var seen: [Subject] = []
    for _ in subjects {
      app.press(.tab)
      seen.append(try #require(app.selection))
    }
    #expect(Set(seen) == subjects)
    app.press(.tab)
    #expect(app.selection == seen[0])
  }

  @Test("Arrows go to what lies there, and back")
  func arrows() throws {
    var (app, _) = try stage()
    app.selection = .processor(0)
    app.press(.right)
    let right = try #require(app.selection)
    #expect(right != .processor(0))
    let from = try #require(app.spots.last { $0.subject == .processor(0) }?.area)
    let to = try #require(app.spots.last { $0.subject == right }?.area)
    #expect(to.x > from.x)
    app.selection = .processor(3)
    app.press(.up)
    let up = try #require(app.spots.last { $0.subject == app.selection }?.area)
    #expect(up.y < (try #require(app.spots.last { $0.subject == .processor(3) }?.area.y)))
  }

  @Test(
    "Everything on the Stage and in the log is explained in sentences", arguments: [(80, 24), (120, 36), (200, 60)])
  func explained(width: Int, height: Int) throws {
    for view: Key in [.character("1"), .character("4")] {
      var (app, history) = try stage(width, height)
      app.press(view)
      _ = app.draw(history, width: width, height: height, now: seconds(0))
      for subject in Set(app.spots.map(\.subject)) {
        app.selection = subject
        app.isExplained = true
        let scene = Scene(
          state: history.live, history: history, facts: .sample(.held), shown: history.count, end: history.count,
          say: app.language, now: 0)
        var explainer = Explainer()
        let explanation = Explanation(subject, explainer.past(of: subject, scene), scene)
        #expect(!explanation.title.isEmpty)
        #expect(explanation.lines.count >= 2, "\(subject)")
        for line in explanation.lines { #expect(line.text.count > 10, "\(subject): \(line.text)") }
        #expect(text(&app, history, width, height).contains(explanation.title))
      }
    }
  }

  @Test("Why did G17 run there? Its explanation says where it is, who woke it and by which rule")
  func whyThere() throws {
    var run = Rehearsal.beforeSteal(processors: 4)
    run.steal(2)
    var app = try App.sample()
    app.observe(.sample(.held), run.history)
    let fiber = try #require(run.history.live.processor(2).fiber)
    app.selection = .fiber(fiber)
    app.press(.enter)
    // As one line, for it is broken between words.
    let shown = text(&app, run.history).split { " │\n".contains($0) }.joined(separator: " ")
    #expect(shown.contains("Runs on P2"))
    #expect(shown.contains("local empty · global empty") && shown.contains("took 5 from P0"))
    app.press(.escape)
    #expect(!app.isExplained && app.selection != nil)
    app.press(.escape)
    #expect(app.selection == nil)
    try Golden.check(
      {
        app.selection = .fiber(fiber)
        app.press(.enter)
        return app.draw(run.history, width: 80, height: 24, now: seconds(2))
      }(), "explain-80x24")
  }

  @Test("The selected fiber or machine is frozen, woken, blocked and stepped; a processor stands for its fiber")
  func control() throws {
    var (app, history) = try stage()
    func press(_ scalar: Unicode.Scalar) -> [ProgramCommand] {
      _ = app.draw(history, width: 120, height: 36, now: seconds(1))
      return app.press(.character(scalar))
    }
    #expect(press("F").isEmpty)
    let fiber = try #require(history.live.processor(0).fiber)
    app.selection = .processor(0)
    #expect(press("F") == [.freezeFiber(fiber, true)])
    app.selection = .fiber(fiber)
    #expect(press("w") == [.wake(fiber)])
    #expect(press("W") == [.freezeFiber(fiber, true)])
    #expect(press(">") == [.stepFiber(fiber)])
    app.selection = .machine(0)
    #expect(press("F") == [.freezeMachine(0, true)])
    #expect(press(">") == [.stepMachine(0)])
    var facts = ProgramFacts.sample(.held)
    facts.frozenMachines = [0]
    app.observe(facts, history)
    #expect(press("F") == [.freezeMachine(0, false)])
    #expect(text(&app, history).contains("frozen M0"))
  }

  @Test("In the table a key acts on the row that the keys before it have moved to, though no frame was drawn between")
  func fastKeys() throws {
    var (app, history) = try stage()
    app.press(.character("3"))
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    app.press(.home)
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    let first = try #require(app.fiberTable.selected)
    let commands = app.press(.down, .character("F"))
    let rows = app.fiberTable.page.rows.map(\.id)
    let second = try #require(rows.firstIndex(of: first).map { rows[$0 + 1] })
    #expect(commands == [.freezeFiber(second, true)])
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    #expect(app.fiberTable.selected == second)
    app.press(.down, .down, .up, .enter)
    #expect(app.fiberTable.selected == rows[(rows.firstIndex(of: second) ?? 0) + 1])
    // Beyond what was drawn nobody knows yet which row it will be.
    app.press(.escape)
    _ = app.draw(history, width: 120, height: 14, now: seconds(1))
    for _ in 0..<200 { app.press(.down) }
    #expect(app.awaitsFrame)
    #expect(app.press(.character("F")).isEmpty)
    // Home and Down are the second row, however far the keys before them went.
    app.press(.home, .down)
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
    #expect(app.fiberTable.selected == second && !app.awaitsFrame)
  }

  @Test("Keys that follow one for another view are for what that shows: a frame comes first")
  func anotherViewFirst() throws {
    var (app, history) = try stage()
    for key in ["2", "3", "4", "5", "1"] as [Unicode.Scalar] {
      app.press(.character(key))
      #expect(app.awaitsFrame)
      _ = app.draw(history, width: 120, height: 36, now: seconds(1))
      #expect(!app.awaitsFrame)
      app.press(.character(key))
      #expect(!app.awaitsFrame, "it is shown already")
    }
  }

  @Test func theRunIsChangedByKeys() throws {
    var (app, _) = try stage()
    let processors = app.observation.facts.processors
    #expect(app.press(.character("P")) == [.processors(processors + 1)])
    #expect(app.press(.character("p")) == [.processors(processors)])
    #expect(app.press(.character("{")) == [.load(isMore: false)])
    #expect(app.press(.character("}")) == [.load(isMore: true)])
    app.press(.character(","))
    #expect(app.press(.character("R")) == [.restart])
    #expect(app.position == nil)
  }

  @Test("A breakpoint is written as a filter, shown while it stands, and taken back by writing nothing")
  func breakpoint() throws {
    var (app, history) = try stage()
    app.press(.character("b"))
    for scalar in "handoff".unicodeScalars { app.press(.character(scalar)) }
    #expect(app.press(.enter) == [.breakpoint(try Filter("handoff"))])
    #expect(text(&app, history).contains("breaks at handoff"))
    var facts = ProgramFacts.sample(.held)
    facts.stoppedBefore = StoppedBefore(
      kinds: [.processorHandoff], processor: 2, machine: 5, fiber: 17, isOpen: true)
    app.observe(facts, history)
    let shown = text(&app, history)
    #expect(shown.contains("before processor.handoff") && shown.contains("P2 M5 G17") && shown.contains("may turn"))
    app.press(.character("b"))
    for _ in 0..<7 { app.press(.backspace) }
    #expect(app.press(.enter) == [.breakpoint(nil)])
    app.observe(.sample(.held), history)
    #expect(!text(&app, history).contains("breaks at"))
  }

  @Test("At the live edge the next match is run on to; back in history it is looked for there")
  func nextMatch() throws {
    var (app, history) = try stage()
    #expect(app.press(.character("]")) == [.runUntil(app.finder.filter)])
    app.press(.character(","), .character(","))
    #expect(app.press(.character("]")).isEmpty)
    #expect(app.finder.isSearching)
    _ = app.draw(history, width: 120, height: 36, now: seconds(1))
  }

  @Test("A filtered log lists the matches near the moment, in order, and no other event")
  func filteredLog() throws {
    var (app, history) = try stage(120, 30)
    app.press(.character("4"), .character("f"))
    for scalar in "start".unicodeScalars { app.press(.character(scalar)) }
    app.press(.enter)
    _ = app.draw(history, width: 120, height: 30, now: seconds(1))
    let listed = app.spots.compactMap { if case .event(let number) = $0.subject { number } else { nil } }
    let matches = (1...history.count).filter {
      [.fiberStart, .machineStart].contains(history.event(at: $0)?.kind)
    }
    #expect(listed == matches.suffix(listed.count) && listed.count > 3)
    app.press(.character("f"))
    for _ in 0..<5 { app.press(.backspace) }
    app.press(.enter)
    _ = app.draw(history, width: 120, height: 30, now: seconds(1))
    #expect(app.spots.filter { if case .event = $0.subject { true } else { false } }.count > listed.count)
  }

  @Test("The help page can be searched, and scrolled to its end")
  func help() throws {
    var (app, history) = try stage(80, 24)
    app.press(.character("?"))
    #expect(!text(&app, history, 80, 24).contains("choose a theme"))
    for _ in 0..<40 { app.press(.down) }
    #expect(text(&app, history, 80, 24).contains("quit"))
    app.press(.character("/"))
    for scalar in "freeze".unicodeScalars { app.press(.character(scalar)) }
    let found = text(&app, history, 80, 24)
    #expect(found.contains("freeze the selected") && !found.contains("begin again"))
    app.press(.escape)
    #expect(app.help.isShown)
    app.press(.escape)
    #expect(!app.help.isShown)
  }
}
