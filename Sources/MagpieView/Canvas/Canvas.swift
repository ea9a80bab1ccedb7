/// A rectangle of cells; empty when a side is not positive.
public struct Area: Sendable, Hashable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(width, 0)
    self.height = max(height, 0)
  }

  public var right: Int { x + width }
  public var bottom: Int { y + height }
  public var middle: Int { x + width / 2 }
  public func contains(x: Int, y: Int) -> Bool { self.x <= x && x < right && self.y <= y && y < bottom }
  /// What lies inside a frame drawn on the edge.
  public var inside: Area { Area(x: x + 1, y: y + 1, width: width - 2, height: height - 2) }
}

/// A picture made of cells: what a view draws, a terminal shows and a test compares.
///
/// Everything that is drawn outside is clipped; nothing that could steer a terminal gets in: whatever is not a printable
/// character becomes a visible replacement.
public struct Canvas: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// Line by line, `width` cells a line.
  public private(set) var cells: [Cell]
  /// Whether glyphs are drawn by their ASCII twins, and everything outside ASCII by its replacement.
  public let isASCII: Bool
  /// Where things are that can be selected.
  public internal(set) var spots: [Spot] = []
  /// Where the panes of a view are, if it has several.
  var panes: [PanePlace] = []

  public init(width: Int, height: Int, isASCII: Bool = false) {
    self.width = max(width, 0)
    self.height = max(height, 0)
    self.isASCII = isASCII
    cells = Array(repeating: Cell(), count: self.width * self.height)
  }

  public var area: Area { Area(x: 0, y: 0, width: width, height: height) }

  public subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, x < width, y >= 0, y < height else { return Cell() }
    return cells[y * width + x]
  }

  /// Puts one scalar that is known to be drawable and narrow.
  @inline(__always)
  mutating func put(_ scalar: UInt32, x: Int, y: Int, _ style: Style) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let index = y * width + x
    split(index, x: x)
    cells[index] = Cell(scalar, style)
  }

  /// Puts a wide scalar on two cells.
  mutating func putWide(_ scalar: UInt32, x: Int, y: Int, _ style: Style) {
    guard x >= 0, x + 1 < width, y >= 0, y < height else { return }
    if isASCII {
      put(scalar, x: x, y: y, style)
      return put(scalar, x: x + 1, y: y, style)
    }
    let index = y * width + x
    split(index, x: x)
    split(index + 1, x: x + 1)
    cells[index] = Cell(scalar, style)
    cells[index + 1] = Cell(Cell.continuation, style)
  }

  /// A wide character of which one half is about to be overwritten loses the other half too.
  @inline(__always)
  private mutating func split(_ index: Int, x: Int) {
    if cells[index].scalar == Cell.continuation, x > 0 { cells[index - 1].scalar = 0x20 }
    if x + 1 < width, cells[index + 1].scalar == Cell.continuation { cells[index + 1].scalar = 0x20 }
  }

  /// Changes the ground of an area and leaves what stands on it.
  mutating func setGround(_ ground: Ground, _ area: Area) {
    restyle(area) { $0.on(ground) }
  }

  mutating func restyle(_ area: Area, _ change: (Style) -> Style) {
    let left = max(area.x, 0)
    let right = min(area.right, width)
    guard left < right else { return }
    for y in max(area.y, 0)..<max(min(area.bottom, height), max(area.y, 0)) {
      for index in y * width + left..<y * width + right { cells[index].style = change(cells[index].style) }
    }
  }

  /// Lays another picture over this one, with all that can be selected in it.
  mutating func paste(_ other: Canvas, x: Int, y: Int) {
    let columns = max(-x, 0)..<max(min(other.width, width - x), max(-x, 0))
    for row in max(-y, 0)..<max(min(other.height, height - y), max(-y, 0)) {
      for column in columns { cells[(y + row) * width + x + column] = other[column, row] }
    }
    for spot in other.spots {
      var spot = spot
      spot.area.x += x
      spot.area.y += y
      spots.append(spot)
    }
  }

  /// Empties an area.
  mutating func clear(_ area: Area, _ style: Style = Style()) {
    let left = max(area.x, 0)
    let right = min(area.right, width)
    guard left < right else { return }
    for y in max(area.y, 0)..<max(min(area.bottom, height), max(area.y, 0)) {
      for x in left..<right { put(0x20, x: x, y: y, style) }
    }
  }
}

extension Canvas {
  /// One cell of a canvas: a scalar and its style. A wide character takes two cells; the second holds `continuation`.
  public struct Cell: Sendable, Hashable {
    public var scalar: UInt32
    public var style: Style

    @inline(__always)
    public init(_ scalar: UInt32 = 0x20, _ style: Style = Style()) {
      self.scalar = scalar
      self.style = style
    }

    /// The scalar of the right half of a wide character.
    public static let continuation: UInt32 = 0
  }
}
