import MagpieModel
import Testing

@testable import MagpieView

@Suite struct AppTests {
  private func app(_ status: ProgramStatus, end: Int = 100, first: Int = 10) throws -> App {
    var app = try App.sample()
    var observation = App.Observation()
    observation.facts = .sample(status)
    observation.first = first
    observation.end = end
    _ = app.update(.observed(observation))
    return app
  }

  @Test func spaceHoldsAndReleasesTheProgramAndLeavesTheView() throws {
    var app = try app(.running)
    app.press(.character(","))
    #expect(app.press(.character(" ")) == [.hold])
    #expect(app.position == 99)
    #expect(app.press(.character(" ")) == [.release])
  }

  @Test func stepAtTheLiveEdgeHoldsFirst() throws {
    var app = try app(.running)
    #expect(app.press(.character(".")) == [.hold, .step])
    #expect(app.observation.facts.status == .stepping)
    #expect(app.press(.character(".")) == [.step])
  }

  @Test func stepWhileBackMovesTheViewOnly() throws {
    var app = try app(.held)
    #expect(app.press(.character(","), .character(",")).isEmpty)
    #expect(app.position == 98)
    #expect(app.press(.character(".")).isEmpty)
    #expect(app.position == 99)
    #expect(app.press(.character(".")).isEmpty)
    #expect(app.position == nil)
    #expect(app.press(.character(".")) == [.step])
  }

  @Test func anEndedProgramIsOnlyLookedAt() throws {
    var app = try app(.ended)
    #expect(app.press(.character("."), .character(" "), .character("-")).isEmpty)
    app.press(.character(","))
    #expect(app.position == 99)
    app.press(.character("G"))
    #expect(app.position == nil)
  }

  @Test func historyThatIsGoneIsNotShown() throws {
    var app = try app(.running)
    app.press(.character("4"), .home)
    #expect(app.position == 10)
    app.press(.character(","))
    #expect(app.position == 10)
    var observation = app.observation
    observation.first = 50
    _ = app.update(.observed(observation))
    #expect(app.position == 50)
  }

  @Test func arrowsWorkInEventsOnly() throws {
    var app = try app(.held)
    app.press(.up)
    #expect(app.position == nil)
    app.press(.character("4"), .up, .pageUp)
    #expect(app.position == 90)
    app.press(.end)
    #expect(app.position == nil)
  }

  @Test func tempoGoesThroughItsSteps() throws {
    var app = try app(.running)
    #expect(app.press(.character("-")) == [.tempo(500)])
    #expect(app.press(.character("+"), .character("+")) == [.tempo(200), .tempo(100)])
    for _ in 0..<20 { app.press(.character("-")) }
    #expect(app.observation.facts.tempo == 10_000)
    for _ in 0..<20 { app.press(.character("+")) }
    #expect(app.observation.facts.tempo == 1)
  }

  @Test func quitSaysWhetherSomethingWasWrong() throws {
    var app = try app(.running)
    #expect(app.press(.character("q")) == [.quit])
    #expect(app.isOver && app.exitStatus == 0)
    var observation = app.observation
    observation.findings = 1
    _ = app.update(.observed(observation))
    #expect(app.exitStatus == 1)
  }

  private func write(_ text: String, in app: inout App) {
    for scalar in text.unicodeScalars { app.press(.character(scalar)) }
  }

  /// Draws frames until the search has ended.
  private func search(_ app: inout App, _ history: History) {
    repeat { _ = app.draw(history, width: 100, height: 30, now: seconds(0)) } while app.finder.isSearching
  }

  @Test("A filter that was written leads to the next event that it asks for, and on, and back")
  func finding() throws {
    let history = Rehearsal.beforeSteal(processors: 4).history
    var app = try App.sample()
    app.observe(.sample(.held), history)
    app.press(.character("4"), .home)
    let starts = (history.firstAvailable + 1...history.count).filter { history.event(at: $0)?.kind == .fiberStart }
    try #require(starts.count > 2)
    app.press(.character("/"))
    // Keys that mean something elsewhere are letters here.
    write("fiber.startq", in: &app)
    app.press(.backspace)
    #expect(app.prompt?.text == "fiber.start")
    app.press(.enter)
    search(&app, history)
    #expect(!app.isOver && app.prompt == nil)
    #expect(app.shown == starts[0])
    app.press(.character("]"))
    search(&app, history)
    #expect(app.shown == starts[1])
    app.press(.character("["))
    search(&app, history)
    #expect(app.shown == starts[0])
    // There is none before: the view stays, and says so until a key is pressed.
    app.press(.character("["))
    search(&app, history)
    #expect(app.shown == starts[0])
    #expect(app.finder.notice == .foundNothing("fiber.start", isForward: false))
    app.press(.character(","))
    #expect(app.finder.notice == nil)
  }

  @Test("A filter that cannot be read stays to be mended, and is given up by Escape")
  func badFilter() throws {
    var app = try app(.held)
    app.press(.character("/"))
    #expect(app.prompt?.text == "")
    write("kind:stael", in: &app)
    app.press(.enter)
    #expect(app.prompt?.text == "kind:stael")
    #expect(app.prompt?.notice == .filterError(.unknownKind("stael")))
    app.press(.escape)
    #expect(app.prompt == nil && app.finder.notice == nil && !app.finder.isSearching)
    #expect(app.press(.character(" ")) == [.release])
  }

