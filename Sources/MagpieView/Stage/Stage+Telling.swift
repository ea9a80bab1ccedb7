import MagpieModel
import MagpieTrace

extension Stage {
  /// Under the processors: machines that wait, how long fibers wait, what the kernel sees; the story; the log.
  /// - Parameter isAlone: whether the whole body is theirs: there is room for a longer report, then.
  func drawBelow(_ canvas: inout Canvas, _ area: Area, _ told: Int?, isAlone: Bool = false) {
    guard area.height > 0 else { return }
    var y = area.y
    let isRoomy = area.height >= 10
    y += drawMachines(&canvas, Area(x: area.x + 1, y: y, width: area.width - 2, height: isRoomy ? 2 : 1))
    guard y < area.bottom else { return }
    if area.height >= 6 {
      canvas.line(x: area.x + 1, y: y, length: area.width - 2)
      y += 1
    }
    let most = isAlone ? area.height / 2 : area.height >= 8 ? 3 : area.height >= 5 ? 2 : 1
    let lastWords = scene.shown < scene.end ? [] : lastWords(atMost: most)
    let lines = lastWords.isEmpty ? min(most, isAlone ? 6 : 3) : isAlone ? lastWords.count : most
    let story = Area(x: area.x + 2, y: y, width: area.width - 4, height: min(lines, area.bottom - y))
    if lastWords.isEmpty {
      drawStory(&canvas, story, told)
    } else {
      drawLastWords(lastWords, &canvas, story)
    }
    y += lines
    guard y + 1 < area.bottom else { return }
    canvas.line(x: area.x + 1, y: y, length: area.width - 2)
    drawLog(&canvas, Area(x: area.x + 1, y: y + 1, width: area.width - 2, height: area.bottom - y - 1))
  }

  private func drawLastWords(_ lines: [String], _ canvas: inout Canvas, _ area: Area) {
    for (row, line) in lines.enumerated() {
      canvas.write(
        line, x: area.x, y: area.y + row, row == 0 ? Style(.error, bold: true) : Style(.text), limit: area.width)
    }
  }

  /// What the program said at its end, or the report of a deadlock: who waits, and for what.
  func lastWords(atMost count: Int) -> [String] {
    if let words = scene.facts.lastWords { return Array(words(say).prefix(count)) }
    guard scene.facts.isDeadlocked || state.deadlockedFibers != nil else { return [] }
    var lines = [say(.deadlocked(state.deadlockedFibers.map { Int($0) } ?? state.liveFiberCount))]
    for fiber in state.liveFibers where lines.count < count {
      // Who waits for all others tells nothing of why they do not end.
      guard case .parked(let reason?, let object) = fiber.place, reason != .join else { continue }
      let name = scene.name(of: fiber.id)
      let park = Event(
        time: fiber.since, machine: 0, kind: .fiberPark, detail: reason.rawValue, fiber: fiber.id, a: object)
      lines.append(say(.waits(fiber: fiber.id, name: name, park: park)))
    }
    if state.era == .serial, state.globalCount > 0, lines.count < count {
      // Whom it waits for, as all that it could get can only come from them.
      let names = (0..<min(state.globalCount, 3)).compactMap { state.globalFiber(at: $0) }
        .map { Phrase.subject($0, scene.name(of: $0)) }
      lines.append(say(.standBehind(names: names, more: state.globalCount - names.count)))
    }
    return lines
  }

