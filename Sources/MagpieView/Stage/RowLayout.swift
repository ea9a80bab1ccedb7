/// Where everything is when processors are rows: what fits into little room, or many of them.
struct RowLayout {
  let area: Area
  /// Lines for the shared queues, one or two.
  let sharedLines: Int
  /// Processors side by side.
  let columns: Int
  /// Processors under each other, and lines from one to the next.
  let rows: Int
  let pitch: Int
  /// How many are shown; the others are counted in a line of their own.
  let shown: Int
  private let hasSpace: Bool
  /// Columns kept free at the right of rows for what travels.
  let gutter: Int

  static let leastColumn = 48

  /// - Parameter isAlone: whether nothing is above and below the rows; they take the room.
  init(area: Area, processors: Int, isAlone: Bool = false) {
    self.area = area
    sharedLines = isAlone ? 0 : area.height >= 15 ? 2 : 1
    hasSpace = area.height >= 19 && !isAlone
    let below =
      isAlone ? 0 : area.height >= 40 ? 14 : area.height >= 26 ? 11 : area.height >= 19 ? 8 : area.height >= 13 ? 5 : 2
    let available = max(area.height - sharedLines - (hasSpace ? 2 : 0) - 1 - below, 1)
    let most = max(area.width / RowLayout.leastColumn, 1)
    let needed = (processors + available - 1) / available
    columns = min(needed, most)
    let fits = columns * available
    shown = processors <= fits ? processors : max(fits - columns, 1)
    rows = (shown + columns - 1) / columns
    hasMore = shown < processors
    pitch = columns == 1 && area.height >= 19 && rows * 2 - 1 <= available ? 2 : 1
    let width = (area.width - 2) / columns
    gutter = columns == 1 ? (width >= 110 ? 30 : width >= 70 ? 22 : width >= 58 ? 10 : 0) : width >= 64 ? 12 : 0
  }

  private let hasMore: Bool
  private var top: Int { area.y + (hasSpace ? 1 : 0) + sharedLines + (hasSpace ? 1 : 0) }
  func shared(_ line: Int) -> Int { area.y + (hasSpace ? 1 : 0) + line }
  var heading: Int { top }
  private var columnWidth: Int { (area.width - 2) / columns }

  /// A processor's row.
  func row(_ id: Int) -> Area {
    Area(x: area.x + 1 + id / rows * columnWidth, y: top + 1 + id % rows * pitch, width: columnWidth, height: 1)
  }

  /// The line that counts the processors that are not shown.
  var more: Int? { hasMore ? top + 1 + rows * pitch : nil }
  var below: Int { min(top + 1 + rows * pitch - (pitch - 1) + (hasMore ? 1 : 0) + (hasSpace ? 1 : 0), area.bottom) }

  /// The columns of a row, from its left.
  struct Columns {
    let machine = 5
    let running = 10
    let next: Int
    let count: Int
    let bar: Int
    let barWidth: Int
    let chips: Int
    let end: Int

    init(width: Int, gutter: Int) {
      end = width - gutter - 1
      let isWide = end >= 74
      next = isWide ? 36 : end >= 50 ? 28 : 26
      count = next + 8
      bar = count + 4
      barWidth = isWide ? 12 : end >= 64 ? 6 : 0
      chips = bar + (barWidth > 0 ? barWidth + 1 : 0)
    }
  }

  /// Where the columns for what travels begin, if there are any that all rows share.
  var gutterStart: Int? { columns == 1 && gutter > 0 ? area.x + 1 + columnsOfRow.end + 1 : nil }

  var columnsOfRow: Columns { Columns(width: columnWidth, gutter: gutter) }
}
