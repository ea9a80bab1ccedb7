/// The part of a table of fibers that fits on a screen.
public struct FiberPage: Sendable, Hashable {
  /// How many live fibers do what.
  public struct Counts: Sendable, Hashable {
    /// On a machine, with a processor or without.
    public var running = 0
    /// In a queue, or on the way between two.
    public var ready = 0
    /// In a blocking call.
    public var blocked = 0
    public var waiting = 0
    /// Only after a loss.
    public var unknown = 0
    public init() {}
  }

  public var rows: [FiberState] = []
  /// The place of the first row among all that the filter asks for, from 0.
  public var first = 0
  /// How many the filter asks for.
  public var count = 0
  /// The row of the cursor's fiber; nil when that is not among those that were asked for.
  public var cursor: Int?
  /// Of all live fibers.
  public var counts = Counts()
  public init() {}
}

/// Where a page of a table is: at a place, or around a fiber.
public struct FiberPageRequest: Sendable, Hashable {
  /// The fiber that keeps its line on the screen, if it is there.
  public var cursor: UInt32?
  /// By how many fibers the cursor moves on from there.
  public var move = 0
  /// The line of the cursor, from 0.
  public var line = 0
  /// The first row, where there is no cursor.
  public var first = 0
  /// Rows that fit.
  public var rows: Int

  public init(rows: Int) { self.rows = rows }
}
