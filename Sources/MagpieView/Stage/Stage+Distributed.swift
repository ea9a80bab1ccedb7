import MagpieModel
import MagpieTrace

extension Stage {
  /// The last search is looked for in so many events before the moment.
  private static let searchReach = 2000

  /// M:N with a queue a thread: all threads and their queues, those in system calls too; and the thief that looks at every one.
  func drawDistributed(_ canvas: inout Canvas, _ area: Area, _ motion: Motion) {
    let machines = (0..<state.machineCount).compactMap { state.machine($0) }
      .filter { $0.activity != .ended && $0.activity != .sysmon }
    let awake = machines.filter { isAwake($0) }
    let hasSearch = area.height >= 6
    // In little room a crowd needs all of it.
    let rest = area.height >= 30 ? 7 : area.height >= 18 || area.height >= 8 && machines.count <= 64 ? 1 : 0
    let crowd = Area(
      x: area.x, y: area.y + (hasSearch ? 1 : 0), width: area.width,
      height: area.height - (hasSearch ? 1 : 0) - rest - (rest > 1 ? 1 : 0))
    let layout = CrowdLayout(crowd, count: machines.count, first: awake.count, indent: 1)
    let sweep = motion.sweep.map { passed($0, machines, motion) }
    if hasSearch {
      drawSearch(&canvas, Area(x: area.x + 1, y: area.y, width: area.width - 2, height: 1), machines)
    }
    drawCommon(&canvas, Area(x: area.x, y: area.bottom - rest, width: area.width, height: rest))
    let isWhole = layout.lines == machines.count
    let lined = isWhole ? machines : Array(awake.prefix(layout.lines))
    if let y = layout.heading, layout.lines > 0 {
      for column in 0..<layout.columns where column * max(layout.rows, 1) < layout.lines {
        let x = layout.line(column * max(layout.rows, 1)).x
        canvas.write(say(.columnMachine), x: x, y: y, Style(.dim))
        canvas.write(say(.era(.columnDoes)), x: x + 7, y: y, Style(.dim))
        canvas.write(say(.columnQueue), x: x + 30, y: y, Style(.dim))
      }
    }
    for (index, machine) in lined.enumerated() {
      let place = machines.firstIndex { $0.id == machine.id } ?? 0
      let isLooked = sweep?.contains(place) ?? false
      drawThreadLine(machine, &canvas, layout.line(index), isLooked: isLooked, motion)
    }
    if !isWhole { drawCells(&canvas, layout, machines, without: Set(lined.map(\.id)), sweep) }
  }

  /// What belongs to no thread: the queue for special cases, and who waits for something else.
  private func drawCommon(_ canvas: inout Canvas, _ area: Area) {
    if area.height >= 4 {
      let boxes = EraLayout.columns(area, [8, 5, 6])
      drawLine(&canvas, boxes[0], title: .globalQueue)
      drawTimers(&canvas, boxes[1])
      drawObjects(&canvas, boxes[2])
    } else if area.height > 0 {
      drawWaitLine(&canvas, x: area.x + 1, y: area.y, right: area.right, hasCalls: true, hasGlobal: true)
    }
  }

  func isAwake(_ machine: MachineState) -> Bool {
    switch machine.activity {
    case .running, .searching, .spinning, .detached: true
    default: false
    }
  }

  /// The queue that is a machine's own: the processor of its number.
  private func queue(of machine: MachineState) -> ProcessorState { state.processor(Int(machine.id)) }

  /// The places that a thief has looked at so far: from its own on, round. Of a search that ended before it had seen all, only the one
  /// is known from which it took.
  struct Sweep {
    let thief: Int
    let looked: Int
    let count: Int
    let victim: Int?
    func contains(_ place: Int) -> Bool {
      guard count > 0, place != thief else { return false }
      guard looked > 0 else { return place == victim }
      return (place - thief + count) % count <= looked
    }
  }

  private func passed(_ search: Motion.Search, _ machines: [MachineState], _ motion: Motion) -> Sweep {
    func place(of machine: UInt16) -> Int? { machines.firstIndex { $0.id == machine } }
    let others = max(machines.count - 1, 0)
    let thief = place(of: search.event.machine) ?? 0
    guard Int(search.event.c) < others else {
      let looked = Int(Double(others) * motion.progress(search))
      return Sweep(thief: thief, looked: looked, count: machines.count, victim: nil)
    }
    let victim = theft(of: search.event, number: search.number).flatMap { place(of: UInt16(truncatingIfNeeded: $0.a)) }
    return Sweep(thief: thief, looked: 0, count: machines.count, victim: victim)
  }

