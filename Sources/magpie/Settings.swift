import MagpieScenarios
import MagpieTerminal
import MagpieView

/// What `config.yaml` says. A flag wins over it, it wins over what magpie does by itself.
struct Settings: Equatable {
  var theme: String?
  var color: ColorChoice?
  var language: Language?
  var isMouseOn: Bool?
  var isASCII: Bool?
  /// Bytes for the events of the past.
  var history: Int?
  /// Pictures a second, at most.
  var frames: Int?

  static let keys = ["theme", "color", "language", "mouse", "ascii", "history", "frames"]

  init() {}

  /// Reads the file; all that it leaves out stays nil, and so it is when there is no file.
  init(path: String?, themes: [String]) throws(UsageError) {
    guard let path, let bytes = try UserFiles.contentsIfThere(of: path) else {
      self.init()
      return
    }
    let file: YAMLMapping
    do { file = try YAMLMapping(reading: bytes) } catch {
      throw UsageError(.isNotYAML(printable(path.utf8), error), .withoutFiles)
    }
    try self.init(file, path: path, themes: themes)
  }

  init(_ file: YAMLMapping, path: String, themes: [String]) throws(UsageError) {
    for entry in file.entries {
      let file = printable(path.utf8)
      guard Settings.keys.contains(entry.key) else {
        let nearest = nearestName(to: entry.key, among: Settings.keys)
        throw UsageError(
          .unknownSetting(file: file, line: entry.line, printable(entry.key.prefix(40).utf8), nearest: nearest),
          .thereAre(Settings.keys), .withoutFiles)
      }
      let text = entry.value.text ?? ""
      func needs(_ wanted: CommandPhrase.Expectation) -> UsageError {
        let given = printable(text.prefix(40).utf8)
        return UsageError(
          .setting(file: file, line: entry.line, entry.key, wanted, given: given), .withoutFiles)
      }
      switch entry.key {
      case "theme":
        guard themes.contains(text) else { throw needs(.themeName) }
        theme = text
      case "color":
        guard let choice = ColorChoice(rawValue: text) else {
          throw needs(.oneOf(ColorChoice.allCases.map(\.rawValue)))
        }
        color = choice
      case "language":
        guard let language = Language(rawValue: text) else {
          throw needs(.oneOf(Language.allCases.map(\.rawValue)))
        }
        self.language = language
      case "mouse":
        guard let isOn = Settings.truth(text) else { throw needs(.onOrOff) }
        isMouseOn = isOn
      case "ascii":
        guard let isOn = Settings.truth(text) else { throw needs(.onOrOff) }
        isASCII = isOn
      case "history":
        guard let bytes = Settings.bytes(text) else { throw needs(.size) }
        history = bytes
      default:
        guard let frames = Int(text), (1...60).contains(frames) else { throw needs(.whole(1...60)) }
        self.frames = frames
      }
    }
  }

  /// What they ask of the terminal.
  var options: TerminalOptions {
    var options = TerminalOptions()
    options.color = color ?? options.color
    options.isASCII = isASCII
    options.isMouseOn = isMouseOn ?? options.isMouseOn
    options.framesPerSecond = frames ?? options.framesPerSecond
    return options
  }

  /// The words that YAML itself has for it.
  private static func truth(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "on", "yes", "true": true
    case "off", "no", "false": false
    default: nil
    }
  }

  /// `64K`, `256M`, `1G`: powers of 1024.
  static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    guard let letter = text.last, let shift = units[Character(letter.uppercased())],
      let number = Int(text.dropLast()), (1...1 << 20).contains(number)
    else { return nil }
    let bytes = number << shift
    return (1 << 20...1 << 40).contains(bytes) ? bytes : nil
  }
}

extension ColorChoice {
  static let words = allCases.map(\.rawValue).joined(separator: ", ")
}

extension UserFiles {
  /// What is in a file; nil if there is none.
  static func contentsIfThere(of path: String) throws(UsageError) -> [UInt8]? {
    do {
      return try contents(of: path)
    } catch {
      guard case .unreadable(let problem) = error else { return nil }
      throw UsageError(.unreadable(printable(path.utf8), problem), .withoutFiles)
    }
  }

  /// The keys as the user has them.
  static func keyMap(path: String?) throws(UsageError) -> KeyMap {
    guard let path, let bytes = try contentsIfThere(of: path) else { return KeyMap() }
    do {
      return try KeyMap(yaml: bytes)
    } catch {
      let first = CommandPhrase.keys(file: printable(path.utf8), error)
      guard case .unknownAction = error else { throw UsageError(first, .withoutFiles) }
      throw UsageError(first, .thereAre(Action.allCases.map(\.name)), .withoutFiles)
    }
  }
}
