/// Where everything is when processors are cards: shared queues above, an alley, rows of cards with an alley under each.
struct CardLayout {
  let area: Area
  let columns: Int
  let rows: Int
  private let cardWidth: Int
  private let cardHeight: Int
  private let sharedHeight: Int
  private let upperAlley: Int
  private let lowerAlley: Int
  private let margin: Int

  /// Columns between two cards.
  static let gap = 2
  /// The least a card can be, and the most that it is useful to be.
  static let widths = 24...60
  static let heights = 8...13
  /// What is below the cards at the least: machines, story, log.
  static let leastBelow = 10

  /// Nil where cards do not fit.
  /// - Parameter isAlone: whether nothing is above and below the cards; they take the room.
  init?(area: Area, processors: Int, isAlone: Bool = false) {
    guard area.width >= 74, area.height >= (isAlone ? 12 : 27) else { return nil }
    let inside = area.width - 2
    let most = (inside + CardLayout.gap) / (CardLayout.widths.lowerBound + CardLayout.gap)
    let neededRows = (processors + most - 1) / most
    let isTall = area.height >= 40
    sharedHeight = isAlone ? 1 : isTall ? 6 : 5
    upperAlley = isAlone ? 0 : 2
    lowerAlley = isTall && neededRows == 1 ? 4 : 3
    let room = area.height - sharedHeight - upperAlley - (isAlone ? 0 : CardLayout.leastBelow + 1)
    guard neededRows * (CardLayout.heights.lowerBound + lowerAlley) <= room else { return nil }
    rows = neededRows
    columns = (processors + neededRows - 1) / neededRows
    cardWidth = min((inside - CardLayout.gap * (columns - 1)) / columns, CardLayout.widths.upperBound)
    margin = 1 + (inside - (cardWidth + CardLayout.gap) * columns + CardLayout.gap) / 2
    // Half of what is left over goes to the log.
    let spare = room - neededRows * (CardLayout.heights.lowerBound + lowerAlley)
    cardHeight =
      isAlone
      ? CardLayout.heights.lowerBound + spare / neededRows
      : min(CardLayout.heights.lowerBound + spare * 2 / 3 / neededRows, CardLayout.heights.upperBound)
    self.area = area
  }

  private var top: Int { area.y + 1 }
  /// The shared queues' boxes.
  var shared: Area { Area(x: area.x + 1, y: top, width: area.width - 2, height: sharedHeight - 1) }
  /// Lanes above the cards.
  func upperLane(_ lane: Int) -> Int { shared.bottom + min(lane, upperAlley - 2) }
  var upperLanes: Int { upperAlley == 0 ? 0 : max(upperAlley - 1, 1) }

  func card(_ id: Int) -> Area {
    Area(
      x: area.x + margin + id % columns * (cardWidth + CardLayout.gap), y: cardTop(id / columns), width: cardWidth,
      height: cardHeight)
  }

  private func cardTop(_ row: Int) -> Int { shared.bottom + upperAlley + row * (cardHeight + lowerAlley) }

  func row(of id: Int) -> Int { id / columns }

  /// The line just under a row of cards, where arrows begin and end; lanes are below it.
  func stub(_ row: Int) -> Int { cardTop(row) + cardHeight }
  func lane(_ lane: Int, below row: Int) -> Int { stub(row) + 1 + lane }
  var lanes: Int { lowerAlley - 1 }

  /// Where a row's alley can be left to others: a column beside a card.
  func passage(besides id: Int) -> Int { max(card(id).x - 1, 0) }

  var below: Int { stub(rows - 1) + lowerAlley }
}
