import MagpieModel
import MagpieTrace

extension TimelinePicture {
  /// What the lane in focus is at the moment, and the event of the moment; with those around it if there is room.
  func telling(_ canvas: inout Canvas) {
    let area = layout.telling
    var y = area.y
    if let text = laneNow {
      canvas.put(.right, x: area.x - 1, y: y, Style(.title, bold: true))
      canvas.write(text, x: area.x, y: y, Style(.text, bold: true), limit: area.width)
    }
    if area.height > 1 { y += 1 } else if laneNow != nil { return }
    if area.height > 2 { return events(&canvas, Area(x: area.x, y: y, width: area.width, height: area.height - 1)) }
    guard let event = scene.history.event(at: scene.shown) else { return }
    let text = sentence(for: event, language: say, era: scene.state.era, string: scene.history.string)
    canvas.mark(.event(scene.shown), x: area.x, y: y, to: area.right)
    canvas.write(text, x: area.x, y: y, Style(EventText.role(of: event)), limit: area.width)
  }

  /// The log around the moment.
  private func events(_ canvas: inout Canvas, _ area: Area) {
    let columns = EventColumns(width: area.width, scene.state.era, fibers: scene.state.fibersCreated)
    let last = min(max(scene.shown + area.height / 2, area.height), scene.history.count)
    for row in 0..<area.height {
      let number = last - area.height + 1 + row
      guard let event = scene.history.event(at: number) else { continue }
      columns.draw(
        event, number: number, &canvas, x: area.x, y: area.y + row, scene, isCurrent: number == scene.shown,
        isAfter: number > scene.shown)
    }
  }

  private var laneNow: String? {
    guard let subject = timeline.focused else { return nil }
    let index = timeline.index
    let label: String
    var lane: Lane?
    var end = index.time
    switch subject {
    case .processor(let id):
      label = "P\(id)"
      lane = index.processors.indices.contains(id) ? index.processors[id] : nil
    case .machine(let id):
      label = scene.machineName(id)
      lane = index.machines.indices.contains(Int(id)) ? index.machines[Int(id)] : nil
    case .fiber(let id):
      label = name(of: id)
      lane = timeline.fiberLanes.lanes[id]
      end = timeline.fiberLanes.knownTime(in: scene.history)
    default: return nil
    }
    if unknown.contains(where: { $0.contains(places.time) }) { return label + "  " + say(.notExact) }
    guard let lane, lane.begin != nil, places.time <= max(end, places.window.start) else { return nil }
    let span = lane.span(at: places.time)
    let fiber = timeline.kind == .fibers || span.value.fiber == Event.noFiber ? "" : name(of: span.value.fiber)
    return label + "  "
      + say(
        .timelineNow(
          timeline.kind, span.value, fiber: fiber, call: call(span.value, subject, from: span.from),
          elapsed: places.time - min(span.from, places.time), length: span.to.map { $0 - span.from },
          era: scene.state.era))
  }

  /// The name of a blocking call that began at a time.
  private func call(_ value: LaneValue, _ subject: Subject, from: UInt64) -> String {
    guard value.state == .blocked else { return "" }
    let last = scene.history.number(at: from)
    for number in stride(from: last, to: last - 64, by: -1) {
      guard let event = scene.history.event(at: number) else { break }
      if event.kind == .machineSyscallEnter, Timeline.concerns(event, subject) { return scene.text(of: event) }
    }
    return ""
  }

  /// What the signs mean, as far as there is room; the commonest first.
  func legend(_ canvas: inout Canvas, y: Int) {
    let states: [(LaneState, Phrase)] =
      timeline.kind == .fibers
      ? [
        (.running, .timelineRuns), (.runnable, .timelineQueued), (.idle, .timelineParked), (.blocked, .timelineInCall),
      ]
      : [
        (.running, .timelineRuns), (.idle, timeline.kind == .machines ? .timelineAsleep : .timelineIdle),
        (.searching, .timelineSearches), (.spinning, .timelineSpins), (.blocked, .timelineInCall),
      ]
    var parts: [(sign: [Sign], style: Style, text: Phrase)] = states.map { state, text in
      ([LaneLook(state).sign, LaneLook(state).sign], LaneLook(state).style, text)
    }
    parts.insert(([Sign(.bar2), Sign(.bar5), Sign(.bar8)], Style(.running), .timelineParts), at: 1)
    let era = scene.state.era
    let steals = era == .mpn || era == .distributed
    if !steals { parts.removeAll { $0.text == .timelineSpins } }
    // Where the kernel schedules, only samples tell when one runs, and a new one stands still until it is let run.
    if !era.hasFibers {
      for index in parts.indices {
        switch parts[index].text {
        case .timelineRuns: parts[index].text = .era(.readyOrRunning)
        case .timelineSearches: parts[index].text = .era(.aboutToStart)
        default: break
        }
      }
    }
    if steals { parts.append(([Sign(.diamond)], Style(.steal, bold: true), .timelineSteal)) }
    if layout.laneHeight > 1 {
      if era.hasProcessorCount { parts.append(([Sign(.down)], Style(.blocked), .timelineHandoff)) }
      parts.append(([Sign(.up)], Style(.timer), .timelineWake))
      if timeline.kind != .fibers { parts.append(([Sign("7")], Style(.dim), .timelineCount)) }
    }
    // In little room each sign stands once, and close to the next.
    let length = parts.reduce(1) { $0 + $1.sign.count + 3 + Canvas.width(of: say($1.text)) }
    let isTight = length > layout.area.width
    var x = layout.area.x + 1
    for part in parts {
      let text = say(part.text)
      let signs = isTight && part.sign.count == 2 ? [part.sign[0]] : part.sign
      guard x + signs.count + 1 + Canvas.width(of: text) < layout.area.right else { continue }
      for sign in signs {
        sign.draw(&canvas, x: x, y: y, length: 1, part.style)
        x += 1
      }
      x = canvas.write(text, x: x + 1, y: y, Style(.dim)) + (isTight ? 1 : 2)
    }
  }
}
