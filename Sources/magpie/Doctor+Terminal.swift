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
    guard let obstacle = Screen.obstacle else { return Diagnosis(.screen, .yes) }
    return Diagnosis(.screen, .no, isFine: false, why: .obstacle(obstacle), advice: .worksWithout)
  }

  private static func size(isASCII: Bool) -> Diagnosis {
    guard let (columns, rows) = Facts.terminalSize else { return Diagnosis(.size, .notATerminal) }
    let times = isASCII ? "x" : "×"
    let value = DoctorPhrase.plain("\(columns)\(times)\(rows)")
    if columns >= 60, rows >= 18 { return Diagnosis(.size, value) }
    let isEnough = columns >= App.minimumWidth && rows >= App.minimumHeight
    return Diagnosis(
      .size, value, isFine: false,
      why: isEnough ? .fullPicture(times: times) : .tooSmall(App.minimumWidth, App.minimumHeight, times: times),
      advice: .largerWindow)
  }

  private static var term: Diagnosis {
    let variable = DoctorPhrase.plain("TERM")
    guard let name = environment("TERM") else {
      return Diagnosis(variable, .notSet, isFine: false, advice: .exportTerm)
    }
    let value = DoctorPhrase.plain(printable(name.utf8))
    guard let described = Abilities.describedName(for: name) else {
      return Diagnosis(variable, value, isFine: false, why: .noDescription, advice: .installTerm)
    }
    if described == name { return Diagnosis(variable, value) }
    return Diagnosis(variable, value, isFine: false, why: .descriptionOf(described), advice: .installOwnTerm)
  }

  private static func shown(_ name: String) -> Diagnosis {
    Diagnosis(.plain(name), environment(name).map { .plain(printable($0.utf8)) } ?? .notSet)
  }

  static func colors(_ abilities: Abilities) -> Diagnosis {
    let value: DoctorPhrase =
      switch abilities.depth {
      case .none: .none
      case .direct: .bits24
      case .eight, .sixteen, .palette256: .plain("\(abilities.depth.rawValue)")
      }
    switch abilities.colorReason {
    case .choice(let choice): return Diagnosis(.colors, value, why: .configHas("color: \(choice.rawValue)"))
    case .noColor: return Diagnosis(.colors, value, why: .noColor, advice: .unsetNoColor)
    case .colorTerm(let name): return Diagnosis(.colors, value, why: .colorTerm(name))
    case .knownTerminal(let name): return Diagnosis(.colors, value, why: .knownToHave(name))
    case .description(let colors) where colors < 8:
      return Diagnosis(.colors, value, isFine: false, why: .descriptionHasNoColors, advice: .betterTerm)
    case .description(let colors):
      return Diagnosis(
        .colors, value, why: .descriptionHasColors(colors), advice: colors < 1 << 24 ? .moreColors : nil)
    case .insideScreen: return Diagnosis(.colors, value, why: .insideScreen, advice: .screenPasses)
    }
  }

  static func characters(_ abilities: Abilities) -> Diagnosis {
    let value = DoctorPhrase.plain(abilities.isASCII ? "ASCII" : "UTF-8")
    switch abilities.characterReason {
    case .choice:
      return Diagnosis(.characters, value, why: .configHas("ascii: \(abilities.isASCII ? "on" : "off")"))
    case .console: return Diagnosis(.characters, value, why: .consoleFonts, advice: .noASCII)
    case .locale(let codeset):
      let isFine = !abilities.isASCII
      return Diagnosis(
        .characters, value, isFine: isFine, why: locale(printable(codeset.utf8)),
        advice: isFine ? nil : .exportLocale)
    }
  }

  /// The variable that decides on characters, with its value and what comes of it.
  private static func locale(_ codeset: String) -> DoctorPhrase {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = environment(name) else { continue }
      let isThere = setlocale(LC_CTYPE, "") != nil
      return .localeMeans(variable: "\(name)=\(printable(value.utf8))", isThere: isThere, codeset: codeset)
    }
    return .noLocale(codeset: codeset)
  }

  static func mouse(_ abilities: Abilities) -> Diagnosis {
    let value: DoctorPhrase = abilities.hasMouse ? .yes : .no
    switch abilities.mouseReason {
    case .choice: return Diagnosis(.mouse, value, why: .configHas("mouse: off"), advice: .plain("--mouse"))
    case .console: return Diagnosis(.mouse, value, why: .consoleMouse)
    case .description where abilities.hasMouse:
      return Diagnosis(.mouse, value, why: .descriptionHasMouse, advice: .selectText)
    case .description: return Diagnosis(.mouse, value, why: .descriptionHasNoMouse)
    }
  }

  static func updates(_ abilities: Abilities) -> Diagnosis {
    let why: DoctorPhrase =
      switch abilities.updateReason {
      case .knownTerminal(let name): .showsAtOnce(printable(name.utf8))
      case .notKnown: .noneKnown
      case .between(let name): .standsBetween(printable(name.utf8))
      }
    return Diagnosis(.updates, abilities.hasSynchronizedUpdates ? .yes : .no, why: why)
  }
}
