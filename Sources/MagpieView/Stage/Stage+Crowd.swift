import MagpieModel
import MagpieTrace

// Where the kernel schedules: a crowd of threads or processes, each with its one task, and what the kernel said of it last.
extension Stage {
  /// - Parameter indent: columns that lines stand further right than cells.
  func drawCrowd(_ canvas: inout Canvas, _ area: Area, _ tasks: [FiberState], indent: Int = 0) {
    let hasCounts = area.height >= 4
    if hasCounts { drawCounts(&canvas, x: area.x + indent, y: area.y, right: area.right - indent, tasks) }
    let crowd = Area(
      x: area.x, y: area.y + (hasCounts ? 1 : 0), width: area.width, height: area.height - (hasCounts ? 1 : 0))
    let ready = tasks.filter { if case .running = $0.place { true } else { false } }
    let layout = CrowdLayout(crowd, count: tasks.count, first: ready.count, indent: indent)
    let isWhole = layout.lines == tasks.count
    let lined = isWhole ? tasks : Array(ready.prefix(layout.lines))
    if let y = layout.heading, layout.lines > 0 {
      for column in 0..<layout.columns where column * max(layout.rows, 1) < layout.lines {
        let line = layout.line(column * max(layout.rows, 1))
        let columns = CrowdColumns(width: line.width)
        canvas.write(say(.era(.columnTask)), x: line.x + columns.task, y: y, Style(.dim))
        canvas.write(say(.era(.columnDoes)), x: line.x + columns.does, y: y, Style(.dim), limit: columns.doesWidth)
        let headings = [false, true].map { say(.era(.columnKernel(isNarrow: $0))) }
        let room = line.width - columns.kernel
        canvas.write(
          headings.first { Canvas.width(of: $0) <= room } ?? headings[1], x: line.x + columns.kernel, y: y, Style(.dim),
          limit: room)
      }
    }
    for (index, task) in lined.enumerated() { drawTaskLine(task, &canvas, layout.line(index)) }
    if !isWhole { drawTaskCells(&canvas, layout, tasks, without: Set(lined.map(\.id))) }
  }

  /// The columns of a task's line.
  struct CrowdColumns {
    let task: Int
    let does: Int
    let kernel: Int
    var doesWidth: Int { kernel - does - 1 }

    init(width: Int) {
      task = 9
      does = width >= 90 ? 30 : 23
      kernel = does + (width >= 90 ? 34 : width >= 70 ? 30 : 18)
    }
  }

  func drawCounts(_ canvas: inout Canvas, x: Int, y: Int, right: Int, _ tasks: [FiberState]) {
    let counts = crowdCounts(tasks)
    var sampled = 0
    var running = 0
    for task in tasks {
      guard let sample = sample(of: task) else { continue }
      sampled += 1
      if sample.letter == UInt8(ascii: "R") { running += 1 }
    }
    var end = canvas.write(
      say(.era(.crowd(state.era, tasks.count))), x: x, y: y, Style(.title, bold: true), limit: right - x)
    end = canvas.write(
      say(.era(.crowdCounts(ready: counts.ready, waiting: counts.waiting, inCalls: counts.inCalls))), x: end + 2, y: y,
      Style(.text),
      limit: right - end - 2)
    let text = say(sampled == 0 ? .era(.notSampled) : .era(.sampled(running: running, of: sampled)))
    if end + 3 + Canvas.width(of: text) <= right { canvas.writeRight(text, right: right, y: y, Style(.timer)) }
  }

  /// How many tasks do what, as far as the trace knows.
  func crowdCounts(_ tasks: some Sequence<FiberState>) -> (all: Int, ready: Int, waiting: Int, inCalls: Int) {
    tasks.reduce((0, 0, 0, 0)) { sum, task in
      switch task.place {
      case .blocked: (sum.0 + 1, sum.1, sum.2, sum.3 + 1)
      case .parked: (sum.0 + 1, sum.1, sum.2 + 1, sum.3)
      default: (sum.0 + 1, sum.1 + 1, sum.2, sum.3)
      }
    }
  }

  func sample(of task: FiberState) -> KernelSample? { task.machine.flatMap { state.machine(Int($0))?.sample } }

  func look(_ task: FiberState) -> PlaceLook {
    guard case .running = task.place else { return PlaceLook(task.place) }
    // Whether it runs only a sample can tell.
    return sample(of: task)?.letter == UInt8(ascii: "R")
      ? PlaceLook(glyph: .right, role: .running) : PlaceLook(glyph: .dot, role: .runnable)
  }

