import Testing

@testable import MagpieTerminal

@Suite struct AbilitiesTests {
  private func abilities(
    _ variables: [String: String], colors: Int = 256, hasMouse: Bool = true, codeset: String = "UTF-8",
    _ change: (inout TerminalOptions) -> Void = { _ in }
  ) -> Abilities {
    var options = TerminalOptions()
    change(&options)
    return Abilities(
      environment: { variables[$0].flatMap { $0.isEmpty ? nil : $0 } },
      description: .init(colors: colors, hasMouse: hasMouse), codeset: codeset, options: options)
  }

  struct Case: Sendable {
    let variables: [String: String]
    var described = 256
    var choice = ColorChoice.auto
    let depth: ColorDepth
    let reason: Abilities.ColorReason
  }

  static let cases = [
    Case(variables: ["TERM": "xterm-256color"], depth: .palette256, reason: .description(colors: 256)),
    Case(variables: ["TERM": "xterm"], described: 8, depth: .eight, reason: .description(colors: 8)),
    Case(variables: ["TERM": "x"], described: 16, depth: .sixteen, reason: .description(colors: 16)),
    Case(variables: ["TERM": "x"], described: 88, depth: .sixteen, reason: .description(colors: 88)),
    Case(variables: ["TERM": "x-direct"], described: 1 << 24, depth: .direct, reason: .description(colors: 1 << 24)),
    Case(variables: ["TERM": "vt100"], described: -1, depth: .none, reason: .description(colors: 0)),
    Case(
      variables: ["TERM": "xterm", "COLORTERM": "truecolor"], described: 8, depth: .direct,
      reason: .colorTerm("truecolor")),
    Case(variables: ["TERM": "tmux", "COLORTERM": "24bit"], depth: .direct, reason: .colorTerm("24bit")),
    Case(variables: ["TERM": "x", "COLORTERM": "yes"], depth: .palette256, reason: .description(colors: 256)),
    // COLORTERM only says how many.
    Case(
      variables: ["TERM": "vt100", "COLORTERM": "truecolor"], described: 0, depth: .none,
      reason: .description(colors: 0)),
    Case(variables: ["TERM": "xterm-kitty"], depth: .direct, reason: .knownTerminal("kitty")),
    Case(variables: ["TERM": "x", "WT_SESSION": "1"], depth: .direct, reason: .knownTerminal("Windows Terminal")),
    Case(
      variables: ["TERM": "screen", "STY": "1.tty", "COLORTERM": "truecolor"], described: 8, depth: .eight,
      reason: .insideScreen(colors: 8)),
    Case(
      variables: ["TERM": "screen", "STY": "1", "TMUX": "/tmp/x", "COLORTERM": "truecolor"], depth: .direct,
      reason: .colorTerm("truecolor")),
    // NO_COLOR counts when it is not empty, whatever it says; what the user says now counts more.
    Case(variables: ["TERM": "x", "NO_COLOR": "0", "COLORTERM": "truecolor"], depth: .none, reason: .noColor),
    Case(variables: ["TERM": "x", "NO_COLOR": ""], depth: .palette256, reason: .description(colors: 256)),
    Case(
      variables: ["TERM": "x", "NO_COLOR": "1"], choice: .always, depth: .palette256, reason: .description(colors: 256)),
    Case(variables: ["TERM": "vt100"], described: 0, choice: .always, depth: .eight, reason: .choice(.always)),
    Case(variables: ["TERM": "x", "NO_COLOR": "1"], choice: .sixteen, depth: .sixteen, reason: .choice(.sixteen)),
    Case(variables: ["TERM": "x"], choice: .palette256, depth: .palette256, reason: .choice(.palette256)),
    Case(variables: ["TERM": "x"], choice: .direct, depth: .direct, reason: .choice(.direct)),
    Case(variables: ["TERM": "x", "COLORTERM": "truecolor"], choice: .never, depth: .none, reason: .choice(.never)),
  ]

  @Test(arguments: cases)
  func asManyColoursAsThereAre(_ test: Case) {
    let found = abilities(test.variables, colors: test.described) { $0.color = test.choice }
    #expect(found.depth == test.depth && found.colorReason == test.reason, "\(test.variables) \(found.colorReason)")
  }

  @Test func theLocaleDecidesOnCharacters() {
    let term = ["TERM": "xterm"]
    #expect(!abilities(term).isASCII && abilities(term).characterReason == .locale(codeset: "UTF-8"))
    #expect(abilities(term, codeset: "ANSI_X3.4-1968").isASCII)
    #expect(abilities(term) { $0.isASCII = true }.isASCII)
    #expect(abilities(["TERM": "linux"]).characterReason == .console)
    #expect(!abilities(["TERM": "linux"]) { $0.isASCII = false }.isASCII)
    // What the locale cannot write cannot be chosen.
    #expect(abilities(term, codeset: "ISO-8859-1") { $0.isASCII = false }.isASCII)
  }

  @Test func aMouseIsTakenWhereThereIsOne() {
    #expect(abilities(["TERM": "xterm"]).hasMouse)
    #expect(!abilities(["TERM": "vt100"], hasMouse: false).hasMouse)
    #expect(!abilities(["TERM": "linux"]).hasMouse)
    #expect(abilities(["TERM": "xterm"]) { $0.isMouseOn = false }.mouseReason == .choice)
  }

  @Test func framesAreMarkedOnlyWhereThatIsKnownToWork() {
    let known: [[String: String]] = [
      ["TERM": "xterm-kitty"], ["TERM": "foot"], ["TERM": "xterm-ghostty"], ["TERM": "contour"], ["TERM": "wezterm"],
      ["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"],
      ["TERM": "tmux-256color", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"],
      ["TERM": "screen", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "next-3.6"],
    ]
    for variables in known { #expect(abilities(variables).hasSynchronizedUpdates, "\(variables)") }
    let unknown: [[String: String]] = [
      [:], ["TERM": "xterm-256color"], ["TERM": "linux"], ["TERM": "vt100"],
      ["TERM": "tmux", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"],
      // tmux stands between the terminal and magpie, whatever the terminal is.
      ["TERM": "xterm-kitty", "TMUX": "x"], ["TERM": "xterm-kitty", "STY": "1"],
    ]
    for variables in unknown { #expect(!abilities(variables).hasSynchronizedUpdates, "\(variables)") }
  }

  @Test func newerTerminalsAreDrawnOnWhereNobodyKnowsThem() {
    guard Abilities.Description(of: "xterm-256color") != nil else { return }
    #expect(Abilities.describedName(for: "xterm-256color") == "xterm-256color")
    #expect(Abilities.describedName(for: "xterm-that-nobody-knows") == "xterm-256color")
    #expect(Abilities.describedName(for: "footloose") == "xterm-256color")
    for name in ["", "no-such-terminal", "vt999"] { #expect(Abilities.describedName(for: name) == nil) }
  }

  @Test func versionsAreCompared() {
    #expect(Abilities.isAtLeast("3.4", 3, 4) && Abilities.isAtLeast("3.10", 3, 4) && Abilities.isAtLeast("4", 3, 4))
    #expect(!Abilities.isAtLeast("3.3a", 3, 4) && !Abilities.isAtLeast("", 3, 4) && !Abilities.isAtLeast("2.9", 3, 4))
    #expect(!Abilities.isAtLeast("99999999999999999999", 3, 4))
  }
}
