import MagpieModel
import MagpieTrace

// What the Stages of the eras without Ps share.
extension Stage {
  func drawEra(_ canvas: inout Canvas, _ area: Area, _ zoomed: Pane?, _ motion: Motion, told: Int?) {
    if zoomed == .story { return drawBelow(&canvas, area, told, isAlone: true) }
    let isAlone = zoomed == .processors
    let layout = EraLayout(area, isAlone: isAlone)
    if let y = layout.caption {
      var x = area.x + 2
      // Of two Stages side by side each has its scheduler's name over it.
      if !Header.namesEra(width: canvas.width), scene.playback == nil {
        x = canvas.write(say(.era(.name(state.era))), x: x, y: y, Style(.title, bold: true)) + 2
      }
      let rule = say(.era(.rule(state.era)))
      let room = area.right - 2 - x
      canvas.write(Canvas.width(of: rule) <= room ? rule : clauses(rule, room), x: x, y: y, Style(.dim), limit: room)
    }
    switch state.era {
    case .serial: drawSerial(&canvas, layout.picture, motion)
    case .nto1: drawNTo1(&canvas, layout.picture, motion)
    case .global: drawGlobalEra(&canvas, layout.picture, motion)
    case .distributed: drawDistributed(&canvas, layout.picture, motion)
    case .threads: drawThreads(&canvas, layout.picture)
    case .processes: drawProcesses(&canvas, layout.picture)
    case .mpn: break
    }
    canvas.mark(.processors, Area(x: area.x, y: area.y, width: area.width, height: layout.below.y - area.y))
    if isAlone { return }
    canvas.mark(.story, layout.below)
    drawBelow(&canvas, layout.below, told)
  }

  /// As many of a sentence's clauses as there is room for, the first in any case.
  private func clauses(_ sentence: String, _ room: Int) -> String {
    let ends = sentence.indices.filter { ":;,：；，".contains(sentence[$0]) }
    let starts = ends.map { String(sentence[..<$0]) }
    return starts.last { Canvas.width(of: $0) <= room } ?? starts.first ?? sentence
  }

  /// A machine as it is called in the era: `M3`, `proc 3`.
  func machineName(_ id: UInt16) -> String { scene.machineName(id) }

  /// A queue's fibers on the lines of an area, the first to run first.
  func drawQueue(_ canvas: inout Canvas, _ area: Area, count: Int, fiber: (Int) -> UInt32?) {
    guard count > 0 else {
      canvas.write(say(.empty), x: area.x, y: area.y, Style(.ghost), limit: area.width)
      return
    }
    var drawn = 0
    for row in 0..<area.height where drawn < count {
      drawn += drawChips(
        &canvas, x: area.x, y: area.y + row, width: area.width, count: count, skipping: drawn,
        isLastLine: row == area.height - 1, fiber: fiber,
        style: { _ in Style(state.isExact ? .runnable : .ghost, on: .chip) })
    }
  }

  /// The line of a fiber that runs, or blocks the thread that it runs on.
  func drawRun(
    _ canvas: inout Canvas, _ fiber: UInt32, isStopped: Bool, x: Int, y: Int, width: Int
  ) {
    let ground: Ground = isStopped ? .chip : .running
    let role: Role = isStopped ? .blocked : .running
    canvas.clear(Area(x: x - 1, y: y, width: width + 2, height: 1), Style(.text, on: ground))
    canvas.put(isStopped ? .square : .right, x: x, y: y, Style(role, on: ground, bold: true))
    let end = canvas.write("G\(fiber)", x: x + 2, y: y, Style(role, on: ground, bold: true), limit: width - 2)
    let name = scene.name(of: fiber)
    let last = canvas.write(name, x: end + 1, y: y, Style(.text, on: ground), limit: x + width - end - 1)
    canvas.mark(.fiber(fiber), x: x + 2, y: y, to: name.isEmpty ? end : last)
  }

