import MagpieModel
import MagpieTrace

/// The columns of a biography: when, how long, where, and how it came there.
struct LifeColumns {
  let width: Int
  private let lasted: Int
  private let place: Int
  private let why: Int

  init(width: Int) {
    self.width = width
    lasted = width >= 100 ? 16 : 13
    place = lasted + 10
    why = width >= 64 ? place + min(34, (width - place) * 54 / 100) : width
  }

  func heading(_ canvas: inout Canvas, x: Int, y: Int, _ say: Language) {
    let style = Style(.dim)
    canvas.write(say(.columnTime), x: x + 1, y: y, style, limit: lasted - 2)
    canvas.writeRight(say(.lifeColumnLasted), right: x + place - 2, y: y, style)
    canvas.write(say(.fiberColumn(.state)), x: x + place, y: y, style, limit: width - place)
    if why < width { canvas.write(say(.lifeColumnHow), x: x + why, y: y, style, limit: width - why) }
  }

  func draw(
    _ life: Biography, _ index: Int, _ canvas: inout Canvas, x: Int, y: Int, _ scene: Scene, isCurrent: Bool,
    isAfter: Bool
  ) {
    let stretch = life.stretches[index]
    let ground: Ground = isCurrent ? .selected : .screen
    let line = Area(x: x, y: y, width: width, height: 1)
    if isCurrent {
      canvas.clear(line, Style(.text, on: .selected))
      canvas.put(.leftHalf, x: x - 1, y: y, Style(.title))
    }
    let event = stretch.isTold ? scene.history.event(at: stretch.event) : nil
    if event != nil { canvas.mark(.event(stretch.event), line) }
    func style(_ role: Role, bold: Bool = false) -> Style {
      isAfter ? Style(.ghost, on: ground) : Style(role, on: ground, bold: bold)
    }
    canvas.write(Numbers.seconds(stretch.since), x: x + 1, y: y, style(.dim), limit: lasted - 2)
    if let text = lasts(life, index, scene) { canvas.writeRight(text, right: x + place - 2, y: y, style(.text)) }
    let look = PlaceLook(stretch.place)
    canvas.put(look.glyph, x: x + place, y: y, style(look.role, bold: true))
    let text = event.map { scene.text(of: $0) } ?? ""
    let words =
      stretch.place.map { scene.say(.fiberPlace($0, call: text, era: scene.state.era)) } ?? scene.say(.lifeEnded)
    canvas.write(
      words, x: x + place + 2, y: y, style(look.role, bold: isCurrent), limit: min(why, width) - place - 3)
    guard why < width else { return }
    let how = event.map { Phrase.lifeHow($0, fiber: life.fiber, era: scene.state.era) } ?? .lifeNotTold
    canvas.write(scene.say(how), x: x + why, y: y, style(.dim), limit: width - why)
  }

  /// How long it was there: of what goes on, until the moment, and after that until what comes next.
  private func lasts(_ life: Biography, _ index: Int, _ scene: Scene) -> String? {
    let stretch = life.stretches[index]
    guard stretch.place != nil else { return nil }
    if index + 1 < life.stretches.count, stretch.event > scene.shown || life.stretches[index + 1].event <= scene.shown {
      return Numbers.duration(life.stretches[index + 1].since &- stretch.since)
    }
    let end = max(stretch.event > scene.shown ? scene.history.live.time : scene.state.time, stretch.since)
    return Numbers.duration(end &- stretch.since)
  }
}
