import MagpieModel

/// Totals and how they came about, the worst cases first.
struct StatsView: Sendable {
  /// The event to which Enter jumps.
  private(set) var chosenEvent: Int?

  /// What a key does here.
  mutating func perform(_ action: Action) {}

  mutating func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {}
}
