import ArgumentParser
import MagpieScenarios
import MagpieTerminal
import MagpieView

/// The flag on the language of everything that magpie says; data for programs stays as it is.
struct LanguageFlag: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp(help(.language), valueName: "L"))
  var lang: String?

  /// Fails where there is no such language.
  func check() throws { _ = try Language.named(lang) }
}

/// The flags on how the screen looks. They win over the config file.
struct LookFlags: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(help(.colors(ColorChoice.words)), valueName: "C"))
  var color: String?

  @Option(help: ArgumentHelp(help(.theme), valueName: "T"))
  var theme: String?

  @OptionGroup var language: LanguageFlag
  var lang: String? { language.lang }

  @Flag(inversion: .prefixedNo, help: ArgumentHelp(help(.ascii)))
  var ascii: Bool?

  @Flag(inversion: .prefixedNo, help: ArgumentHelp(help(.mouse)))
  var mouse: Bool?

  @Flag(inversion: .prefixedNo, help: ArgumentHelp(help(.config)))
  var config = true

  /// For those who mistype one.
  static let names = [
    "--color", "--theme", "--lang", "--ascii", "--no-ascii", "--mouse", "--no-mouse", "--config", "--no-config",
  ]

  /// The choice of colours, or what is wrong with it.
  func checkedColor() throws(UsageError) -> ColorChoice? {
    guard let color else { return nil }
    if let choice = ColorChoice(rawValue: color) { return choice }
    let given = "'\(printable(color.utf8))'"
    throw UsageError(.takes(option: "--color", .oneOf(ColorChoice.allCases.map(\.rawValue)), given: given), .colorHint)
  }
}

/// How the screen looks, as the flags and the user's files have it.
struct Look: Sendable {
  var themes: [Theme]
  var theme: Theme
  var terminal: TerminalOptions
  var language = Language.english
  var keys = KeyMap()
  /// Bytes for the events of the past; nil for magpie's own choice.
  var history: Int?

  /// Reads the user's files. A flag, checked, goes before them; where neither says it, the environment has its word.
  init(_ flags: LookFlags) throws {
    let user = UserThemes()
    var settings = Settings()
    if flags.config {
      settings = try Settings(path: UserFiles.path("config.yaml"), themes: user.names)
      keys = try UserFiles.keyMap(path: UserFiles.path("keys.yaml"))
    }
    themes = user.all
    theme = (flags.theme ?? settings.theme).flatMap { user.named($0) } ?? user.all[0]
    terminal = settings.options
    terminal.color = try flags.checkedColor() ?? terminal.color
    terminal.isASCII = flags.ascii ?? terminal.isASCII
    terminal.isMouseOn = flags.mouse ?? terminal.isMouseOn
    language = try Language.named(flags.lang)
    history = settings.history
  }
}
