import MagpieModel

/// One fiber's biography on the screen: how its life divides, and every place where it was, the moment highlighted.
struct LifeView: Sendable {
  /// Events that one frame reads.
  static let eventsAFrame = 200_000

  let fiber: UInt32
  private(set) var biography: Biography?
  /// Rows that fit, as it was drawn last.
  private(set) var rows = 10
  private(set) var isReading = true

  init(of fiber: UInt32) { self.fiber = fiber }

  /// The moment in which a stretch began: so many stretches before or after another moment, or of the same if that is in its
  /// middle.
  func moment(_ steps: Int, from moment: Int) -> Int? {
    guard let biography, !biography.stretches.isEmpty else { return nil }
    let last = biography.stretches.count - 1
    guard let present = biography.index(at: moment) else { return steps > 0 ? biography.stretches[0].event : nil }
    let isInside = biography.stretches[present].event < moment
    let (wanted, _) = present.addingReportingOverflow(isInside && steps < 0 ? steps + 1 : steps)
    return biography.stretches[min(max(wanted, 0), last)].event
  }

  mutating func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {
    var read = biography ?? Biography(of: fiber, in: scene.history, at: scene.shown)
    biography = nil
    read.advance(in: scene.history, budget: LifeView.eventsAFrame)
    isReading = !read.isComplete(in: scene.history)
    rows = max(area.height - 6, 1)
    let present = read.index(at: scene.shown)
    heading(&canvas, area, scene, read)
    division(&canvas, area, scene, read)
    let columns = LifeColumns(width: area.width - 2)
    columns.heading(&canvas, x: area.x + 1, y: area.y + 4, scene.say)
    canvas.line(x: area.x + 1, y: area.y + 5, length: area.width - 2)
    let count = read.stretches.count
    let first = max(min((present ?? 0) - rows * 2 / 3, count - rows), 0)
    for row in 0..<min(rows, count - first) {
      let index = first + row
      columns.draw(
        read, index, &canvas, x: area.x + 1, y: area.y + 6 + row, scene, isCurrent: index == present,
        isAfter: index > present ?? -1)
    }
    if count > 0 {
      let text = " " + scene.say(.fiberRows(first + 1, min(first + rows, count), count)) + " "
      canvas.writeRight(text, right: area.right - 2, y: area.y + 5, Style(.dim))
    }
    biography = read
  }

  /// Who it is, where it comes from, and how far its life has been read.
  private func heading(_ canvas: inout Canvas, _ area: Area, _ scene: Scene, _ read: Biography) {
    let say = scene.say
    var x = canvas.write("G\(fiber)", x: area.x + 2, y: area.y, Style(.title, bold: true))
    canvas.mark(.fiber(fiber), x: area.x + 2, y: area.y, to: x)
    let known = scene.state.fiber(fiber)
    let birth = read.isBegun ? read.stretches.first.flatMap { scene.history.event(at: $0.event) } : nil
    let name = (known?.name ?? birth?.b).flatMap { $0 == 0 ? nil : scene.history.string($0) } ?? ""
    if !name.isEmpty { x = canvas.write(name, x: x + 1, y: area.y, Style(.text, bold: true), limit: area.width / 4) }
    var parts: [String] = []
    if let parent = known?.parent ?? birth?.a { parts.append(say(parent == 0 ? .lifeNoParent : .lifeParent(parent))) }
    let children = read.children.partitioningIndex { $0 > scene.shown }
    parts.append(say(.lifeChildren(children, isAll: read.isBegun && read.readTo >= scene.shown)))
    if let known { parts.append(say(.lifeStarts(Int(known.starts)))) }
    let notice: Phrase? =
      isReading
      ? .lifeReading(read.readTo - read.readFrom, of: scene.history.count - scene.history.firstAvailable)
      : read.stretches.isEmpty ? .lifeUnknown : read.isBegun ? nil : .lifeBeginsBefore
    let text = notice.map { say($0) } ?? ""
    let end = text.isEmpty ? area.right - 1 : area.right - 3 - Canvas.width(of: text)
    if end > x { canvas.writeRight(text, right: area.right - 1, y: area.y, Style(isReading ? .steal : .dim)) }
    canvas.write(parts.joined(separator: " · "), x: x + 2, y: area.y, Style(.dim), limit: end - x - 2)
  }

  /// The bar of a life, and the same in figures.
  private func division(_ canvas: inout Canvas, _ area: Area, _ scene: Scene, _ read: Biography) {
    let say = scene.say
    let totals = read.totals(at: scene.shown, time: scene.state.time)
    let parts: [(value: UInt64, bar: Glyph, glyph: Glyph, role: Role, phrase: Phrase)] = [
      (totals.running, .bar8, .right, .running, .lifeRuns), (totals.ready, .bar5, .dot, .runnable, .lifeReady),
      (totals.blocked, .heavyHorizontal, .square, .blocked, .lifeBlocked),
      (totals.waiting, .horizontal, .ring, .waiting, .lifeWaits),
      (totals.unknown, .middleDot, .replacement, .ghost, .unknown),
    ]
    let length = area.width - 4
    let cells = Biography.Totals.shares(parts.map(\.value), of: length)
    var x = area.x + 2
    for (part, count) in zip(parts, cells) {
      canvas.line(part.bar, x: x, y: area.y + 1, length: count, Style(part.role))
      x += count
    }
    x = area.x + 2
    let isNarrow = area.width < 100
    for part in parts where part.value > 0 || part.role != .ghost {
      let percent = totals.sum == 0 ? 0 : Double(part.value) * 100 / Double(totals.sum)
      let text =
        say(part.phrase) + " " + Numbers.duration(part.value) + (isNarrow ? "" : " · " + Numbers.tenths(percent) + " %")
      guard x + 3 + Canvas.width(of: text) < area.right else { return }
      canvas.put(part.glyph, x: x, y: area.y + 2, Style(part.role, bold: true))
      x = canvas.write(text, x: x + 2, y: area.y + 2, Style(.text)) + (isNarrow ? 2 : 4)
    }
    let text = say(.lifeLasted(totals.sum))
    if x + Canvas.width(of: text) < area.right { canvas.write(text, x: x, y: area.y + 2, Style(.dim)) }
  }
}

extension Biography.Totals {
  /// So many cells for each value that all are taken; what is more than nothing has one.
  static func shares(_ values: [UInt64], of cells: Int) -> [Int] {
    let sum = values.reduce(0.0) { $0 + Double($1) }
    guard sum > 0, cells > 0 else { return values.map { _ in 0 } }
    var result = values.map { $0 == 0 ? 0 : max(Int((Double($0) / sum * Double(cells)).rounded()), 1) }
    // What the rounding has given or taken is the largest part's.
    let largest = values.indices.max { values[$0] < values[$1] } ?? 0
    result[largest] = max(result[largest] + cells - result.reduce(0, +), 0)
    return result
  }
}

extension Array {
  /// The first index whose element holds, as do all after it; `count` where none does.
  func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
