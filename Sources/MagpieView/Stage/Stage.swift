import MagpieModel
import MagpieTrace

/// The Stage: every processor with its machine, its running fiber and its queue; the queues that all share; what travels
/// between them; and in words what happened last, and why.
///
/// Few processors are cards, with alleys between them in which fibers travel; many are rows.
struct Stage {
  let scene: Scene
  var say: Language { scene.say }
  var state: SchedulerState { scene.state }

  /// - Parameter zoomed: the pane that has the whole area, if one has.
  func draw(_ canvas: inout Canvas, _ area: Area, _ zoomed: Pane?, motion: inout Motion, told: Int?) {
    if state.era != .mpn { return drawEra(&canvas, area, zoomed, motion, told: told) }
    switch zoomed {
    case .shared: return drawShared(&canvas, SharedAreas(area))
    case .story: return drawBelow(&canvas, area, told, isAlone: true)
    default: break
    }
    let isAlone = zoomed == .processors
    let below: Int
    if let cards = CardLayout(area: area, processors: state.activeProcessorCount, isAlone: isAlone) {
      if !isAlone { drawShared(&canvas, SharedAreas(cards.shared)) }
      for id in 0..<state.activeProcessorCount { drawCard(id, &canvas, cards.card(id), motion) }
      drawFlights(&canvas, cards, &motion)
      markPanes(&canvas, area, shared: cards.shared.bottom, below: cards.below)
      below = cards.below
    } else {
      let rows = RowLayout(area: area, processors: state.activeProcessorCount, isAlone: isAlone)
      if !isAlone { drawShared(&canvas, rows) }
      drawRows(&canvas, rows, motion)
      drawFlights(&canvas, rows, motion)
      markPanes(&canvas, area, shared: rows.heading, below: rows.below)
      below = rows.below
    }
    if isAlone { return }
    drawBelow(&canvas, Area(x: area.x, y: below, width: area.width, height: area.bottom - below), told)
  }

  private func markPanes(_ canvas: inout Canvas, _ area: Area, shared: Int, below: Int) {
    canvas.mark(.processors, Area(x: area.x, y: shared, width: area.width, height: below - shared))
    canvas.mark(.shared, Area(x: area.x, y: area.y, width: area.width, height: shared - area.y))
    canvas.mark(.story, Area(x: area.x, y: below, width: area.width, height: area.bottom - below))
  }

  // MARK: what cards and rows share

  /// How a fiber that can run is drawn; one that was just stolen stands out.
  func chipStyle(_ fiber: UInt32, on processor: Int, _ motion: Motion) -> Style {
    if !state.isExact { return Style(.ghost, on: .chip) }
    return motion.isFresh(fiber, on: processor) ? Style(.inverse, on: .steal, bold: true) : Style(.runnable, on: .chip)
  }

  /// A queue's first fibers by number, in order, in the width of one line; what does not fit is counted.
  /// - Returns: how many were drawn.
  @discardableResult
  func drawChips(
    _ canvas: inout Canvas, x: Int, y: Int, width: Int, count: Int, skipping: Int = 0, isLastLine: Bool = true,
    fiber: (Int) -> UInt32?, style: (UInt32) -> Style
  ) -> Int {
    var column = x
    var drawn = 0
    while skipping + drawn < count {
      let text = fiber(skipping + drawn).map { String($0) } ?? say(.unknown)
      let rest = count - skipping - drawn
      let length = Canvas.width(of: text) + 2
      // Room for the count of those left out must remain.
      let reserve = isLastLine && rest > 1 ? Canvas.width(of: say(.more(rest))) + 1 : 0
      guard column + length + reserve <= x + width else {
        if isLastLine { canvas.write(say(.more(rest)), x: column, y: y, Style(.dim), limit: x + width - column) }
        return drawn
      }
      if let fiber = fiber(skipping + drawn) {
        canvas.chip(fiber: fiber, x: column, y: y, style(fiber))
      } else {
        canvas.chip(text, x: column, y: y, Style(.ghost, on: .chip))
      }
      column += length + 1
      drawn += 1
    }
    return drawn
  }

  /// A queue's length on a scale on which both 3 and 200 can be seen: each doubling is a step of the same length.
  static func scale(_ count: Int) -> Double {
    guard count > 0 else { return 0 }
    let value = UInt(min(count, SchedulerState.queueCapacity) + 1)
    let exponent = UInt.bitWidth - 1 - value.leadingZeroBitCount
    let fraction = Double(value) / Double(UInt(1) << UInt(exponent)) - 1
    return (Double(exponent) + fraction) / 8
  }

  /// What a processor without a running fiber does, in words.
  func activity(of processor: ProcessorState) -> (phrase: Phrase, role: Role) {
    switch processor.status {
    case .idle: return (.idleProcessor, .ghost)
    case .retired: return (.retiredProcessor, .ghost)
    case .blocked: return (.blockedHolder, .blocked)
    case .given: return (.givenTo, .dim)
    case .inHands: return (.onItsWay, .dim)
    case .held:
      guard let id = processor.machine, let machine = state.machine(Int(id)) else { return (.betweenOperations, .dim) }
      if machine.activity == .spinning { return (.spins, .steal) }
      if machine.handsCount > 0 { return (.inHands(machine.handsCount), .runnable) }
      return (.looksForWork, .dim)
    }
  }

  func busy(_ processor: ProcessorState) -> Int {
    guard state.time > 0 else { return 0 }
    return Int(min(Double(processor.busyNanoseconds) * 100 / Double(state.time), 100))
  }

  /// A word about a processor's machine: why it stands, or what it has just done.
  func note(_ processor: ProcessorState, _ motion: Motion) -> (text: String, style: Style)? {
    if let machine = processor.machine, let note = scene.facts.notes[machine], scene.facts.status != .running {
      return (say(.note(note)), Style(note == .computing ? .running : .dim))
    }
    guard let note = motion.notes[processor.id] else { return nil }
    let role = EventText.role(of: note.event)
    return (say(.lately(note.event)), Style(note.event.kind == .machineSpinEnd ? .steal : role))
  }
}
