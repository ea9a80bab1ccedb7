import MagpieModel
import MagpieTrace

extension Stage {
  /// The boxes of what all processors share.
  struct SharedAreas {
    let global: Area
    let timers: Area
    let blocking: Area

    init(_ area: Area) {
      let gap = 2
      let inside = area.width - 2 * gap
      let globalWidth = inside * 42 / 100
      let timersWidth = max(inside * 24 / 100, 20)
      global = Area(x: area.x, y: area.y, width: globalWidth, height: area.height)
      timers = Area(x: global.right + gap, y: area.y, width: timersWidth, height: area.height)
      blocking = Area(
        x: timers.right + gap, y: area.y, width: area.right - timers.right - gap, height: area.height)
    }
  }

  func drawShared(_ canvas: inout Canvas, _ areas: SharedAreas) {
    drawGlobal(&canvas, areas.global)
    drawTimers(&canvas, areas.timers)
    drawBlocking(&canvas, areas.blocking)
  }

  private func drawGlobal(_ canvas: inout Canvas, _ area: Area) {
    let count = state.globalCount
    canvas.mark(.globalQueue, area)
    let notes = ["\(say(.waiting(count))) · \(say(.everyTick))", say(.waiting(count))]
    let room = area.width - Canvas.width(of: say(.globalQueue)) - 7
    canvas.frame(
      area, title: say(.globalQueue), Style(.runnable, bold: true),
      note: notes.first { Canvas.width(of: $0) <= room } ?? "")
    let inside = area.inside
    var drawn = 0
    for row in 0..<inside.height where drawn < count {
      drawn += drawChips(
        &canvas, x: inside.x + 1, y: inside.y + row, width: inside.width - 2, count: count, skipping: drawn,
        isLastLine: row == inside.height - 1, fiber: { state.globalFiber(at: $0) },
        style: { _ in Style(state.isExact ? .runnable : .ghost, on: .chip) })
    }
    if count == 0 { canvas.write(say(.empty), x: inside.x + 1, y: inside.y, Style(.ghost), limit: inside.width - 1) }
  }

  func drawTimers(_ canvas: inout Canvas, _ area: Area) {
    let count = state.timerCount
    canvas.mark(.timers, area)
    canvas.frame(area, title: say(.timers), Style(.timer, bold: true), note: Numbers.grouped(count))
    let inside = area.inside
    for (row, timer) in state.earliestTimers(inside.height).enumerated() {
      let x = canvas.chip(fiber: timer.fiber, x: inside.x + 1, y: inside.y + row, Style(.timer, on: .chip))
      canvas.write(say(due(timer)), x: x + 1, y: inside.y + row, Style(.dim), limit: inside.right - x - 1)
    }
    if count == 0 { canvas.write(say(.none), x: inside.x + 1, y: inside.y, Style(.ghost), limit: inside.width - 1) }
  }

  func due(_ timer: TimerState) -> Phrase {
    timer.deadline > state.time ? .due(timer.deadline - state.time) : .overdue
  }

  func drawBlocking(_ canvas: inout Canvas, _ area: Area) {
    let machines = state.blockedMachines
    canvas.mark(.blockingCalls, area)
    canvas.frame(
      area, title: say(.blockingCalls), Style(.blocked, bold: true), note: say(.machineCount(machines.count)))
    let inside = area.inside
    let fits = machines.count <= inside.height ? machines.count : inside.height - 1
    for (row, id) in machines.prefix(fits).enumerated() {
      drawCall(&canvas, id, x: inside.x + 1, y: inside.y + row, right: inside.right)
    }
    if machines.count > fits {
      canvas.write(say(.more(machines.count - fits)) + " M", x: inside.x + 1, y: inside.y + fits, Style(.dim))
    }
    if machines.isEmpty {
      canvas.write(say(.none), x: inside.x + 1, y: inside.y, Style(.ghost), limit: inside.width - 1)
    }
  }

  /// `M7  77  read 12 ms · keeps P0`
  private func drawCall(_ canvas: inout Canvas, _ id: UInt16, x: Int, y: Int, right: Int) {
    guard let machine = state.machine(Int(id)) else { return }
    let name: String
    switch machine.activity {
    case .blocked(let what, _): name = what == 0 ? "" : (scene.history.string(what) ?? "") + " "
    case .detached: name = say(.hogs) + " "
    case .lockedWait: name = say(.waitsForItsFiber) + " "
    default: return
    }
    var column = canvas.write("M\(id)", x: x, y: y, Style(.text, bold: true), limit: right - x) + 1
    canvas.mark(.machine(id), x: x, y: y, to: column - 1)
    if let fiber = machine.fiber {
      column = canvas.chip(fiber: fiber, x: column, y: y, Style(.blocked, on: .chip)) + 1
    }
    let text = name + Numbers.duration(state.time &- machine.since)
    column = canvas.write(text, x: column, y: y, Style(.dim), limit: right - column)
    let holds =
      state.era == .global
      ? say(.era(.gavePermit)) : machine.processor.map { say(.keepsProcessor(Int($0))) } ?? say(.gaveProcessor)
    if column + 3 + Canvas.width(of: holds) < right { canvas.write("· " + holds, x: column + 1, y: y, Style(.ghost)) }
  }
}
