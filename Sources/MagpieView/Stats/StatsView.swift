import MagpieModel

/// Totals and how they came about, the worst cases first.
///
/// All numbers are those of the moment that is shown; only the worst cases are those of all events that are kept, so that one can
/// go from one to the next.
struct StatsView: Sendable {
  /// By what the tables are sorted.
  enum Order: UInt8, Sendable, CaseIterable {
    /// Events of a kind so far; how long fibers have waited for an object.
    case total
    /// Events of a kind a second; how often fibers have waited for an object.
    case rate
    /// The kinds in their order; how many fibers wait for an object now.
    case kind
  }

  /// The event to which Enter jumps.
  private(set) var chosenEvent: Int?
  private(set) var order = Order.total
  private(set) var isReversed = false
  /// The events of the worst cases on the screen, as they were drawn last.
  private var listed: [Int] = []
  private var move = 0
  /// The pane that ← and → have gone to; nil while it is the selection that says where one is.
  var focus: Pane?
  /// The panes as they were drawn last, in reading order.
  private var panes: [Pane] = []

  /// What a key does here.
  mutating func perform(_ action: Action) {
    switch action {
    case .sort:
      order = Order(rawValue: order.rawValue + 1) ?? .total
      isReversed = false
    case .reverse: isReversed.toggle()
    case .left: go(-1)
    case .right: go(1)
    case .up: scroll(-1)
    case .down: scroll(1)
    case .pageUp: scroll(-5)
    case .pageDown: scroll(5)
    case .first: scroll(-listed.count)
    case .last: scroll(listed.count)
    default: break
    }
  }

  /// To another pane, in reading order.
  private mutating func go(_ step: Int) {
    guard let place = panes.firstIndex(of: focus ?? .worst) else { return }
    focus = panes[min(max(place + step, 0), panes.count - 1)]
  }

  /// Moves the cursor on the worst cases.
  mutating func scroll(_ rows: Int) { move = min(max(move + rows, -1000), 1000) }

  /// The cursor stays on its case while others come; where that is gone, it goes to the first.
  private mutating func place(_ events: [Int]) {
    listed = events
    let place = chosenEvent.flatMap { events.firstIndex(of: $0) } ?? 0
    chosenEvent = events.isEmpty ? nil : events[min(max(place + move, 0), events.count - 1)]
    move = 0
  }

  mutating func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene, _ zoomed: Pane? = nil) {
    let layout = StatsLayout(area, processors: scene.state.activeProcessorCount, scene.state.era, zoomed)
    panes = layout.order
    let worst = WorstPane(scene: scene, area: layout.areas[.worst])
    place(worst.events)
    let context = StatsContext(scene: scene, order: order, isReversed: isReversed)
    context.drawTotals(&canvas, layout.totals)
    worst.draw(&canvas, chosen: chosenEvent)
    if let area = layout.areas[.busy] { context.drawBusy(&canvas, area) }
    if let area = layout.areas[.waits] { context.drawWaits(&canvas, area) }
    if let area = layout.areas[.kinds] { context.drawKinds(&canvas, area) }
    if let area = layout.areas[.contention] { context.drawContention(&canvas, area) }
    if let area = layout.areas[.steals] { context.drawSteals(&canvas, area) }
    if let area = layout.areas[.lock] { context.drawLock(&canvas, area) }
    for pane in panes {
      guard let area = layout.areas[pane] else { continue }
      canvas.mark(pane, area)
      if pane == focus { StatsContext.mark(&canvas, area) }
    }
  }
}
