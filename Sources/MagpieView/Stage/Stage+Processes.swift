import MagpieModel
import MagpieTrace

extension Stage {
  /// A process a task, each in a box of its own, for each has memory of its own. The kernel schedules them; what it said of each last
  /// stands in its box. Of very many, each is a line, or a cell.
  func drawProcesses(_ canvas: inout Canvas, _ area: Area) {
    let tasks = state.liveFibers.sorted { $0.id < $1.id }
    let top = area.y + 1
    let height = area.height >= 30 ? 6 : 5
    // Wide enough for what a task may wait for, or else at least for its name.
    let widths = [36, 28].map { max((area.width + 2) / $0, 1) }
    guard let columns = widths.first(where: { (tasks.count + $0 - 1) / $0 * height <= area.bottom - top }) else {
      return drawCrowd(&canvas, area, tasks, indent: 1)
    }
    drawCounts(&canvas, x: area.x + 1, y: area.y, right: area.right - 1, tasks)
    let used = max(min(columns, tasks.count), 1)
    let width = min((area.width - 2 * (used - 1)) / used, 44)
    for (index, task) in tasks.enumerated() {
      let x = area.x + index % columns * (width + 2)
      drawProcess(task, &canvas, Area(x: x, y: top + index / columns * height, width: width, height: height))
    }
  }

  private func drawProcess(_ task: FiberState, _ canvas: inout Canvas, _ area: Area) {
    let look = look(task)
    let title = task.machine.map { machineName($0) } ?? say(.unknown)
    canvas.frame(area, title: title, Style(.title, bold: true), rule: Style(look.role == .running ? .running : .rule))
    if let machine = task.machine { canvas.mark(.machine(machine), area) }
    let x = area.x + 2
    let right = area.right - 2
    var end = canvas.write("G\(task.id)", x: x, y: area.y + 1, Style(.text, bold: true), limit: right - x)
    canvas.mark(.fiber(task.id), x: x, y: area.y + 1, to: end)
    canvas.write(scene.name(of: task.id), x: end + 1, y: area.y + 1, Style(.text), limit: right - end - 1)
    canvas.put(look.glyph, x: x, y: area.y + 2, Style(look.role, bold: true))
    canvas.write(does(task, width: right - x - 2), x: x + 2, y: area.y + 2, Style(look.role), limit: right - x - 2)
    guard let sample = sample(of: task) else {
      canvas.write(say(.era(.notSampled)), x: x, y: area.y + 3, Style(.ghost), limit: right - x)
      return
    }
    end = canvas.write(say(.era(.sample(sample.letter))), x: x, y: area.y + 3, Style(.timer), limit: right - x)
    let age = say(.era(.sampleAge(state.time &- min(sample.time, state.time))))
    if end + 1 + Canvas.width(of: age) <= right { canvas.write(age, x: end + 1, y: area.y + 3, Style(.dim)) }
    guard area.height > 5 else { return }
    let switches = say(.era(.switches(voluntary: sample.voluntary, involuntary: sample.involuntary)))
    canvas.write(switches, x: x, y: area.y + 4, Style(.dim), limit: right - x)
  }
}