  @Test func everyBindingHasHelpAndNoKeyIsBoundTwice() {
    var seen: Set<Key> = []
    for binding in KeyBinding.all {
      if let help = binding.help { for say in Language.allCases { #expect(!say(help).isEmpty) } }
      for key in binding.keys { #expect(seen.insert(key).inserted, "\(key) is bound twice") }
    }
    #expect(Set(KeyBinding.all.map(\.action)) == Set(Action.allCases))
    #expect(KeyBinding.all[0].help != nil)
  }

  @Test(
    "The header always holds event, both states, tempo, time, rate, lost and audit",
    arguments: [60, 80, 100, 120, 160, 200],
    ProgramStatus.allCases)
  func header(width: Int, status: ProgramStatus) throws {
    let run = Rehearsal.beforeSteal(processors: 4)
    var facts = ProgramFacts.sample(status)
    facts.tempo = 1000
    let end = 1_234_567
    for (say, shown) in Language.allCases.flatMap({ [($0, end), ($0, end - 500_000)] }) {
      let scene = Scene(
        state: run.history.live, history: run.history, facts: facts, shown: shown, end: end, say: say, now: 0)
      var canvas = Canvas(width: width, height: 18, isASCII: false)
      Header(scene: scene, width: width).draw(&canvas)
      let text = Golden.lines(canvas).prefix(Header.height(width: width)).joined(separator: "\n")
      let words = [
        say(.status(status)), shown == end ? say(.live) : say(.back(500_000)), say(.tempo(1000)),
        say(.eventOf(UInt64(shown), UInt64(end))), say(.time(scene.state.time)), say(.lost(0)),
        say(.rate(status == .running ? facts.rate : 0)), "✓",
      ]
      for word in words { #expect(text.contains(word), "\(word) is missing in\n\(text)") }
    }
  }

  @Test func theThemeKeyOpensAListAndGoesRound() throws {
    var app = try App.sample()
    let all = try Theme.embedded().map(\.slug)
    app.press(.character("T"))
    #expect(app.theme.slug == all[0])
    var seen: [String] = []
    for _ in all {
      app.press(.character("T"))
      seen.append(app.theme.slug)
    }
    #expect(seen == all[1...] + [all[0]])
  }

  @Test func whatIsChosenIsSeenAtOnceAndEnterTakesIt() throws {
    var app = try App.sample()
    app.press(.character("T"), .down)
    #expect(app.theme.slug == "light")
    app.press(.up, .up)
    #expect(app.theme.slug == (try Theme.embedded().last?.slug))
    app.press(.home, .character("g"))
    #expect(app.theme.slug == "gruvbox-dark")
    app.press(.character("G"), .enter)
    #expect(app.theme.slug == "gruvbox-light" && app.themeList == nil)
    // Keys are again what they were.
    #expect(app.press(.character(" ")) == [.hold])
  }

  @Test func escapeGivesBackTheThemeFromBeforeAndNothingElseHappens() throws {
    var app = try App.sample(theme: "nord")
    var commands = app.press(.character("T"), .down, .pageDown, .pageUp, .end, .home, .left, .tab, .character("q"))
    commands += app.press(.character(" "), .character("n"), .character("4"), .character("?"), .backspace, .home)
    #expect(app.theme.slug == "dark" && app.themeList != nil)
    commands += app.press(.escape)
    #expect(app.theme.slug == "nord" && app.themeList == nil && commands == [])
    #expect(app.view == .stage && !app.help.isShown && !app.isOver)
  }

  @Test(arguments: [(40, 12), (60, 18), (80, 24), (200, 60)])
  func theListShowsTheChosenThemeAndMarksTheOneFromBefore(width: Int, height: Int) throws {
    var app = try App.sample(theme: "light")
    app.press(.character("T"))
    let all = try Theme.embedded().map(\.slug)
    for number in all.indices {
      let lines = app.draw(History(processors: 4), width: width, height: height, now: seconds(0)).lines
      let slug = all[(number + 1) % all.count]
      #expect(app.theme.slug == slug)
      #expect(lines.contains { $0.contains("▶") && $0.contains(" \(slug) ") })
      // The one from before may have been scrolled away; no other has its mark.
      let marked = all.filter { slug in lines.contains { $0.contains("✓ \(slug) ") } }
      #expect(marked == ["light"] || marked.isEmpty && height < 24)
      app.press(.down)
    }
  }

  @Test(
    "Where the header has least room, its words do not run together", arguments: Language.allCases, [40, 44, 48, 60])
  func leastHeader(_ language: Language, width: Int) throws {
    for isASCII in language == .english ? [false, true] : [false] {
      var app = try App.sample(language: language, isASCII: isASCII)
      let history = Rehearsal.beforeSteal().history
      app.observe(.sample(.running), history)
      let line = app.draw(history, width: width, height: 12, now: seconds(0)).lines[0]
      let live = language(.live)
      let end = try #require(line.firstRange(of: live)?.upperBound)
      #expect(line[end...].hasPrefix("  ") || line[end...].allSatisfy { $0 == " " }, "\(line)")
      #expect(line.last { $0 != " " } == (isASCII ? "+" : "✓"), "\(line)")
    }
  }
}
