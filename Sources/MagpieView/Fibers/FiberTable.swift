import MagpieModel

/// All live fibers, sorted and filtered; and one fiber's biography.
struct FiberTable: Sendable {
  /// The filter as it was written; empty: all fibers.
  var filterText = "" {
    didSet { query.filter = try? FiberFilter(filterText) }
  }
  /// The fiber on whose row the cursor is; nil while nobody has moved it.
  private(set) var selected: UInt32?
  /// The life that is looked at, in place of the table.
  private(set) var life: LifeView?
  private(set) var query = FiberQuery()
  private(set) var page = FiberPage()

  /// Rows by which the cursor is to move.
  private var move = 0
  /// Rows that fit, and the orders that have a column, as it was drawn last.
  private var rows = 10
  private var orders = FiberOrder.allCases
  private var isDrawn = false
  /// The moment that was drawn last, and the one to go to.
  private var shown = 0
  private var wish: Int?

  /// Whether the next frame differs although nothing has happened.
  var isReading: Bool { life?.isReading ?? false }

  /// The number of the event that is to be shown, since this was last asked.
  mutating func takeWish() -> Int? {
    defer { wish = nil }
    return wish
  }

  /// What a key does here.
  mutating func perform(_ action: Action) {
    switch action {
    case .left: wish = (wish ?? shown) - 1
    case .right: wish = (wish ?? shown) + 1
    case .sort where life == nil:
      let place = orders.firstIndex(of: query.order) ?? -1
      query.order = orders[(place + 1) % orders.count]
      query.isReversed = false
    case .reverse where life == nil: query.isReversed.toggle()
    case .up: scroll(-1)
    case .down: scroll(1)
    case .pageUp: scroll(-max(rows - 1, 1))
    case .pageDown: scroll(max(rows - 1, 1))
    case .first: scroll(-Int.max / 2)
    case .last: scroll(Int.max / 2)
    default: break
    }
  }

  /// Moves the cursor by rows; in a biography, the moment.
  mutating func scroll(_ rows: Int) {
    if let life {
      wish = life.moment(rows, from: wish ?? shown) ?? wish
      return
    }
    if !page.rows.contains(where: { $0.id == selected }) {
      // Without a cursor, or with one that has ended, there is no row to go on from: the first step only shows it.
      let hadCursor = selected != nil
      selected = page.rows.first?.id ?? selected
      move = 0
      if hadCursor || abs(rows) == 1 { return }
    }
    let place = page.first + (page.rows.firstIndex { $0.id == selected } ?? 0)
    move = min(max(place + move + rows, 0), max(page.count - 1, 0)) - place
  }

  /// The fiber on whose row the cursor is or will be, where keys have moved it since the last frame; nil where that is not known
  /// before the next.
  var target: UInt32? {
    guard move != 0, let place = page.rows.firstIndex(where: { $0.id == selected }) else { return selected }
    let row = place + move
    return page.rows.indices.contains(row) ? page.rows[row].id : nil
  }

  /// Whether only the next frame can tell on which row the cursor is.
  var awaitsFrame: Bool { life == nil && (!isDrawn || move != 0 && target == nil) }

  /// Puts the cursor on a fiber.
  mutating func select(_ fiber: UInt32) {
    selected = fiber
    move = 0
  }

  /// Opens the biography of the selected fiber. - Returns: false when there is nothing to open.
  mutating func open() -> Bool {
    guard life == nil, let fiber = selected == nil ? page.rows.first?.id : target else { return false }
    selected = fiber
    move = 0
    life = LifeView(of: fiber)
    return true
  }

  /// Closes the biography, else lets go of the cursor. - Returns: false when there is neither.
  mutating func close() -> Bool {
    if life != nil {
      life = nil
      return true
    }
    defer { selected = nil }
    return selected != nil
  }

  mutating func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {
    shown = scene.shown
    isDrawn = true
    if var view = life {
      // Held twice, what has been read would be copied with each event that is added.
      life = nil
      view.draw(&canvas, area, scene)
      rows = view.rows
      life = view
      return
    }
    let columns = FiberColumns(width: area.width - 2)
    orders = columns.orders
    rows = max(area.height - 3, 1)
    var request = FiberPageRequest(rows: rows)
    request.cursor = selected
    request.move = move
    request.line = page.cursor ?? 0
    request.first = page.first
    page = query.page(scene.state, scene.history, request, isStill: scene.isStill)
    if let cursor = page.cursor { selected = page.rows[cursor].id }
    move = 0
    draw(&canvas, area, scene, columns)
  }
}
