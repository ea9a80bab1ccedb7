import MagpieModel
import MagpieTrace

/// What took longest, of all that is kept.
struct WorstPane {
  let scene: Scene
  private let area: Area
  private let groups: [(kind: WorstCase.Kind, cases: [WorstCase])]

  init(scene: Scene, area: Area?) {
    self.scene = scene
    self.area = area ?? Area(x: 0, y: 0, width: 0, height: 0)
    // Waits and runs are the kernel's where that schedules.
    let kinds = scene.state.era.hasFibers ? WorstCase.Kind.allCases : [.call]
    let rows = self.area.height - 1 - kinds.count
    groups = kinds.enumerated().map { number, kind in
      (kind, scene.history.worstCases(kind, limit: max((rows + kinds.count - 1 - number) / kinds.count, 0)))
    }
  }

  /// The events of the cases, from top to bottom.
  var events: [Int] { groups.flatMap { $0.cases.map(\.event) } }

  func draw(_ canvas: inout Canvas, chosen: Int?) {
    guard area.height > 0 else { return }
    let say = scene.say
    StatsContext.title(&canvas, area, say(.statsWorst), note: say(.statsJump))
    var y = area.y + 1
    for group in groups where y < area.bottom {
      let look = look(group.kind)
      canvas.put(look.glyph, x: area.x, y: y, Style(look.role, bold: true))
      canvas.write(say(.statsWorstKind(group.kind)), x: area.x + 2, y: y, Style(look.role), limit: area.width - 2)
      y += 1
      for one in group.cases where y < area.bottom {
        row(one, look.role, &canvas, y: y, isChosen: one.event == chosen)
        y += 1
      }
    }
  }

  private func look(_ kind: WorstCase.Kind) -> (glyph: Glyph, role: Role) {
    switch kind {
    case .wait: (.dot, .runnable)
    case .run: (.right, .running)
    case .call: (.square, .blocked)
    }
  }

  /// `12.4 ms  G17 worker/3 · P2    0.089 123`; what is later than the moment is pale.
  private func row(_ one: WorstCase, _ role: Role, _ canvas: inout Canvas, y: Int, isChosen: Bool) {
    let line = Area(x: area.x, y: y, width: area.width, height: 1)
    let ground: Ground = isChosen ? .selected : .screen
    if isChosen {
      canvas.clear(line, Style(.text, on: .selected))
      canvas.put(.leftHalf, x: area.x - 1, y: y, Style(.title))
    }
    canvas.mark(.event(one.event), line)
    func style(_ role: Role) -> Style { Style(one.event > scene.shown ? .ghost : role, on: ground) }
    canvas.writeRight(Numbers.duration(one.nanoseconds), right: area.x + 9, y: y, style(role))
    guard let event = scene.history.event(at: one.event) else { return }
    let time = Numbers.seconds(event.time)
    let end = area.right - Canvas.width(of: time)
    canvas.write(time, x: end, y: y, style(.dim))
    // A queue is a P's, or a thread's; where all have one, the thread says where.
    let hasQueues = scene.state.era == .mpn || scene.state.era == .distributed
    let place =
      event.processor == Event.noProcessor || !hasQueues
      ? scene.machineName(event.machine) : scene.queueName(Int(event.processor))
    var x = canvas.write("G\(event.fiber)", x: area.x + 11, y: y, style(.title), limit: end - area.x - 12)
    canvas.mark(.fiber(event.fiber), x: area.x + 11, y: y, to: x)
    x = canvas.write(place, x: x + 1, y: y, style(.text), limit: end - x - 2)
    let name = scene.name(of: event.fiber)
    if end - x > 4 { canvas.write(name, x: x + 1, y: y, style(.dim), limit: end - x - 2) }
  }
}
