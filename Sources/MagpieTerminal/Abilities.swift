import CNcurses
import Glibc

/// What a terminal can do, and why it is thought so: from the environment and the terminal's description. The terminal itself
/// is never asked, for an answer that comes late is typed into the shell.
public struct Abilities: Sendable, Hashable {
  /// Why there are as many colours as there are.
  public enum ColorReason: Sendable, Hashable {
    /// The user chose.
    case choice(ColorChoice)
    case noColor
    /// The value of COLORTERM.
    case colorTerm(String)
    /// Another variable that only terminals with 24 bits set, or TERM by its value.
    case knownTerminal(String)
    /// So many colours in the description of TERM.
    case description(colors: Int)
    /// COLORTERM promises 24 bits, but stands for the terminal outside of GNU screen.
    case insideScreen(colors: Int)
  }

  public enum CharacterReason: Sendable, Hashable {
    case choice
    /// What the locale calls its characters.
    case locale(codeset: String)
    /// The console of Linux, whose fonts lack half of the signs.
    case console
  }

  public enum MouseReason: Sendable, Hashable {
    case choice
    /// Whether the description of TERM knows of one.
    case description
    /// The console of Linux tells nothing of its mouse.
    case console
  }

  public enum UpdateReason: Sendable, Hashable {
    /// One that is known to show a frame at once: by TERM, or by TERM_PROGRAM and its version.
    case knownTerminal(String)
    case notKnown
    /// GNU screen, or a tmux before 3.4, stands between.
    case between(String)
  }

  public let depth: ColorDepth
  public let colorReason: ColorReason
  public let isASCII: Bool
  public let characterReason: CharacterReason
  public let hasMouse: Bool
  public let mouseReason: MouseReason
  /// Whether what is written between two marks is shown at once.
  public let hasSynchronizedUpdates: Bool
  public let updateReason: UpdateReason

  /// What the description of a terminal says that matters here.
  public struct Description: Sendable, Hashable {
    public var colors: Int
    public var hasMouse: Bool

    public init(colors: Int, hasMouse: Bool) {
      self.colors = colors
      self.hasMouse = hasMouse
    }
  }

  /// - Parameters:
  ///   - environment: the value of a variable, nil if it is not set or empty.
  ///   - description: that of TERM; nil if there is none.
  ///   - codeset: what the locale calls its characters.
  public init(
    environment: (String) -> String?, description: Description?, codeset: String, options: TerminalOptions = .init()
  ) {
    let term = environment("TERM") ?? ""
    let colors = max(description?.colors ?? 0, 0)
    (depth, colorReason) = Abilities.colors(options.color, environment, term: term, described: colors)
    if let isASCII = options.isASCII {
      (self.isASCII, characterReason) = (isASCII || codeset.uppercased() != "UTF-8", .choice)
    } else if codeset.uppercased() != "UTF-8" {
      (isASCII, characterReason) = (true, .locale(codeset: codeset))
    } else if term == "linux" {
      (isASCII, characterReason) = (true, .console)
    } else {
      (isASCII, characterReason) = (false, .locale(codeset: codeset))
    }
    if !options.isMouseOn {
      (hasMouse, mouseReason) = (false, .choice)
    } else if term == "linux" {
      (hasMouse, mouseReason) = (false, .console)
    } else {
      (hasMouse, mouseReason) = (description?.hasMouse ?? false, .description)
    }
    (hasSynchronizedUpdates, updateReason) = Abilities.updates(environment, term: term)
  }

  /// What this process's terminal can do.
  public static func current(_ options: TerminalOptions = .init()) -> Abilities {
    let described = describedName(for: Terminal.environment("TERM") ?? "")
    return Abilities(
      environment: Terminal.environment, description: described.flatMap { Description(of: $0) }, codeset: codeset,
      options: options)
  }

  /// What this process's locale calls its characters.
  public static var codeset: String {
    setlocale(LC_CTYPE, "")
    return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? ""
  }

