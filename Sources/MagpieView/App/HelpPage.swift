import MagpieTrace

/// What `?` shows: every key of the table, and what the letters on the Stage mean. It can be searched, and scrolled where there
/// is no room for all.
struct HelpPage: Sendable {
  var isShown = false
  /// What is looked for; nil while nothing is.
  private(set) var search: String?
  /// Whether letters go to the search.
  private(set) var isTyping = false
  private var top = 0

  mutating func toggle() { self = HelpPage(isShown: !isShown) }

  init(isShown: Bool = false) { self.isShown = isShown }

  /// Takes a key that belongs to the page. - Returns: whether it does.
  mutating func type(_ key: Key) -> Bool {
    guard isShown else { return false }
    switch key {
    case .character("/") where !isTyping:
      isTyping = true
      search = search ?? ""
    case .escape where isTyping:
      isTyping = false
      search = nil
    case .enter where isTyping: isTyping = false
    case .backspace where isTyping: search = search.map { String($0.dropLast()) }
    case .character(let scalar) where isTyping:
      if search?.count ?? 0 < 40 { search?.unicodeScalars.append(scalar) }
      top = 0
    case .up: top -= 1
    case .down: top += 1
    case .pageUp: top -= 10
    case .pageDown: top += 10
    default: return isTyping
    }
    return true
  }

  mutating func draw(_ canvas: inout Canvas, _ say: Language, _ bindings: [KeyBinding], _ era: Era = .mpn) {
    let width = min(canvas.width - 2, 84)
    let found = rows(say, bindings, era)
    // In little room the longest keys stand on a line of their own.
    let keyWidth = min(found.map { Canvas.width(of: $0.keys) }.max() ?? 0, width < 60 ? 8 : 20)
    let rows = found.flatMap { HelpPage.lines($0.keys, $0.help, keyWidth: keyWidth, width: width - keyWidth - 6) }
    let height = min(canvas.height - 2, max(rows.count, 1) + 4)
    guard width > 10, height > 2 else { return }
    let area = Area(x: (canvas.width - width) / 2, y: (canvas.height - height) / 2, width: width, height: height)
    canvas.spots.removeAll()
    canvas.clear(area, Style(.text, on: .bar))
    let inside = area.inside
    let room = max(inside.height - 2, 1)
    top = min(max(top, 0), max(rows.count - room, 0))
    let last = min(top + room, rows.count)
    canvas.frame(
      area, title: say(.helpTitle), Style(.title, on: .bar, bold: true),
      note: rows.count > room ? say(.rowsOf(top + 1, last, rows.count)) : "", Style(.dim, on: .bar),
      rule: Style(.dim, on: .bar))
    for (number, row) in rows[top..<last].enumerated() {
      let y = inside.y + number
      canvas.write(row.keys, x: inside.x + 1, y: y, Style(.title, on: .bar, bold: true), limit: inside.width - 1)
      canvas.write(
        row.help, x: inside.x + keyWidth + 3, y: y, Style(.text, on: .bar), limit: inside.width - keyWidth - 4)
    }
    let line = search.map { say(.helpSearch($0)) } ?? say(era == .mpn ? .legend : .era(.legend(era)))
    canvas.write(
      line, x: inside.x + 1, y: inside.bottom - 1, Style(isTyping ? .title : .dim, on: .bar), limit: inside.width - 2)
  }

  /// A row on as many lines as its words need.
  private static func lines(
    _ keys: String, _ help: String, keyWidth: Int, width: Int
  ) -> [(keys: String, help: String)] {
    let lines = Canvas.wrap(help, width: width)
    guard Canvas.width(of: keys) <= keyWidth, let first = lines.first else {
      return [(keys, "")] + lines.map { ("", $0) }
    }
    return [(keys, first)] + lines.dropFirst().map { ("", $0) }
  }

  /// A row for each thing that is said: keys that share it stand together. Of all, those in which the search is found.
  private func rows(_ say: Language, _ bindings: [KeyBinding], _ era: Era) -> [(keys: String, help: String)] {
    var rows: [(keys: String, help: String)] = []
    var isLeftOut = false
    for binding in bindings {
      let keys = binding.keys.map(\.label).joined(separator: " ")
      guard let help = binding.help else {
        if !isLeftOut { rows[rows.count - 1].keys += " " + keys }
        continue
      }
      let words = HelpPage.help(help, era)
      isLeftOut = words == nil
      if let words { rows.append((keys, say(words))) }
    }
    guard let search, !search.isEmpty else { return rows }
    let wanted = search.lowercased()
    return rows.filter { $0.keys.contains(search) || $0.help.lowercased().contains(wanted) }
  }

  /// What a key does under an era; nil where it does nothing.
  private static func help(_ phrase: Phrase, _ era: Era) -> Phrase? {
    guard era != .mpn else { return phrase }
    switch phrase {
    case .helpStage: return .era(.helpStage)
    case .helpLanes: return .era(.helpLanes)
    case .helpFindOn: return .era(.helpFindOn(era))
    case .helpStats where era != .distributed: return .era(.helpStats)
    case .helpProcessors: return era.hasProcessorCount ? .era(.helpMayRun) : nil
    default: return phrase
    }
  }
}
