/// Where the parts of the Compare view are: the clock, the two sides, the figures of both.
struct CompareLayout {
  /// How much of a side can be seen.
  enum SideKind: Hashable {
    /// A Stage in a frame.
    case stage
    /// A frame with two lines.
    case box
    /// One line.
    case line
  }

  /// The sentence and the bar.
  let clock: Area
  let kind: SideKind
  let sides: [Area]
  /// A title, and a row each.
  let figures: Area

  /// A Stage is drawn from this width on, with its frame, and this height on.
  static let leastStage = (width: 48, height: 12)
  /// Lines of a side by side Stage that are worth more than a further figure.
  private static let wantedStage = 20

  init(_ area: Area, figures count: Int) {
    clock = Area(x: area.x + 1, y: area.y, width: area.width - 2, height: 2)
    let top = clock.bottom
    let room = area.bottom - top
    let half = area.width / 2
    func figures(_ height: Int) -> Area {
      Area(x: area.x + 1, y: area.bottom - height, width: area.width - 2, height: height)
    }
    func pair(height: Int) -> [Area] {
      [
        Area(x: area.x, y: top, width: half, height: height),
        Area(x: area.x + half, y: top, width: area.width - half, height: height),
      ]
    }
    let least = min(count, 6) + 1
    if half >= CompareLayout.leastStage.width, room - least >= CompareLayout.leastStage.height {
      let height = min(max(room - CompareLayout.wantedStage, least), count + 1)
      kind = .stage
      self.figures = figures(height)
      sides = pair(height: room - height)
    } else if area.width >= CompareLayout.leastStage.width, room - least >= 2 * CompareLayout.leastStage.height {
      let height = min(max(room - 2 * CompareLayout.leastStage.height - 2, least), count + 1)
      let stage = (room - height) / 2
      kind = .stage
      self.figures = figures(height)
      sides = [
        Area(x: area.x, y: top, width: area.width, height: stage),
        Area(x: area.x, y: top + stage, width: area.width, height: room - height - stage),
      ]
    } else {
      let height = room >= 11 ? 4 : 1
      kind = height == 4 ? .box : .line
      sides = pair(height: height)
      self.figures = Area(x: area.x + 1, y: top + height, width: area.width - 2, height: max(room - height, 0))
    }
  }
}