  /// What the thief does or has done: looks over all queues.
  private func drawSearch(_ canvas: inout Canvas, _ area: Area, _ machines: [MachineState]) {
    if let thief = machines.first(where: { $0.activity == .spinning }) {
      canvas.put(.diamond, x: area.x, y: area.y, Style(.steal, bold: true))
      let text = say(.era(.looksOver(machine: thief.id, count: machines.count - 1)))
      canvas.write(text, x: area.x + 2, y: area.y, Style(.steal, bold: true), limit: area.width - 2)
      return
    }
    guard let search = lastSearch else {
      canvas.write(say(.era(.noSearchYet)), x: area.x, y: area.y, Style(.ghost), limit: area.width)
      return
    }
    let looks = Int(search.event.c)
    let theft = theft(of: search.event, number: search.number)
    let text: EraPhrase =
      theft.map {
        .lookedAndTook(
          machine: search.event.machine, looks: looks, count: $0.kind == .stealTook ? Int($0.c & 0xFFFF) : 1,
          victim: scene.queueName(Int($0.a)))
      } ?? .lookedAt(machine: search.event.machine, looks: looks, queues: max(machines.count - 1, 0))
    canvas.put(.diamond, x: area.x, y: area.y, Style(.steal, bold: true))
    canvas.write(say(.era(text)), x: area.x + 2, y: area.y, Style(.steal, bold: true), limit: area.width - 2)
  }

  /// The last search that looked at other queues.
  private var lastSearch: (event: Event, number: Int)? {
    for number in stride(from: scene.shown, to: max(scene.shown - Stage.searchReach, 0), by: -1) {
      guard let event = scene.history.event(at: number) else { return nil }
      if event.kind == .searchFind, event.c > 0 { return (event, number) }
    }
    return nil
  }

  /// What a search took from another queue, if it did.
  private func theft(of search: Event, number: Int) -> Event? {
    guard search.fiber != Event.noFiber,
      search.detail == StartSource.steal.rawValue || search.detail == StartSource.stealRunNext.rawValue
    else { return nil }
    for earlier in stride(from: number - 1, to: max(number - 64, 0), by: -1) {
      guard let event = scene.history.event(at: earlier) else { return nil }
      guard event.machine == search.machine else { continue }
      if event.kind == .stealTook || event.kind == .stealTookRunNext { return event }
    }
    return nil
  }

  /// `M3   ▶ G17 worker/3       3 ━━━───  24  25  26`
  private func drawThreadLine(
    _ machine: MachineState, _ canvas: inout Canvas, _ area: Area, isLooked: Bool, _ motion: Motion
  ) {
    let y = area.y
    canvas.mark(.machine(machine.id), area)
    let queue = queue(of: machine)
    let part = motion.stealRole(of: queue.id)
    if part.isThief { canvas.put(.leftHalf, x: area.x - 1, y: y, Style(.steal)) }
    let nameStyle: Style =
      part.isThief ? Style(.steal, bold: true) : isAwake(machine) ? Style(.title, bold: true) : Style(.dim)
    canvas.write(machineName(machine.id), x: area.x, y: y, nameStyle, limit: 6)
    let x = area.x + 7
    let limit = 22
    let time = Numbers.duration(state.time &- machine.since)
    switch machine.activity {
    case .running:
      canvas.put(.right, x: x, y: y, Style(.running, bold: true))
      drawTask(&canvas, machine.fiber, "", x: x + 2, y: y, limit: limit - 2, .running)
    case .blocked(let what, _):
      canvas.put(.square, x: x, y: y, Style(.blocked, bold: true))
      let call = what == 0 ? "" : scene.history.string(what) ?? ""
      drawTask(
        &canvas, machine.fiber, (call.isEmpty ? "" : call + " ") + time, x: x + 2, y: y, limit: limit - 2, .blocked)
    case .spinning:
      canvas.put(.diamond, x: x, y: y, Style(.steal, bold: true))
      canvas.write(say(.timelineSpins), x: x + 2, y: y, Style(.steal, bold: true), limit: limit - 2)
    case .detached:
      canvas.put(.right, x: x, y: y, Style(.blocked, bold: true))
      drawTask(&canvas, machine.fiber, say(.hogs), x: x + 2, y: y, limit: limit - 2, .blocked)
    case .searching: canvas.write(say(.looksForWork), x: x, y: y, Style(.dim), limit: limit)
    default: canvas.write(say(.era(.asleep)), x: x, y: y, Style(.ghost), limit: limit)
    }
    let count = queue.queueLength + (queue.runNext == nil ? 0 : 1)
    let place = area.x + 30
    canvas.mark(.processor(queue.id), x: place, y: y, to: area.right)
    canvas.writeRight(Numbers.grouped(count), right: place + 4, y: y, Style(count == 0 ? .ghost : .text))
    let mark = isLooked ? Canvas.width(of: say(.era(.looked))) + 3 : 0
    let barWidth = area.width >= 100 ? 14 : 6
    canvas.bar(
      Stage.scale(count), x: place + 5, y: y, length: barWidth, Style(.runnable),
      empty: Style(.rule, fade: isAwake(machine) ? 0 : 2))
    let chips = place + 6 + barWidth
    if count > 0 {
      drawChips(
        &canvas, x: chips, y: y, width: area.right - chips - mark, count: count,
        fiber: { index in
          guard let next = queue.runNext else { return state.queuedFiber(queue.id, at: index) }
          return index == 0 ? next : state.queuedFiber(queue.id, at: index - 1)
        }, style: { chipStyle($0, on: queue.id, motion) })
    } else {
      canvas.write(say(.empty), x: chips, y: y, Style(.ghost), limit: area.right - chips - mark)
    }
    if isLooked { canvas.writeRight("◀ " + say(.era(.looked)), right: area.right, y: y, Style(.steal)) }
  }

