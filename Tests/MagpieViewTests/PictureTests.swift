import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// What Stage and Events look like. The moment: P2's new machine steals half of what waits at P0.
@Suite struct PictureTests {
  static let sizes = [(60, 18), (80, 24), (120, 36), (200, 60)]

  /// The moment just after the steal, drawn `after` seconds after it was seen.
  private func stage(
    _ width: Int, _ height: Int, status: ProgramStatus = .held, after: Double = 0.6, isASCII: Bool = false,
    language: Language = .english, processors: Int = 4
  ) throws -> (App, History, Canvas) {
    var run = Rehearsal.beforeSteal(processors: processors)
    var app = try App.sample(language: language, isASCII: isASCII)
    app.observe(.sample(status), run.history)
    _ = app.draw(run.history, width: width, height: height, now: seconds(0))
    run.steal(2)
    app.observe(.sample(status), run.history)
    _ = app.draw(run.history, width: width, height: height, now: seconds(1))
    let canvas = app.draw(run.history, width: width, height: height, now: seconds(1 + after))
    return (app, run.history, canvas)
  }

  @Test("Stage and Events at each size", arguments: sizes)
  func stageAndEvents(width: Int, height: Int) throws {
    var (app, history, canvas) = try stage(width, height)
    try Golden.check(canvas, "stage-\(width)x\(height)")
    app.press(.character("4"), .character(","), .character(","))
    try Golden.check(app.draw(history, width: width, height: height, now: seconds(2)), "events-\(width)x\(height)")
  }

  @Test("Stage and Events in Chinese", arguments: sizes)
  func inChinese(width: Int, height: Int) throws {
    var (app, history, canvas) = try stage(width, height, language: .chinese)
    try Golden.check(canvas, "stage-zh-\(width)x\(height)")
    app.press(.character("4"), .character(","), .character(","))
    try Golden.check(app.draw(history, width: width, height: height, now: seconds(2)), "events-zh-\(width)x\(height)")
  }

  @Test func themeList() throws {
    var (app, history, _) = try stage(80, 24)
    app.press(.character("T"), .end)
    try Golden.check(app.draw(history, width: 80, height: 24, now: seconds(2)), "themes-80x24")
    app.press(.home, .character("L"))
    app.press(.escape, .character("L"), .character("T"))
    try Golden.check(app.draw(history, width: 120, height: 36, now: seconds(2)), "themes-zh-120x36")
  }

  @Test func helpInChinese() throws {
    var (app, history, _) = try stage(80, 24, language: .chinese)
    app.press(.character("?"))
    try Golden.check(app.draw(history, width: 80, height: 24, now: seconds(2)), "help-zh-80x24")
  }

  @Test func aKeySwitchesTheLanguage() throws {
    var (app, history, english) = try stage(120, 36)
    app.press(.character("L"))
    #expect(app.language == .chinese)
    let chinese = app.draw(history, width: 120, height: 36, now: seconds(1.6))
    #expect(Golden.lines(chinese).contains { $0.contains("全局队列") })
    app.press(.character("L"))
    #expect(app.draw(history, width: 120, height: 36, now: seconds(1.6)) == english)
  }

