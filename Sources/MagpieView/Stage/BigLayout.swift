/// Where everything is on the Stage in big letters: a band a processor, in one column or two, as large as they fit; under them
/// what happened.
struct BigLayout {
  let size: BigText.Size
  let story: Area
  /// The line that counts what all share, where there is room for it.
  let shared: Int?
  private let area: Area
  private let columns: Int
  private let pitch: Int

  /// What a band needs, in points: `P0 G12345`; and what follows of the queue, in columns.
  private static let points = 33
  private static func queue(_ size: BigText.Size) -> Int { size == .small ? 4 : size == .medium ? 12 : 40 }
  /// Between two columns: a line with air at both sides.
  private static let gap = 3
  /// A sentence in the smallest letters, and a line above it.
  private static let leastStory = 4

  /// Nil where they do not fit.
  init?(area: Area, processors: Int) {
    let inside = Area(x: area.x + 1, y: area.y, width: area.width - 1, height: area.height)
    for size in BigText.Size.large.downwards {
      for columns in 1...2 {
        let rows = (processors + columns - 1) / columns
        let width = (inside.width - (columns - 1) * BigLayout.gap) / columns
        // A line under each for small words.
        let least = rows * (size.lines + 1)
        guard width >= BigLayout.points * size.columns + BigLayout.queue(size),
          least + BigLayout.leastStory <= inside.height
        else { continue }
        self.size = size
        self.columns = columns
        self.area = inside
        var spare = inside.height - least - BigLayout.leastStory
        shared = spare > 0 ? inside.y : nil
        if shared != nil { spare -= 1 }
        // A second line of the story goes before air.
        let air = min(max(spare - 4, min(spare, rows)) / rows, 2)
        pitch = size.lines + 1 + air
        let below = inside.y + (shared == nil ? 0 : 1) + (air > 0 && shared != nil ? 1 : 0) + rows * pitch
        story = Area(
          x: inside.x + 1, y: below + 1, width: inside.width - 3, height: max(inside.bottom - below - 1, 0))
        return
      }
    }
    return nil
  }

  /// The line between two columns.
  var divider: Area? {
    guard columns > 1 else { return nil }
    let first = band(0)
    return Area(x: first.right + 1, y: first.y, width: 1, height: story.y - 1 - first.y)
  }

  /// A processor's letters; the line under them is its, too.
  func band(_ id: Int) -> Area {
    let width = (area.width - (columns - 1) * BigLayout.gap) / columns
    let top = shared == nil ? area.y : area.y + 1 + (pitch > size.lines + 1 ? 1 : 0)
    return Area(
      x: area.x + id % columns * (width + BigLayout.gap), y: top + id / columns * pitch, width: width,
      height: size.lines)
  }
}
