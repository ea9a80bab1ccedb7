/// Where the parts of the Timeline are, by the room that there is.
struct TimelineLayout {
  let area: Area
  /// The lanes, their names at the left and their sums at the right not included.
  let plot: Area
  /// How many lanes fit, and how many lines each has: the bar, below it what happened, and a gap.
  let rows: Int
  let laneHeight: Int
  let heading: Int
  /// The line of times, and of ticks if there is room for it.
  let ruler: Int
  let ticks: Int?
  /// The lines that tell about the moment.
  let telling: Area
  let legend: Int?
  let minimap: Area
  let labelWidth: Int
  let hasShares: Bool
  /// Whether the telling has the whole area but its first line.
  let onlyTells: Bool

  /// - Parameters:
  ///   - lanes: how many there are; nil: as many as there is room for.
  ///   - zoomed: the pane that has the whole area, if one has.
  init(_ area: Area, kind: LaneKind, lanes: Int?, _ zoomed: Pane? = nil) {
    onlyTells = zoomed == .telling
    let tells = zoomed != .lanes
    self.area = area
    let isLow = area.height < 16
    hasShares = area.width >= 70 && kind != .fibers
    labelWidth = kind == .fibers && area.width >= 70 ? (area.width >= 110 ? 20 : 14) : 8
    let left = area.x + labelWidth
    let width = max(area.width - labelWidth - (hasShares ? 9 : 1), 1)
    heading = area.y
    ruler = area.y + 1
    ticks = isLow ? nil : area.y + 2
    let top = area.y + (isLow ? 2 : 3)
    // From below: the minimap, a line, what is told of the moment, a line, the legend.
    let map = isLow ? 1 : 2
    minimap = Area(x: left, y: area.bottom - map, width: width, height: map)
    let most = minimap.y - top - (isLow ? (tells ? 1 : 0) : tells ? 5 : 2)
    let wanted = lanes ?? (most >= 24 ? most / 2 : most)
    laneHeight = wanted * 3 <= most + 1 ? 3 : wanted * 2 <= most ? 2 : 1
    // The gap after the last lane is not needed.
    let gap = laneHeight == 3 ? 1 : 0
    rows = max(min((most + gap) / laneHeight, wanted), 1)
    // What the lanes leave goes to the telling, if it is enough for a log.
    let height = max(rows * laneHeight - gap, 1)
    let spare = max(most - height, 0)
    plot = Area(x: left, y: top, width: width, height: isLow || spare < 3 || !tells ? max(most, 1) : height + 1)
    legend = isLow ? nil : plot.bottom
    let first = onlyTells ? area.y + 1 : !tells ? minimap.y : isLow ? minimap.y - 1 : plot.bottom + 2
    let last = onlyTells ? area.bottom : minimap.y - (isLow ? 0 : 1)
    telling = Area(x: area.x + 1, y: first, width: area.width - 2, height: last - first)
  }

  /// The first line of a row.
  func y(of row: Int) -> Int { plot.y + row * laneHeight }
}
