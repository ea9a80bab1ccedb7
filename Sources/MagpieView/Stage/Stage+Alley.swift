import MagpieModel

extension Stage {
  /// Everything that travels between cards, each in a lane of its own.
  func drawFlights(_ canvas: inout Canvas, _ layout: CardLayout, _ motion: inout Motion) {
    let shared = SharedAreas(layout.shared)
    var used: [Lane: [ClosedRange<Int>]] = [:]
    var undrawn = 0
    let order = motion.flights.indices.sorted {
      (motion.flights[$0].weight, $1) > (motion.flights[$1].weight, $0)
    }
    for index in order {
      let flight = motion.flights[index]
      // What comes from above, where nothing is above, is not seen.
      if layout.upperLanes == 0, alley(of: flight, layout) == -1 { continue }
      let label = say(flight.label)
      let preferred = flight.lane.map { [$0] } ?? []
      let isUpper = alley(of: flight, layout) == -1
      let lanes = isUpper ? layout.upperLanes : layout.lanes
      var isDrawn = false
      for lane in preferred + Array(0..<lanes) where lane < lanes {
        guard let trail = trail(flight, lane: lane, layout, shared) else { break }
        guard let start = Stage.start(of: label, beside: trail, width: canvas.width) else { break }
        let spans = Stage.spans(of: trail, label: start..<(start + Canvas.width(of: label)))
        let collides = spans.contains { span in
          used[Lane(y: span.y), default: []].contains { $0.overlaps(span.columns) }
        }
        if collides { continue }
        for span in spans { used[Lane(y: span.y), default: []].append(span.columns) }
        draw(flight, along: trail, label: label, at: start, &canvas, motion)
        motion.setLane(lane, of: index)
        isDrawn = true
        break
      }
      if !isDrawn, flight.what != .wake { undrawn += 1 }
    }
    if undrawn > 0 {
      let text = say(.more(undrawn))
      canvas.writeRight(
        text, right: canvas.width - 1, y: layout.lane(layout.lanes - 1, below: layout.rows - 1), Style(.dim))
    }
  }

  private struct Lane: Hashable { let y: Int }

  /// The alley that a flight uses: -1 above the cards, else below that row of cards.
  private func alley(of flight: Flight, _ layout: CardLayout) -> Int {
    switch (flight.from, flight.to) {
    case (.processor(let from), .processor): layout.row(of: from)
    case (.machines, _): layout.rows - 1
    default: -1
    }
  }

  private func trail(_ flight: Flight, lane: Int, _ layout: CardLayout, _ shared: SharedAreas) -> Trail? {
    typealias Point = Trail.Point
    let offset = 2 + lane * 2
    switch (flight.from, flight.to) {
    case (.processor(let from), .processor(let to)):
      guard from < state.activeProcessorCount, to < state.processorCount else { return nil }
      let rowFrom = layout.row(of: from)
      let rowTo = layout.row(of: to)
      let y = layout.lane(lane, below: rowFrom)
      let start = Point(x: layout.card(from).middle - offset, y: layout.stub(rowFrom))
      let end = Point(x: layout.card(to).middle + offset, y: layout.stub(rowTo))
      if rowFrom == rowTo { return Trail([start, Point(x: start.x, y: y), Point(x: end.x, y: y), end]) }
      let passage = layout.passage(besides: to)
      let target = layout.lane(lane, below: rowTo)
      return Trail([
        start, Point(x: start.x, y: y), Point(x: passage, y: y), Point(x: passage, y: target),
        Point(x: end.x, y: target), end,
      ])
    case (.machines, .processor(let id)):
      guard id < state.activeProcessorCount else { return nil }
      let row = layout.row(of: id)
      let end = Point(x: layout.card(id).middle + offset, y: layout.stub(row))
      let last = layout.lane(lane, below: layout.rows - 1)
      let start = Point(x: layout.card(0).x + 4, y: last)
      if row == layout.rows - 1 { return Trail([start, Point(x: end.x, y: last), end]) }
      let passage = layout.passage(besides: id)
      let y = layout.lane(lane, below: row)
      return Trail([start, Point(x: passage, y: last), Point(x: passage, y: y), Point(x: end.x, y: y), end])
    case (.processor(let id), let place), (let place, .processor(let id)):
      guard id < state.activeProcessorCount, let box = area(of: place, shared) else { return nil }
      let y = layout.upperLane(lane)
      let row = layout.row(of: id)
      let x = layout.card(id).middle + (flight.to == .processor(id) ? 1 : -1) * offset
      var way = [Point(x: box.middle + (flight.to == .processor(id) ? 1 : -1) * offset, y: y)]
      if row == 0 {
        way += [Point(x: x, y: y), Point(x: x, y: layout.card(id).y - 1)]
      } else {
        let passage = layout.passage(besides: id)
        let above = layout.lane(layout.lanes - 1, below: row - 1)
        way += [Point(x: passage, y: y), Point(x: passage, y: above), Point(x: x, y: above)]
      }
      // A way of two points only would have no corner to show where it comes from.
      if way.count > 1, way[0].x == way[1].x { way[0].x += 1 }
      return Trail(flight.to == .processor(id) ? way : way.reversed())
    default:
      return nil
    }
  }

