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
      keepPicture(of: canvas, event: min(shown, history.count))
      return canvas
    }
    if let found = finder.advance(in: history) { position = found >= history.count ? nil : found }
    advanceLesson(history, now: now)
    advanceComparison(now: now)
    let wish = timeline.takeWish(history, shown: min(shown, history.count)) ?? fiberTable.takeWish()
    if let wish { look(at: wish) }
    drawnView = view
    let compared = view == .compare ? comparison : nil
    let scene = compared.map { $0.scene($0.focus, say: language, now: now) } ?? scene(history, now: now)
    let whole = compared?.header(say: language, now: now) ?? scene
    finder.era = scene.state.era
    if compared == nil {
      motion.advance(scene)
      teller.advance(scene)
    }
    var banner = Banner(scene: whole, view: view, breakpoint: breakpoint)
    let header = Header.height(width: width)
    let words = lesson == nil ? 0 : LessonPanel.height(height)
    let room = { (top: Int) in Area(x: 0, y: top, width: width, height: height - top - 1 - words) }
    var big: BigLayout?
    if isBig, view == .stage {
      let area = room(header + (banner.isShown ? 1 : 0))
      let count = Stage(scene: scene).bands.count
      big = BigLayout(area: area, processors: count)
      banner.tooManyForBig = big == nil ? count : nil
    }
    let top = header + (banner.isShown ? 1 : 0)
    let area = room(top)
    let say = language
    switch view {
    case .stage:
      if let big {
        Stage(scene: scene).drawBig(&canvas, big, motion, told: teller.number)
      } else {
        Stage(scene: scene).draw(&canvas, area, zoomed, motion: &motion, told: teller.number)
      }
    case .timeline: timeline.draw(&canvas, area, scene, selection: selection, zoomed)
    case .fibers: fiberTable.draw(&canvas, area, scene)
    case .stats: stats.draw(&canvas, area, scene, zoomed)
    case .compare: comparison?.draw(&canvas, area, say: say, now: now)
    case .events:
      let events = EventsView(scene: scene, isSpaced: isBig)
      events.draw(&canvas, area, &eventsFilter)
      pageLength = events.rows(area)
    }
    panes = canvas.panes
    show(selection: &canvas)
    controlled = App.controlled(selection, scene)
    if isExplained, let selection {
      let explanation = Explanation(selection, explainer.past(of: selection, scene), scene)
      let whole = zoomed == .explanation ? (selection, scene) : nil
      ExplainPanel(explanation: explanation, whole: whole).draw(&canvas, above: height - 1, top: top)
      spots = canvas.spots
    } else if let lesson {
      let panel = Area(x: 0, y: area.bottom, width: width, height: words)
      LessonPanel(player: lesson, say: language).draw(&canvas, panel)
    }
    Header(scene: whole, width: width).draw(&canvas)
    if banner.isShown { banner.draw(&canvas, y: header) }
    let line = PromptLine(prompt: prompt, finder: finder, notice: notice, say: language)
    footerParts = []
    if line.isShown {
      line.draw(&canvas, y: height - 1)
    } else {
      footerParts = Footer(
        scene: whole, view: view, bindings: keyMap.bindings, canFreeze: target != nil, isAsked: finder.isAsked,
        isZoomed: zoomed != nil
      ).draw(&canvas, y: height - 1)
    }
    if help.isShown {
      help.draw(&canvas, language, keyMap.bindings, scene.state.era)
      spots = []
    }
    if var list = themeList {
      list.draw(&canvas, top: top, bottom: height - 1, themes, language)
      themeList = list
      spots = []
    }
    keepPicture(of: canvas, event: scene.shown)
    return canvas
  }

  /// Marks what is selected wherever it is drawn; of a box or a row, its name. A chip gets brackets, so that the mark does not rest on
  /// colour.
  private mutating func show(selection canvas: inout Canvas) {
    spots = canvas.spots
    guard let selection else { return }
    for spot in spots where spot.subject == selection {
      let area = spot.area
      let y = area.y
      if spot.isWhole {
        canvas.restyle(area) { _ in Style(.inverse, on: .focus, bold: true) }
        continue
      }
      if case .event = selection {
        canvas.restyle(Area(x: area.x, y: y, width: area.width, height: 1)) { $0.on(.selected).bold }
        continue
      }
      let isBox = area.height > 1
      let left = isBox ? area.x + 2 : area.x
      let right =
        isBox ? canvas.endOfTitle(from: left + 1, y: y, before: area.right) + 1 : canvas.endOfName(area)
      canvas.restyle(Area(x: left, y: y, width: right - left, height: 1)) { _ in Style(.inverse, on: .focus, bold: true)
      }
      if canvas[left, y].scalar == 0x20, canvas[right - 1, y].scalar == 0x20 {
        canvas.put(UInt32(UInt8(ascii: "[")), x: left, y: y, Style(.inverse, on: .focus, bold: true))
        canvas.put(UInt32(UInt8(ascii: "]")), x: right - 1, y: y, Style(.inverse, on: .focus, bold: true))
      }
    }
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
      state: state, history: history, facts: observation.facts, shown: shown, end: end, say: language, now: now,
      lesson: lesson)
  }
}
