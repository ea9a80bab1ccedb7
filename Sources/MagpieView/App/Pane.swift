/// A part of a view that can have the whole body for itself.
enum Pane: Sendable, Hashable {
  // The Stage: the processors, what they share, and below them the telling.
  case processors, shared, story
  // The Timeline.
  case lanes, telling
  // Stats.
  case worst, busy, waits, kinds, contention, steals, lock
  /// What is selected, explained; it lies over every view.
  case explanation
}

extension Canvas {
  /// Where a pane is drawn.
  struct PanePlace: Sendable, Hashable {
    var pane: Pane
    var area: Area
  }

  /// Says that a pane is drawn in an area.
  mutating func mark(_ pane: Pane, _ area: Area) { panes.append(PanePlace(pane: pane, area: area)) }
}

extension App {
  /// Gives the pane in focus the whole body, or gives it back; a view of one pane has nothing to give.
  mutating func zoomPane() {
    if zoomed != nil {
      zoomed = nil
    } else if isExplained {
      zoomed = .explanation
    } else if let pane = focusedPane {
      zoomed = pane
    } else {
      notice = .zoomOnePane
    }
  }

  /// The pane in which the selection is, or the one that the view has in focus; nil where there is one pane only.
  private var focusedPane: Pane? {
    guard panes.count > 1 else { return nil }
    if view == .stats, let focus = stats.focus { return focus }
    let area = spots.first { $0.subject == selection }?.area
    let place = area.flatMap { area in panes.first { $0.area.contains(x: area.x, y: area.y) } }
    return (place ?? panes[0]).pane
  }
}
