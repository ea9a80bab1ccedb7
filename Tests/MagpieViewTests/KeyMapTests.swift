import Testing

@testable import MagpieView

@Suite struct KeyMapTests {
  private func error(_ yaml: String) -> KeyMapError? {
    do {
      _ = try KeyMap(yaml: Array(yaml.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test func aFileTakesThePlaceOfAnActionsKeys() throws {
    let map = try KeyMap(yaml: Array("# mine\nstep: [y, Y]\nhold-or-release: 'x'\n".utf8))
    #expect(map.action(of: .character("y"), in: .stage) == .step)
    #expect(map.action(of: .character("."), in: .stage) == nil)
    #expect(map.action(of: .character("x"), in: .stage) == .holdOrRelease)
    #expect(map.keys(of: .quit) == [.character("q")])
    #expect(map.bindings.count == KeyBinding.all.count)
    #expect(map.bindings.map(\.help) == KeyBinding.all.map(\.help))
  }

  @Test func theTableItselfIsTheMapWithoutAFile() throws {
    for map in [KeyMap(), try KeyMap(yaml: [])] {
      #expect(map.bindings.map(\.keys) == KeyBinding.all.map(\.keys))
      #expect(map.action(of: .character("u"), in: .timeline) == .undo)
      #expect(map.action(of: .character("u"), in: .stage) == nil)
    }
  }

  @Test func everyActionAndEveryKeyOfTheTableHasANameThatIsRead() throws {
    #expect(Set(Action.allCases.map(\.name)).count == Action.allCases.count)
    #expect(Action.holdOrRelease.name == "hold-or-release" && Action.pageUp.name == "page-up")
    for key in KeyBinding.all.flatMap(\.keys) {
      let isArrow = [Key.up, .down, .left, .right].contains(key)
      #expect(isArrow || Key(name: key.label) == key, "\(key.label)")
    }
    #expect(Key(name: "up") == .up && Key(name: "Page-Up") == .pageUp)
    #expect(Key(name: "\u{1B}") == nil && Key(name: "") == nil && Key(name: "\u{202E}") == nil)
  }

  @Test func wrongFilesSayWhatIsWrongWhere() {
    #expect(error("step: n\nstpe: x") == .unknownAction(name: "stpe", line: 2))
    #expect(error("step: ctrl-x") == .unknownKey(name: "ctrl-x", line: 1))
    #expect(error("step:\n  - n\n  - [a]") == .unknownKey(name: "", line: 3))
    #expect(error("step: []") == .noKey(action: "step", line: 1))
    #expect(error("- step") == .notYAML(.notAMapping(line: 1)))
  }

  @Test func oneKeyForTwoActionsIsAConflictWhereBothWork() {
    #expect(error("\nstep: T") == .conflict(key: "T", action: "step", other: "theme", line: 2))
    #expect(error("theme: x\nstep: T") == nil)
    #expect(error("theme: x\nstep: x") == .conflict(key: "x", action: "step", other: "theme", line: 2))
    #expect(error("step: j") == .conflict(key: "j", action: "step", other: "down", line: 1))
  }

  @Test func footerAndHelpShowTheUsersKeys() throws {
    var app = try App.sample()
    app.keyMap = try KeyMap(yaml: Array("step: y\nslower: d\nfaster: [c, '+']\n".utf8))
    var run = Rehearsal.beforeSteal(processors: 4)
    run.steal(2)
    app.observe(.sample(), run.history)
    let footer = Golden.lines(app.draw(run.history, width: 120, height: 36, now: seconds(0))).last ?? ""
    #expect(footer.contains("y step") && footer.contains("d c tempo"), "\(footer)")
    app.press(.character("?"))
    let help = Golden.lines(app.draw(run.history, width: 120, height: 36, now: seconds(0)))
    #expect(help.contains { $0.contains("│ y ") } && help.contains { $0.contains("│ c + ") })
    #expect(app.press(.character("y")) == [.hold, .step])
  }
}
