import Glibc
import MagpieScenarios
import MagpieTerminal
import MagpieView

extension Doctor {
  static func terminal(_ files: UserSettings) -> [Diagnosis] {
    let abilities = Abilities.current(files.options)
    return [
      screen, size(isASCII: abilities.isASCII), term, shown("COLORTERM"), shown("TERM_PROGRAM"),
      colors(abilities), characters(abilities), mouse(abilities), updates(abilities),
    ]
  }

  private static var screen: Diagnosis {
    guard let obstacle = Screen.obstacle else { return Diagnosis("screen", "yes") }
    return Diagnosis(
      "screen", "no", isFine: false, why: obstacle, advice: "--headless and --text work without one")
  }

  private static func size(isASCII: Bool) -> Diagnosis {
    guard let (columns, rows) = Facts.terminalSize else { return Diagnosis("size", "not a terminal") }
    let times = isASCII ? "x" : "×"
    let value = "\(columns)\(times)\(rows)"
    if columns >= 60, rows >= 18 { return Diagnosis("size", value) }
    let isEnough = columns >= App.minimumWidth && rows >= App.minimumHeight
    return Diagnosis(
      "size", value, isFine: false,
      why: isEnough
        ? "the full picture takes 60\(times)18"
        : "less than the \(App.minimumWidth)\(times)\(App.minimumHeight) that a picture takes",
      advice: "a larger window, or smaller letters")
  }

  private static var term: Diagnosis {
    guard let name = environment("TERM") else {
      return Diagnosis(
        "TERM", "not set", isFine: false, advice: "export TERM=xterm-256color, if the terminal is like one")
    }
    guard let described = Abilities.describedName(for: name) else {
      return Diagnosis(
        "TERM", printable(name.utf8), isFine: false, why: "no description of it is installed",
        advice: "install ncurses-term, or export TERM=xterm-256color, if the terminal is like one")
    }
    if described == name { return Diagnosis("TERM", printable(name.utf8)) }
    return Diagnosis(
      "TERM", printable(name.utf8), isFine: false,
      why: "no description of it is installed; that of \(described) is used",
      advice: "install ncurses-term, or the terminal's own description")
  }

  private static func shown(_ name: String) -> Diagnosis {
    Diagnosis(name, environment(name).map { printable($0.utf8) } ?? "not set")
  }

  static func colors(_ abilities: Abilities) -> Diagnosis {
    let value =
      switch abilities.depth {
      case .none: "none"
      case .direct: "24 bit"
      case .eight, .sixteen, .palette256: "\(abilities.depth.rawValue)"
      }
    let more = "if the terminal has more, export COLORTERM=truecolor, or --color 256 or 24bit"
    let why: String
    var advice: String?
    var isFine = true
    switch abilities.colorReason {
    case .choice(let choice): why = "config.yaml has color: \(choice.rawValue)"
    case .noColor: (why, advice) = ("NO_COLOR is set", "unset NO_COLOR, or --color always")
    case .colorTerm(let name): why = "COLORTERM is \(name)"
    case .knownTerminal(let name): why = "\(name) has them"
    case .description(let colors) where colors < 8:
      (why, advice) = ("the description of TERM has none", "a TERM that fits better, or --color 16")
      isFine = false
    case .description(let colors):
      why = "the description of TERM has \(colors), and COLORTERM promises no more"
      advice = colors < 1 << 24 ? more : nil
    case .insideScreen:
      why = "COLORTERM is that of the terminal outside of GNU screen"
      advice = "--color 24bit, if this screen passes them on (version 5, truecolor on)"
    }
    return Diagnosis("colours", value, isFine: isFine, why: why, advice: advice)
  }

  static func characters(_ abilities: Abilities) -> Diagnosis {
    let value = abilities.isASCII ? "ASCII" : "UTF-8"
    switch abilities.characterReason {
    case .choice:
      return Diagnosis("characters", value, why: "config.yaml has ascii: \(abilities.isASCII ? "on" : "off")")
    case .console:
      return Diagnosis(
        "characters", value, why: "the fonts of the Linux console lack half of the signs",
        advice: "--no-ascii, if this console's font has them")
    case .locale(let codeset):
      let isFine = !abilities.isASCII
      return Diagnosis(
        "characters", value, isFine: isFine, why: "\(locale) means \(printable(codeset.utf8))",
        advice: isFine ? nil : "export LC_ALL=C.UTF-8, or another locale that `locale -a` lists")
    }
  }

  /// The variable that decides on characters, and its value.
  private static var locale: String {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = environment(name) else { continue }
      let isThere = setlocale(LC_CTYPE, "") != nil
      return "\(name)=\(printable(value.utf8))" + (isThere ? "" : ", a locale that is not installed,")
    }
    return "neither LC_ALL nor LC_CTYPE nor LANG is set, which"
  }

  static func mouse(_ abilities: Abilities) -> Diagnosis {
    let value = abilities.hasMouse ? "yes" : "no"
    switch abilities.mouseReason {
    case .choice: return Diagnosis("mouse", value, why: "config.yaml has mouse: off", advice: "--mouse")
    case .console: return Diagnosis("mouse", value, why: "the Linux console tells programs nothing of it")
    case .description where abilities.hasMouse:
      return Diagnosis(
        "mouse", value, why: "the description of TERM has one",
        advice: "to select text, hold Shift (Option in some terminals), or --no-mouse")
    case .description: return Diagnosis("mouse", value, why: "the description of TERM has none")
    }
  }

  static func updates(_ abilities: Abilities) -> Diagnosis {
    let value = abilities.hasSynchronizedUpdates ? "yes" : "no"
    let why =
      switch abilities.updateReason {
      case .knownTerminal(let name): "\(printable(name.utf8)) shows a frame at once"
      case .notKnown: "no terminal that is known to have it; frames are drawn as they come"
      case .between(let name): "\(printable(name.utf8)) stands between, which is not known to have it"
      }
    return Diagnosis("synchronised output", value, why: why)
  }
}
