import MagpieModel

/// All live fibers, sorted and filtered; and one fiber's biography.
struct FiberTable: Sendable {
  var filterText = ""
  /// The fiber on whose row the cursor is.
  private(set) var selected: UInt32?

  /// What a key does here.
  mutating func perform(_ action: Action) {}

  /// Opens the biography of the selected fiber. - Returns: false when there is nothing to open.
  mutating func open() -> Bool { false }

  /// Closes the biography. - Returns: false when none is open.
  mutating func close() -> Bool { false }

  mutating func draw(_ canvas: inout Canvas, _ area: Area, _ scene: Scene) {}
}
