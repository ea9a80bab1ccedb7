/// A line of heavy strokes through corners, along which something travels.
struct Trail {
  struct Point: Hashable {
    var x: Int
    var y: Int
  }

  /// Every cell from the start to the end, each once, in order.
  private(set) var cells: [Point] = []
  private let corners: [Point]

  /// Corners must differ from their neighbours in one coordinate only; the cells between are filled in.
  init(_ corners: [Point]) {
    self.corners = corners
    for (from, to) in zip(corners, corners.dropFirst()) {
      var point = from
      let stepX = (to.x - from.x).signum()
      let stepY = (to.y - from.y).signum()
      while point != to {
        if cells.last != point { cells.append(point) }
        point.x += stepX
        // A slanted line would never end; a trail goes along one axis at a time.
        if stepX == 0 { point.y += stepY } else if point.x == to.x, point.y != to.y { point.y = to.y }
      }
    }
    if let last = corners.last { cells.append(last) }
  }

  /// The longest level stretch: its leftmost cell and its length, and whether the way goes to the right.
  var longestLevel: (x: Int, y: Int, length: Int, goesRight: Bool) {
    var best = (x: corners.first?.x ?? 0, y: corners.first?.y ?? 0, length: 0, goesRight: true)
    for (from, to) in zip(corners, corners.dropFirst()) where from.y == to.y {
      let length = abs(to.x - from.x) - 1
      if length > best.length { best = (min(from.x, to.x) + 1, from.y, length, to.x > from.x) }
    }
    return best
  }

  /// Draws the part of the way that has been gone; at its end, when all of it has, an arrow.
  ///
  /// - Parameters:
  ///   - origin: the cell that it comes out of, if its first cell is to be a corner towards it.
  ///   - arrow: the arrow's direction, if it is not that of the last stretch.
  func draw(
    _ canvas: inout Canvas, progress: Double, _ style: Style, origin: Point? = nil, arrow: Glyph? = nil
  ) {
    guard cells.count > 1 else { return }
    let head = progress >= 1 ? cells.count - 1 : Int(Double(cells.count - 1) * max(progress, 0))
    for index in 0...head {
      let cell = cells[index]
      let before = index > 0 ? cells[index - 1] : origin
      let after = index + 1 < cells.count ? cells[index + 1] : nil
      let glyph: Glyph =
        after == nil ? arrow ?? Trail.arrow(from: before ?? cell, to: cell) : Trail.stroke(before, cell, after)
      canvas.put(glyph, x: cell.x, y: cell.y, style)
    }
  }

  private static func arrow(from: Point, to: Point) -> Glyph {
    if to.y < from.y { return .up }
    if to.y > from.y { return .down }
    return to.x < from.x ? .left : .right
  }

  private static func stroke(_ before: Point?, _ cell: Point, _ after: Point?) -> Glyph {
    let sides = [before, after].compactMap { $0 }
    let left = sides.contains { $0.x < cell.x }
    let right = sides.contains { $0.x > cell.x }
    let up = sides.contains { $0.y < cell.y }
    let down = sides.contains { $0.y > cell.y }
    switch (left, right, up, down) {
    case (true, _, true, _): return .heavyBottomRight
    case (true, _, _, true): return .heavyTopRight
    case (_, true, true, _): return .heavyBottomLeft
    case (_, true, _, true): return .heavyTopLeft
    case (_, _, true, _), (_, _, _, true): return .heavyVertical
    default: return .heavyHorizontal
    }
  }
}
