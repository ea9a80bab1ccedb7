import MagpieModel
import MagpieTrace

/// The columns of the table of fibers, as many as there is room for.
struct FiberColumns {
  private struct Column {
    var order: FiberOrder
    var width: Int
  }

  private static let gap = 1
  private var columns: [Column]
  private let width: Int

  /// The orders that have a column, from left to right.
  var orders: [FiberOrder] { columns.map(\.order) }

  init(width: Int) {
    self.width = width
    columns = [Column(order: .number, width: 8), Column(order: .name, width: 11), Column(order: .state, width: 18)]
    var left = width - 37
    func take(_ wanted: Int) -> Int {
      let taken = max(min(wanted, left), 0)
      left -= taken
      return taken
    }
    func add(_ order: FiberOrder, _ width: Int) {
      guard left >= width else { return }
      left -= width
      columns.append(Column(order: order, width: width))
    }
    for order in [FiberOrder.since, .wait, .ran] { add(order, 9) }
    // The longest state in words: `waits to receive on channel 3`.
    columns[2].width += take(15)
    add(.starts, 8)
    add(.wokenBy, 15)
    add(.parent, 8)
    add(.deadline, 11)
    columns[1].width += take(15)
    columns[2].width += take(12)
    for index in columns.indices.dropFirst(3) { columns[index].width += take(4) }
  }

  private static func isRight(_ order: FiberOrder) -> Bool {
    switch order {
    case .since, .wait, .ran, .starts, .deadline: true
    case .number, .name, .state, .wokenBy, .parent: false
    }
  }

  func heading(_ canvas: inout Canvas, x: Int, y: Int, _ query: FiberQuery, _ say: Language) {
    each(x) { column, x in
      let isSorted = column.order == query.order
      let arrow = isSorted ? (query.isDescending ? " ▼" : " ▲") : ""
      let style = Style(isSorted ? .title : .dim, bold: isSorted)
      place(say(.fiberColumn(column.order)) + arrow, &canvas, column, x: x, y: y, style)
    }
  }

  func draw(_ fiber: FiberState, _ canvas: inout Canvas, x: Int, y: Int, _ scene: Scene, isCurrent: Bool) {
    let ground: Ground = isCurrent ? .selected : .screen
    let line = Area(x: x, y: y, width: width, height: 1)
    if isCurrent {
      canvas.clear(line, Style(.text, on: .selected))
      canvas.put(.leftHalf, x: x - 1, y: y, Style(.title))
    }
    canvas.mark(.fiber(fiber.id), line)
    let isExact = scene.state.isExact
    each(x) { column, x in
      if column.order == .state {
        let look = scene.state.era.hasFibers ? PlaceLook(fiber.place) : Stage(scene: scene).look(fiber)
        let role = isExact ? look.role : .ghost
        canvas.put(look.glyph, x: x, y: y, Style(role, on: ground, bold: true))
        let text = scene.say(.fiberPlace(fiber.place, call: call(fiber.place, scene), era: scene.state.era))
        canvas.write(text, x: x + 2, y: y, Style(role, on: ground), limit: column.width - 2 - FiberColumns.gap)
      } else {
        let style = Style(role(column.order), on: ground, bold: column.order == .number)
        place(text(fiber, column.order, scene), &canvas, column, x: x, y: y, style)
      }
    }
  }

  private func role(_ order: FiberOrder) -> Role {
    switch order {
    case .number: .title
    case .name, .since, .wait, .ran: .text
    case .state, .starts, .wokenBy, .parent: .dim
    case .deadline: .timer
    }
  }

  private func text(_ fiber: FiberState, _ order: FiberOrder, _ scene: Scene) -> String {
    let state = scene.state
    switch order {
    case .number: return "G\(fiber.id)"
    case .name: return fiber.name == 0 ? "" : scene.history.string(fiber.name) ?? ""
    case .since: return Numbers.duration(state.time &- fiber.since)
    case .wait: return state.waitNanoseconds(of: fiber).map { Numbers.duration($0) } ?? scene.say(.nothing)
    case .ran: return Numbers.duration(state.ranNanoseconds(of: fiber))
    case .starts: return Numbers.grouped(UInt64(fiber.starts))
    case .wokenBy: return fiber.wakeCause.map { scene.say(.fiberWoken(by: fiber.wokenBy, $0)) } ?? ""
    case .parent: return fiber.parent == 0 ? "" : "G\(fiber.parent)"
    case .deadline:
      guard let deadline = fiber.deadline else { return "" }
      return scene.say(deadline > state.time ? .due(deadline - state.time) : .overdue)
    case .state: return ""
    }
  }

  /// What a fiber in a blocking call calls.
  private func call(_ place: FiberState.Place, _ scene: Scene) -> String {
    guard case .blocked(let machine) = place, case .blocked(let what, _)? = scene.state.machine(Int(machine))?.activity
    else { return "" }
    return what == 0 ? "" : scene.history.string(what) ?? ""
  }

  private func each(_ x: Int, _ body: (Column, Int) -> Void) {
    var x = x
    for column in columns {
      body(column, x)
      x += column.width
    }
  }

  private func place(_ text: String, _ canvas: inout Canvas, _ column: Column, x: Int, y: Int, _ style: Style) {
    let room = column.width - FiberColumns.gap
    if FiberColumns.isRight(column.order), Canvas.width(of: text) <= room {
      canvas.writeRight(text, right: x + room, y: y, style)
    } else {
      canvas.write(text, x: x, y: y, style, limit: room)
    }
  }
}

/// How a place of a fiber is drawn: never by its colour alone.
struct PlaceLook {
  let glyph: Glyph
  let role: Role

  init(glyph: Glyph, role: Role) {
    self.glyph = glyph
    self.role = role
  }

  /// - Parameter place: nil for a fiber that has ended.
  init(_ place: FiberState.Place?) {
    (glyph, role) =
      switch place {
      case .running: (.right, .running)
      case .detached: (.right, .blocked)
      case .runNext: (.up, .runnable)
      case .queued: (.dot, .runnable)
      case .global: (.diamond, .runnable)
      case .hands: (.middleDot, .runnable)
      case .blocked: (.square, .blocked)
      case .parked(.sleep, _): (.ring, .timer)
      case .parked: (.ring, .waiting)
      case .unknown: (.replacement, .ghost)
      case nil: (.cross, .dim)
      }
  }
}
