extension Canvas {
  /// What stands for a character that must not be drawn.
  static let replacement: UInt32 = 0xFFFD
  private static let replacementASCII: UInt32 = 0x3F

  /// Writes text, cut off at `limit` cells (with `…`) and at the edge; returns the column after it.
  ///
  /// Any text may come in: controls, changes of direction and lone marks are replaced, so that names from outside can do
  /// no more than be ugly.
  @discardableResult
  public mutating func write(_ text: some StringProtocol, x: Int, y: Int, _ style: Style = Style(), limit: Int = .max)
    -> Int
  {
    guard y >= 0, y < height, limit > 0 else { return x }
    let end = min(width, limit == .max ? width : x + limit)
    var column = x
    var last = x
    for scalar in text.unicodeScalars {
      let (value, cells) = drawable(scalar.value)
      if column + cells > end {
        // The mark takes the last cell; where that is half of a wide character, it takes the whole one's place.
        if end > x, end <= width { cutOff(at: column == end ? last : end - 1, y: y, style) }
        return end
      }
      last = column
      if cells == 2 { putWide(value, x: column, y: y, style) } else { put(value, x: column, y: y, style) }
      column += cells
    }
    return column
  }

  /// Writes text that ends before column `right`.
  @discardableResult
  mutating func writeRight(_ text: String, right: Int, y: Int, _ style: Style = Style()) -> Int {
    let start = right - Canvas.width(of: text)
    write(text, x: start, y: y, style)
    return start
  }

  /// Writes text in the middle of an area's line.
  mutating func writeCentered(_ text: String, _ area: Area, y: Int, _ style: Style = Style()) {
    let length = min(Canvas.width(of: text), area.width)
    write(text, x: area.x + (area.width - length) / 2, y: y, style, limit: area.width)
  }

  /// Writes text on several lines, broken between words; returns the number of lines used.
  @discardableResult
  mutating func writeWrapped(_ text: String, _ area: Area, _ style: Style = Style()) -> Int {
    guard area.width > 0, area.height > 0 else { return 0 }
    let lines = Canvas.wrap(text, width: area.width)
    for (row, line) in lines.prefix(area.height).enumerated() {
      let isLast = row == area.height - 1 && lines.count > area.height
      write(
        isLast ? line + "…………" : line, x: area.x, y: area.y + row, style,
        limit: isLast ? Canvas.width(of: line) : area.width)
    }
    return min(lines.count, area.height)
  }

  /// The cells that text takes, as it would be drawn.
  public static func width(of text: some StringProtocol) -> Int {
    var cells = 0
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value >= 0x20, value < 0x7F {
        cells += 1
      } else {
        cells += CharacterWidth.isDrawable(value) ? max(CharacterWidth.of(value), 1) : 1
      }
    }
    return cells
  }

  /// Text broken into lines of at most `width` cells, between words where that can be done. Chinese has no spaces: a line
  /// may end after each of its characters, but never begins with a mark that closes nor ends with one that opens, and a
  /// number stays with the word that counts it.
  public static func wrap(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var length = 0
    for piece in pieces(of: text) {
      // A space where a line ends is not drawn.
      let isNew = length == 0 || length + Canvas.width(of: piece) > width
      if isNew, length > 0 { lines.append(line) }
      line = isNew ? String(piece.drop { $0 == " " }) : line + piece
      length = Canvas.width(of: line)
      while length > width {
        let (head, tail) = split(line, at: width)
        lines.append(head)
        line = tail
        length = Canvas.width(of: line)
      }
    }
    if length > 0 { lines.append(line) }
    return lines
  }

  /// What must stay together in a line; all but the first piece may begin with a space.
  private static func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var last: Unicode.Scalar?
    for word in text.split(separator: " ") {
      var isFirst = true
      for scalar in word.unicodeScalars {
        let isWide = CharacterWidth.of(scalar.value) == 2
        let isBreak =
          last.map { last in
            if isFirst { return !(isWide && ("0"..."9").contains(last)) }
            return (isWide || CharacterWidth.of(last.value) == 2) && !opening.contains(last)
              && !closing.contains(scalar)
          } ?? true
        if isBreak { pieces.append("") }
        if isFirst, last != nil { pieces[pieces.count - 1] += " " }
        pieces[pieces.count - 1].unicodeScalars.append(scalar)
        last = scalar
        isFirst = false
      }
    }
    return pieces
  }

  private static let opening = Set("（「『《〈【(".unicodeScalars)
  private static let closing = Set("，。：；、！？）」』》〉】…,.:;!?)%".unicodeScalars)

  private static func split(_ text: String, at width: Int) -> (String, String) {
    var head = ""
    var tail = ""
    var cells = 0
    for scalar in text.unicodeScalars {
      cells += CharacterWidth.isDrawable(scalar.value) ? max(CharacterWidth.of(scalar.value), 1) : 1
      if cells <= width || head.isEmpty {
        head.unicodeScalars.append(scalar)
      } else {
        tail.unicodeScalars.append(scalar)
      }
    }
    return (head, tail)
  }

  private mutating func cutOff(at x: Int, y: Int, _ style: Style) {
    put(isASCII ? 0x7E : 0x2026, x: x, y: y, style)
  }

  /// What is drawn for a scalar, and how many cells that takes.
  @inline(__always)
  private func drawable(_ scalar: UInt32) -> (UInt32, Int) {
    if scalar >= 0x20, scalar < 0x7F { return (scalar, 1) }
    return drawableOutsideASCII(scalar)
  }

  private func drawableOutsideASCII(_ scalar: UInt32) -> (UInt32, Int) {
    if isASCII {
      if let twin = Glyph.twin(of: scalar) { return (twin, 1) }
      let isWide = CharacterWidth.isDrawable(scalar) && CharacterWidth.of(scalar) == 2
      return (Canvas.replacementASCII, isWide ? 2 : 1)
    }
    guard CharacterWidth.isDrawable(scalar) else { return (Canvas.replacement, 1) }
    let cells = CharacterWidth.of(scalar)
    return cells == 0 ? (Canvas.replacement, 1) : (scalar, cells)
  }
}