  /// The name under which a terminal's description is installed: its own, or, for one that understands what xterm does, that of
  /// xterm, for on another machine the newer ones are often not known. Nil if there is none.
  public static func describedName(for terminal: String) -> String? {
    if Description(of: terminal) != nil { return terminal }
    let like = ["xterm", "tmux", "screen", "rxvt"].contains { terminal.hasPrefix($0) }
    guard like || known.contains(where: terminal.contains) else { return nil }
    return ["xterm-256color", "xterm"].first { Description(of: $0) != nil }
  }

  /// Parts of TERM that stand for terminals with 24 bits.
  private static let known = ["kitty", "ghostty", "wezterm", "alacritty", "foot", "contour"]

  // MARK: how it is decided

  private static func colors(
    _ choice: ColorChoice, _ environment: (String) -> String?, term: String, described: Int
  ) -> (ColorDepth, ColorReason) {
    switch choice {
    case .never: return (.none, .choice(choice))
    case .sixteen: return (.sixteen, .choice(choice))
    case .palette256: return (.palette256, .choice(choice))
    case .direct: return (.direct, .choice(choice))
    case .auto:
      if environment("NO_COLOR") != nil { return (.none, .noColor) }
      return found(environment, term: term, described: described)
    case .always:
      let found = found(environment, term: term, described: described)
      return found.0 == .none ? (.eight, .choice(choice)) : found
    }
  }

  /// COLORTERM only says how many colours: whether there are any is the description's to say.
  private static func found(
    _ environment: (String) -> String?, term: String, described: Int
  ) -> (ColorDepth, ColorReason) {
    guard described >= 8 else { return (.none, .description(colors: described)) }
    let depth = ColorDepth(colors: described)
    if let value = environment("COLORTERM"), ["truecolor", "24bit"].contains(value) {
      let isInsideScreen = environment("STY") != nil && environment("TMUX") == nil
      return isInsideScreen ? (depth, .insideScreen(colors: described)) : (.direct, .colorTerm(value))
    }
    if let name = known.first(where: term.contains) {
      return (.direct, .knownTerminal(name))
    }
    if environment("WT_SESSION") != nil { return (.direct, .knownTerminal("Windows Terminal")) }
    return (depth, .description(colors: described))
  }

  private static func updates(_ environment: (String) -> String?, term: String) -> (Bool, UpdateReason) {
    let program = environment("TERM_PROGRAM") ?? ""
    if environment("TMUX") != nil || program == "tmux" {
      let version = program == "tmux" ? environment("TERM_PROGRAM_VERSION") ?? "" : ""
      let name = version.isEmpty ? "tmux" : "tmux \(version)"
      return isAtLeast(version, 3, 4) ? (true, .knownTerminal(name)) : (false, .between(name))
    }
    if environment("STY") != nil { return (false, .between("GNU screen")) }
    let names = ["kitty", "ghostty", "wezterm", "foot", "contour"]
    if let name = names.first(where: term.contains) { return (true, .knownTerminal(name)) }
    if ["iTerm.app", "WezTerm", "ghostty", "contour"].contains(program) { return (true, .knownTerminal(program)) }
    return (false, .notKnown)
  }

  /// Whether a version such as `3.4`, `3.5a` or `next-3.6` is at least the one given.
  static func isAtLeast(_ version: String, _ major: Int, _ minor: Int) -> Bool {
    let numbers = version.split { !("0"..."9").contains($0) }.prefix(2).map { Int($0) ?? 0 }
    guard let first = numbers.first else { return false }
    let second = numbers.count > 1 ? numbers[1] : 0
    return first > major || first == major && second >= minor
  }
}

extension Abilities.Description {
  /// The description of a terminal by its name; nil if none is installed.
  init?(of terminal: String) {
    guard !terminal.isEmpty, magpie_look_up(terminal) == 0 else { return nil }
    defer { magpie_forget_look_up() }
    self.init(colors: Int(magpie_number("colors")), hasMouse: magpie_string("kmous") != nil)
  }
}
