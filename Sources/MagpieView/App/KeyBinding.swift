/// What a key does.
public enum Action: Sendable, Hashable, CaseIterable {
  // Time.
  case holdOrRelease, step, back, slower, faster, live
  case find, findNext, findPrevious, filter, breakpoint
  // What is looked at.
  case stage, timeline, fibers, events, stats, compare
  case up, down, left, right, pageUp, pageDown, first, last
  case focus, explain, zoomPane, close
  // One view's own.
  case zoomIn, zoomOut, fit, undo, mark, lanes, sort, reverse, align
  // The run.
  case stepSelected, freeze, wake, block, fewerProcessors, moreProcessors, lessLoad, moreLoad, restart
  // The screen.
  case theme, language, mouse, big, picture, help, quit
}

/// The keys: the one table that feeds dispatch, footer, help and manual.
public struct KeyBinding: Sendable {
  public let keys: [Key]
  public let action: Action
  /// The views in which it works; nil for all.
  public let views: Set<App.View>?
  /// Its words in the footer, and how important that is: 0 stays longest. Nil keeps it out.
  let footer: (rank: Int, text: Phrase)?
  /// What `?` says about it; nil where the binding before says it, too.
  public let help: Phrase?

  init(
    _ keys: [Key], _ action: Action, in views: Set<App.View>? = nil, footer: (rank: Int, text: Phrase)? = nil,
    help: Phrase? = nil
  ) {
    self.keys = keys
    self.action = action
    self.views = views
    self.footer = footer
    self.help = help
  }

  private init(
    _ key: Unicode.Scalar, _ action: Action, in views: Set<App.View>? = nil,
    footer: (rank: Int, text: Phrase)? = nil, help: Phrase? = nil
  ) {
    self.init([.character(key)], action, in: views, footer: footer, help: help)
  }

  public static let all: [KeyBinding] = [
    KeyBinding(" ", .holdOrRelease, footer: (1, .keyHold), help: .helpHold),
    KeyBinding(".", .step, footer: (2, .keyStep), help: .helpStep),
    KeyBinding(",", .back, footer: (3, .keyBack), help: .helpBack),
    KeyBinding("-", .slower, footer: (5, .keyTempo), help: .helpSlower),
    KeyBinding([.character("+"), .character("=")], .faster, help: .helpFaster),
    KeyBinding("G", .live, footer: (4, .keyLive), help: .helpLive),
    KeyBinding([.character("]"), .character("n")], .findNext, help: .helpFindOn),
    KeyBinding([.character("["), .character("N")], .findPrevious, footer: (6, .keySteals)),
    KeyBinding("/", .find, footer: (8, .keyFind), help: .helpFind),
    KeyBinding("f", .filter, in: [.events, .fibers], footer: (5, .keyFilter), help: .helpFilter),
    KeyBinding("b", .breakpoint, footer: (9, .keyBreak), help: .helpBreak),
    KeyBinding("1", .stage, footer: (6, .keyViews), help: .helpStage),
    KeyBinding("2", .timeline, help: .helpTimeline),
    KeyBinding("3", .fibers, help: .helpFibers),
    KeyBinding("4", .events, help: .helpEvents),
    KeyBinding("5", .stats, help: .helpStats),
    KeyBinding("6", .compare, help: .compare(.helpCompare)),
    KeyBinding([.up, .character("k")], .up, help: .helpArrows),
    KeyBinding([.down, .character("j")], .down),
    KeyBinding([.left, .character("h")], .left),
    KeyBinding([.right, .character("l")], .right),
    KeyBinding([.pageUp], .pageUp, help: .helpPages),
    KeyBinding([.pageDown], .pageDown),
    KeyBinding([.home], .first, help: .helpEnds),
    KeyBinding([.end], .last),
    KeyBinding([.tab], .focus, footer: (7, .compare(.keySide)), help: .helpFocus),
    KeyBinding([.enter], .explain, footer: (7, .keyExplain), help: .helpExplain),
    KeyBinding("z", .zoomPane, footer: (1, .keyUnzoom), help: .helpZoomPane),
    KeyBinding([.escape], .close, help: .helpClose),
    KeyBinding(">", .stepSelected, help: .helpStepSelected),
    KeyBinding("F", .freeze, footer: (5, .keyFreeze), help: .helpFreeze),
    KeyBinding("w", .wake, help: .helpWake),
    KeyBinding("W", .block, help: .helpBlock),
    KeyBinding("p", .fewerProcessors, help: .helpProcessors),
    KeyBinding("P", .moreProcessors),
    KeyBinding("{", .lessLoad, help: .helpLoad),
    KeyBinding("}", .moreLoad),
    KeyBinding("R", .restart, help: .helpRestart),
    KeyBinding("(", .zoomOut, in: [.timeline], footer: (5, .keyZoom), help: .helpZoom),
    KeyBinding(")", .zoomIn, in: [.timeline]),
    KeyBinding("0", .fit, in: [.timeline], footer: (8, .keyFit), help: .helpFit),
    KeyBinding("u", .undo, in: [.timeline]),
    KeyBinding("v", .lanes, in: [.timeline], footer: (5, .keyLanes), help: .helpLanes),
    KeyBinding("m", .mark, footer: (7, .keyMark), help: .helpMark),
    KeyBinding("s", .sort, in: [.fibers, .stats], footer: (5, .keySort), help: .helpSort),
    KeyBinding("r", .reverse, in: [.fibers, .stats]),
    KeyBinding("a", .align, in: [.compare], footer: (3, .compare(.keyAlign)), help: .compare(.helpAlign)),
    KeyBinding("T", .theme, help: .helpTheme),
    KeyBinding("L", .language, help: .helpLanguage),
    KeyBinding("M", .mouse, help: .helpMouse),
    KeyBinding("B", .big, help: .helpBig),
    KeyBinding("S", .picture, help: .helpPicture),
    KeyBinding("?", .help, footer: (0, .keyHelp), help: .helpHelp),
    KeyBinding("q", .quit, footer: (0, .keyQuit), help: .helpQuit),
  ]
}
