/// Waits until one of several cases can go on, goes on with it, and with no other (Go's select).
///
///     let next = select {
///       receive(from: jobs) { job in job.map { "job \($0)" } }
///       send(tick, on: ticks) { "ticked" }
///       timeout(after: .seconds(1)) { "nothing for a second" }
///     }
///
/// Where several cases can go on, one of them is drawn at random, each as likely; where none can, the fiber waits for the
/// first. Receiving from a closed channel can always go on, and gives nil. With `otherwise` it never waits. With no case at all
/// it waits for ever. A case that is not to count is left out by an `if` (where Go sets the channel to nil). The channel may be
/// named by several cases.
///
/// All values to send are computed before it waits, each once. The closures run on the calling fiber, after the lines are left,
/// so they may do anything, also select.
/// - Returns: what the closure of the case returned.
/// - Precondition: no channel that it sends on is closed, or is closed while it waits: a programming error that traps, if that case
///   is tried.
/// - Complexity: O(n) in the number of cases, with the locks of all channels held, and O(n²) at worst to order them before.
@discardableResult @inlinable
public func select<Result>(@SelectBuilder<Result> _ cases: () -> [SelectCase<Result>]) -> Result {
  select(among: cases())
}

/// The same over a list of cases that the program has made up as it runs.
@discardableResult @inlinable
public func select<Result>(among cases: [SelectCase<Result>]) -> Result {
  cases[choose(among: cases.map(\.kind))].body()
}

/// One way in which a `select` may go on. It belongs to the fiber that made it, and serves once.
public struct SelectCase<Result> {
  @usableFromInline let kind: SelectKind
  /// What is done once the case was chosen and its value has moved.
  @usableFromInline let body: () -> Result

  @inlinable
  init(_ kind: SelectKind, _ body: @escaping () -> Result) {
    self.kind = kind
    self.body = body
  }
}

/// A case of a `select`: there is a value on the channel, or it is closed.
/// - Parameters:
///   - channel: whose values it receives.
///   - body: gets the value, or nil from a channel that is closed and empty.
@inlinable
public func receive<Element, Result>(
  from channel: Channel<Element>, _ body: @escaping (Element?) -> Result
) -> SelectCase<Result> {
  let branch = ReceiveBranch(channel)
  return SelectCase(.channel(branch)) { body(branch.takeValue()) }
}

/// A case of a `select`: the channel takes a value, by a receiver or into its buffer.
@inlinable
public func send<Element, Result>(
  _ value: Element, on channel: Channel<Element>, _ body: @escaping () -> Result
) -> SelectCase<Result> {
  SelectCase(.channel(SendBranch(channel, value)), body)
}

/// A case of a `select`: no other could go on for a length of virtual time. Of several the shortest counts; with none of its
/// length left it is `otherwise`.
@inlinable
public func timeout<Result>(after duration: Duration, _ body: @escaping () -> Result) -> SelectCase<Result> {
  SelectCase(.timeout(duration), body)
}

/// A case of a `select`: the ticker has ticked. As likely as any other case that can go on.
@inlinable
public func tick<Result>(of ticker: Ticker, _ body: @escaping () -> Result) -> SelectCase<Result> {
  SelectCase(.tick(ticker), body)
}

/// A case of a `select`: no other can go on at once (Go's default).
@inlinable
public func otherwise<Result>(_ body: @escaping () -> Result) -> SelectCase<Result> {
  SelectCase(.timeout(.zero), body)
}

/// Gathers the cases of a `select`.
@resultBuilder
public enum SelectBuilder<Result> {
  @inlinable public static func buildExpression(_ one: SelectCase<Result>) -> [SelectCase<Result>] { [one] }
  @inlinable public static func buildBlock() -> [SelectCase<Result>] { [] }
  @inlinable public static func buildPartialBlock(first part: [SelectCase<Result>]) -> [SelectCase<Result>] { part }
  @inlinable public static func buildPartialBlock(
    accumulated parts: consuming [SelectCase<Result>], next part: [SelectCase<Result>]
  ) -> [SelectCase<Result>] {
    parts.append(contentsOf: part)
    return parts
  }
  @inlinable public static func buildArray(_ parts: [[SelectCase<Result>]]) -> [SelectCase<Result>] {
    parts.flatMap { $0 }
  }
  @inlinable public static func buildOptional(_ part: [SelectCase<Result>]?) -> [SelectCase<Result>] { part ?? [] }
  @inlinable public static func buildEither(first part: [SelectCase<Result>]) -> [SelectCase<Result>] { part }
  @inlinable public static func buildEither(second part: [SelectCase<Result>]) -> [SelectCase<Result>] { part }
}
