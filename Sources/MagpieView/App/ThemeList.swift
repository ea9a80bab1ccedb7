/// The list from which a theme is chosen. The screen itself is the preview: whatever is chosen is used at once, and Esc gives back
/// the one from before.
struct ThemeList: Sendable {
  /// What came of a key.
  enum Outcome {
    case goesOn, taken, cancelled
  }

  /// The theme from before, and the one that is chosen, by their places.
  let before: Int
  private(set) var chosen: Int
  /// The first row that is shown.
  private var top = 0
  /// Rows that fit, and where they are, as they were drawn last.
  private var rows = 10
  private var list = Area(x: 0, y: 0, width: 0, height: 0)

  init(_ current: Int) {
    before = current
    chosen = current
  }

  /// - Parameter isThemeKey: whether it is the key that opened the list; it goes on to the next, round and round.
  mutating func type(_ key: Key, isThemeKey: Bool, _ themes: [Theme]) -> Outcome {
    let count = themes.count
    switch key {
    case .enter: return .taken
    case .escape: return .cancelled
    case _ where isThemeKey: chosen = (chosen + 1) % count
    case .down: chosen = (chosen + 1) % count
    case .up: chosen = (chosen + count - 1) % count
    case .pageDown: chosen = min(chosen + rows, count - 1)
    case .pageUp: chosen = max(chosen - rows, 0)
    case .home: chosen = 0
    case .end: chosen = count - 1
    case .character(let letter):
      // The next one that begins with it, and round.
      let wanted = String(letter).lowercased()
      let next = (1...count).map { (chosen + $0) % count }.first { themes[$0].slug.lowercased().hasPrefix(wanted) }
      chosen = next ?? chosen
    default: break
    }
    return .goesOn
  }

  /// The wheel goes through the list; a press chooses, a second one takes; beside the list, it gives back the one from before.
  mutating func point(_ event: MouseEvent, _ themes: [Theme]) -> Outcome {
    switch event.action {
    case .scrollUp: chosen = max(chosen - 1, 0)
    case .scrollDown: chosen = min(chosen + 1, themes.count - 1)
    case .press:
      guard list.contains(x: event.x, y: event.y) else { return .cancelled }
      let pressed = top + event.y - list.y
      guard pressed < themes.count else { return .goesOn }
      if pressed == chosen { return .taken }
      chosen = pressed
    case .drag, .release: break
    }
    return .goesOn
  }

  /// At the right, so that the left of the screen shows what the theme makes of it.
  mutating func draw(_ canvas: inout Canvas, top y: Int, bottom: Int, _ themes: [Theme], _ say: Language) {
    let kinds = themes.map { say(.themeKind(isDark: $0.isDark, isMono: $0.isMono)) }
    let kindWidth = kinds.map { Canvas.width(of: $0) }.max() ?? 0
    let slugWidth = themes.map { min(Canvas.width(of: $0.slug), 32) }.max() ?? 0
    let hint = say(.themeHint)
    let width = min(max(slugWidth + kindWidth + 8, Canvas.width(of: hint) + 4), canvas.width - 2)
    let height = min(themes.count + 4, bottom - y)
    guard width > 10, height > 4 else { return }
    let area = Area(x: canvas.width - width - 1, y: y, width: width, height: height)
    let inside = area.inside
    rows = inside.height - 2
    top = min(max(top, chosen - rows + 1), chosen)
    top = max(min(top, themes.count - rows), 0)
    let last = min(top + rows, themes.count)
    list = Area(x: inside.x, y: inside.y, width: inside.width, height: rows)
    canvas.clear(area, Style(.text, on: .bar))
    canvas.frame(
      area, title: say(.themes), Style(.title, on: .bar, bold: true),
      note: themes.count > rows ? say(.themeRows(top + 1, last, themes.count)) : "", Style(.dim, on: .bar),
      rule: Style(.dim, on: .bar))
    for number in top..<last {
      let y = inside.y + number - top
      let isChosen = number == chosen
      let ground: Ground = isChosen ? .focus : .bar
      let role: Role = isChosen ? .inverse : .text
      canvas.clear(Area(x: inside.x, y: y, width: inside.width, height: 1), Style(.text, on: ground))
      if isChosen { canvas.put(.right, x: inside.x, y: y, Style(.inverse, on: ground, bold: true)) }
      if number == before { canvas.put(.check, x: inside.x + 2, y: y, Style(isChosen ? .inverse : .good, on: ground)) }
      canvas.write(
        themes[number].slug, x: inside.x + 4, y: y, Style(role, on: ground, bold: isChosen),
        limit: inside.width - kindWidth - 6)
      canvas.writeRight(kinds[number], right: inside.right - 1, y: y, Style(isChosen ? .inverse : .dim, on: ground))
    }
    canvas.write(
      hint, x: inside.x + 1, y: inside.bottom - 1, Style(.dim, on: .bar), limit: inside.width - 2)
  }
}