  private func drawTask(
    _ canvas: inout Canvas, _ fiber: UInt32?, _ text: String, x: Int, y: Int, limit: Int, _ role: Role
  ) {
    guard let fiber else { return }
    let end = canvas.write("G\(fiber)", x: x, y: y, Style(role, bold: true), limit: limit)
    canvas.mark(.fiber(fiber), x: x, y: y, to: end)
    let words = text.isEmpty ? scene.name(of: fiber) : text
    canvas.write(words, x: end + 1, y: y, Style(text.isEmpty ? .text : role), limit: x + limit - end - 1)
  }

  /// A cell a thread: what it does, and whether the thief has looked at its queue.
  private func drawCells(
    _ canvas: inout Canvas, _ layout: CrowdLayout, _ machines: [MachineState], without lined: Set<UInt16>,
    _ sweep: Sweep?
  ) {
    let area = layout.cells
    guard area.height >= 3 else { return }
    let blocked = machines.count { if case .blocked = $0.activity { true } else { false } }
    let awake = machines.count { isAwake($0) }
    canvas.frame(
      area, title: say(.era(.queues(machines.count))), Style(.title, bold: true),
      note: say(
        .era(.threadsOf(running: awake, blocked: blocked, asleep: machines.count - awake - blocked))))
    let others = machines.indices.filter { !lined.contains(machines[$0].id) }
    for (number, first) in stride(from: 0, to: others.count, by: layout.perCell).enumerated() {
      let group = others[first..<min(first + layout.perCell, others.count)]
      let (x, y) = layout.cell(number)
      guard y < area.bottom - 1 else { break }
      let isLooked = sweep.map { sweep in group.allSatisfy { sweep.contains($0) } } ?? false
      drawCell(&canvas, group.map { machines[$0] }, x: x, y: y, layout.cellWidth, isLooked: isLooked)
    }
    guard area.height >= 4 else { return }
    let legend =
      (layout.perCell > 1 ? say(.era(.cellOf(layout.perCell))) + " · " : "")
      + say(.era(.cellLegend(isTight: layout.cellWidth == 1)))
    canvas.write(legend, x: area.x + 2, y: area.bottom - 2, Style(.dim), limit: area.width - 4)
  }

  /// One thread, or neighbours that must share a cell: then what is rarest among them.
  private func drawCell(
    _ canvas: inout Canvas, _ group: [MachineState], x: Int, y: Int, _ width: Int, isLooked: Bool
  ) {
    let hasWork = group.contains { machine in
      let queue = queue(of: machine)
      return queue.queueLength > 0 || queue.runNext != nil
    }
    let isBlocked = group.contains { if case .blocked = $0.activity { true } else { false } }
    let (glyph, role): (Glyph, Role) =
      hasWork
      ? (.dot, .runnable)
      : group.contains { isAwake($0) }
        ? (.right, .running)
        : isLooked && width == 1 ? (.ring, .steal) : isBlocked ? (.square, .blocked) : (.middleDot, .ghost)
    let ground: Ground = isLooked ? .selected : .screen
    canvas.clear(Area(x: x, y: y, width: width == 1 ? 1 : width - 1, height: 1), Style(.text, on: ground))
    var column = x
    if width >= CrowdLayout.namedCell, let machine = group.first {
      column = canvas.write(machineName(machine.id), x: x, y: y, Style(.dim, on: ground), limit: 5) + 1
    }
    canvas.put(glyph, x: column, y: y, Style(isLooked ? .steal : role, on: ground, bold: isLooked))
    if width > 1 {
      canvas.put(isLooked ? UInt32(UInt8(ascii: "'")) : 0x20, x: column + 1, y: y, Style(.steal, on: ground))
    }
    if let machine = group.first {
      canvas.mark(.machine(machine.id), Area(x: x, y: y, width: max(width - 1, 1), height: 1), isWhole: true)
    }
  }
}