  private func area(of place: Flight.Place, _ shared: SharedAreas) -> Area? {
    switch place {
    case .global: shared.global
    case .timers: shared.timers
    case .blocking: shared.blocking
    case .processor, .machines: nil
    }
  }

  /// Where a label begins: on the way where that is long enough, else after its end, else before it; nil where it does
  /// not fit.
  private static func start(of label: String, beside trail: Trail, width: Int) -> Int? {
    let level = trail.longestLevel
    let length = Canvas.width(of: label)
    if length + 4 <= level.length { return level.x + (level.length - length) / 2 }
    let right = level.x + level.length + 2
    if right + length < width { return right }
    let left = level.x - 2 - length
    return left > 0 ? left : nil
  }

  /// The columns that a trail and its label take on the lines where others might lie too.
  private static func spans(of trail: Trail, label: Range<Int>) -> [(y: Int, columns: ClosedRange<Int>)] {
    var rows: [Int: ClosedRange<Int>] = [:]
    for cell in trail.cells {
      if let range = rows[cell.y] {
        rows[cell.y] = min(range.lowerBound, cell.x)...max(range.upperBound, cell.x)
      } else {
        rows[cell.y] = cell.x...cell.x
      }
    }
    let y = trail.longestLevel.y
    if let range = rows[y] {
      rows[y] = min(range.lowerBound, label.lowerBound - 1)...max(range.upperBound, label.upperBound)
    }
    return rows.map { ($0.key, $0.value) }
  }

  private func draw(
    _ flight: Flight, along trail: Trail, label: String, at start: Int, _ canvas: inout Canvas, _ motion: Motion
  ) {
    let progress = motion.progress(flight)
    let fade = motion.fade(flight)
    let style = Style(flight.role, fade: fade)
    let goesUp = if case .processor = flight.to { false } else { true }
    let isFromBox = if case .processor = flight.from { false } else { true }
    // Out of a box above, or from the machines' line below.
    let side = flight.from == .machines ? 1 : -1
    let origin = isFromBox ? trail.cells.first.map { Trail.Point(x: $0.x, y: $0.y + side) } : nil
    trail.draw(&canvas, progress: progress, style, origin: origin, arrow: goesUp ? .up : nil)
    let level = trail.longestLevel
    let labelWidth = Canvas.width(of: label)
    let chips = flight.fibers.prefix(6).map { String($0) }
    let chipsWidth = chips.reduce(0) { $0 + Canvas.width(of: $1) + 3 }
    let isResting = motion.isResting(flight)
    let showsChips = chipsWidth > 0 && (progress < 1 || isResting) && flight.times == 1
    let fits = labelWidth + 4 <= level.length
    let fitsBoth = labelWidth + 2 + chipsWidth + 4 <= level.length
    // While fibers travel they pass in front of the label, which is whole or not there.
    var passing: Range<Int>?
    if showsChips, progress < 1, chipsWidth + 2 <= level.length {
      let way = Double(level.length - chipsWidth)
      let x = level.x + Int(level.goesRight ? progress * way : (1 - progress) * way)
      drawChips(chips, x: x, y: level.y, flight, &canvas)
      passing = (x - 1)..<(x + chipsWidth + 1)
    }
    if fits {
      let width = labelWidth + 2 + (fitsBoth && isResting ? chipsWidth : 0)
      var x = level.x + (level.length - width) / 2
      if fitsBoth && isResting {
        if progress >= 1 { drawChips(chips, x: x, y: level.y, flight, &canvas) }
        x += chipsWidth
      }
      if passing?.overlaps(x..<(x + labelWidth + 2)) ?? false { return }
      canvas.write(" \(label) ", x: x, y: level.y, style.bold)
    } else {
      canvas.write(label, x: start, y: level.y, style.bold)
    }
  }

  private func drawChips(_ chips: [String], x: Int, y: Int, _ flight: Flight, _ canvas: inout Canvas) {
    let style =
      flight.role == .steal ? Style(.inverse, on: .steal, bold: true) : Style(flight.role, on: .chip, bold: true)
    var column = x
    for chip in chips {
      column = canvas.chip(chip, x: column, y: y, style) + 1
      canvas.put(.heavyHorizontal, x: column - 1, y: y, Style(flight.role))
    }
  }
}
