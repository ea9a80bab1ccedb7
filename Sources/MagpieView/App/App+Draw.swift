public import MagpieModel

extension App {
  /// The least that a view can be drawn in; the full layout begins at 60×18.
  public static let minimumWidth = 40
  public static let minimumHeight = 12

  /// Draws one frame.
  ///
  /// - Parameters:
  ///   - history: the program's; only read.
  ///   - now: a steady clock in nanoseconds, from which motion is timed.
  public mutating func draw(_ history: History, width: Int, height: Int, now: UInt64) -> Canvas {
    var canvas = Canvas(width: width, height: height, isASCII: isASCII)
    guard width >= App.minimumWidth, height >= App.minimumHeight else {
      let text = language(
        .tooSmall(width: width, height: height, neededWidth: App.minimumWidth, neededHeight: App.minimumHeight))
      canvas.write(text, x: 0, y: height / 2, Style(.text), limit: width)
      return canvas
    }
    if let found = finder.advance(in: history) { position = found >= history.count ? nil : found }
    let scene = scene(history, now: now)
    motion.advance(scene)
    teller.advance(scene)
    let top = Header.height(width: width)
    let area = Area(x: 0, y: top, width: width, height: height - top - 1)
    switch view {
    case .stage: Stage(scene: scene).draw(&canvas, area, motion: &motion, told: teller.number)
    case .events:
      let events = EventsView(scene: scene)
      events.draw(&canvas, area)
      pageLength = events.rows(area)
    }
    Header(scene: scene, width: width).draw(&canvas)
    if finder.isShown {
      FinderLine(finder: finder, say: language).draw(&canvas, y: height - 1)
    } else {
      Footer(scene: scene, inEvents: view == .events).draw(&canvas, y: height - 1)
    }
    if isHelpShown { HelpPage(say: language).draw(&canvas) }
    return canvas
  }

  /// The moment that is shown: the live edge itself, or one that a cursor keeps.
  private mutating func scene(_ history: History, now: UInt64) -> Scene {
    let end = history.count
    var state = history.live
    var shown = end
    if let position, position < end {
      if cursor == nil { cursor = History.Cursor(history, at: position) }
      cursor?.move(to: position, in: history)
      if let cursor {
        state = cursor.state
        shown = cursor.position
      }
    } else {
      // A kept moment would cost the live state a copy with every event.
      cursor = nil
    }
    return Scene(
      state: state, history: history, facts: observation.facts, shown: shown, end: end, say: language, now: now)
  }
}
