/// What `?` shows: every key of the table, and what the letters on the Stage mean.
struct HelpPage {
  let say: Language

  func draw(_ canvas: inout Canvas) {
    let bindings = KeyBinding.all
    let keys = bindings.map { $0.keys.map(\.label).joined(separator: " ") }
    let keyWidth = keys.map { Canvas.width(of: $0) }.max() ?? 0
    let width = min(canvas.width - 2, 76)
    let height = min(canvas.height - 2, bindings.count + 4)
    guard width > 10, height > 2 else { return }
    let area = Area(x: (canvas.width - width) / 2, y: (canvas.height - height) / 2, width: width, height: height)
    canvas.clear(area, Style(.text, on: .bar))
    canvas.frame(
      area, title: say(.helpTitle), Style(.title, on: .bar, bold: true), rule: Style(.dim, on: .bar))
    let inside = area.inside
    // Without room for all, one page of two columns would be hard to read: the table is cut off, the legend first.
    let legendRows = inside.height >= bindings.count + 2 ? 2 : 0
    for (row, binding) in bindings.enumerated() where row < inside.height - legendRows {
      canvas.write(
        keys[row], x: inside.x + 1, y: inside.y + row, Style(.title, on: .bar, bold: true), limit: inside.width - 1)
      canvas.write(
        say(binding.help), x: inside.x + keyWidth + 3, y: inside.y + row, Style(.text, on: .bar),
        limit: inside.width - keyWidth - 4)
    }
    if legendRows > 0 {
      canvas.write(
        say(.legend), x: inside.x + 1, y: inside.bottom - 1, Style(.dim, on: .bar), limit: inside.width - 2)
    }
  }
}
