import MagpieModel
import MagpieTrace

/// Where everything is when all threads share one queue: those that may run above, the queue and its lock in the middle, who waits
/// below.
struct GlobalLayout {
  let queue: Area
  let rest: Area
  /// How many of those that may run are shown, and whether each is a card or only a line.
  let shown: Int
  let isLines: Bool
  private let area: Area
  private let columns: Int
  private let cardHeight: Int
  let alley: Int

  init(_ area: Area, mayRun count: Int) {
    self.area = area
    alley = area.height >= 13 ? 2 : 1
    let queueHeight =
      area.height >= 30 ? min(area.height - 20, 18) : area.height >= 20 ? 7 : area.height >= 12 ? 5 : 3
    let restHeight = area.height >= 30 ? 9 : area.height >= 20 ? 6 : area.height >= 10 ? 1 : 0
    let room = max(area.height - queueHeight - restHeight - alley - (restHeight > 1 ? 1 : 0), 1)
    let fit = max((area.width + 2) / 20, 1)
    let cardRows = (count + fit - 1) / fit
    isLines = cardRows * 4 > room
    if isLines {
      columns = max(min(count, area.width / 26), 1)
      cardHeight = 1
      shown = min(count, columns * room)
    } else {
      columns = max((count + cardRows - 1) / cardRows, 1)
      cardHeight = min(room / cardRows, 6)
      shown = count
    }
    let rows = (shown + columns - 1) / columns
    let y = area.y + rows * cardHeight + alley
    queue = Area(x: area.x, y: y, width: area.width, height: queueHeight)
    let below = queue.bottom + (restHeight > 1 ? 1 : 0)
    rest = Area(x: area.x, y: below, width: area.width, height: min(area.bottom - below - (restHeight > 4 ? 1 : 0), 8))
  }

  func card(_ id: Int) -> Area {
    let gap = 2
    let width = (area.width - gap * (columns - 1)) / columns
    let x = area.x + id % columns * (width + gap)
    // The last of a row ends where the queue does.
    let end = id % columns == columns - 1 ? area.right : x + width
    return Area(x: x, y: area.y + id / columns * cardHeight, width: end - x, height: cardHeight)
  }
}

extension Stage {
  /// Waits for the lock are looked for in so many events before the moment.
  private static let lockReach = 10_000

  /// M:N with one queue: who may run, and the queue under its lock, which all of them need for everything.
  func drawGlobalEra(_ canvas: inout Canvas, _ area: Area, _ motion: Motion) {
    let layout = GlobalLayout(area, mayRun: state.wantedProcessorCount)
    let waits = lockWaits(limit: 12)
    for id in 0..<layout.shown { drawPermit(id, &canvas, layout.card(id), layout.isLines, waits) }
    drawOneQueue(&canvas, layout.queue, waits)
    drawGlobalFlights(&canvas, layout, motion)
    if layout.rest.height >= 4 {
      let boxes = EraLayout.columns(layout.rest, [5, 6, 8])
      drawTimers(&canvas, boxes[0])
      drawObjects(&canvas, boxes[1])
      drawBlocking(&canvas, boxes[2])
    } else if layout.rest.height > 0 {
      drawWaitLine(&canvas, x: area.x + 1, y: layout.rest.y, right: area.right, hasCalls: true)
    }
  }

  /// The last waits for the lock, the newest first.
  private func lockWaits(limit: Int) -> [Event] {
    guard state.statistics.count(of: .globalLock) > 0 else { return [] }
    var result: [Event] = []
    for number in stride(from: scene.shown, to: max(scene.shown - Stage.lockReach, 0), by: -1)
    where result.count < limit {
      guard let event = scene.history.event(at: number) else { break }
      if event.kind == .globalLock { result.append(event) }
    }
    return result
  }

  /// Waits for the lock since the start, of all threads: how many, and real nanoseconds in all and at most.
  var lockTotals: (count: UInt64, nanoseconds: UInt64, longest: UInt64) {
    (0..<state.machineCount).reduce((state.statistics.count(of: .globalLock), 0, 0)) { sum, id in
      let waits = state.lockWaits(of: id)
      return (sum.0, sum.1 &+ waits.nanoseconds, max(sum.2, waits.longest))
    }
  }

