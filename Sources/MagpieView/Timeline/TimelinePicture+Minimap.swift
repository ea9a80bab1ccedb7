import MagpieModel

extension TimelinePicture {
  /// The whole history in one line: how busy the processors were, where that is known; below it the window and the moment.
  func minimap(_ canvas: inout Canvas) {
    let area = layout.minimap
    let whole = places.whole
    let y = area.y
    let left = layout.area.x + 1
    canvas.write(say(.timelineWhole), x: left, y: y, Style(.dim), limit: layout.labelWidth - 2)
    if layout.hasShares {
      canvas.writeRight(Numbers.duration(whole.length), right: layout.area.right - 1, y: y, Style(.dim))
    }
    // Where the kernel schedules, nothing tells how busy the processors were.
    let isKnown = scene.state.era.hasFibers
    if !isKnown { canvas.line(x: area.x, y: y, length: area.width) }
    let levels = isKnown ? busyLevels(whole, width: area.width) : []
    for (column, level) in levels.enumerated() {
      let sign = level == 0 ? Sign(.middleDot) : Sign(level: level)
      sign.draw(&canvas, x: area.x + column, y: y, length: 1, level == 0 ? Style(.ghost) : Style(.running))
    }
    for range in unknown {
      let from = whole.column(of: max(range.lowerBound, whole.start), of: area.width)
      let to = whole.column(of: min(range.upperBound, whole.end), of: area.width)
      guard let from, let to, from <= to else { continue }
      Sign("?").draw(&canvas, x: area.x + from, y: y, length: to - from + 1, Style(.error))
    }
    let first = whole.column(of: min(max(window.start, whole.start), whole.end), of: area.width) ?? 0
    let last = whole.column(of: min(max(window.end, whole.start), whole.end), of: area.width) ?? area.width - 1
    canvas.setGround(.selected, Area(x: area.x + first, y: y, width: last - first + 1, height: 1))
    let moment = whole.column(of: places.time, of: area.width)
    guard area.height > 1 else {
      if let moment { canvas.put(.vertical, x: area.x + moment, y: y, Style(.title, on: .selected, bold: true)) }
      return
    }
    // The window as a bracket under the line.
    canvas.line(x: area.x + first, y: y + 1, length: last - first + 1, Style(.dim))
    canvas.put(.bottomLeft, x: area.x + first, y: y + 1, Style(.dim))
    if last > first { canvas.put(.bottomRight, x: area.x + last, y: y + 1, Style(.dim)) }
    if let mark = timeline.mark, let x = whole.column(of: mark.time, of: area.width) {
      canvas.write(say(.timelineMark), x: area.x + x, y: y + 1, Style(.steal, bold: true))
    }
    if let moment { canvas.put(.up, x: area.x + moment, y: y + 1, Style(.title, bold: true)) }
    guard scene.history.firstAvailable > 0 else { return }
    let text = say(.historyBegins(UInt64(scene.history.firstAvailable + 1)))
    let length = Canvas.width(of: text)
    if first > length + 2 {
      canvas.write(text, x: area.x, y: y + 1, Style(.dim))
    } else if area.width - last > length + 4 {
      canvas.writeRight(text, right: area.right, y: y + 1, Style(.dim))
    }
  }

  /// In eighths, which part of the processors ran fibers in each column; 0 where none did, or nothing has been read.
  private func busyLevels(_ whole: TimeWindow, width: Int) -> [Int] {
    let index = timeline.index
    let last = index.now
    let processors = UInt64(max(scene.state.wantedProcessorCount, 1))
    var levels: [Int] = []
    var place = 0
    /// What the processors had run together by a time, between two points in proportion.
    func busy(at time: UInt64) -> Double {
      while place + 1 < index.points.count, index.points[place + 1].time <= time { place += 1 }
      guard place < index.points.count else { return 0 }
      let from = index.points[place]
      let to = place + 1 < index.points.count ? index.points[place + 1] : last
      guard time > from.time, to.time > from.time else { return Double(from.busy) }
      let part = min(Double(time - from.time) / Double(to.time - from.time), 1)
      return Double(from.busy) + Double(to.busy - from.busy) * part
    }
    var before = busy(at: whole.start)
    var from = whole.start
    for column in 0..<width {
      let to = whole.time(at: column + 1, of: width)
      defer { from = to }
      guard from < last.time, to > from else {
        levels.append(to > from ? 0 : levels.last ?? 0)
        continue
      }
      let after = busy(at: to)
      let length = min(to, last.time) - from
      levels.append(LaneCell.eighths(UInt64(max(after - before, 0)), of: length * processors))
      before = after
    }
    return levels
  }
}
