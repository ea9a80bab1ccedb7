import MagpieModel

extension FiberTable {
  /// The table: what all do, headings, and a row a fiber.
  func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene, _ columns: FiberColumns) {
    let say = scene.say
    let x = area.x + 1
    summary(&canvas, area, scene)
    columns.heading(&canvas, x: x, y: area.y + 1, query, say)
    canvas.line(x: x, y: area.y + 2, length: area.width - 2)
    notes(&canvas, area, scene)
    if page.rows.isEmpty {
      let text: Phrase = filterText.isEmpty ? .noFibers : .noSuchFibers
      canvas.write(say(text), x: x + 1, y: area.y + 3, Style(.dim), limit: area.width - 4)
    }
    for (row, fiber) in page.rows.enumerated() {
      columns.draw(fiber, &canvas, x: x, y: area.y + 3 + row, scene, isCurrent: row == page.cursor)
    }
  }

  private func summary(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {
    let say = scene.say
    let last = page.first + page.rows.count
    let right = area.right - 1
    var end = right
    if page.count > 0 {
      let text = say(.fiberRows(page.first + 1, last, page.count))
      if Canvas.width(of: text) < area.width / 2 {
        end = canvas.writeRight(text, right: right, y: area.y, Style(.dim)) - 2
      }
    }
    var parts: [(Glyph, Role, Phrase)] = [
      (.right, .running, .fibersRun(page.counts.running)), (.dot, .runnable, .fibersReady(page.counts.ready)),
      (.square, .blocked, .fibersInCalls(page.counts.blocked)), (.ring, .waiting, .fibersWait(page.counts.waiting)),
    ]
    // What is ready and what runs the kernel does not tell apart.
    if !scene.state.era.hasFibers {
      let count = page.counts.running + page.counts.ready
      parts.replaceSubrange(0..<2, with: [(.dot, .runnable, .era(.readyOrRun(count)))])
    }
    if page.counts.unknown > 0 { parts.append((.replacement, .ghost, .fibersUnknown(page.counts.unknown))) }
    var x = area.x + 2
    for (glyph, role, phrase) in parts {
      let text = say(phrase)
      guard x + 2 + Canvas.width(of: text) <= end else { return }
      canvas.put(glyph, x: x, y: area.y, Style(role, bold: true))
      x = canvas.write(text, x: x + 2, y: area.y, Style(.text)) + 3
    }
  }

  /// On the rule: what the filter is, and where the cursor's fiber has gone.
  private func notes(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {
    let say = scene.say
    var x = area.x + 3
    if !filterText.isEmpty {
      x = canvas.write(
        " " + say(.onlyThese(filterText)) + " ", x: x, y: area.y + 2, Style(.steal), limit: area.width - 6)
    }
    guard let selected, page.cursor == nil else { return }
    let isHere = scene.state.fiber(selected) != nil
    let text = " " + say(isHere ? .fiberNotAsked(selected) : .fiberNotThere(selected)) + " "
    let start = area.right - 3 - Canvas.width(of: text)
    if start > x { canvas.write(text, x: start, y: area.y + 2, Style(.blocked)) }
  }
}
