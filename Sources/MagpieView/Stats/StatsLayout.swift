import MagpieTrace

/// Where the parts of the Stats view are: in columns, the most important parts first.
struct StatsLayout {
  let totals: Area
  private(set) var areas: [Pane: Area] = [:]
  /// The panes in reading order: those that there is room for, or all while one has the whole area.
  let order: [Pane]

  /// - Parameter zoomed: the pane that has the whole area, if one has.
  init(_ area: Area, processors: Int, _ era: Era = .mpn, _ zoomed: Pane? = nil) {
    let isWide = area.width >= 110
    totals = Area(x: area.x + 2, y: area.y, width: area.width - 4, height: isWide ? 1 : 2)
    let whole: [[Pane]] =
      switch area.width {
      case ..<64: [[.worst, .busy, .waits, .kinds, .contention]]
      case ..<110: [[.worst, .waits, .contention], [.busy, .kinds, .steals]]
      case ..<170: [[.worst, .contention], [.waits, .busy], [.kinds, .steals]]
      default: [[.worst], [.waits, .contention], [.busy, .steals], [.kinds]]
      }
    let columns = whole.map { $0.compactMap { StatsLayout.pane($0, era) } }.filter { !$0.isEmpty }
    let gap = 3
    let top = totals.bottom + 1
    let inside = Area(x: area.x + 2, y: top, width: area.width - 4, height: area.bottom - top)
    let last = StatsLayout.pane(.steals, era).map { [$0] } ?? []
    let all = columns.joined() + last.filter { !columns.joined().contains($0) }
    if let zoomed, all.contains(zoomed) {
      areas = [zoomed: inside]
      order = Array(all)
      return
    }
    let width = (inside.width - gap * (columns.count - 1)) / columns.count
    var areas: [Pane: Area] = [:]
    for (number, panes) in columns.enumerated() {
      let x = inside.x + number * (width + gap)
      // The last column takes what the division leaves.
      let isLast = number == columns.count - 1
      let column = Area(x: x, y: top, width: isLast ? inside.right - x : width, height: inside.height)
      areas.merge(StatsLayout.place(panes, column, processors)) { $1 }
    }
    self.areas = areas
    order = all.filter { areas[$0] != nil }
  }

  /// What stands in a part's place under an era; nil where there is nothing of the kind.
  private static func pane(_ pane: Pane, _ era: Era) -> Pane? {
    switch pane {
    case .steals: era == .mpn || era == .distributed ? pane : era == .global ? .lock : nil
    case .busy, .waits: era.hasFibers ? pane : nil
    default: pane
    }
  }

  /// Lines that a part needs at least, and those that it can use.
  private static func lines(_ pane: Pane, _ processors: Int) -> (least: Int, most: Int) {
    switch pane {
    case .worst: (7, 52)
    case .busy: (min(processors, 4) + 1, processors + 1)
    case .waits: (6, 24)
    case .kinds: (5, 60)
    case .contention: (5, 18)
    case .lock: (6, 14)
    case .steals: (6, min(processors, 8) + 3)
    case .processors, .shared, .story, .lanes, .telling, .explanation: (1, 1)
    }
  }

  private static func place(_ panes: [Pane], _ column: Area, _ processors: Int) -> [Pane: Area] {
    var heights: [Int] = []
    var left = column.height
    for pane in panes {
      let gap = heights.isEmpty ? 0 : 1
      let least = StatsLayout.lines(pane, processors).least
      guard left >= least + gap || heights.isEmpty else { break }
      heights.append(min(least, left))
      left -= min(least, left) + gap
    }
    // What is left goes to all alike, as far as they can use it, and then to the first.
    while left > 0 {
      var isGiven = false
      for (index, height) in heights.enumerated()
      where left > 0 && height < StatsLayout.lines(panes[index], processors).most {
        heights[index] += 1
        left -= 1
        isGiven = true
      }
      if !isGiven { break }
    }
    var areas: [Pane: Area] = [:]
    var y = column.y
    for (pane, height) in zip(panes, heights) {
      areas[pane] = Area(x: column.x, y: y, width: column.width, height: height)
      y += height + 1
    }
    return areas
  }
}
