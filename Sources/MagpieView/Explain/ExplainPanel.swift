import MagpieModel

/// The explanation, over the lower lines of a view; or over all of them, with what happened to the subject before.
struct ExplainPanel {
  let explanation: Explanation
  /// What is explained, if the panel has the whole body.
  var whole: (subject: Subject, scene: Scene)?

  /// Events that one frame looks back over for those of the subject.
  private static let eventsAFrame = 20_000

  func draw(_ canvas: inout Canvas, above bottom: Int, top: Int) {
    let width = canvas.width
    let room = bottom - top
    guard width >= 20, room >= 4 else { return }
    let inside = width - 6
    let wrapped = explanation.lines.map { (lines: Canvas.wrap($0.text, width: inside), role: $0.role) }
    let height = whole == nil ? min(wrapped.reduce(2) { $0 + $1.lines.count }, room) : room
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
    drawPast(&canvas, Area(x: area.x + 2, y: y + 1, width: inside, height: area.bottom - y - 2))
  }

  /// The subject's last events, the newest at the bottom.
  private func drawPast(_ canvas: inout Canvas, _ area: Area) {
    guard let (subject, scene) = whole, area.height > 1 else { return }
    var numbers: [Int] = []
    let oldest = max(scene.history.firstAvailable, scene.shown - ExplainPanel.eventsAFrame)
    for number in stride(from: scene.shown, to: oldest, by: -1) where numbers.count < area.height - 1 {
      guard let event = scene.history.event(at: number) else { break }
      if Explainer.concerns(event, subject) { numbers.append(number) }
    }
    let columns = EventColumns(width: area.width, scene.state.era, fibers: scene.state.fibersCreated)
    columns.heading(&canvas, x: area.x, y: area.y, scene.say)
    for (row, number) in numbers.reversed().enumerated() {
      guard let event = scene.history.event(at: number) else { continue }
      columns.draw(event, number: number, &canvas, x: area.x, y: area.y + 1 + row, scene, isCurrent: false)
    }
    canvas.setGround(.bar, area)
  }
}