  /// A stop of all, in a filled box and large letters where they fit.
  func drawStop(_ canvas: inout Canvas, _ area: Area, _ fiber: UInt32, _ does: StandStill, others: Int) {
    guard area.height > 0 else { return }
    let style = Style(.inverse, on: .held, bold: true)
    canvas.clear(area, style)
    let words = say(.era(.allBehind(fiber: fiber, name: scene.name(of: fiber), does: does, others: others)))
    let inside = Area(x: area.x + 1, y: area.y, width: area.width - 2, height: area.height)
    // Letters that have no large shape say it once, in the middle.
    let short = say(.era(.allBehindShort(fiber: fiber, others: others)))
    guard area.height >= 3, others > 0, BigText(short) != nil else {
      canvas.write(words, x: inside.x, y: inside.y + inside.height / 2, style, limit: inside.width)
      return
    }
    let isLow = area.height < 5
    let top = inside.y + (inside.height - (isLow ? 3 : 5)) / 2
    let room = Area(x: inside.x, y: top, width: inside.width, height: 3)
    canvas.writeBig(isLow ? [words, short] : [short], room, atMost: .small, style)
    if !isLow { canvas.write(words, x: inside.x, y: top + 4, style, limit: inside.width) }
  }

  /// What fibers wait for that wait for each other: channels, locks, groups.
  func drawObjects(_ canvas: inout Canvas, _ area: Area) {
    let objects = state.contention(by: .waiters, limit: max(area.height - 2, 0)).filter { $0.waiters > 0 }
    canvas.frame(area, title: say(.era(.waitingForOthers)), Style(.waiting, bold: true))
    let inside = area.inside
    for (row, object) in objects.enumerated() {
      let y = inside.y + row
      canvas.mark(.object(object.id), x: inside.x, y: y, to: inside.right)
      let x = canvas.write(
        say(.statsObject(object.kind, object.id)), x: inside.x + 1, y: y, Style(.text), limit: inside.width - 1)
      canvas.write(say(.waiting(object.waiters)), x: x + 2, y: y, Style(.waiting), limit: inside.right - x - 2)
    }
    var row = objects.count
    if state.pollerWaiterCount > 0, row < inside.height {
      canvas.mark(.poller, x: inside.x, y: inside.y + row, to: inside.right)
      let x = canvas.write(
        say(.poller), x: inside.x + 1, y: inside.y + row, Style(.text), limit: inside.width - 1)
      canvas.write(
        say(.waiting(state.pollerWaiterCount)), x: x + 2, y: inside.y + row, Style(.waiting),
        limit: inside.right - x - 2)
      row += 1
    }
    if row == 0 { canvas.write(say(.none), x: inside.x + 1, y: inside.y, Style(.ghost), limit: inside.width - 1) }
  }

  /// Timers, what waits for others and blocking calls in one line, where there is no room for boxes.
  func drawWaitLine(_ canvas: inout Canvas, x: Int, y: Int, right: Int, hasCalls: Bool, hasGlobal: Bool = false) {
    var parts: [(Subject?, Phrase, Int, Role)] = [(.timers, .timers, state.timerCount, .timer)]
    if hasGlobal { parts.insert((.globalQueue, .globalQueue, state.globalCount, .runnable), at: 0) }
    let waiters = state.contention(by: .waiters, limit: 64).reduce(0) { $0 + $1.waiters }
    parts.append((nil, .era(.waitingForOthers), waiters, .waiting))
    if state.pollerWaiterCount > 0 { parts.append((.poller, .poller, state.pollerWaiterCount, .waiting)) }
    if hasCalls { parts.append((.blockingCalls, .blockingCalls, state.blockedMachines.count, .blocked)) }
    var x = x
    for (subject, name, count, role) in parts {
      let text = say(name) + " " + Numbers.grouped(count)
      guard x + Canvas.width(of: text) <= right else { return }
      let end = canvas.write(text, x: x, y: y, Style(count == 0 ? .ghost : role, bold: count > 0))
      if let subject { canvas.mark(subject, x: x, y: y, to: end) }
      x = end + 3
    }
  }
}
