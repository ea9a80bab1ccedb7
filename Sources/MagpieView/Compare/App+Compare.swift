import MagpieModel

extension App {
  /// What keys do while two runs are compared. - Returns: nil when the key means what it always means.
  mutating func compare(_ action: Action) -> [ProgramCommand]? {
    guard comparison != nil else { return nil }
    switch action {
    case .holdOrRelease: comparison?.playOrHold()
    case .step: stepCompared(isForward: true)
    case .back: stepCompared(isForward: false)
    case .live: comparison?.scrub(to: 1)
    case .slower: setTempo(App.tempos.first { $0 > comparison?.tempo ?? 1 })
    case .faster: setTempo(App.tempos.last { $0 < comparison?.tempo ?? 1 })
    case .findNext: comparison?.find(finder.filter, finder.text, isForward: true)
    case .findPrevious: comparison?.find(finder.filter, finder.text, isForward: false)
    case .restart: comparison?.restart()
    case .breakpoint, .fewerProcessors, .moreProcessors, .lessLoad, .moreLoad, .stepSelected, .freeze, .wake, .block:
      notice = .compare(.isOver)
    case .focus where view == .compare: return lookAtSide(1 - (comparison?.focus ?? 0))
    case .align: comparison?.align()
    case .left where view == .compare, .up where view == .compare: scrub(by: -0.01)
    case .right where view == .compare, .down where view == .compare: scrub(by: 0.01)
    case .pageUp where view == .compare: scrub(by: -0.1)
    case .pageDown where view == .compare: scrub(by: 0.1)
    case .first where view == .compare: comparison?.scrub(to: 0)
    case .last where view == .compare: comparison?.scrub(to: 1)
    default: return nil
    }
    followComparison()
    return []
  }

  /// In the Compare view a step is one event of either side; in the others, of the side that they show.
  private mutating func stepCompared(isForward: Bool) {
    if view == .compare {
      comparison?.step(isForward: isForward)
    } else if let side = comparison?.focus, let now = comparison?.moment {
      comparison?.look(side, at: now + (isForward ? 1 : -1))
    }
  }

  private mutating func setTempo(_ tempo: Int?) {
    if let tempo { comparison?.tempo = tempo }
  }

  private mutating func scrub(by share: Double) {
    guard let now = comparison?.pair.share else { return }
    comparison?.scrub(to: now + share)
  }

  /// Has the other views show a side.
  mutating func lookAtSide(_ side: Int) -> [ProgramCommand] {
    guard comparison?.focus != side else { return [] }
    comparison?.focus = side
    return [.side(side)]
  }

  /// Takes over the moment of the side that is looked at.
  mutating func followComparison() {
    guard let moment = comparison?.moment else { return }
    position = moment >= observation.end ? nil : moment
  }

  /// Goes on with the comparison; who has moved in another view has moved both sides.
  mutating func advanceComparison(now: UInt64) {
    guard let focus = comparison?.focus else { return }
    let shown = shown
    if view != .compare, shown != comparison?.moment { comparison?.look(focus, at: shown) }
    if let phrase = comparison?.advance(now: now) { notice = phrase }
    followComparison()
  }

  /// What a press does: on the bar, it is the way to a moment; on a side, the other views show that side.
  mutating func pressComparison(_ x: Int, _ y: Int) -> [ProgramCommand] {
    guard let compared = comparison else { return [] }
    if compared.bar.contains(x: x, y: y) {
      dragComparison(x)
      return []
    }
    guard let side = compared.areas.firstIndex(where: { $0.contains(x: x, y: y) }) else { return [] }
    return lookAtSide(side)
  }

  mutating func dragComparison(_ x: Int) {
    guard let bar = comparison?.bar, bar.width > 1 else { return }
    comparison?.scrub(to: Double(x - bar.x) / Double(bar.width - 1))
    followComparison()
  }
}