  /// One of those that may run: the thread that has the permit, and what it runs.
  private func drawPermit(
    _ id: Int, _ canvas: inout Canvas, _ area: Area, _ isLine: Bool, _ waits: [Event]
  ) {
    let permit = state.processor(id)
    let machine = permit.machine
    let isStopped = permit.status == .blocked
    if isLine {
      guard let machine else {
        let text = say(.era(.freePermitTitle)) + ": " + say(.era(.freePermit))
        canvas.write(text, x: area.x, y: area.y, Style(.ghost), limit: area.width)
        return
      }
      canvas.mark(.machine(machine), area)
      canvas.write(machineName(machine), x: area.x, y: area.y, Style(.title, bold: true), limit: 6)
      let x = area.x + 6
      if let fiber = permit.fiber {
        canvas.put(isStopped ? .square : .right, x: x, y: area.y, Style(isStopped ? .blocked : .running, bold: true))
        let end = canvas.write("G\(fiber)", x: x + 2, y: area.y, Style(.running, bold: true), limit: area.right - x - 2)
        canvas.mark(.fiber(fiber), x: x + 2, y: area.y, to: end)
        canvas.write(scene.name(of: fiber), x: end + 1, y: area.y, Style(.text), limit: area.right - end - 2)
      } else {
        canvas.write(say(.looksForWork), x: x, y: area.y, Style(.dim), limit: area.right - x - 1)
      }
      return
    }
    let wait = waits.first { $0.machine == machine }
    let justWaited = wait.map { state.time &- $0.time < 200_000 } ?? false
    canvas.frame(
      area, title: machine.map { machineName($0) } ?? say(.era(.freePermitTitle)),
      Style(machine == nil ? .ghost : .title, bold: true), note: machine == nil ? "" : say(.busy(busy(permit))),
      rule: justWaited ? Style(.error) : machine == nil ? Style(.rule, fade: 2) : Style(.rule))
    let x = area.x + 2
    let width = area.width - 4
    guard let machine else {
      canvas.write(say(.era(.freePermit)), x: x, y: area.y + 1, Style(.ghost), limit: width)
      return
    }
    canvas.mark(.machine(machine), area)
    if let fiber = permit.fiber {
      drawRun(&canvas, fiber, isStopped: isStopped, x: x, y: area.y + 1, width: width)
    } else {
      canvas.write(say(.looksForWork), x: x, y: area.y + 1, Style(.dim), limit: width)
    }
    guard area.height > 3 else { return }
    if let note = scene.facts.notes[machine], scene.facts.status != .running {
      canvas.write(say(.note(note)), x: x, y: area.y + 2, Style(.dim), limit: width)
    } else if justWaited, let wait {
      canvas.write(
        say(.era(.lockWait(nanoseconds: wait.a, holder: nil))), x: x, y: area.y + 2, Style(.error), limit: width)
    } else if let start = permit.sliceStart {
      canvas.write(say(.era(.hasRun(state.time &- start))), x: x, y: area.y + 2, Style(.dim), limit: width)
    }
  }

