import MagpieTrace

extension History {
  /// A moment of a history that moves cheaply, by one event or by many, to and fro.
  ///
  /// It keeps a second state a little before its own, from which it steps back. Use it with the history that it was made
  /// from (or with later states of it); where that has let go of the moment, it moves to the oldest that there is.
  public struct Cursor: Sendable {
    /// How far before the moment the second state is.
    static let stride = 1024

    public private(set) var state: SchedulerState
    private var segment = -1
    private var losses = 0
    private var before: SchedulerState?
    private var beforeLosses = 0

    /// After how many events.
    public var position: Int { state.eventCount }

    /// - Complexity: as `History.state(at:)`.
    public init(_ history: History, at n: Int) {
      state = history.live
      move(to: n, in: history)
    }

    /// Moves to the moment after `n` events, clamped to what is there.
    /// - Complexity: O(distance) forward; O(1) events, about a thousand, for a step back within the same stretch; else as
    ///   `History.state(at:)`.
    public mutating func move(to n: Int, in history: History) {
      let n = min(max(n, history.firstAvailable), history.count)
      let index = history.segmentIndex(containing: n)
      let target = history.segments[index]
      if n == history.count {
        state = history.live
        losses = history.lossesDropped + history.losses.count
        if segment != target.id { before = nil }
        segment = target.id
        return
      }
      if segment != target.id {
        segment = target.id
        before = nil
      }
      if before == nil || n < state.eventCount || state.eventCount < target.start {
        rewind(to: n, in: history, index)
      }
      history.replay(&state, losses: &losses, in: index, to: n)
    }

    /// Goes to the nearest state at or before `n` that is known, and leaves the second state close to `n`.
    private mutating func rewind(to n: Int, in history: History, _ index: Int) {
      let target = history.segments[index]
      if let before, before.eventCount <= n {
        state = before
        losses = beforeLosses
      } else {
        before = nil
        state = target.keyframe
        losses = target.losses
      }
      guard before == nil || n - state.eventCount > 2 * Self.stride else { return }
      history.replay(&state, losses: &losses, in: index, to: max(target.start, n - Self.stride))
      before = state
      beforeLosses = losses
    }
  }
}
