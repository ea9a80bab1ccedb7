/// What the user wants of the terminal, where it is not to be found out.
public struct TerminalOptions: Sendable, Hashable {
  public var color = ColorChoice.auto
  /// Whether glyphs are drawn by their ASCII twins; nil leaves it to the locale. A locale without UTF-8 has the last word.
  public var isASCII: Bool?
  public var isMouseOn = true
  /// At most so many pictures a second, 1 to 60.
  public var framesPerSecond = 30

  public init() {}
}
