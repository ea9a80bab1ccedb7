import MagpieModel
import MagpieTrace

/// One frame of the Timeline.
struct TimelinePicture {
  let timeline: Timeline
  let layout: TimelineLayout
  let scene: Scene

  var say: Language { scene.say }
  var places: Timeline.Places { timeline.places }
  var window: TimeWindow { places.window }
  var width: Int { layout.plot.width }

  func draw(_ canvas: inout Canvas) {
    heading(&canvas)
    if layout.onlyTells { return telling(&canvas) }
    ruler(&canvas)
    if let legend = layout.legend {
      self.legend(&canvas, y: legend)
      canvas.line(x: layout.area.x + 1, y: legend + 1, length: layout.area.width - 2)
      canvas.line(x: layout.area.x + 1, y: layout.minimap.y - 1, length: layout.area.width - 2)
    }
    lanes(&canvas)
    moment(&canvas)
    if layout.telling.height > 0 {
      telling(&canvas)
      canvas.mark(
        .lanes,
        Area(x: layout.area.x, y: layout.heading, width: layout.area.width, height: layout.plot.bottom - layout.heading)
      )
      canvas.mark(.telling, layout.telling)
    }
    minimap(&canvas)
  }

  func column(of time: UInt64) -> Int? { window.column(of: time, of: width).map { layout.plot.x + $0 } }

  // MARK: heading

  private func heading(_ canvas: inout Canvas) {
    let y = layout.heading
    let right = layout.area.right - 1
    var x = layout.area.x + 1
    for (kind, letter) in zip(LaneKind.allCases, ["P", "M", "G"]) {
      if kind == .processors, scene.state.era != .mpn { continue }
      let isShown = kind == timeline.kind
      x = canvas.write(
        isShown ? "[\(letter)]" : " \(letter) ", x: x, y: y, isShown ? Style(.title, bold: true) : Style(.dim))
    }
    let cell = window.length / UInt64(max(width, 1))
    var told = say(.timelineWindow(window.length, cell: cell))
    // In little room the cell is left out.
    if Canvas.width(of: told) > right - x - 2, let end = told.firstRange(of: " · ") {
      told = String(told[..<end.lowerBound])
    }
    var parts: [(String, Style)] = [(told, Style(.text))]
    if let percent = readPercent { parts.append((say(.timelineReading(percent)), Style(.timer, bold: true))) }
    if let mark = timeline.mark {
      let time = scene.history.event(at: scene.shown)?.time ?? places.time
      let isBack = time < mark.time
      let length = isBack ? mark.time - time : time - mark.time
      parts.append(
        (say(.timelineMeasure(length, events: scene.shown - mark.number, isBack: isBack)), Style(.steal, bold: true)))
    }
    x += 1
    for (text, style) in parts where x + 2 < right {
      x = canvas.write(text, x: x + 1, y: y, style, limit: right - x - 1) + 1
    }
  }

  /// How much of the history has been read, while that goes on.
  private var readPercent: Int? {
    guard timeline.isReading else { return nil }
    let history = scene.history
    let isOfFibers = timeline.index.next >= history.count
    let first = isOfFibers ? timeline.fiberLanes.first : history.firstAvailable
    let next = isOfFibers ? timeline.fiberLanes.next : timeline.index.next
    return max(next - first, 0) * 100 / max(history.count - first, 1)
  }

  // MARK: ruler

  private func ruler(_ canvas: inout Canvas) {
    // A label needs room: as many figures as the step is fine, and a gap.
    var step = TimeWindow.round(above: max(window.length * 12 / UInt64(max(width, 1)), 1))
    while UInt64(Numbers.instant(window.end, step: step).utf8.count + 3) * window.length > step * UInt64(max(width, 1))
    {
      step = TimeWindow.round(above: step + 1)
    }
    let plot = layout.plot
    canvas.write(say(.timelineSeconds), x: plot.x - 2, y: layout.ruler, Style(.dim))
    if let ticks = layout.ticks { canvas.line(x: plot.x, y: ticks, length: width) }
    var time = (window.start + step - 1) / step * step
    while time < window.end {
      if let x = column(of: time) {
        let text = Numbers.instant(time, step: step)
        if x + Canvas.width(of: text) <= plot.right { canvas.write(text, x: x, y: layout.ruler, Style(.dim)) }
        if let ticks = layout.ticks { canvas.put(.vertical, x: x, y: ticks, Style(.dim)) }
      }
      time += step
    }
  }

  // MARK: the moment

  /// The moment that all views share, as a line through the lanes; and what is measured to it.
  private func moment(_ canvas: inout Canvas) {
    let ticks = layout.ticks ?? layout.ruler
    let now = column(of: places.time)
    if let mark = timeline.mark {
      let x = column(of: mark.time)
      // Where the mark is out of sight, the line goes there to the edge.
      let edge = x ?? (mark.time < window.start ? layout.plot.x : layout.plot.right - 1)
      if let now {
        canvas.line(.heavyHorizontal, x: min(edge, now), y: ticks, length: abs(now - edge) + 1, Style(.steal))
      }
      if let x { line(&canvas, x: x, Style(.steal)) }
      canvas.write(say(.timelineMark), x: edge, y: ticks, Style(.steal, bold: true))
    }
    guard let x = now else { return }
    line(&canvas, x: x, Style(.title, bold: true))
    canvas.put(.down, x: x, y: ticks, Style(.title, bold: true))
  }

  /// A line down the lanes that leaves letters and figures readable.
  private func line(_ canvas: inout Canvas, x: Int, _ style: Style) {
    let bottom = min(layout.y(of: layout.rows), layout.plot.bottom)
    for y in layout.plot.y..<max(bottom, layout.plot.y) {
      let cell = canvas[x, y]
      let isWritten = Unicode.Scalar(cell.scalar).map { $0.properties.isAlphabetic || (0x30...0x39).contains($0.value) }
      if isWritten == true {
        canvas.restyle(Area(x: x, y: y, width: 1, height: 1)) { $0.on(.selected).bold }
      } else {
        canvas.put(.vertical, x: x, y: y, style.on(cell.style.ground))
      }
    }
  }
}