  /// What would be drawn as question marks is said in English.
  @Test func inASCIIThereIsNoChinese() throws {
    var (app, history, canvas) = try stage(120, 36, isASCII: true, language: .chinese)
    #expect(app.language == .english)
    #expect(canvas == (try stage(120, 36, isASCII: true)).2)
    app.press(.character("L"), .character("?"))
    for cell in app.draw(history, width: 120, height: 36, now: seconds(2)).cells { #expect(cell.scalar < 0x7F) }
  }

  @Test func twinsInASCII() throws {
    let (_, _, canvas) = try stage(120, 36, isASCII: true)
    for cell in canvas.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(canvas, "stage-ascii-120x36")
  }

  @Test func aStealOnItsWay() throws {
    let (app, _, canvas) = try stage(120, 36, status: .running, after: 0.24)
    #expect(app.isMoving)
    try Golden.check(canvas, "stage-steal-120x36")
  }

  @Test func theTraceFadesAndNothingMovesAnyMore() throws {
    var (app, history, _) = try stage(120, 36, status: .running)
    let canvas = app.draw(history, width: 120, height: 36, now: seconds(4))
    #expect(!app.isMoving)
    #expect(!Golden.lines(canvas).contains { $0.contains("steals 5 of 10") })
  }

  @Test func whatStandsStillNeedsNoFrames() throws {
    let (app, _, canvas) = try stage(120, 36, status: .held)
    #expect(!app.isMoving)
    #expect(Golden.lines(canvas).contains { $0.contains("P2 steals 5 of 10") })
  }

  @Test func manyProcessors() throws {
    var run = Rehearsal(processors: 128, seed: 5)
    run.begin()
    while run.count < 4000 { run.step() }
    var app = try App.sample()
    app.observe(.sample(), run.history)
    try Golden.check(app.draw(run.history, width: 200, height: 60, now: seconds(0)), "stage-128P-200x60")
    let small = app.draw(run.history, width: 80, height: 24, now: seconds(0))
    #expect(Golden.lines(small).contains { $0.contains("more P") })
  }

  @Test func help() throws {
    var (app, history, _) = try stage(80, 24)
    app.press(.character("?"))
    try Golden.check(app.draw(history, width: 80, height: 24, now: seconds(2)), "help-80x24")
  }

  @Test("A deadlock says who waits, and for what", arguments: Language.allCases)
  func deadlock(_ language: Language) throws {
    let run = Rehearsal.deadlocked()
    var app = try App.sample(language: language)
    var facts = ProgramFacts.sample(.ended)
    facts.isDeadlocked = true
    app.observe(facts, run.history)
    #expect(app.exitStatus == 1)
    let canvas = app.draw(run.history, width: 80, height: 24, now: seconds(2))
    let name = language == .english ? "deadlock-80x24" : "deadlock-\(language.rawValue)-80x24"
    try Golden.check(canvas, name)
    // The end is told at the end only.
    app.press(.character(","))
    let before = app.draw(run.history, width: 80, height: 24, now: seconds(3))
    let headline = language(.deadlocked(3))
    #expect(Golden.lines(canvas).contains { $0.contains(headline) })
    #expect(!Golden.lines(before).contains { $0.contains(headline) })
  }

  @Test func afterALossWhatIsUnknownLooksUnknown() throws {
    var (app, history, _) = try stage(80, 24)
    history.noteLoss(machine: 0, from: 1, to: 2, count: 12)
    app.observe(.sample(), history)
    let lines = Golden.lines(app.draw(history, width: 80, height: 24, now: seconds(2)))
    #expect(lines.contains { $0.contains("lost 12") })
    #expect(lines.contains { $0.contains("until the next snapshot") })
  }

  @Test func gateNotesSayWhyAMachineStands() throws {
    var (app, history, _) = try stage(120, 36)
    var facts = ProgramFacts.sample(.held)
    facts.notes = [0: .atGate, 4: .waitsForLock(name: "the scheduler lock", heldBy: 0)]
    app.observe(facts, history)
    let lines = Golden.lines(app.draw(history, width: 160, height: 40, now: seconds(2)))
    #expect(lines.contains { $0.contains("at the gate") && $0.contains("waits for the scheduler lock") })
  }

  @Test(arguments: Language.allCases)
  func anyTerminalSizeCanBeDrawn(_ language: Language) throws {
    var run = Rehearsal(processors: 16, seed: 9)
    run.begin()
    while run.count < 1500 { run.step() }
    var app = try App.sample(language: language)
    var time = 0.0
    for keys: [Key] in [
      [.character("1")], [.character("2")], [.character("v")], [.character("v")], [.character("4")],
      [.character("3"), .down], [.enter], [.character("5"), .down], [.character("?")],
    ] {
      for key in keys { app.press(key) }
      for width in stride(from: 1, through: 300, by: 13) {
        for height in stride(from: 1, through: 100, by: 7) {
          run.step()
          time += 0.05
          app.observe(.sample(), run.history)
          let canvas = app.draw(run.history, width: width, height: height, now: seconds(time))
          #expect(canvas.cells.count == width * height)
          #expect(hasWholeCharactersOnly(canvas))
        }
      }
    }
    let small = app.draw(run.history, width: 39, height: 10, now: seconds(time))
    #expect(Golden.lines(small).contains(language(.tooSmall(width: 39, height: 10, neededWidth: 40, neededHeight: 12))))
  }

  /// Whether every wide character has both its cells, and no cell is half of none.
  private func hasWholeCharactersOnly(_ canvas: Canvas) -> Bool {
    var isWide = false
    for (index, cell) in canvas.cells.enumerated() {
      let isFirst = index % canvas.width == 0
      if (isWide && !isFirst) != (cell.scalar == Canvas.Cell.continuation) || isWide && isFirst { return false }
      isWide = CharacterWidth.of(cell.scalar) == 2
    }
    return !isWide
  }
}
