/// The lesson's words, under the view.
struct LessonPanel {
  let player: LessonPlayer
  let say: Language

  static func height(_ height: Int) -> Int { height >= 30 ? 7 : 6 }

  func draw(_ canvas: inout Canvas, _ area: Area) {
    canvas.clear(area, Style(.text, on: .bar))
    let lesson = player.lesson
    let count = lesson.stops.count
    let inside = Area(x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 1)
    var x = canvas.write(lesson.title(say), x: inside.x, y: area.y, Style(.title, on: .bar, bold: true))
    // A mark for each stop: those that are over, this one, those to come.
    x = canvas.write("\(player.index + 1) / \(count)", x: x + 2, y: area.y, Style(.dim, on: .bar)) + 2
    if count * 2 < inside.right - x {
      for number in 0..<count {
        let glyph: Glyph = number < player.index ? .dot : number == player.index ? .diamond : .ring
        canvas.put(
          glyph, x: x + 2 * number, y: area.y,
          Style(number == player.index ? .title : number < player.index ? .dim : .ghost, on: .bar))
      }
    }
    if let missing = player.missing {
      let stop = lesson.stops[missing]
      let text = say(.stopNeverReached(number: missing + 1, filter: stop.text, line: stop.line))
      canvas.writeWrapped(text, inside, Style(.error, on: .bar))
    } else if !player.isPrepared {
      canvas.write(say(.lessonPreparing), x: inside.x, y: inside.y, Style(.dim, on: .bar), limit: inside.width)
    } else {
      // On the way to a stop, the words of the one before stay, dim.
      let number = player.index - (player.isPlaying ? 1 : 0)
      guard lesson.stops.indices.contains(number) else { return }
      var y = inside.y + (area.height >= 7 ? 1 : 0)
      for sentence in lesson.words(lesson.stops[number], say) {
        y += canvas.writeWrapped(
          sentence, Area(x: inside.x, y: y, width: inside.width, height: area.bottom - y),
          Style(player.isPlaying ? .dim : .text, on: .bar))
      }
    }
  }
}
