import MagpieModel

extension App {
  /// What moves, in the view that is shown: time, a row, or the selection.
  mutating func move(_ action: Action) {
    switch view {
    case .stage: moveSelection(action)
    case .timeline: timeline.perform(action)
    case .fibers: fiberTable.perform(action)
    case .stats:
      guard let zoomed, zoomed != .explanation else { return stats.perform(action) }
      stats.focus = zoomed
      stats.perform(action)
      self.zoomed = stats.focus
    // Its keys move the clock of both.
    case .compare: break
    case .events:
      switch action {
      case .up, .left: look(at: shown - 1)
      case .down, .right: look(at: shown + 1)
      case .pageUp: look(at: shown - max(pageLength - 1, 1))
      case .pageDown: look(at: shown + max(pageLength - 1, 1))
      case .first: look(at: observation.first)
      default: position = nil
      }
    }
  }

  /// To the nearest thing in a direction; sideways counts double, so that a line is followed.
  private mutating func moveSelection(_ action: Action) {
    switch action {
    case .pageUp: return look(at: shown - 100)
    case .pageDown: return look(at: shown + 100)
    case .first: return look(at: observation.first)
    case .last: return position = nil
    default: break
    }
    guard let from = spots.last(where: { $0.subject == selection })?.area else { return focusNext() }
    var best: (distance: Int, subject: Subject)?
    for spot in spots where spot.subject != selection {
      let right = spot.area.x - from.x
      let down = spot.area.y - from.y
      let (along, across) =
        switch action {
        case .left: (-right, down)
        case .right: (right, down)
        case .up: (-down, right / 2)
        default: (down, right / 2)
        }
      guard along > 0 else { continue }
      let distance = along + 4 * abs(across)
      if distance < best?.distance ?? .max { best = (distance, spot.subject) }
    }
    if let best { selection = best.subject }
  }

  /// To the next thing in reading order, and round.
  mutating func focusNext() {
    stats.focus = nil
    let ordered = spots.sorted { ($0.area.y, $0.area.x) < ($1.area.y, $1.area.x) }
    guard !ordered.isEmpty else { return }
    guard let place = ordered.firstIndex(where: { $0.subject == selection }) else {
      selection = ordered[0].subject
      return
    }
    for offset in 1..<max(ordered.count, 2) {
      let next = ordered[(place + offset) % ordered.count].subject
      // What is drawn in several places is come to once, at the first.
      let number = (place + offset) % ordered.count
      guard ordered.firstIndex(where: { $0.subject == next }) == number else { continue }
      selection = next
      return
    }
  }

  /// Opens what is selected, or what the view tells about; closes it again.
  mutating func explain() {
    if view == .fibers, fiberTable.open() { return }
    if view == .stats, let event = stats.chosenEvent { return look(at: event) }
    if isExplained { return isExplained = false }
    if selection == nil || view == .events {
      let told = view == .stage ? teller.number : view == .compare ? comparison?.told : nil
      selection = .event(told ?? shown)
    }
    isExplained = true
  }
}
