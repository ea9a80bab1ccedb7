import MagpieModel
import MagpieTrace

extension Stage {
  /// The Stage for the last row: who runs where, what waits, what happened. Log and details are left out.
  func drawBig(_ canvas: inout Canvas, _ layout: BigLayout, _ motion: Motion, told: Int?) {
    if let y = layout.shared {
      drawCounts(&canvas, Area(x: layout.story.x, y: y, width: layout.story.width, height: 1))
    }
    let bands = bands
    if let line = layout.divider { canvas.column(x: line.x, y: line.y, length: line.height) }
    // Queues begin one under the other.
    let runs = bands.compactMap { bigRun($0)?.width(layout.size) } + [BigText.width(of: "G0000", layout.size) ?? 0]
    for (index, band) in bands.enumerated() {
      drawBand(&canvas, band, layout.band(index), layout.size, runs.max() ?? 0, motion)
    }
    drawBigStory(&canvas, layout, told)
  }

  /// `G17`; small triangles look like a P from afar, so that only who is blocked has a sign.
  private func bigRun(_ band: BigBand) -> BigText? {
    band.fiber.flatMap { BigText((band.isBlocked ? "■G" : "G") + "\($0)") }
  }

  private func drawBand(
    _ canvas: inout Canvas, _ band: BigBand, _ area: Area, _ size: BigText.Size, _ runWidth: Int, _ motion: Motion
  ) {
    let gap = 2 * size.columns
    let part = band.queue.map { motion.stealRole(of: $0) } ?? (isThief: false, isVictim: false)
    let role: Role =
      part.isThief ? .steal : part.isVictim ? .error : band.fiber == nil && band.role == .ghost ? .ghost : .title
    var x = area.x
    if let name = BigText(band.name) {
      if let subject = band.subject {
        canvas.mark(subject, Area(x: x, y: area.y, width: name.width(size), height: size.lines), isWhole: true)
      }
      let end = canvas.write(name, x: x, y: area.y, size, Style(role, bold: true))
      if let machine = band.machine {
        let label = canvas.write("M\(machine)", x: x, y: area.bottom, Style(.text, bold: true), limit: end - x)
        canvas.mark(.machine(machine), x: x, y: area.bottom, to: label)
      }
      x = end + gap
    }
    // At least the count of what waits there has room.
    let queue = min(x + runWidth + gap, area.right - 7 * size.smaller.columns)
    let hasQueue = band.queueLength > 0 || band.next != nil
    let room = (hasQueue ? queue - 1 : area.right) - x
    if let fiber = band.fiber {
      drawBigRun(&canvas, band, fiber, Area(x: x, y: area.y, width: room, height: size.lines), size)
    } else {
      canvas.writeBig(
        band.words, Area(x: x, y: area.y, width: room, height: size.lines), atMost: size, Style(band.role))
    }
    guard hasQueue else { return }
    drawBigQueue(
      &canvas, band, Area(x: queue, y: area.y, width: area.right - queue, height: size.lines), size.smaller, motion
    )
  }

  private func drawBigRun(
    _ canvas: inout Canvas, _ band: BigBand, _ fiber: UInt32, _ area: Area, _ size: BigText.Size
  ) {
    let isBlocked = band.isBlocked
    let style = Style(isBlocked ? .blocked : .running, on: isBlocked ? .chip : .running, bold: true)
    // A number of many digits may need smaller letters.
    let fitting = size.downwards.first { bigRun(band)?.width($0) ?? .max <= area.width }
    let width = fitting.flatMap { bigRun(band)?.width($0) } ?? area.width
    let lines = fitting?.lines ?? 1
    let box = Area(x: area.x - 1, y: area.bottom - lines, width: width + 2, height: lines)
    canvas.clear(box, style)
    canvas.mark(.fiber(fiber), box, isWhole: true)
    if let fitting, let run = bigRun(band) {
      canvas.write(run, x: area.x, y: box.y, fitting, style)
    } else {
      canvas.write((isBlocked ? "■ G" : "G") + "\(fiber)", x: area.x, y: box.y, style, limit: width)
    }
    canvas.write(scene.name(of: fiber), x: area.x, y: area.bottom, Style(.text), limit: area.width)
  }

  /// What a processor does that runs no fiber, and the same in a word.
  func bigActivity(of processor: ProcessorState) -> (words: [String], role: Role) {
    let (phrase, role) = activity(of: processor)
    switch phrase {
    case .idleProcessor: return ([say(.idle)], role)
    case .looksForWork: return ([say(phrase), say(.timelineSearches)], role)
    case .spins: return ([say(.timelineSpins)], role)
    default: return ([say(phrase)], role)
    }
  }

