import MagpieModel
import MagpieTrace

extension Timeline {
  /// Events around the moment among which the fibers to show are looked for.
  private static let reach = 4000

  /// Chooses the fibers that get a lane: the one that is selected, those that had to do with it, then those that acted
  /// nearest the moment. The choice stays while the moment stays with it.
  mutating func chooseFibers(_ scene: Scene, rows: Int, selection: Subject?) {
    let rows = min(rows, FiberLanes.maximumCount)
    var selected: UInt32?
    if case .fiber(let fiber) = selection { selected = fiber }
    let current = scene.history.event(at: scene.shown)?.fiber ?? Event.noFiber
    let isGood =
      (selected.map { fibers.contains($0) } ?? true) && (current == Event.noFiber || fibers.contains(current))
    if isGood, !fibers.isEmpty, fibers.count >= min(rows, scene.state.liveFiberCount) || fibers.count == rows { return }
    var chosen: [UInt32] = []
    var known: Set<UInt32> = [Event.noFiber]
    func add(_ fiber: UInt32) {
      if chosen.count < rows, known.insert(fiber).inserted { chosen.append(fiber) }
    }
    if let selected {
      add(selected)
      visit(scene) { event in
        guard event.fiber == selected || Timeline.concerns(event, .fiber(selected)) else { return }
        add(event.fiber)
        if event.kind == .fiberReady || event.kind == .fiberCreate { add(event.a) }
      }
    }
    add(current)
    visit(scene) { add($0.fiber) }
    if chosen.count < rows {
      for fiber in scene.state.liveFibers {
        add(fiber.id)
        if chosen.count >= rows { break }
      }
    }
    fibers = chosen.sorted()
  }

  /// Goes through the events around the moment, the nearest first.
  private func visit(_ scene: Scene, _ body: (Event) -> Void) {
    for distance in 0..<Timeline.reach {
      if let event = scene.history.event(at: scene.shown - distance) { body(event) }
      if distance > 0, let event = scene.history.event(at: scene.shown + distance) { body(event) }
    }
  }
}
