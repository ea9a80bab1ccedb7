/// Where everything is when threads are a crowd: a line for each as long as they fit, side by side if need be; else a cell for each.
struct CrowdLayout {
  let area: Area
  let heading: Int?
  let columns: Int
  let rows: Int
  /// Threads that get a line. The others are cells.
  let lines: Int
  /// Where the cells are; empty if all have lines.
  let cells: Area
  let cellWidth: Int
  /// Threads that one cell stands for, where there is not room for a cell each.
  let perCell: Int
  private let indent: Int

  /// The least width of a line.
  static let lineWidth = 56

  /// - Parameters:
  ///   - first: how many are to have lines where not all can.
  ///   - indent: columns that lines stand further right than cells.
  init(_ area: Area, count: Int, first: Int, indent: Int = 0) {
    self.area = area
    self.indent = indent
    let most = max(area.width / CrowdLayout.lineWidth, 1)
    // The heading gives way where all fit then, and where no line is under it.
    let isWorthIt = count <= most * (area.height - 1) || count > most * area.height && first > 0
    heading = area.height >= 6 && isWorthIt ? area.y : nil
    let top = area.y + (heading == nil ? 0 : 1)
    let room = max(area.bottom - top, 1)
    let needed = max((count + room - 1) / room, 1)
    if needed <= most {
      columns = needed
      rows = (count + needed - 1) / needed
      lines = count
      cells = Area(x: area.x, y: area.bottom, width: 0, height: 0)
      cellWidth = 1
      perCell = 1
      return
    }
    let limit = max(room * 2 / 5, 1)
    columns = first <= limit ? 1 : most
    rows = min((first + columns - 1) / columns, limit)
    lines = min(first, rows * columns)
    let y = top + rows + (rows > 0 && room > 12 ? 1 : 0)
    cells = Area(x: area.x, y: y, width: area.width, height: max(area.bottom - y, 0))
    // Inside a frame, a line for the legend.
    let inside = max(cells.height - 3, 1)
    let left = count - lines
    let width = max(area.width - 4, 1)
    cellWidth = [CrowdLayout.namedCell, 4, 3, 2].first { left <= width / $0 * inside } ?? 1
    perCell = max((left + width * inside - 1) / (width * inside), 1)
  }

  /// A cell that has room for a thread's number.
  static let namedCell = 8

  /// Where a cell is, of those inside the frame.
  func cell(_ index: Int) -> (x: Int, y: Int) {
    let perLine = max((cells.width - 4) / cellWidth, 1)
    return (cells.x + 2 + index % perLine * cellWidth, cells.y + 1 + index / perLine)
  }

  func line(_ index: Int) -> Area {
    let width = area.width / columns
    let top = area.y + (heading == nil ? 0 : 1)
    return Area(
      x: area.x + indent + index / max(rows, 1) * width, y: top + index % max(rows, 1),
      width: width - (columns > 1 ? 2 : 0) - indent, height: 1)
  }
}