  private func drawOneQueue(_ canvas: inout Canvas, _ area: Area, _ waits: [Event]) {
    canvas.mark(.globalQueue, area)
    let lock = lockTotals
    canvas.frame(
      area, title: say(.era(.oneQueue)), Style(.runnable, bold: true),
      note: say(.waiting(state.globalCount)))
    let inside = Area(x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2)
    let lockWidth = area.width >= 60 ? min(area.width * 42 / 100, 60) : 0
    let queue = Area(
      x: inside.x, y: inside.y, width: inside.width - (lockWidth > 0 ? lockWidth + 1 : 0), height: inside.height)
    drawQueue(&canvas, queue, count: state.globalCount) { state.globalFiber(at: $0) }
    guard lockWidth > 0 else { return }
    let x = inside.right - lockWidth
    canvas.column(x: x - 1, y: area.y + 1, length: area.height - 2, Style(lock.count > 0 ? .error : .rule))
    let style = Style(lock.count > 0 ? .error : .title, bold: true)
    var end = canvas.write(say(.era(.itsLock)), x: x + 1, y: inside.y, style, limit: lockWidth - 1)
    guard lock.count > 0 else {
      canvas.write(
        say(.era(.lockNeverWaitedFor)), x: end + 2, y: inside.y, Style(.ghost), limit: inside.right - end - 2)
      return
    }
    end = canvas.write(
      say(.era(.lockWaits(lock.count))), x: end + 2, y: inside.y, Style(.text), limit: inside.right - end - 2)
    let most = waits.map(\.a).max() ?? 1
    let lines = max(inside.height - 1, 0)
    let hasTotals = lines >= 2
    for (row, wait) in waits.prefix(hasTotals ? lines - 1 : lines).enumerated() {
      drawLockWait(wait, most, &canvas, Area(x: x + 1, y: inside.y + 1 + row, width: lockWidth - 1, height: 1))
    }
    if hasTotals {
      canvas.write(
        say(.era(.lockTotals(nanoseconds: lock.nanoseconds, longest: lock.longest))), x: x + 1, y: inside.bottom - 1,
        Style(.dim), limit: lockWidth - 1)
    }
  }

  /// `M3 waited 8.2 µs for M0  ━━━━  2 wait`
  private func drawLockWait(_ event: Event, _ most: UInt32, _ canvas: inout Canvas, _ area: Area) {
    let holder = UInt16(truncatingIfNeeded: event.c)
    let name = machineName(event.machine)
    var x = canvas.write(name, x: area.x, y: area.y, Style(.text, bold: true), limit: area.width)
    canvas.mark(.machine(event.machine), x: area.x, y: area.y, to: x)
    let text = say(.era(.lockWait(nanoseconds: event.a, holder: holder == Event.noMachine ? nil : holder)))
    x = canvas.write(text, x: x + 1, y: area.y, Style(.error), limit: area.right - x - 1)
    let waiters = say(.era(.lockWaiters(event.b)))
    let start = area.right - Canvas.width(of: waiters)
    guard x + 2 <= start else { return }
    canvas.write(waiters, x: start, y: area.y, Style(event.b > 1 ? .blocked : .dim))
    let bar = min(start - x - 2, 12)
    if bar >= 3 { canvas.bar(Double(event.a) / Double(max(most, 1)), x: x + 1, y: area.y, length: bar, Style(.error)) }
  }

  /// Into the queue and out of it, between each card and the queue under it.
  private func drawGlobalFlights(_ canvas: inout Canvas, _ layout: GlobalLayout, _ motion: Motion) {
    guard !layout.isLines else { return }
    let bottom = layout.queue.y - 1
    for flight in motion.flights {
      let isTake = flight.what == .globalTake
      guard isTake || flight.what == .globalPush || flight.what == .overflow,
        case .processor(let id) = isTake ? flight.to : flight.from, id < layout.shown
      else { continue }
      let card = layout.card(id)
      // Only the cards just above the queue have a way to it that crosses no other.
      guard card.bottom + layout.alley == layout.queue.y else { continue }
      let x = card.middle + (isTake ? 1 : -1)
      let style = Style(flight.role, fade: motion.fade(flight))
      let name = flight.times == 1 ? flight.fibers.first.map { "G\($0)" } ?? "1" : Numbers.grouped(flight.times)
      // In little room the number alone must do.
      let room = isTake ? card.right - x - 2 : x - 1 - card.x
      let count = flight.times == 1 ? name : Numbers.compact(Double(flight.times))
      let text =
        [say(.era(isTake ? .takes : .puts)) + " " + name, count].first { Canvas.width(of: $0) <= room } ?? ""
      if card.bottom == bottom {
        canvas.put(isTake ? .up : .down, x: x, y: bottom, style)
      } else {
        let ends = [Trail.Point(x: x, y: bottom), Trail.Point(x: x, y: card.bottom)]
        Trail(isTake ? ends : ends.reversed()).draw(&canvas, progress: motion.progress(flight), style)
      }
      if isTake {
        canvas.write(text, x: x + 2, y: bottom, style.bold, limit: room)
      } else {
        canvas.writeRight(text, right: x - 1, y: bottom, style.bold)
      }
    }
  }
}
