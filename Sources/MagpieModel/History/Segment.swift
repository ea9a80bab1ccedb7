import MagpieTrace

/// A stretch of history: the state at its beginning and the events from there to the next stretch.
struct Segment: Sendable {
  /// Never used again, so that a cursor knows whether it is still in the same stretch.
  var id: Int
  /// How many events came before.
  var start: Int
  /// The state after `start` events, and after a snapshot that was loaded there.
  var keyframe: SchedulerState
  /// How many losses, ever, the keyframe contains.
  var losses: Int
  /// Full but for the last one of a stretch that was closed early.
  var chunks: [[Event]] = []
  /// Of its events.
  var worst = WorstCases()
}
