import MagpieModel

extension App {
  /// What a presenter's keys do while a lesson is given. - Returns: false when the key means what it always means.
  mutating func present(_ action: Action) -> Bool {
    switch action {
    case .right, .pageDown, .holdOrRelease, .findNext: lesson?.next()
    case .left, .pageUp, .findPrevious: lesson?.previous()
    default: return false
    }
    return true
  }

  /// Goes on with the lesson: the moment, the view and the selection are its own while it moves.
  mutating func advanceLesson(_ history: History, now: UInt64) {
    guard var player = lesson else { return }
    let wanted = player.advance(
      history, hasEnded: observation.facts.status == .ended, shown: shown, language: language, now: now)
    lesson = player
    if let wanted { position = wanted >= history.count ? nil : wanted }
    if player.isOver { isOver = true }
    guard player.isPrepared, player.missing == nil else { return }
    let stage = LessonStage(index: player.index, isPlaying: player.isPlaying)
    guard stage != lessonStage else { return }
    lessonStage = stage
    view = player.stop.view
    selection = player.isPlaying ? nil : player.pointed(history)
    isExplained = false
  }
}

/// How far a lesson was when the screen was set up for it last.
struct LessonStage: Sendable, Hashable {
  var index: Int
  var isPlaying: Bool
}