  private func drawStory(_ canvas: inout Canvas, _ area: Area, _ told: Int?) {
    guard let told, let event = scene.history.event(at: told) else {
      canvas.write(say(.nothingYet), x: area.x, y: area.y, Style(.dim), limit: area.width)
      return
    }
    canvas.mark(.event(told), area)
    let story = Story(event, number: told, scene)
    let subject = story.subject.isEmpty ? "" : story.subject + " "
    let x = canvas.write(
      subject + story.text.what, x: area.x, y: area.y, Style(story.text.role, bold: true), limit: area.width)
    let details = story.looks.isEmpty ? story.text.details : story.looks.joined(separator: " · ")
    if area.height == 1 || Canvas.width(of: details) <= area.right - x - 3 {
      canvas.write(details, x: x + 3, y: area.y, Style(.text), limit: area.right - x - 3)
      canvas.writeWrapped(
        story.why, Area(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1), Style(.dim))
      return
    }
    let used = canvas.writeWrapped(
      details, Area(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1), Style(.text))
    canvas.writeWrapped(
      story.why, Area(x: area.x, y: area.y + 1 + used, width: area.width, height: area.height - 1 - used), Style(.dim))
  }

  /// The last events, the present one at the bottom.
  private func drawLog(_ canvas: inout Canvas, _ area: Area) {
    guard area.height > 0, scene.shown > 0 else { return }
    let columns = EventColumns(width: area.width, scene.state.era, fibers: state.fibersCreated)
    let numbers = logged(area.height)
    for (row, number) in numbers.enumerated() {
      guard let event = scene.history.event(at: number) else { continue }
      columns.draw(
        event, number: number, &canvas, x: area.x, y: area.y + row, scene, isCurrent: number == scene.shown)
    }
  }

  /// The numbers of the last events, oldest first. Samples stand with their threads, and would drown what happened.
  private func logged(_ count: Int) -> [Int] {
    if scene.state.era.hasFibers { return Array(max(scene.shown - count + 1, 1)...scene.shown) }
    var numbers: [Int] = []
    for number in stride(from: scene.shown, to: max(scene.shown - Stage.logReach, 0), by: -1)
    where numbers.count < count {
      if scene.history.event(at: number)?.kind != .kernelSample { numbers.append(number) }
    }
    return numbers.reversed()
  }

  /// Among so many events the log looks for what is no sample.
  private static let logReach = 5000

  // MARK: machines

  private typealias Part = (label: String, value: String, role: Role, subject: Subject?)

  /// Machines without a processor, sysmon, the wait in queues, and the kernel's view, in one line or two.
  /// - Returns: lines used.
  private func drawMachines(_ canvas: inout Canvas, _ area: Area) -> Int {
    let waitLabel = say(area.width < 100 ? .waitShort : .waitInQueue)
    var parts =
      state.era == .mpn
      ? machineParts(area, waitLabel) + kernelParts : kernelParts + eraParts(waitLabel, width: area.width + 2)
    if area.height > 1 {
      if state.pollerWaiterCount > 0 {
        parts.append((say(.poller), say(.waiting(state.pollerWaiterCount)), .waiting, .poller))
      }
      parts += waitedFor
    }
    if !state.isExact { parts.insert(("", say(.notExact), .error, nil), at: 0) }
    var row = 0
    var x = area.x + 1
    for part in parts {
      let length = Canvas.width(of: part.label) + Canvas.width(of: part.value) + (part.label.isEmpty ? 0 : 1)
      if x > area.x + 1, x + length > area.right {
        row += 1
        x = area.x + 1
      }
      guard row < area.height else { break }
      if !part.label.isEmpty {
        x = canvas.write(part.label, x: x, y: area.y + row, Style(.dim), limit: area.right - x) + 1
      }
      let start = part.label.isEmpty ? x : x - 1 - Canvas.width(of: part.label)
      x = canvas.write(part.value, x: x, y: area.y + row, Style(part.role), limit: area.right - x) + 3
      if let subject = part.subject { canvas.mark(subject, x: start, y: area.y + row, to: x - 3) }
      if part.label == waitLabel, x + 12 < area.right { x = drawWaits(&canvas, x: x - 2, y: area.y + row) + 3 }
    }
    return area.height
  }

