import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// No two states differ by hue alone: who sees no colours, or is shown none, is told the same.
@Suite struct StateTests {
  /// What is left of a cell without colours: the character, its weight, and whether its ground is filled.
  private struct Plain: Hashable {
    let scalar: UInt32
    let isBold: Bool
    let isFilled: Bool

    init(_ cell: Canvas.Cell) {
      scalar = cell.scalar
      isBold = cell.style.isBold || [.title, .running, .steal, .error].contains(cell.style.role)
      isFilled = ![Ground.screen, .bar, .running].contains(cell.style.ground)
    }
  }

  private func plain(_ canvas: Canvas) -> [Plain] { canvas.cells.map { Plain($0) } }

  @Test("What the program does, and whether the view is live, is told without colours", arguments: [40, 80, 200])
  func programAndView(width: Int) throws {
    var run = Rehearsal.beforeSteal(processors: 4)
    run.steal(2)
    var seen: [[Plain]: String] = [:]
    for status in ProgramStatus.allCases {
      for isBack in [false, true] {
        var app = try App.sample()
        app.observe(.sample(status), run.history)
        if isBack { app.press(.character(",")) }
        let canvas = app.draw(run.history, width: width, height: 24, now: seconds(0))
        // The header alone.
        let header = plain(canvas).prefix(width * Header.height(width: width))
        let name = "\(status), \(isBack ? "back" : "live")"
        #expect(seen.updateValue(name, forKey: Array(header)) == nil, "\(name) looks like another")
      }
    }
  }

  @Test func whatAProcessorDoesHasAWordOfItsOwn() {
    let phrases: [Phrase] = [
      .idleProcessor, .retiredProcessor, .blockedHolder, .givenTo, .onItsWay, .betweenOperations, .spins, .inHands(2),
      .looksForWork,
    ]
    for language in Language.allCases {
      #expect(Set(phrases.map { language($0) }).count == phrases.count)
      #expect(Set(ProgramStatus.allCases.map { language(.status($0)) }).count == ProgramStatus.allCases.count)
      let notes: [MachineNote] = [.atGate, .asleepInKernel, .computing, .waitsForLock(name: "x", heldBy: nil)]
      #expect(Set(notes.map { language(.note($0)) }).count == notes.count)
    }
  }

  @Test("A processor that runs has a sign, and one whose machine is in a call has words", arguments: [80, 120, 200])
  func runningAndBlocked(width: Int) throws {
    var run = Rehearsal.beforeSteal(processors: 4)
    let id = try #require((0..<4).first { run.isBusy($0) && run.hasMachine($0) })
    let fiber = try #require(run.history.live.processor(id).fiber)
    var app = try App.sample()
    func lines() -> [String] {
      app.observe(.sample(.held), run.history)
      return Golden.lines(app.draw(run.history, width: width, height: width * 3 / 10, now: seconds(0)))
    }
    #expect(lines().contains { $0.contains("▶ G\(fiber)") })
    run.block(id, "read")
    try #require(run.history.live.processor(id).status == .blocked)
    let blocked = lines()
    let words = Language.english(.blockedHolder).prefix(8)
    #expect(!blocked.contains { $0.contains("▶ G\(fiber)") })
    #expect(blocked.contains { $0.contains("■ G\(fiber)") || $0.contains(words) }, "\(blocked)")
  }

  @Test func aFiberThatWasJustStolenIsBoldAmongThoseThatWait() throws {
    var run = Rehearsal.beforeSteal(processors: 4)
    var app = try App.sample()
    app.observe(.sample(), run.history)
    _ = app.draw(run.history, width: 120, height: 36, now: seconds(0))
    run.steal(2)
    app.observe(.sample(), run.history)
    _ = app.draw(run.history, width: 120, height: 36, now: seconds(1))
    let cells = app.draw(run.history, width: 120, height: 36, now: seconds(2)).cells.filter { $0.scalar != 0x20 }
    let stolen = cells.filter { $0.style.ground == .steal }
    let waiting = cells.filter { $0.style.ground == .chip && $0.style.role == .runnable }
    #expect(!stolen.isEmpty && stolen.allSatisfy(\.style.isBold))
    #expect(!waiting.isEmpty && !waiting.contains(where: \.style.isBold))
  }
}
