/// What a key does.
public enum Action: Sendable, Hashable, CaseIterable {
  case holdOrRelease, step, back, slower, faster, live
  case stage, events, find, findNext, findPrevious, theme, help, close, quit
  case up, down, pageUp, pageDown, first, last
}

/// The keys: the one table that feeds dispatch, footer, help and manual.
public struct KeyBinding: Sendable {
  /// Where it works.
  public enum Scope: Sendable { case everywhere, events }

  public let keys: [Key]
  public let action: Action
  public let scope: Scope
  /// Its place in the footer, from the left; nil keeps it out. The last ones go first when there is little room.
  let footer: Phrase?
  /// What `?` says about it; nil where the binding before says it, too.
  public let help: Phrase?

  init(_ keys: [Key], _ action: Action, in scope: Scope = .everywhere, footer: Phrase? = nil, help: Phrase? = nil) {
    self.keys = keys
    self.action = action
    self.scope = scope
    self.footer = footer
    self.help = help
  }

  public static let all: [KeyBinding] = [
    KeyBinding([.character(" ")], .holdOrRelease, footer: .keyHold, help: .helpHold),
    KeyBinding([.character(".")], .step, footer: .keyStep, help: .helpStep),
    KeyBinding([.character(",")], .back, footer: .keyBack, help: .helpBack),
    KeyBinding([.character("-")], .slower, footer: .keyTempo, help: .helpSlower),
    KeyBinding([.character("+"), .character("=")], .faster, help: .helpFaster),
    KeyBinding([.character("G")], .live, footer: .keyLive, help: .helpLive),
    KeyBinding([.character("1")], .stage, footer: .keyStage, help: .helpStage),
    KeyBinding([.character("4")], .events, footer: .keyEvents, help: .helpEvents),
    KeyBinding([.up, .character("k"), .left, .character("h")], .up, in: .events, help: .helpUp),
    KeyBinding([.down, .character("j"), .right, .character("l")], .down, in: .events, help: .helpDown),
    KeyBinding([.pageUp], .pageUp, in: .events, help: .helpPages),
    KeyBinding([.pageDown], .pageDown, in: .events),
    KeyBinding([.home], .first, in: .events, help: .helpEnds),
    KeyBinding([.end], .last, in: .events),
    KeyBinding([.character("/")], .find, footer: .keyFind, help: .helpFind),
    KeyBinding([.character("]")], .findNext, help: .helpFindOn),
    KeyBinding([.character("[")], .findPrevious),
    KeyBinding([.character("T")], .theme, footer: .keyTheme, help: .helpTheme),
    KeyBinding([.character("?")], .help, footer: .keyHelp, help: .helpHelp),
    KeyBinding([.escape], .close, help: .helpClose),
    KeyBinding([.character("q")], .quit, footer: .keyQuit, help: .helpQuit),
  ]

  /// What a key does in a view.
  static func action(of key: Key, inEvents: Bool) -> Action? {
    all.first { $0.keys.contains(key) && ($0.scope == .everywhere || inEvents) }?.action
  }
}
