import MagpieTrace

/// Carries the wish to stop, and a deadline, from a fiber to those that work for it (Go's context.Context).
///
///     let context = Context(timeout: .seconds(2))
///     spawn {
///       while true {
///         let job = select {
///           receive(from: jobs) { $0 }
///           cancelled(context) { _ in nil }
///         }
///         guard let job else { return }
///         handle(job)
///       }
///     }
///     context.cancel()
///
/// A context that is cancelled cancels those made from it. A deadline costs nothing until somebody waits: there is neither a fiber nor
/// a timer of its own, so it keeps no runtime alive.
public final class Context: Sendable {
  private struct State {
    var error: ContextError?
    /// By their numbers, so that they are told in the order in which they were made, and the same seed gives the same run.
    var children: [Int: Child] = [:]
    var childCount = 0
  }

  /// A child as its parent knows it: it may end first.
  private struct Child {
    weak var context: Context?
  }

  /// Closed once the context is cancelled.
  private let done = Channel<Never>()
  private let parent: Context?
  /// Its number among its parent's children.
  private let number: Int
  /// In virtual nanoseconds; `UInt64.max` for none.
  let deadlineTime: UInt64
  private let state = ThreadMutex(State())

  /// Called on a fiber.
  /// - Parameters:
  ///   - parent: is cancelled before this one, or together with it.
  ///   - timeout: virtual time after which it counts as cancelled; a parent's earlier deadline holds.
  public init(parent: Context? = nil, timeout: Duration? = nil) {
    let now = currentMachine("a context").ownTime
    self.parent = parent
    deadlineTime = min(parent?.deadlineTime ?? .max, timeout.map { now &+ $0.nanoseconds } ?? .max)
    number =
      parent?.state.withLock { state in
        state.childCount += 1
        return state.childCount
      } ?? 0
    let error = parent?.state.withLock { state in
      if state.error == nil { state.children[number] = Child(context: self) }
      return state.error
    }
    if let error { end(error) }
  }

  deinit {
    parent?.state.withLock { _ = $0.children.removeValue(forKey: number) }
  }

  /// Cancels it, and all that were made from it. Once more does nothing. Called on a fiber.
  /// - Complexity: O(n log n) in the contexts made from it.
  public func cancel() { end(.cancelled) }

  /// Why it is to stop; nil while it is not. Called on a fiber.
  public var error: ContextError? {
    if let error = state.withLock({ $0.error }) { return error }
    guard deadlineTime != .max, currentMachine("a context").ownTime >= deadlineTime else { return nil }
    end(.deadlineExceeded)
    return state.withLock { $0.error }
  }

  /// Throws once it is to stop: for loops that do not wait.
  public func check() throws(ContextError) {
    if let error { throw error }
  }

  /// What is left until the deadline; nil without one.
  public var timeLeft: Duration? {
    guard deadlineTime != .max else { return nil }
    let now = currentMachine("a context").ownTime
    return .nanoseconds(Int64(clamping: deadlineTime > now ? deadlineTime - now : 0))
  }

  /// Waits until it is cancelled or its deadline comes.
  @discardableResult
  public func wait() -> ContextError {
    select { cancelled(self) { $0 } }
  }

  /// Waits for a length of virtual time, unless the context ends before.
  public func sleep(for duration: Duration) throws(ContextError) {
    let error: ContextError? = select {
      cancelled(self) { $0 }
      timeout(after: duration) { nil }
    }
    if let error { throw error }
  }

  private func end(_ error: ContextError) {
    let children: [Context]? = state.withLock { state in
      guard state.error == nil else { return nil }
      state.error = error
      defer { state.children = [:] }
      // Kept until they have been told, which may take a turn at the gate: not under the lock.
      return state.children.sorted { $0.key < $1.key }.compactMap(\.value.context)
    }
    guard let children else { return }
    done.close()
    for child in children { child.end(error) }
  }

  var branch: ReceiveBranch<Never> { ReceiveBranch(done) }
}

/// Why a context has ended.
public enum ContextError: Error, Sendable, Hashable {
  case cancelled
  /// Its deadline has come, or that of a context from which it was made.
  case deadlineExceeded
}

/// A case of a `select`: the context is cancelled, or its deadline has come.
public func cancelled<Result>(
  _ context: Context, _ body: @escaping (ContextError) -> Result
) -> SelectCase<Result> {
  // Asked first, so that a deadline that has passed closes the channel.
  _ = context.error
  return SelectCase(.channel(context.branch, until: context.deadlineTime)) { body(context.error ?? .deadlineExceeded) }
}
