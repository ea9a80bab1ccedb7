import MagpieModel

/// The explanation, over the lower lines of a view.
struct ExplainPanel {
  let explanation: Explanation

  func draw(_ canvas: inout Canvas, above bottom: Int, top: Int) {
    let width = canvas.width
    let room = bottom - top
    guard width >= 20, room >= 4 else { return }
    let inside = width - 6
    let wrapped = explanation.lines.map { (lines: Canvas.wrap($0.text, width: inside), role: $0.role) }
    let height = min(wrapped.reduce(2) { $0 + $1.lines.count }, room)
    let area = Area(x: 1, y: bottom - height, width: width - 2, height: height)
    canvas.spots.removeAll { $0.area.bottom > area.y }
    canvas.clear(Area(x: 0, y: area.y, width: width, height: height), Style(.text, on: .bar))
    canvas.frame(area, title: explanation.title, Style(.title, on: .bar, bold: true), rule: Style(.dim, on: .bar))
    var y = area.y + 1
    for (lines, role) in wrapped {
      for line in lines where y < area.bottom - 1 {
        canvas.write(line, x: area.x + 2, y: y, Style(role, on: .bar), limit: inside)
        y += 1
      }
    }
  }
}
