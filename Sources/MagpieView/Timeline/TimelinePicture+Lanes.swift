import MagpieModel
import MagpieTrace

extension TimelinePicture {
  /// Steals that are drawn as lines from lane to lane, at most.
  private static let mostArcs = 24

  func lanes(_ canvas: inout Canvas) {
    let unknown = self.unknown
    let known = timeline.index.begin...max(timeline.index.time, timeline.index.begin)
    for row in 0..<layout.rows {
      let number = places.firstLane + row
      guard number < places.lanes.count else { break }
      let subject = places.lanes[number]
      let y = layout.y(of: row)
      label(&canvas, subject, y: y, isFocused: number == timeline.focus[timeline.kind])
      guard let (lane, read) = lane(of: subject, known) else { continue }
      let cells = LaneCell.row(of: lane, window, width: width, known: read, unknown: unknown)
      bar(&canvas, cells, y: y)
      if layout.laneHeight > 1 { signs(&canvas, cells, y: y + 1) } else { steals(&canvas, cells, y: y) }
      share(&canvas, lane, read, y: y)
    }
    if timeline.kind == .processors, layout.laneHeight > 1 { arcs(&canvas) }
    more(&canvas)
  }

  private func lane(of subject: Subject, _ known: ClosedRange<UInt64>) -> (Lane, ClosedRange<UInt64>)? {
    let index = timeline.index
    switch subject {
    case .processor(let id): return index.processors.indices.contains(id) ? (index.processors[id], known) : nil
    case .machine(let id): return index.machines.indices.contains(Int(id)) ? (index.machines[Int(id)], known) : nil
    case .fiber(let id):
      let lanes = timeline.fiberLanes
      guard let lane = lanes.lanes[id] else { return nil }
      let read = lanes.begin...lanes.knownTime(in: scene.history)
      return (lane.begin == nil ? still(id, from: lanes.begin) : lane, read)
    default: return nil
    }
  }

  /// The lane of a fiber to which nothing happens in the window: it is all the time what it is at the moment.
  private func still(_ id: UInt32, from begin: UInt64) -> Lane {
    guard window.contains(places.time), let fiber = scene.state.fiber(id) else { return Lane() }
    return Lane(fiber.laneValue, from: begin)
  }

  var unknown: [ClosedRange<UInt64>] {
    var ranges = timeline.index.unknown
    if !timeline.index.knowsNow, let last = ranges.popLast() { ranges.append(last.lowerBound...UInt64.max) }
    return (ranges + timeline.index.gaps).sorted { $0.lowerBound < $1.lowerBound }
  }

  // MARK: names and sums

  private func label(_ canvas: inout Canvas, _ subject: Subject, y: Int, isFocused: Bool) {
    let x = layout.area.x + 1
    if isFocused { canvas.put(.right, x: layout.area.x, y: y, Style(.title, bold: true)) }
    let style = isFocused ? Style(.title, bold: true) : Style(.text)
    let limit = layout.labelWidth - 2
    var under = ""
    let end: Int
    switch subject {
    case .processor(let id):
      end = canvas.write("P\(id)", x: x, y: y, style, limit: limit)
      if let machine = scene.state.processor(id).machine { under = "M\(machine)" }
    case .machine(let id):
      end = canvas.write(scene.machineName(id), x: x, y: y, style, limit: limit)
      if let machine = scene.state.machine(Int(id)) {
        let processor = scene.state.era == .mpn ? machine.processor.map { "P\($0)" } : nil
        under = machine.activity == .sysmon ? "sysmon" : processor ?? ""
      }
    case .fiber(let id):
      end = canvas.write(name(of: id), x: x, y: y, style, limit: limit)
    default: return
    }
    canvas.mark(subject, x: x, y: y, to: end)
    if layout.laneHeight > 1, !under.isEmpty { canvas.write(under, x: x, y: y + 1, Style(.dim), limit: limit) }
  }

  /// Which part of the window it ran.
  private func share(_ canvas: inout Canvas, _ lane: Lane, _ known: ClosedRange<UInt64>, y: Int) {
    guard layout.hasShares else { return }
    let from = max(window.start, known.lowerBound)
    let to = min(window.end, known.upperBound)
    guard from < to else { return }
    var reader = Lane.Reader(lane)
    let before = reader.totals(at: from)
    let ran = (reader.totals(at: to) - before).time(in: .running)
    canvas.writeRight(
      say(.timelineShare(Int(ran * 100 / (to - from)))), right: layout.area.right - 1, y: y, Style(.dim))
  }

  /// Which lanes are shown, if not all.
  private func more(_ canvas: inout Canvas) {
    let count = places.lanes.count
    guard layout.rows < count, let legend = layout.legend else { return }
    let text = say(.timelineLanes(places.firstLane + 1, places.firstLane + layout.rows, count))
    canvas.writeRight(" " + text + " ", right: layout.area.right - 3, y: legend + 1, Style(.text))
  }

  // MARK: bars

  private func bar(_ canvas: inout Canvas, _ cells: [LaneCell], y: Int) {
    var column = 0
    while column < cells.count {
      let cell = cells[column]
      var end = column + 1
      if cell.content == .solid || cell.content == .begins {
        while end < cells.count, cells[end].content == .solid, cells[end].value == cell.value { end += 1 }
        span(&canvas, cell, from: layout.plot.x + column, to: layout.plot.x + end, y: y)
      } else {
        sign(of: cell).draw(&canvas, x: layout.plot.x + column, y: y, length: 1, style(of: cell))
      }
      column = end
    }
  }

