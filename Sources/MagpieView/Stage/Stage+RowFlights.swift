import MagpieModel

extension Stage {
  /// An arc beside the rows, and the lines that it spans.
  private struct Arc {
    let flight: Flight
    let start: Int
    let end: Int
    var lane = 0
    var lines: ClosedRange<Int> { min(start, end)...max(start, end) }
  }

  /// At most so many arcs: more would only be a tangle.
  private static let arcLimit = 2

  /// What travels, in the columns at the right of the rows; where rows stand side by side, told at the row that gets it.
  func drawFlights(_ canvas: inout Canvas, _ layout: RowLayout, _ motion: Motion) {
    guard layout.gutter > 0 else { return }
    guard let left = layout.gutterStart else {
      drawSteals(&canvas, layout, motion)
      return
    }
    let (arcs, rest) = arcs(layout, motion)
    for arc in arcs {
      let x = left + 2 + arc.lane * 2
      let trail = Trail([
        .init(x: left, y: arc.start), .init(x: x, y: arc.start), .init(x: x, y: arc.end), .init(x: left, y: arc.end),
      ])
      trail.draw(&canvas, progress: motion.progress(arc.flight), Style(arc.flight.role, fade: motion.fade(arc.flight)))
    }
    // Words stand to the right of all lanes, each on a line of its own; those that do not fit are left out.
    let lanes = (arcs.map(\.lane).max() ?? -1) + 1
    let x = left + 2 + lanes * 2
    let room = layout.area.right - 1 - x
    var taken: Set<Int> = []
    for arc in arcs {
      let texts = [say(arc.flight.label), say(arc.flight.shortLabel)]
      let middle = (arc.start + arc.end) / 2
      let lines = arc.lines.sorted { abs($0 - middle) < abs($1 - middle) }
      guard let text = texts.first(where: { Canvas.width(of: $0) <= room }),
        let line = lines.first(where: { !taken.contains($0) })
      else { continue }
      taken.insert(line)
      canvas.write(text, x: x, y: line, Style(arc.flight.role, bold: true, fade: motion.fade(arc.flight)))
    }
    let count = rest.filter { $0.what != .wake }.count
    let text = say(.flightsMore(count))
    if count > 0, !taken.contains(layout.heading), Canvas.width(of: text) <= room {
      taken.insert(layout.heading)
      canvas.writeRight(text, right: layout.area.right - 1, y: layout.heading, Style(.dim))
    }
    drawWakes(&canvas, layout, motion, left: left, arcs: arcs, taken: taken)
  }

  /// Wake-ups are the most common and the least telling: they get the lines that are left.
  private func drawWakes(
    _ canvas: inout Canvas, _ layout: RowLayout, _ motion: Motion, left: Int, arcs: [Arc], taken: Set<Int>
  ) {
    var taken = taken
    for flight in motion.flights where flight.what == .wake {
      guard case .processor(let id) = flight.to, id < layout.shown else { continue }
      let y = layout.row(id).y
      let text = say(flight.label)
      guard !arcs.contains(where: { $0.lines.contains(y) }),
        left + 2 + Canvas.width(of: text) < layout.area.right, taken.insert(y).inserted
      else { continue }
      let style = Style(flight.role, fade: motion.fade(flight))
      canvas.put(.left, x: left, y: y, style)
      canvas.write(text, x: left + 2, y: y, style)
    }
  }

  /// The most telling flights, in lanes in which they do not cross; and the others.
  private func arcs(_ layout: RowLayout, _ motion: Motion) -> (arcs: [Arc], rest: [Flight]) {
    var arcs: [Arc] = []
    var rest: [Flight] = []
    let order = motion.flights.sorted { ($0.weight, $0.born, $0.event) > ($1.weight, $1.born, $1.event) }
    for flight in order {
      guard flight.what != .wake, arcs.count < Stage.arcLimit, var arc = arc(flight, layout) else {
        rest.append(flight)
        continue
      }
      if let index = arcs.firstIndex(where: { $0.lines.overlaps(arc.lines) }) {
        let other = arcs[index]
        // The inner one lies nearer to the rows, and its ends are not those of the outer one.
        if arc.lines.lowerBound < other.lines.lowerBound, arc.lines.upperBound > other.lines.upperBound {
          arc.lane = 1
        } else if other.lines.lowerBound < arc.lines.lowerBound, other.lines.upperBound > arc.lines.upperBound {
          arcs[index].lane = 1
        } else {
          rest.append(flight)
          continue
        }
      }
      arcs.append(arc)
    }
    return (arcs, rest)
  }

  private func arc(_ flight: Flight, _ layout: RowLayout) -> Arc? {
    guard let start = line(of: flight.from, layout), let end = line(of: flight.to, layout), start != end else {
      return nil
    }
    return Arc(flight: flight, start: start, end: end)
  }

  private func line(of place: Flight.Place, _ layout: RowLayout) -> Int? {
    switch place {
    case .processor(let id): id < layout.shown ? layout.row(id).y : nil
    case .global where layout.sharedLines > 0: layout.shared(0)
    case .timers where layout.sharedLines > 0, .blocking where layout.sharedLines > 0:
      layout.shared(layout.sharedLines - 1)
    case .global, .timers, .blocking, .machines: nil
    }
  }

  /// Where rows stand side by side: who got how many from whom.
  private func drawSteals(_ canvas: inout Canvas, _ layout: RowLayout, _ motion: Motion) {
    var told: Set<Int> = []
    for flight in motion.flights where flight.role == .steal {
      guard case .processor(let victim) = flight.from, case .processor(let id) = flight.to, id < layout.shown,
        told.insert(id).inserted
      else { continue }
      let row = layout.row(id)
      let left = row.x + layout.columnsOfRow.end + 1
      let style = Style(flight.role, fade: motion.fade(flight))
      canvas.put(.left, x: left, y: row.y, style)
      canvas.write("\(flight.count) ← P\(victim)", x: left + 2, y: row.y, style, limit: layout.gutter - 2)
    }
  }
}
