/// What `?` shows: every key of the table, and what the letters on the Stage mean.
struct HelpPage {
  let say: Language

  func draw(_ canvas: inout Canvas) {
    let rows = rows
    let keyWidth = rows.map { Canvas.width(of: $0.keys) }.max() ?? 0
    let width = min(canvas.width - 2, 76)
    let height = min(canvas.height - 2, rows.count + 4)
    guard width > 10, height > 2 else { return }
    let area = Area(x: (canvas.width - width) / 2, y: (canvas.height - height) / 2, width: width, height: height)
    canvas.clear(area, Style(.text, on: .bar))
    canvas.frame(
      area, title: say(.helpTitle), Style(.title, on: .bar, bold: true), rule: Style(.dim, on: .bar))
    let inside = area.inside
    // Without room for all, one page of two columns would be hard to read: the table is cut off, the legend first.
    let legendRows = inside.height >= rows.count + 2 ? 2 : 0
    for (number, row) in rows.enumerated() where number < inside.height - legendRows {
      let y = inside.y + number
      canvas.write(row.keys, x: inside.x + 1, y: y, Style(.title, on: .bar, bold: true), limit: inside.width - 1)
      canvas.write(
        say(row.help), x: inside.x + keyWidth + 3, y: y, Style(.text, on: .bar),
        limit: inside.width - keyWidth - 4)
    }
    if legendRows > 0 {
      canvas.write(
        say(.legend), x: inside.x + 1, y: inside.bottom - 1, Style(.dim, on: .bar), limit: inside.width - 2)
    }
  }

  /// A row for each thing that is said: keys that share it stand together.
  private var rows: [(keys: String, help: Phrase)] {
    var rows: [(keys: String, help: Phrase)] = []
    for binding in KeyBinding.all {
      let keys = binding.keys.map(\.label).joined(separator: " ")
      if let help = binding.help { rows.append((keys, help)) } else { rows[rows.count - 1].keys += " " + keys }
    }
    return rows
  }
}
