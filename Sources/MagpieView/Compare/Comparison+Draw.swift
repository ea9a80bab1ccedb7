import MagpieModel
import MagpieTrace

extension Comparison {
  /// What is told of the side that is looked at.
  var told: Int? { sides[focus].teller.number }

  mutating func draw(_ canvas: inout Canvas, _ area: Area, say: Language, now: UInt64) {
    animate(say: say, now: now)
    let rows = CompareRow.rows(self, say: say)
    let layout = CompareLayout(area, figures: rows.count)
    drawClock(&canvas, layout.clock, say)
    areas = layout.sides
    for side in [1 - focus, focus] {
      // Only of the side that is looked at can something be selected: the other one has the same names.
      let spots = canvas.spots
      drawSide(side, &canvas, layout, say, now)
      if side != focus { canvas.spots = spots }
    }
    CompareFigures(rows: rows, say: say, note: haveDoneTheSame ? "" : say(.compare(.notJudged))).draw(
      &canvas, layout.figures)
  }

  /// Tasks that have ended on a side.
  func done(_ side: Int) -> Int { Int(sides[side].cursor.state.fibersFinished) }
  var haveDoneTheSame: Bool { done(0) == done(1) }

  /// By what both are laid side by side, in words; and how much of the way is behind them.
  private mutating func drawClock(_ canvas: inout Canvas, _ area: Area, _ say: Language) {
    let words: ComparePhrase =
      switch pair.alignment {
      case .progress: .byProgress(done(0), done(1), of: tasks)
      case .time: .byTime(UInt64(max(pair.place, 0)))
      }
    canvas.write(say(.compare(words)), x: area.x, y: area.y, Style(.title, bold: true), limit: area.width)
    bar = Area(x: area.x, y: area.y + 1, width: area.width, height: 1)
    let head = Int((pair.share * Double(area.width - 1)).rounded())
    canvas.line(.heavyHorizontal, x: area.x, y: bar.y, length: head, Style(.timer))
    canvas.line(x: area.x + head, y: bar.y, length: area.width - head)
    if pair.firstEnd < pair.end {
      let end = Int((pair.firstEnd / pair.end * Double(area.width - 1)).rounded())
      canvas.put(.vertical, x: area.x + end, y: bar.y, Style(.dim))
    }
    canvas.put(.dot, x: area.x + head, y: bar.y, Style(.timer, bold: true))
  }

  private mutating func drawSide(
    _ side: Int, _ canvas: inout Canvas, _ layout: CompareLayout, _ say: Language, _ now: UInt64
  ) {
    let area = layout.sides[side]
    let run = sides[side].run
    let title = (side == focus ? "▶ " : "") + say(.compare(.side(run.era, processors: run.processors)))
    let style = side == focus ? Style(.title, bold: true) : Style(.text)
    var notes = [say(.compare(.done(done(side), of: tasks))), Numbers.duration(times[side])]
    if pair.isAtEnd(side) { notes.append(say(sides[side].isDeadlocked ? .deadlock : .compare(.over))) }
    if layout.kind == .line {
      canvas.write(title, x: area.x + 1, y: area.y, style, limit: area.width - 2)
      return
    }
    if layout.kind == .box {
      canvas.frame(area, title: title, style, rule: Style(side == focus ? .title : .rule))
      let inside = area.inside
      canvas.write(
        notes.joined(separator: " · "), x: inside.x + 1, y: inside.y, Style(.text), limit: inside.width - 2)
      let scene = scene(side, say: say, now: now)
      guard let number = sides[side].teller.number, let event = run.history.event(at: number) else { return }
      canvas.mark(.event(number), x: inside.x + 1, y: inside.y + 1, to: inside.right - 1)
      let story = Story(event, number: number, scene)
      let subject = story.subject.isEmpty ? "" : story.subject + " "
      canvas.write(
        subject + story.text.what, x: inside.x + 1, y: inside.y + 1, Style(story.text.role), limit: inside.width - 2)
      return
    }
    let room = area.width - Canvas.width(of: title) - 7
    while notes.count > 1, Canvas.width(of: notes.joined(separator: " · ")) > room { notes.remove(at: 1) }
    let isBad = sides[side].isDeadlocked && pair.isAtEnd(side)
    canvas.frame(
      area, title: title, style, note: notes.joined(separator: " · "), Style(isBad ? .error : .text),
      rule: Style(side == focus ? .title : .rule))
    let stage = Stage(scene: scene(side, say: say, now: now))
    var motion = sides[side].motion
    var inside = Canvas(width: area.inside.width, height: area.inside.height, isASCII: canvas.isASCII)
    stage.draw(&inside, inside.area, nil, motion: &motion, told: sides[side].teller.number)
    canvas.paste(inside, x: area.inside.x, y: area.inside.y)
    sides[side].motion = motion
  }
}
