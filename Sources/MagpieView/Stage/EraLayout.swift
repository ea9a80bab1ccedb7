/// Where everything is on the Stage of an era without Ps: its picture above, and below what all eras tell alike.
struct EraLayout {
  /// The line that says the era's rule, if there is room for it.
  let caption: Int?
  let picture: Area
  let below: Area

  /// - Parameter isAlone: whether the picture has all of the area.
  init(_ area: Area, isAlone: Bool = false) {
    let low =
      isAlone
      ? 0 : area.height >= 40 ? 17 : area.height >= 30 ? 11 : area.height >= 19 ? 8 : area.height >= 13 ? 5 : 2
    let air = area.height >= 30 ? 1 : 0
    caption = area.height >= 13 ? area.y + air : nil
    let top = area.y + air + (caption == nil ? 0 : 1 + air)
    let bottom = area.bottom - low
    picture = Area(x: area.x + 1, y: top, width: area.width - 2, height: bottom - top)
    below = Area(x: area.x, y: bottom, width: area.width, height: low)
  }

  /// The picture's boxes that stand side by side over its width, by their shares of it.
  static func columns(_ area: Area, gap: Int = 2, _ shares: [Int]) -> [Area] {
    let room = area.width - gap * (shares.count - 1)
    let sum = max(shares.reduce(0, +), 1)
    var x = area.x
    return shares.enumerated().map { index, share in
      let width = index == shares.count - 1 ? area.right - x : room * share / sum
      defer { x += width + gap }
      return Area(x: x, y: area.y, width: width, height: area.height)
    }
  }
}