  /// What runs next, and the queue: as many as fit; the others are counted.
  private func drawBigQueue(
    _ canvas: inout Canvas, _ band: BigBand, _ area: Area, _ size: BigText.Size, _ motion: Motion
  ) {
    let next = band.next
    let count = band.queueLength + (next == nil ? 0 : 1)
    // Letters stand on one line, whatever their size.
    let y = area.bottom - size.lines
    var x = area.x
    var labels: [(x: Int, text: String)] = []
    for place in 0..<count {
      let isNext = place == 0 && next != nil
      let fiber = isNext ? next : queued(band, at: place - (next == nil ? 0 : 1))
      guard let digits = BigText(fiber.map { "\($0)" } ?? say(.unknown)) else { return }
      let box = Area(x: x, y: y, width: digits.width(size) + 2 * size.columns, height: size.lines)
      let rest = say(.more(count - place))
      // Room for the count of those left out must remain.
      let reserve = place + 1 < count ? (BigText.width(of: rest, size) ?? 0) + size.columns : 0
      guard box.right + reserve <= area.right else {
        canvas.writeBig(
          [rest], Area(x: x, y: y, width: area.right - x, height: size.lines), atMost: size, Style(.dim))
        break
      }
      let style = fiber.map { chipStyle($0, on: band.queue ?? 0, motion).bold } ?? Style(.ghost, on: .chip)
      canvas.clear(box, style)
      canvas.write(digits, x: x + size.columns, y: y, size, style)
      if let fiber { canvas.mark(.fiber(fiber), box, isWhole: true) }
      if isNext { labels.append((x, say(.next))) }
      if place == count - band.queueLength { labels.append((x, say(.queueCount(band.queueLength)))) }
      x = box.right + size.columns
    }
    if labels.isEmpty { labels.append((area.x, say(.queueCount(count)))) }
    for (number, label) in labels.enumerated() {
      let end = number + 1 < labels.count ? labels[number + 1].x - 1 : area.right
      canvas.write(label.text, x: label.x, y: area.bottom, Style(.dim), limit: end - label.x)
    }
  }

  private func queued(_ band: BigBand, at place: Int) -> UInt32? {
    band.queue.map { state.queuedFiber($0, at: place) } ?? state.globalFiber(at: place)
  }

  /// How many wait in what all share.
  private func drawCounts(_ canvas: inout Canvas, _ area: Area) {
    guard state.era.hasFibers else { return }
    let queue: Phrase = state.era == .global ? .era(.oneQueue) : state.era.isOneThread ? .era(.runQueue) : .globalQueue
    let parts: [(Subject, Phrase, Int, Role)] = [
      (.globalQueue, queue, state.globalCount, .runnable), (.timers, .timers, state.timerCount, .timer),
      (.blockingCalls, .blockingCalls, state.blockedMachines.count, .blocked),
    ]
    var x = area.x
    for (subject, name, count, role) in parts {
      let text = say(name) + " " + Numbers.grouped(count)
      let style = Style(count == 0 ? .ghost : role, bold: count > 0)
      let end = canvas.write(text, x: x, y: area.y, style, limit: area.right - x)
      canvas.mark(subject, x: x, y: area.y, to: end)
      x = end + 4
    }
  }

  /// What happened, in a sentence; at the end of a run, what it had to say.
  private func drawBigStory(_ canvas: inout Canvas, _ layout: BigLayout, _ told: Int?) {
    let area = layout.story
    canvas.line(x: area.x - 1, y: area.y - 1, length: area.width + 2)
    if scene.shown == scene.end, let words = lastWords(atMost: 1).first {
      return canvas.writeBig([words], area, atMost: layout.size, Style(.error, bold: true))
    }
    if state.era.isOneThread, let fiber = holderOfThread, let does = standStill(fiber), state.liveFiberCount > 1 {
      let others = state.liveFiberCount - 1
      let name = scene.name(of: fiber.id)
      let texts: [Phrase] = [
        .era(.allBehindShort(fiber: fiber.id, others: others)),
        .era(.allBehind(fiber: fiber.id, name: name, does: does, others: others)),
      ]
      let words = say == .english ? texts : texts.reversed()
      return canvas.writeBig(words.map { say($0) }, area, atMost: layout.size, Style(.blocked, bold: true))
    }
    guard let told, let event = scene.history.event(at: told) else {
      return canvas.writeBig([say(.nothingYet)], area, atMost: layout.size, Style(.dim))
    }
    canvas.mark(.event(told), area, isWhole: true)
    let story = Story(event, number: told, scene)
    let names = [story.subject, String(story.subject.prefix { $0 != " " })]
    let texts = names.map { ($0.isEmpty ? "" : $0 + " ") + story.text.what }
    canvas.writeBig(texts, area, atMost: layout.size, Style(story.text.role, bold: true))
  }
}
