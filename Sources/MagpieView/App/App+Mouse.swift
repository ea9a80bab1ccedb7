import MagpieModel

extension App {
  /// What the mouse does: a press selects what is under it, one more explains it; the wheel moves time, or rows; on the Timeline
  /// a drag moves through time. A press on a key's name in the footer is that key.
  mutating func point(_ event: MouseEvent) -> [ProgramCommand] {
    guard prompt == nil, event.x >= 0, event.y >= 0 else { return [] }
    if themeList != nil {
      chooseTheme { $0.point(event, $1) }
      return []
    }
    if help.isShown { return scrollHelp(event) }
    switch event.action {
    case .press: return press(event.x, event.y)
    case .drag:
      if view == .timeline { timeline.drag(x: event.x, y: event.y) }
      if view == .compare, comparison?.bar.y == event.y { dragComparison(event.x) }
    case .release: break
    case .scrollUp: scroll(isUp: true, x: event.x)
    case .scrollDown: scroll(isUp: false, x: event.x)
    }
    return []
  }

  private mutating func scrollHelp(_ event: MouseEvent) -> [ProgramCommand] {
    switch event.action {
    case .scrollUp: for _ in 0..<3 { _ = help.type(.up) }
    case .scrollDown: for _ in 0..<3 { _ = help.type(.down) }
    case .press: help.isShown = false
    case .drag, .release: break
    }
    return []
  }

  private mutating func press(_ x: Int, _ y: Int) -> [ProgramCommand] {
    if let part = footerParts.first(where: { $0.area.contains(x: x, y: y) }) { return press(part, x) }
    finder.stop()
    let subject = spots.last { $0.area.contains(x: x, y: y) }?.subject
    if view == .timeline { timeline.press(x: x, y: y) }
    guard let subject else { return view == .compare ? pressComparison(x, y) : [] }
    stats.focus = nil
    let isSecond = subject == selection
    selection = subject
    if case .fiber(let id) = subject, view == .fibers { fiberTable.select(id) }
    if case .event(let number) = subject, view == .events, !isSecond {
      look(at: number)
      return []
    }
    if isSecond { explain() }
    return []
  }

  /// Where a part stands for several keys, the place decides, or the next one is meant.
  private mutating func press(_ part: Footer.Part, _ x: Int) -> [ProgramCommand] {
    switch part.action {
    case .stage:
      let views = View.allCases.filter { $0 != .compare || comparison != nil }
      let number = views.firstIndex(of: view) ?? 0
      show(views[(number + 1) % views.count])
      return []
    case .findPrevious: return perform(x < part.area.x + 2 ? .findPrevious : .findNext)
    case .slower: return perform(x < part.area.x + 2 ? .slower : .faster)
    case .zoomOut: return perform(x < part.area.x + 2 ? .zoomOut : .zoomIn)
    default: return perform(part.action)
    }
  }

  /// Three rows, or three events; the Timeline zooms around the pointer.
  private mutating func scroll(isUp: Bool, x: Int) {
    switch view {
    case .timeline: timeline.scroll(isAway: isUp, x: x)
    case .fibers, .stats: for _ in 0..<3 { move(isUp ? .up : .down) }
    case .stage, .events: look(at: shown + (isUp ? -3 : 3))
    case .compare: for _ in 0..<3 { _ = perform(isUp ? .back : .step) }
    }
  }
}
