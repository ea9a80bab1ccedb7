import MagpieModel
import MagpieTrace

extension Stage {
  /// One processor as a card.
  func drawCard(_ id: Int, _ canvas: inout Canvas, _ area: Area, _ motion: Motion) {
    let processor = state.processor(id)
    let isIdle = processor.isUnused
    canvas.mark(.processor(id), area)
    let part = motion.stealRole(of: id)
    let rule: Style =
      part.isThief ? Style(.steal) : part.isVictim ? Style(.error) : isIdle ? Style(.rule, fade: 2) : Style(.rule)
    let note = !state.isExact ? say(.unknown) : isIdle ? say(.idle) : say(.busy(busy(processor)))
    canvas.frame(
      area, title: "P\(id)", isIdle ? Style(.ghost, bold: true) : Style(.title, bold: true), note: note,
      isIdle ? Style(.ghost) : Style(.dim), rule: rule)
    let inside = Area(x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2)
    let isRoomy = inside.height >= 9
    var y = inside.y
    drawMachine(&canvas, processor, inside, y: y, motion)
    y += 1
    drawRunning(&canvas, processor, inside, y: y)
    y += 1
    drawSlice(&canvas, processor, inside, y: y)
    y += 1
    drawNext(&canvas, processor, inside, y: y, motion)
    y += isRoomy ? 2 : 1
    let style = isIdle ? Style(.ghost) : Style(.dim)
    let x = canvas.write(say(.queueCount(processor.queueLength)), x: inside.x, y: y, style) + 1
    canvas.bar(
      Stage.scale(processor.queueLength), x: x, y: y, length: inside.right - x, Style(.runnable),
      empty: isIdle ? Style(.rule, fade: 2) : Style(.rule))
    y += inside.height >= 10 ? 2 : 1
    var drawn = 0
    while y < inside.bottom, drawn < processor.queueLength {
      let before = drawn
      drawn += drawChips(
        &canvas, x: inside.x, y: y, width: inside.width, count: processor.queueLength, skipping: drawn,
        isLastLine: y == inside.bottom - 1, fiber: { state.queuedFiber(id, at: $0) },
        style: { chipStyle($0, on: id, motion) })
      if drawn == before { break }
      y += 1
    }
    if processor.queueLength == 0, y < inside.bottom {
      canvas.write(say(.empty), x: inside.x, y: y, Style(.ghost), limit: inside.width)
    }
  }

  private func drawMachine(
    _ canvas: inout Canvas, _ processor: ProcessorState, _ inside: Area, y: Int, _ motion: Motion
  ) {
    guard let machine = processor.machine else { return }
    let x = canvas.write("M\(machine)", x: inside.x, y: y, Style(.text, bold: true))
    canvas.mark(.machine(machine), x: inside.x, y: y, to: x)
    guard let note = note(processor, motion) else { return }
    canvas.write(note.text, x: x + 2, y: y, note.style, limit: inside.right - x - 2)
  }

  private func drawRunning(_ canvas: inout Canvas, _ processor: ProcessorState, _ inside: Area, y: Int) {
    guard let fiber = processor.fiber else {
      let activity = activity(of: processor)
      canvas.write(say(activity.phrase), x: inside.x, y: y, Style(activity.role), limit: inside.width)
      return
    }
    let isBlocked = processor.status == .blocked
    let ground: Ground = isBlocked ? .chip : .running
    canvas.clear(Area(x: inside.x - 1, y: y, width: inside.width + 2, height: 1), Style(.text, on: ground))
    let role: Role = isBlocked ? .blocked : .running
    canvas.put(isBlocked ? .square : .right, x: inside.x, y: y, Style(role, on: ground, bold: true))
    let x = canvas.write(
      "G\(fiber)", x: inside.x + 2, y: y, Style(role, on: ground, bold: true), limit: inside.width - 2)
    let name = scene.name(of: fiber)
    let end = canvas.write(name, x: x + 1, y: y, Style(.text, on: ground), limit: inside.right - x - 1)
    canvas.mark(.fiber(fiber), x: inside.x + 2, y: y, to: name.isEmpty ? x : end)
  }

  /// How much of its 10 ms the running fiber has used.
  private func drawSlice(_ canvas: inout Canvas, _ processor: ProcessorState, _ inside: Area, y: Int) {
    guard let start = processor.sliceStart else { return }
    let used = state.time >= start ? state.time - start : 0
    let text = Numbers.duration(used)
    let x = canvas.write(say(.slice), x: inside.x, y: y, Style(.dim)) + 1
    let right = inside.right - max(Canvas.width(of: text), 6) - 1
    let role: Role = used > 10_000_000 ? .error : used > 7_500_000 ? .blocked : .running
    canvas.bar(Double(used) / 10_000_000, x: x, y: y, length: right - x, Style(role))
    canvas.writeRight(text, right: inside.right, y: y, Style(.text))
  }

  private func drawNext(_ canvas: inout Canvas, _ processor: ProcessorState, _ inside: Area, y: Int, _ motion: Motion) {
    let isIdle = processor.isUnused
    let x = canvas.write(say(.next), x: inside.x, y: y, Style(isIdle ? .ghost : .dim)) + 1
    guard let next = processor.runNext else {
      canvas.write(say(.nothing), x: x, y: y, Style(.ghost))
      return
    }
    let end = canvas.chip(fiber: next, x: x, y: y, chipStyle(next, on: processor.id, motion))
    canvas.write(scene.name(of: next), x: end + 1, y: y, Style(.dim), limit: inside.right - end - 1)
  }
}
