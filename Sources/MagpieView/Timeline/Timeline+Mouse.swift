extension Timeline {
  /// A button goes down at a cell: the moment goes to the nearest event there, and the lane is in focus.
  mutating func press(x: Int, y: Int) {
    let inLanes = y - places.plot.y
    if places.plot.contains(x: min(max(x, places.plot.x), places.plot.right - 1), y: y), inLanes >= 0 {
      let lane = places.firstLane + inLanes / max(places.laneHeight, 1)
      if places.lanes.indices.contains(lane) { focus[kind] = lane }
    }
    drag(x: x, y: y)
  }

  /// The pointer moves with the button down: time follows it.
  mutating func drag(x: Int, y: Int) {
    if places.minimap.contains(x: x, y: y) {
      let time = places.whole.time(at: x - places.minimap.x, of: places.minimap.width)
      wishes.append(.time(time))
    } else if let time = time(at: x), y < places.minimap.y {
      wishes.append(.time(time))
    }
  }

  /// The wheel turns: in when it is pushed away, out when it is pulled.
  mutating func scroll(isAway: Bool, x: Int) {
    zoom(isIn: isAway, around: time(at: x) ?? places.time)
  }

  private func time(at x: Int) -> UInt64? {
    guard x >= places.plot.x, x < places.plot.right else { return nil }
    return places.window.time(at: x - places.plot.x, of: places.plot.width)
  }
}
