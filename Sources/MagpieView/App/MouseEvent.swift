/// What the mouse did, and where.
public struct MouseEvent: Sendable, Hashable {
  /// Press, drag and release are those of the first button.
  public enum Action: UInt8, Sendable, Hashable, CaseIterable {
    case press, drag, release, scrollUp, scrollDown
  }

  public var action: Action
  /// Cells from the left and from the top, counted from 0.
  public var x: Int
  public var y: Int

  public init(_ action: Action, x: Int, y: Int) {
    self.action = action
    self.x = x
    self.y = y
  }
}
