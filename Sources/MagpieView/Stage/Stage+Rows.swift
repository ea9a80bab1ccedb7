import MagpieModel
import MagpieTrace

extension Stage {
  /// The shared queues in one line or two.
  func drawShared(_ canvas: inout Canvas, _ layout: RowLayout) {
    let area = layout.area
    let right = (layout.gutterStart ?? area.right) - 1
    let y = layout.shared(0)
    let blocked = state.blockedMachines
    let isOneLine = layout.sharedLines == 1
    canvas.mark(.globalQueue, x: area.x + 1, y: y, to: right)
    let reserve = isOneLine ? 24 : 2
    var x = area.x + 1
    x = canvas.write(say(isOneLine ? .globalShort : .globalQueue), x: x, y: y, Style(.runnable, bold: true)) + 1
    x = canvas.write(Numbers.grouped(state.globalCount), x: x, y: y, Style(.text)) + 2
    if state.globalCount == 0 {
      canvas.write(say(.empty), x: x, y: y, Style(.ghost))
    } else {
      drawChips(
        &canvas, x: x, y: y, width: right - reserve - x, count: state.globalCount,
        fiber: { state.globalFiber(at: $0) }, style: { _ in Style(state.isExact ? .runnable : .ghost, on: .chip) })
    }
    if isOneLine {
      canvas.mark(.timers, x: right - 22, y: y, to: right - 11)
      canvas.mark(.blockingCalls, x: right - 11, y: y, to: right)
      canvas.write(say(.timers), x: right - 22, y: y, Style(.timer))
      canvas.write(Numbers.compact(Double(state.timerCount)), x: right - 15, y: y, Style(.text), limit: 4)
      canvas.write(say(.blockingShort), x: right - 11, y: y, Style(.blocked))
      canvas.write(String(blocked.count), x: right - 2, y: y, Style(.text), limit: 3)
      return
    }
    let second = layout.shared(1)
    let middle = area.x + 1 + max(27, (right - area.x) * 9 / 20)
    canvas.mark(.timers, x: area.x + 1, y: second, to: middle - 1)
    canvas.mark(.blockingCalls, x: middle, y: second, to: right)
    x = canvas.write(say(.timers), x: area.x + 1, y: second, Style(.timer, bold: true)) + 1
    x = canvas.write(Numbers.grouped(state.timerCount), x: x, y: second, Style(.text)) + 2
    for timer in state.earliestTimers(3) {
      let text = say(due(timer))
      guard x + Canvas.width(of: String(timer.fiber)) + 5 + Canvas.width(of: text) < middle else { break }
      x = canvas.chip(fiber: timer.fiber, x: x, y: second, Style(.timer, on: .chip)) + 1
      x = canvas.write(text, x: x, y: second, Style(.dim)) + 2
    }
    x = canvas.write(say(.blockingCalls), x: middle, y: second, Style(.blocked, bold: true)) + 1
    x = canvas.write(String(blocked.count), x: x, y: second, Style(.text)) + 2
    for id in blocked {
      let machine = state.machine(Int(id))
      let fiber = machine?.fiber.map { String($0) } ?? say(.unknown)
      guard x + Canvas.width(of: fiber) + 7 < right else {
        canvas.write("…", x: x, y: second, Style(.dim))
        break
      }
      let start = x
      x = canvas.write("M\(id)", x: x, y: second, Style(.text)) + 1
      canvas.mark(.machine(id), x: start, y: second, to: x - 1)
      if let id = machine?.fiber { canvas.mark(.fiber(id), x: x, y: second, to: x + fiber.utf8.count + 2) }
      x = canvas.chip(fiber, x: x, y: second, Style(.blocked, on: .chip)) + 2
    }
  }