  /// A stretch in which one thing goes on: its sign all along, and a name where there is room.
  private func span(_ canvas: inout Canvas, _ cell: LaneCell, from: Int, to end: Int, y: Int) {
    let look = LaneLook(cell.value.state)
    let fiber = cell.value.fiber
    var x = from
    if cell.content == .begins {
      canvas.put(.leftHalf, x: x, y: y, look.style.bold)
      x += 1
    }
    look.sign.draw(&canvas, x: x, y: y, length: end - x, look.style)
    let name = name(of: cell.value)
    guard !name.isEmpty else { return }
    // Whole, or cut off where most of it is seen, or only its first word.
    let first = String(name.prefix { $0 != " " })
    for text in [name, first] {
      let length = Canvas.width(of: text)
      guard x + length + (text == name ? 1 : 0) <= end else { continue }
      let end = canvas.write(text, x: x, y: y, look.nameStyle)
      if end < from + length + 4 { canvas.write(" ", x: end, y: y, look.style) }
      break
    }
    if timeline.kind != .fibers, fiber != Event.noFiber { canvas.mark(.fiber(fiber), x: from, y: y, to: end) }
  }

  /// `G17 worker/3`
  func name(of fiber: UInt32) -> String {
    let name = scene.name(of: fiber)
    return name.isEmpty ? "G\(fiber)" : "G\(fiber) " + name
  }

  private func name(of value: LaneValue) -> String {
    switch (value.state, timeline.kind) {
    case (.running, .fibers):
      return value.fiber == UInt32(Event.noProcessor) || scene.state.era != .mpn ? "" : "P\(value.fiber)"
    case (.running, _), (.detached, .machines), (.blocked, .processors), (.blocked, .machines):
      guard value.fiber != Event.noFiber else { return "" }
      return name(of: value.fiber)
    case (.idle, .fibers): return value.detail == 0 ? "" : say(.timelineWaits(ParkReason(rawValue: value.detail)))
    default: return ""
    }
  }

  private func sign(of cell: LaneCell) -> Sign {
    switch cell.content {
    case .outside: return Sign(" ")
    case .unknown: return Sign("?")
    case .mixed where cell.level >= cell.blocked: return Sign(level: cell.level)
    case .mixed: return LaneLook(.blocked).sign
    case .touched where cell.value.state == .running: return Sign(level: cell.level)
    case .touched, .solid, .begins: return LaneLook(cell.value.state).sign
    }
  }

  private func style(of cell: LaneCell) -> Style {
    switch cell.content {
    case .outside: Style(.ghost)
    case .unknown: Style(.error)
    case .mixed: cell.level >= cell.blocked ? Style(.running) : Style(.blocked)
    case .touched, .solid, .begins: LaneLook(cell.value.state).style.on(.screen)
    }
  }

  // MARK: signs

  /// Where a lane has one line, of what happened only steals are shown, and where no bar stands.
  private func steals(_ canvas: inout Canvas, _ cells: [LaneCell], y: Int) {
    for (column, cell) in cells.enumerated() where cell.steals > 0 && cell.content != .mixed {
      let x = layout.plot.x + column
      canvas.put(.diamond, x: x, y: y, Style(.steal, on: canvas[x, y].style.ground, bold: true))
    }
  }

  /// The line under a bar: what happened there, or how many fibers began to run where there were several.
  private func signs(_ canvas: inout Canvas, _ cells: [LaneCell], y: Int) {
    for (column, cell) in cells.enumerated() {
      let x = layout.plot.x + column
      if cell.steals > 0 {
        canvas.put(.diamond, x: x, y: y, Style(.steal, bold: true))
      } else if cell.handoffs > 0 {
        canvas.put(.down, x: x, y: y, Style(.blocked))
      } else if cell.preempts > 0 {
        canvas.put(.cross, x: x, y: y, Style(.blocked))
      } else if cell.wakes > 0 {
        canvas.put(.up, x: x, y: y, Style(.timer))
      } else if cell.starts > 1 {
        canvas.write(cell.starts < 10 ? "\(cell.starts)" : "+", x: x, y: y, Style(.dim))
      }
    }
  }

  /// Steals as lines from the lane of the victim to that of the thief, while they are few.
  private func arcs(_ canvas: inout Canvas) {
    let history = scene.history
    let first = history.number(at: window.start - min(window.start, 1)) + 1
    let last = min(history.number(at: window.end), timeline.index.next)
    guard first <= last, last - first < 4000 else { return }
    let steals = (first...last).compactMap { history.event(at: $0) }.filter {
      $0.kind == .stealTook || $0.kind == .stealTookRunNext
    }
    guard steals.count <= Self.mostArcs else { return }
    for event in steals {
      let victim = Int(event.a) - places.firstLane
      let thief = Int(event.processor) - places.firstLane
      guard (0..<layout.rows).contains(victim), (0..<layout.rows).contains(thief), victim != thief,
        let x = column(of: event.time)
      else { continue }
      // From below or above the victim's bar to just before the sign at the thief's.
      let top = layout.y(of: min(victim, thief)) + 1
      let bottom = layout.y(of: max(victim, thief))
      for y in top..<bottom where canvas[x, y].scalar == 0x20 { canvas.put(.heavyVertical, x: x, y: y, Style(.steal)) }
      canvas.put(victim < thief ? .down : .up, x: x, y: victim < thief ? bottom - 1 : top, Style(.steal, bold: true))
    }
  }
}

extension FiberState {
  /// What a lane of it would be, while it stays so.
  var laneValue: LaneValue {
    switch place {
    case .queued, .runNext, .global, .hands: LaneValue(.runnable)
    case .running(_, let processor): LaneValue(.running, fiber: UInt32(processor))
    case .blocked: LaneValue(.blocked)
    case .detached: LaneValue(.detached)
    case .parked(let reason, _): LaneValue(.idle, detail: reason?.rawValue ?? 0)
    case .unknown: .absent
    }
  }
}
