public import MagpieModel

/// The viewer's state: what is looked at, from when, and how. Pure: messages and a history come in, commands and canvases
/// go out; time is an argument.
///
/// Two states are kept apart. The *program* runs, is held, steps or has ended (`ProgramFacts.status`); the *view* is live
/// or back by some events (`position`). Looking never changes the program.
public struct App: Sendable {
  public enum View: UInt8, Sendable, Hashable, CaseIterable { case stage, timeline, fibers, events, stats, compare }

  /// What happens to the viewer.
  public enum Message: Sendable, Hashable {
    case key(Key)
    case mouse(MouseEvent)
    case observed(Observation)
    /// Something to be said on the last line until the next key.
    case noticed(Phrase)
  }

  /// What the viewer knows of the program between two frames.
  public struct Observation: Sendable, Hashable {
    public var facts = ProgramFacts()
    /// The oldest moment that can be shown, and the newest.
    public var first = 0
    public var end = 0
    public var findings = 0
    public var isDeadlocked = false
    public init() {}
    public init(_ facts: ProgramFacts, _ history: History) {
      self.facts = facts
      first = history.firstAvailable
      end = history.count
      findings = history.live.findingCount
      isDeadlocked = facts.isDeadlocked || history.live.deadlockedFibers != nil
    }

    /// Whether it would be drawn the same. While the program stands still, switches of the viewer's own threads are no
    /// news: they would draw a frame, which makes switches.
    public func looksLike(_ other: Observation) -> Bool {
      guard facts.status != .running, end == other.end else { return self == other }
      var copy = self
      copy.facts.kernel = other.facts.kernel
      return copy == other
    }
  }

  public internal(set) var view = View.stage { didSet { if view != oldValue { zoomed = nil } } }
  /// The number of the event that is shown last, while the view is back; nil when it is live.
  public internal(set) var position: Int?
  public internal(set) var observation = Observation()
  /// Whether the user has left.
  public internal(set) var isOver = false
  /// The language of the screen: the one that was chosen, or English where only ASCII can be drawn.
  public internal(set) var language: Language {
    get { isASCII && !chosenLanguage.isASCII ? .english : chosenLanguage }
    set { chosenLanguage = newValue }
  }
  private var chosenLanguage: Language
  /// Whether glyphs are drawn by their ASCII twins.
  public var isASCII: Bool
  /// Whether the terminal is to tell what the mouse does.
  public var isMouseOn = true
  public var keyMap = KeyMap()
  var themes: [Theme]
  var themeIndex: Int
  var cursor: History.Cursor?
  var motion = Motion()
  var teller = Teller()
  var finder = Finder()
  var help = HelpPage()
  /// Whether Stage and Events are drawn for the last row.
  public internal(set) var isBig = false
  /// The list from which a theme is being chosen.
  var themeList: ThemeList?
  /// What is being written, in place of the footer.
  var prompt: Prompt?
  /// What is said in place of the footer until the next key.
  var notice: Phrase?
  /// Whether the next frame is to be kept as a picture, and the one that was kept, until it is taken.
  var wantsPicture = false
  var picture: Picture?
  /// Before which events the program is to be held, as it was written.
  var breakpoint = ""
  /// What is selected, wherever it is drawn.
  public internal(set) var selection: Subject?
  /// Whether what is selected is explained.
  public internal(set) var isExplained = false {
    didSet { if !isExplained, zoomed == .explanation { zoomed = nil } }
  }
  /// The pane that has the whole body, if one has.
  var zoomed: Pane?
  /// The view that was drawn last.
  var drawnView: View?
  /// Where things were drawn last, and the keys of the footer.
  var spots: [Canvas.Spot] = []
  var panes: [Canvas.PanePlace] = []
  var footerParts: [Footer.Part] = []
  /// The fiber of the selected processor or event, as it was drawn last.
  var controlled: Subject?
  var eventsFilter = EventsFilter()
  /// The lecture that is given, if one is.
  public internal(set) var lesson: LessonPlayer?
  var lessonStage: LessonStage?
  /// The two runs that are compared, if that is what the screen is for.
  public internal(set) var comparison: Comparison?
  var explainer = Explainer()
  var timeline = Timeline()
  var fiberTable = FiberTable()
  var stats = StatsView()
  /// Lines of events on the screen, which is a page.
  var pageLength = 10

  /// - Parameters:
  ///   - themes: those that a key goes through; must not be empty.
  ///   - theme: the one to begin with.
  ///   - lesson: the lecture to give about the run.
  ///   - comparison: the two runs to compare.
  public init(
    themes: [Theme], theme: Theme, language: Language = .english, isASCII: Bool = false, lesson: LessonPlayer? = nil,
    comparison: Comparison? = nil
  ) {
    self.lesson = lesson
    self.comparison = comparison
    if comparison != nil { view = .compare }
    self.themes = themes.contains(theme) ? themes : [theme] + themes
    themeIndex = self.themes.firstIndex(of: theme) ?? 0
    chosenLanguage = language
    self.isASCII = isASCII
  }

  public var theme: Theme { themes[themeIndex] }

  /// 1 if something was wrong with the run, else 0.
  public var exitStatus: Int32 {
    if let comparison { return comparison.isFine ? 0 : 1 }
    return observation.findings > 0 || observation.isDeadlocked || lesson?.missing != nil ? 1 : 0
  }

  /// Whether a view still reads what has happened.
  public var isReading: Bool { view == .timeline && timeline.isReading || view == .fibers && fiberTable.isReading }

  /// Whether the next frame differs although nothing has happened: something is on its way across the Stage; a search, a
  /// lesson or a reading goes on.
  public var isMoving: Bool {
    view == .stage && motion.isMoving || isReading || finder.isSearching || lesson?.isMoving == true
      || comparison?.isMoving == true
  }

  /// Whether what the next key is about is known only once a frame is drawn: it shows another view by now, or another part of a table.
  public var awaitsFrame: Bool { view != drawnView || view == .fibers && fiberTable.awaitsFrame }

  /// The number of the event that is shown last.
  var shown: Int { position ?? observation.end }
}