  func drawRows(_ canvas: inout Canvas, _ layout: RowLayout, _ motion: Motion) {
    let columns = layout.columnsOfRow
    for column in 0..<layout.columns {
      let x = layout.row(min(column * layout.rows, max(layout.shown - 1, 0))).x
      let style = Style(.dim)
      canvas.write(say(.columnMachine), x: x + columns.machine, y: layout.heading, style)
      canvas.write(say(.columnRunning), x: x + columns.running, y: layout.heading, style)
      if columns.next + 5 < columns.end { canvas.write(say(.next), x: x + columns.next, y: layout.heading, style) }
      if columns.count + 5 < columns.end {
        canvas.write(say(.columnQueue), x: x + columns.count, y: layout.heading, style)
      }
    }
    for id in 0..<layout.shown { drawRow(id, &canvas, layout.row(id), columns, motion) }
    if let more = layout.more {
      let text = say(.moreProcessors(state.activeProcessorCount - layout.shown))
      canvas.write(text, x: layout.area.x + 1, y: more, Style(.dim), limit: layout.area.width - 2)
    }
  }

  private func drawRow(
    _ id: Int, _ canvas: inout Canvas, _ area: Area, _ columns: RowLayout.Columns, _ motion: Motion
  ) {
    let processor = state.processor(id)
    let y = area.y
    canvas.mark(.processor(id), area)
    let end = area.x + columns.end
    let isIdle = processor.isUnused
    let part = motion.stealRole(of: id)
    if part.isThief { canvas.put(.leftHalf, x: area.x - 1, y: y, Style(.steal)) }
    let style = part.isThief ? Style(.steal, bold: true) : isIdle ? Style(.ghost) : Style(.title, bold: true)
    canvas.write("P\(id)", x: area.x, y: y, style, limit: 4)
    if let machine = processor.machine {
      let x = area.x + columns.machine
      canvas.mark(.machine(machine), x: x, y: y, to: canvas.write("M\(machine)", x: x, y: y, Style(.text), limit: 5))
    }
    let running = area.x + columns.running
    let next = area.x + columns.next
    if let fiber = processor.fiber {
      let isBlocked = processor.status == .blocked
      let role: Role = isBlocked ? .blocked : .running
      canvas.put(isBlocked ? .square : .right, x: running, y: y, Style(role, bold: true))
      let limit = min(next, end) - running - 3
      let x = canvas.write("G\(fiber)", x: running + 2, y: y, Style(role, bold: true), limit: limit)
      canvas.write(scene.name(of: fiber), x: x + 1, y: y, Style(.text), limit: min(next, end) - x - 2)
      canvas.mark(.fiber(fiber), x: running + 2, y: y, to: x)
    } else {
      let note = isIdle ? nil : note(processor, motion)
      let activity = activity(of: processor)
      canvas.write(
        note?.text ?? say(activity.phrase), x: running, y: y, note?.style ?? Style(activity.role),
        limit: (isIdle && processor.queueLength == 0 && processor.runNext == nil ? end : min(next, end)) - running - 1)
      if isIdle, processor.queueLength == 0, processor.runNext == nil { return }
    }
    guard next + 5 < end else { return }
    if let fiber = processor.runNext {
      canvas.chip(fiber: fiber, x: next, y: y, chipStyle(fiber, on: id, motion))
    } else {
      canvas.write(say(.nothing), x: next + 1, y: y, Style(.ghost))
    }
    let count = area.x + columns.count
    guard count + 3 < end else { return }
    canvas.write(String(processor.queueLength), x: count, y: y, Style(processor.queueLength == 0 ? .ghost : .text))
    if columns.barWidth > 0 {
      canvas.bar(
        Stage.scale(processor.queueLength), x: area.x + columns.bar, y: y, length: columns.barWidth, Style(.runnable))
    }
    let chips = area.x + columns.chips
    guard chips + 4 < end, processor.queueLength > 0 else { return }
    drawChips(
      &canvas, x: chips, y: y, width: end - chips, count: processor.queueLength,
      fiber: { state.queuedFiber(id, at: $0) }, style: { chipStyle($0, on: id, motion) })
  }
}