  private func drawTaskLine(_ task: FiberState, _ canvas: inout Canvas, _ area: Area) {
    let columns = CrowdColumns(width: area.width)
    let y = area.y
    if let machine = task.machine {
      canvas.mark(.machine(machine), x: area.x, y: y, to: area.x + columns.task)
      canvas.write(machineName(machine), x: area.x, y: y, Style(.title, bold: true), limit: columns.task - 1)
    }
    canvas.mark(.fiber(task.id), x: area.x + columns.task, y: y, to: area.right)
    let look = look(task)
    var x = canvas.write("G\(task.id)", x: area.x + columns.task, y: y, Style(.text, bold: true))
    canvas.write(scene.name(of: task.id), x: x + 1, y: y, Style(.text), limit: area.x + columns.does - x - 2)
    x = area.x + columns.does
    canvas.put(look.glyph, x: x, y: y, Style(look.role, bold: true))
    let does = does(task, width: columns.doesWidth - 2)
    canvas.write(does, x: x + 2, y: y, Style(look.role), limit: columns.doesWidth - 2)
    x = area.x + columns.kernel
    guard let sample = sample(of: task) else {
      canvas.write(say(.era(.notSampled)), x: x, y: y, Style(.ghost), limit: area.right - x)
      return
    }
    x = canvas.write(say(.era(.sample(sample.letter))), x: x, y: y, Style(.timer), limit: area.right - x) - 1
    let age = say(.era(.sampleAge(state.time &- min(sample.time, state.time))))
    let switches = say(.era(.switches(voluntary: sample.voluntary, involuntary: sample.involuntary)))
    for text in [age + " · " + switches, age] where x + 3 + Canvas.width(of: text) <= area.right {
      canvas.write(text, x: x + 2, y: y, Style(.dim))
      break
    }
  }

  /// What a task does, as far as the trace knows; where there is little room, only what it waits for.
  func does(_ task: FiberState, width: Int) -> String {
    switch task.place {
    case .running: return say(.era(.readyOrRunning))
    case .blocked: return call(of: task) + " " + Numbers.duration(state.time &- task.since)
    case .hands: return say(.era(.aboutToStart))
    default: break
    }
    let words = say(.fiberPlace(task.place, call: "", era: state.era))
    guard Canvas.width(of: words) > width, case .parked(_, let id) = task.place, let object = state.object(id) else {
      return words
    }
    return say(.statsObject(object.kind, id))
  }

  private func call(of task: FiberState) -> String {
    guard let machine = task.machine, case .blocked(let what, _)? = state.machine(Int(machine))?.activity, what != 0,
      let name = scene.history.string(what)
    else { return say(.era(.inCallShort)) }
    return name
  }

  private func drawTaskCells(
    _ canvas: inout Canvas, _ layout: CrowdLayout, _ tasks: [FiberState], without lined: Set<UInt32>
  ) {
    let area = layout.cells
    guard area.height >= 3 else { return }
    let others = tasks.filter { !lined.contains($0.id) }
    canvas.frame(area, title: say(.era(.tasks(others.count))), Style(.title, bold: true))
    for (number, first) in stride(from: 0, to: others.count, by: layout.perCell).enumerated() {
      let group = others[first..<min(first + layout.perCell, others.count)]
      let (x, y) = layout.cell(number)
      guard y < area.bottom - 1, let task = group.first else { break }
      // Of several the rarest: who runs, who is ready, who is in a call.
      let looks = group.map { look($0) }
      let rarest =
        looks.first { $0.glyph == .right } ?? looks.first { $0.glyph == .dot } ?? looks.first { $0.glyph == .square }
        ?? looks[0]
      var column = x
      if layout.cellWidth >= CrowdLayout.namedCell {
        let name = task.machine.map { scene.state.era == .processes ? "\($0)" : machineName($0) } ?? say(.unknown)
        column = canvas.write(name, x: x, y: y, Style(.dim), limit: 5) + 1
      }
      canvas.put(rarest.glyph, x: column, y: y, Style(rarest.role, bold: rarest.role == .running))
      canvas.mark(.fiber(task.id), Area(x: x, y: y, width: max(layout.cellWidth - 1, 1), height: 1), isWhole: true)
    }
    guard area.height >= 4 else { return }
    let share = layout.perCell > 1 ? say(.era(.cellOf(layout.perCell))) + " · " : ""
    let legends = [false, true].map { share + say(.era(.crowdLegend(isShort: $0))) }
    let legend = legends.first { Canvas.width(of: $0) <= area.width - 4 } ?? legends[1]
    canvas.write(legend, x: area.x + 2, y: area.bottom - 2, Style(.dim), limit: area.width - 4)
  }
}
