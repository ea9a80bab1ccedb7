import MagpieModel

/// When what ran where: a lane a processor, a machine or a fiber, over a stretch of time.
struct Timeline: Sendable {
  /// The number of the event that is to be shown, since this was last asked.
  mutating func takeWish(_ history: History) -> Int? { nil }

  /// What a key does here.
  mutating func perform(_ action: Action) {}

  mutating func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {}
}
