import MagpieModel
import MagpieTrace

/// The log: one event a line, the current one highlighted, following the live edge or standing still.
struct EventsView {
  let scene: Scene
  /// Whether there is a blank line under each.
  let isSpaced: Bool
  private var pitch: Int { isSpaced ? 2 : 1 }

  /// Events that fit.
  func rows(_ area: Area) -> Int { max((area.height - 3 + pitch) / pitch, 1) }

  func draw(_ canvas: inout Canvas, _ area: Area, _ filter: inout EventsFilter) {
    let say = scene.say
    let columns = EventColumns(width: area.width - 2, scene.state.era, fibers: scene.state.fibersCreated)
    columns.heading(&canvas, x: area.x + 1, y: area.y, say)
    canvas.line(x: area.x + 1, y: area.y + 1, length: area.width - 2)
    if !filter.text.isEmpty {
      let text = " " + say(.onlyThese(filter.text)) + " "
      canvas.write(text, x: area.x + 3, y: area.y + 1, Style(.steal), limit: area.width - 6)
    }
    let numbers = filter.numbers(scene, rows: rows(area))
    let oldest = scene.history.firstAvailable + 1
    if oldest > 1, numbers.first == oldest || scene.shown < oldest {
      let text = " " + say(.historyBegins(UInt64(oldest))) + " "
      canvas.writeRight(text, right: area.right - 3, y: area.y + 1, Style(.text))
    }
    if numbers.isEmpty {
      let text: Phrase = filter.text.isEmpty ? .noEvents : .noSuchEvents
      canvas.write(say(text), x: area.x + 2, y: area.y + 2, Style(.dim), limit: area.width - 4)
    }
    for (row, number) in numbers.enumerated() {
      guard let event = scene.history.event(at: number) else { continue }
      columns.draw(
        event, number: number, &canvas, x: area.x + 1, y: area.y + 2 + row * pitch, scene,
        isCurrent: number == scene.shown, isAfter: number > scene.shown)
    }
  }
}

/// The columns of the log, as wide as there is room for; shared by the Events view and the Stage.
struct EventColumns {
  let width: Int
  /// Nil where there are no Ps.
  private let processor: Int?
  /// Nil in little room: a processor, or the words, say enough.
  private let machine: Int?
  private let fiber: Int
  private let what: Int
  private let details: Int

  /// - Parameter fibers: how many there have been: the last has the longest number.
  init(width: Int, _ era: Era, fibers: UInt64) {
    self.width = width
    let isWide = width >= 100
    let isNarrow = width < 58
    let first = isWide ? 16 : isNarrow ? 12 : 14
    if era == .mpn {
      processor = first
      machine = isNarrow ? nil : first + (isWide ? 6 : 5)
      fiber = first + (isWide ? 12 : isNarrow ? 5 : 10)
    } else {
      processor = nil
      machine = first
      fiber = first + (era == .processes ? 10 : isWide ? 8 : 7)
    }
    what = fiber + max(isWide ? 10 : isNarrow ? 6 : 8, String(fibers).utf8.count + 2)
    // In little room the details follow the words at once.
    details = isWide ? what + 30 : 0
  }

  func heading(_ canvas: inout Canvas, x: Int, y: Int, _ say: Language) {
    let style = Style(.dim)
    canvas.write(say(.columnTime), x: x + 1, y: y, style, limit: width)
    if let processor { canvas.write(say(.columnProcessor), x: x + processor, y: y, style) }
    if let machine { canvas.write(say(.columnMachine), x: x + machine, y: y, style) }
    canvas.write(say(.columnFiber), x: x + fiber, y: y, style)
    canvas.write(say(.columnWhat), x: x + what, y: y, style)
    if details > 0 { canvas.write(say(.columnDetails), x: x + details, y: y, style) }
  }

  func draw(
    _ event: Event, number: Int, _ canvas: inout Canvas, x: Int, y: Int, _ scene: Scene, isCurrent: Bool,
    isAfter: Bool = false
  ) {
    let ground: Ground = isCurrent ? .selected : .screen
    if isCurrent {
      canvas.clear(Area(x: x, y: y, width: width, height: 1), Style(.text, on: .selected))
      canvas.put(.leftHalf, x: x - 1, y: y, Style(.title))
    }
    canvas.mark(.event(number), Area(x: x, y: y, width: width, height: 1))
    let text = scene.words(event)
    func style(_ role: Role, bold: Bool = false) -> Style {
      isAfter ? Style(.ghost, on: ground) : Style(role, on: ground, bold: bold)
    }
    var end = canvas.write(
      Numbers.seconds(event.time), x: x + 1, y: y, style(.dim), limit: (processor ?? machine ?? fiber) - 2)
    if let processor {
      let name = event.processor == Event.noProcessor ? "—" : "P\(event.processor)"
      end = canvas.write(name, x: x + processor, y: y, style(.text), limit: (machine ?? fiber) - processor - 1)
      if event.processor != Event.noProcessor {
        canvas.mark(.processor(Int(event.processor)), x: x + processor, y: y, to: end)
      }
    }
    if let machine {
      // A sample is of another than him who took it.
      let whose = event.kind == .kernelSample ? UInt16(truncatingIfNeeded: event.a) : event.machine
      end = canvas.write(scene.machineName(whose), x: x + machine, y: y, style(.dim), limit: fiber - machine - 1)
      canvas.mark(.machine(whose), x: x + machine, y: y, to: end)
    }
    let fiberName = event.fiber == Event.noFiber ? "—" : "G\(event.fiber)"
    end = canvas.write(fiberName, x: x + fiber, y: y, style(.text), limit: what - fiber - 1)
    if event.fiber != Event.noFiber { canvas.mark(.fiber(event.fiber), x: x + fiber, y: y, to: end) }
    end = canvas.write(text.what, x: x + what, y: y, style(text.role, bold: isCurrent), limit: width - what)
    guard !text.details.isEmpty else { return }
    let start = max(x + details, end + 2)
    canvas.write(text.details, x: start, y: y, style(.dim), limit: x + width - start)
  }
}
