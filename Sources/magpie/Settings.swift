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
  static let wayOut = "--no-config runs without the files in the config folder."

  init() {}

  /// Reads the file; all that it leaves out stays nil, and so it is when there is no file.
  init(path: String?, themes: [String]) throws(UsageError) {
    guard let path, let bytes = try UserFiles.contentsIfThere(of: path) else {
      self.init()
      return
    }
    let file: YAMLMapping
    do { file = try YAMLMapping(reading: bytes) } catch {
      throw UsageError(printable(path.utf8) + error.words, Settings.wayOut)
    }
    try self.init(file, path: path, themes: themes)
  }

  init(_ file: YAMLMapping, path: String, themes: [String]) throws(UsageError) {
    for entry in file.entries {
      func wrong(_ what: String) -> UsageError {
        UsageError("\(printable(path.utf8)):\(entry.line): \(what)", Settings.wayOut)
      }
      guard Settings.keys.contains(entry.key) else {
        let nearest = nearestName(to: entry.key, among: Settings.keys).map { "; did you mean '\($0)'?" } ?? ""
        throw UsageError(
          "\(printable(path.utf8)):\(entry.line): unknown key '\(printable(entry.key.prefix(40).utf8))'\(nearest)",
          "There are: \(Settings.keys.joined(separator: ", ")).", Settings.wayOut)
      }
      let text = entry.value.text ?? ""
      func needs(_ what: String) -> UsageError {
        wrong("\(entry.key) takes \(what), not '\(printable(text.prefix(40).utf8))'")
      }
      switch entry.key {
      case "theme":
        guard themes.contains(text) else { throw needs("a theme's name (`magpie list` shows them)") }
        theme = text
      case "color":
        guard let choice = ColorChoice(rawValue: text) else { throw needs(ColorChoice.words) }
        color = choice
      case "language":
        guard let language = Language(rawValue: text) else {
          throw needs(Language.allCases.map(\.rawValue).joined(separator: " or "))
        }
        self.language = language
      case "mouse":
        guard let isOn = Settings.truth(text) else { throw needs("on or off") }
        isMouseOn = isOn
      case "ascii":
        guard let isOn = Settings.truth(text) else { throw needs("on or off") }
        isASCII = isOn
      case "history":
        guard let bytes = Settings.bytes(text) else { throw needs("a size from 1M to 1024G, such as 256M") }
        history = bytes
      default:
        guard let frames = Int(text), (1...60).contains(frames) else { throw needs("a whole number from 1 to 60") }
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
      guard case .unreadable(let why) = error else { return nil }
      throw UsageError("\(printable(path.utf8)): \(why)", Settings.wayOut)
    }
  }

  /// The keys as the user has them.
  static func keyMap(path: String?) throws(UsageError) -> KeyMap {
    guard let path, let bytes = try contentsIfThere(of: path) else { return KeyMap() }
    do {
      return try KeyMap(yaml: bytes)
    } catch {
      let first = printable(path.utf8) + error.words
      guard case .unknownAction = error else { throw UsageError(first, Settings.wayOut) }
      let names = Action.allCases.map(\.name).joined(separator: ", ")
      throw UsageError(first, "There are: \(names).", Settings.wayOut)
    }
  }
}

extension KeyMapError {
  /// What is wrong, after the file's name: `:3: …`.
  var words: String {
    switch self {
    case .notYAML(let error): return error.words
    case .unknownAction(let name, let line):
      let nearest = nearestName(to: name, among: Action.allCases.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
      return ":\(line): unknown action '\(printable(name.prefix(40).utf8))'\(nearest)"
    case .unknownKey(let name, let line):
      return ":\(line): '\(printable(name.prefix(40).utf8))' is no key: one character, or space, esc, enter, tab,"
        + " backspace, up, down, left, right, pageup, pagedown, home, end"
    case .noKey(let action, let line): return ":\(line): \(action) needs a key"
    case .conflict(let key, let action, let other, let line):
      return ":\(line): '\(key)' would be the key of \(action) and of \(other): give \(other) another"
    }
  }
}