  private func machineParts(_ area: Area, _ waitLabel: String) -> [Part] {
    var parts: [Part] = []
    if (120..<Header.wide).contains(area.width + 2) {
      parts.append(("", say(.processorsOnCPUs(state.wantedProcessorCount, scene.facts.cpus)), .text, nil))
    }
    parts += [
      (say(.idleMachines), idleMachines, .text, nil), ("", say(.spinning(state.spinningCount)), .text, nil),
    ]
    if let sysmon = sysmon { parts.append(("sysmon", sysmon, .text, .sysmon)) }
    return parts + waitParts(waitLabel)
  }

  private func waitParts(_ label: String) -> [Part] {
    let wait = state.statistics.queueWait
    return wait.count > 0 ? [(label, say(.queueWait(p50: wait.p50, p99: wait.p99)), .text, nil)] : []
  }

  private var kernelParts: [Part] {
    let kernel = scene.facts.kernel
    guard kernel.threads > 0 || kernel.voluntary > 0 else { return [] }
    let text = say(
      .kernelSees(
        processes: kernel.processes, threads: kernel.threads, voluntary: kernel.voluntary,
        involuntary: kernel.involuntary))
    return [(say(.kernel), text, .text, nil)]
  }

  /// What there is to say of the threads where there are no Ps.
  private func eraParts(_ waitLabel: String, width: Int) -> [Part] {
    let mayRun: [Part] =
      (120..<Header.wide).contains(width)
      ? [("", say(.era(.mayRunOnCPUs(state.wantedProcessorCount, scene.facts.cpus))), .text, nil)] : []
    switch state.era {
    case .serial, .nto1: return waitParts(waitLabel)
    case .global:
      let lock = lockTotals
      let waits: [Part] =
        lock.count > 0
        ? [("", say(.era(.statsLockWaits(lock.count, nanoseconds: lock.nanoseconds))), .error, nil)] : []
      return mayRun + [(say(.idleMachines), idleMachines, .text, nil)] + waits + waitParts(waitLabel)
    case .distributed:
      return mayRun + [
        (say(.idleMachines), Numbers.grouped(state.idleMachines.count), .text, nil),
        ("", say(.spinning(state.spinningCount)), .text, nil),
      ] + waitParts(waitLabel)
    case .threads, .processes, .mpn: return []
    }
  }

  /// The locks and channels for which most fibers wait now.
  private var waitedFor: [Part] {
    state.contention(by: .waiters, limit: 3).compactMap { object in
      guard object.waiters > 0 else { return nil }
      return (say(.statsObject(object.kind, object.id)), say(.waiting(object.waiters)), .waiting, .object(object.id))
    }
  }

  private var idleMachines: String {
    let machines = state.idleMachines
    if machines.isEmpty { return say(.nothing) }
    let names = machines.prefix(6).map { "M\($0)" }.joined(separator: " ")
    return machines.count > 6 ? names + " " + say(.more(machines.count - 6)) : names
  }

  private var sysmon: String? {
    let sysmon = state.sysmon
    if let retake = sysmon.lastRetake, state.time &- retake.time < 50_000_000 {
      return say(.sysmonRetook(processor: Int(retake.processor), ago: state.time &- retake.time))
    }
    if sysmon.lastAct == .deepSleep { return say(.sysmonQuiet) }
    return sysmon.sleepMicroseconds > 0 ? say(.sysmonEvery(sysmon.sleepMicroseconds)) : nil
  }

  /// How the waits in queues are spread, from 64 ns to half a second: two powers of two a column.
  private func drawWaits(_ canvas: inout Canvas, x: Int, y: Int) -> Int {
    let powers = state.statistics.queueWait.powersOfTwo
    var values: [Double] = []
    for column in 0..<12 {
      let index = 6 + column * 2
      guard index + 1 < powers.count else { break }
      values.append(Double(powers[index] &+ powers[index + 1]))
    }
    canvas.sparkline(values, x: x, y: y, Style(.timer))
    return x + values.count
  }
}
