extension Canvas {
  mutating func put(_ glyph: Glyph, x: Int, y: Int, _ style: Style) {
    put(isASCII ? UInt32(glyph.ascii) : glyph.rawValue, x: x, y: y, style)
  }

  /// A line of one glyph.
  mutating func line(_ glyph: Glyph = .horizontal, x: Int, y: Int, length: Int, _ style: Style = Style(.rule)) {
    guard length > 0 else { return }
    for column in max(x, 0)..<max(min(x + length, width), max(x, 0)) { put(glyph, x: column, y: y, style) }
  }

  mutating func column(_ glyph: Glyph = .vertical, x: Int, y: Int, length: Int, _ style: Style = Style(.rule)) {
    guard length > 0 else { return }
    for row in max(y, 0)..<max(min(y + length, height), max(y, 0)) { put(glyph, x: x, y: row, style) }
  }

  /// A frame with rounded corners on the edge of an area.
  mutating func frame(_ area: Area, _ style: Style = Style(.rule)) {
    guard area.width >= 2, area.height >= 2 else { return }
    line(x: area.x + 1, y: area.y, length: area.width - 2, style)
    line(x: area.x + 1, y: area.bottom - 1, length: area.width - 2, style)
    column(x: area.x, y: area.y + 1, length: area.height - 2, style)
    column(x: area.right - 1, y: area.y + 1, length: area.height - 2, style)
    put(.topLeft, x: area.x, y: area.y, style)
    put(.topRight, x: area.right - 1, y: area.y, style)
    put(.bottomLeft, x: area.x, y: area.bottom - 1, style)
    put(.bottomRight, x: area.right - 1, y: area.bottom - 1, style)
  }

  /// A frame with a title at the left of its upper edge and a note at the right, as far as there is room.
  mutating func frame(
    _ area: Area, title: String, _ titleStyle: Style, note: String = "", _ noteStyle: Style = Style(.dim),
    rule: Style = Style(.rule)
  ) {
    frame(area, rule)
    let room = area.width - 4
    guard room > 0 else { return }
    let length = min(Canvas.width(of: title), room - 1)
    guard length > 0 else { return }
    write(" ", x: area.x + 2, y: area.y, rule)
    write(title, x: area.x + 3, y: area.y, titleStyle, limit: length)
    write(" ", x: area.x + 3 + length, y: area.y, rule)
    let noteLength = Canvas.width(of: note)
    guard noteLength > 0, length + noteLength + 5 <= area.width - 2 else { return }
    write(" ", x: area.right - noteLength - 3, y: area.y, rule)
    write(note, x: area.right - noteLength - 2, y: area.y, noteStyle)
    if area.width > noteLength + 3 { write(" ", x: area.right - 2, y: area.y, rule) }
  }

  /// The column in which the title of a frame has ended: the first from which the frame goes on.
  func endOfTitle(from x: Int, y: Int, before end: Int) -> Int {
    let rule: Set<UInt32> = [Glyph.horizontal.rawValue, UInt32(Glyph.horizontal.ascii), Glyph.topRight.rawValue]
    return (x..<max(end, x)).first { rule.contains(self[$0, y].scalar) && self[$0 - 1, y].scalar == 0x20 }.map {
      $0 - 1
    } ?? end - 1
  }

  /// The column in which the name at the beginning of a row has ended: two blanks follow, or the row ends.
  func endOfName(_ row: Area) -> Int {
    let isBlank = { (x: Int) in self[x, row.y].scalar == 0x20 }
    return (row.x + 1..<max(row.right - 1, row.x + 1)).first { isBlank($0) && isBlank($0 + 1) } ?? row.right
  }

  /// A fiber's chip, ` 17 `; returns the column after it.
  @discardableResult
  mutating func chip(_ text: String, x: Int, y: Int, _ style: Style) -> Int {
    var column = write(" ", x: x, y: y, style)
    column = write(text, x: column, y: y, style)
    return write(" ", x: column, y: y, style)
  }

  /// A fiber's chip by its number, which can be selected.
  @discardableResult
  mutating func chip(fiber: UInt32, x: Int, y: Int, _ style: Style) -> Int {
    let end = chip(String(fiber), x: x, y: y, style)
    mark(.fiber(fiber), x: x, y: y, to: end)
    return end
  }

  /// A bar of which `part` (0 to 1) is filled. What is more than nothing shows at least one cell.
  mutating func bar(_ part: Double, x: Int, y: Int, length: Int, _ style: Style, empty: Style = Style(.rule)) {
    let filled = Canvas.filled(part, length)
    line(.heavyHorizontal, x: x, y: y, length: filled, style)
    // In ASCII and without colour the two parts must still differ.
    line(.horizontal, x: x + filled, y: y, length: length - filled, empty)
  }

  /// The same from right to left.
  mutating func barLeftwards(
    _ part: Double, x: Int, y: Int, length: Int, _ style: Style, empty: Style = Style(.rule)
  ) {
    let filled = Canvas.filled(part, length)
    line(.horizontal, x: x, y: y, length: length - filled, empty)
    line(.heavyHorizontal, x: x + length - filled, y: y, length: filled, style)
  }

  /// The cells of a bar that are filled.
  private static func filled(_ part: Double, _ length: Int) -> Int {
    let share = part.isFinite ? min(max(part, 0), 1) : 0
    var filled = Int((share * Double(max(length, 0))).rounded())
    if share > 0 { filled = max(filled, 1) }
    if share < 1 { filled = min(filled, max(length - 1, share > 0 ? 1 : 0)) }
    return filled
  }

  /// Small columns, one a value, scaled to the greatest.
  mutating func sparkline(_ values: [Double], x: Int, y: Int, _ style: Style) {
    guard let top = values.max(), top > 0 else {
      line(.bar1, x: x, y: y, length: values.count, style)
      return
    }
    for (index, value) in values.enumerated() {
      let share = value / top
      let level = share.isFinite ? UInt32(min(max((share * 7).rounded(), 0), 7)) : 0
      guard let glyph = Glyph(rawValue: Glyph.bar1.rawValue + level) else { continue }
      put(glyph, x: x + index, y: y, style)
    }
  }
}
