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
/// - Complexity: O(n log n) in the number of cases at best, O(n²) at worst; the locks of all channels are held meanwhile.
@discardableResult
public func select<Result>(@SelectBuilder<Result> _ cases: () -> [SelectCase<Result>]) -> Result { select(cases()) }

/// The same over a list of cases that the program has made up as it runs.
@discardableResult
public func select<Result>(_ cases: [SelectCase<Result>]) -> Result {
  let machine = currentMachine("select")
  let cases = SortedCases(cases)
  let (count, others) = (cases.branches.count, cases.ticks.count)
  return withUnsafeTemporaryAllocation(of: Selection.Alternative.self, capacity: max(count, 1)) { room in
    withUnsafeTemporaryAllocation(of: Int.self, capacity: max(2 * count + others, 1)) { numbers in
      for (number, branch) in cases.branches.enumerated() {
        (room.baseAddress! + number).initialize(
          to: Selection.Alternative(machine.pointee.fiber!, branch.core, sends: branch.sends, number: number))
      }
      let selection = Selection(room.baseAddress!, count: count, others: others, numbers.baseAddress!)
      return cases.choose(selection, machine)
    }
  }
}

/// The cases of a select by kind.
private struct SortedCases<Result> {
  var branches: [any SelectBranch<Result>] = []
  var ticks: [(ticker: Ticker, body: () -> Result)] = []
  /// The shortest of the timeouts.
  var limit: (nanoseconds: UInt64, body: () -> Result)?

  init(_ cases: [SelectCase<Result>]) {
    for one in cases {
      switch one.kind {
      case .channel(let branch): branches.append(branch)
      case .tick(let ticker, let body): ticks.append((ticker, body))
      case .timeout(let nanoseconds, let body):
        if limit.map({ nanoseconds < $0.nanoseconds }) ?? true { limit = (nanoseconds, body) }
      }
    }
  }

  func choose(_ selection: Selection, _ first: MachineRef) -> Result {
    var machine = first.enterRuntime()
    let limitTime = limit.map { machine.ownTime &+ $0.nanoseconds } ?? .max
    while true {
      let now = machine.ownTime
      selection.lockAll(machine)
      if let (number, step) = selection.firstReady(machine, { ticks[$0].ticker.take(at: now) }) {
        if let step {
          selection.unlockAll(but: branches[number].core)
          return branches[number].finish(step)
        }
        selection.unlockAll()
        machine.leave()
        return ticks[number - branches.count].body()
      }
      if let limit, limit.nanoseconds == 0 {
        selection.unlockAll()
        machine.leave()
        return limit.body()
      }
      for number in branches.indices { selection[number].waiter.slot = branches[number].makeSlot() }
      let deadline = ticks.reduce(limitTime) { min($0, $1.ticker.nextTick) }
      let choice = selection.wait(machine, until: deadline)
      for number in branches.indices where number != choice { branches[number].discard(selection[number].waiter.slot) }
      if let choice { return branches[choice].resume(selection[choice].waiter) }
      if let limit, deadline == limitTime { return limit.body() }
      // A ticker's time has come. Another fiber may take the tick: then this one waits for the next.
      machine = beginOperation("select")
    }
  }
}

/// One way in which a `select` may go on. It belongs to the fiber that made it.
public struct SelectCase<Result> {
  enum Kind {
    case channel(any SelectBranch<Result>)
    case timeout(nanoseconds: UInt64, body: () -> Result)
    case tick(Ticker, body: () -> Result)
  }
  let kind: Kind
}

/// A case of a `select`: there is a value on the channel, or it is closed.
/// - Parameter body: gets the value, or nil from a channel that is closed and empty.
public func receive<Element, Result>(
  from channel: Channel<Element>, _ body: @escaping (Element?) -> Result
) -> SelectCase<Result> {
  SelectCase(kind: .channel(ReceiveBranch(channel: channel, body: body)))
}

/// A case of a `select`: the channel takes a value, by a receiver or into its buffer.
public func send<Element, Result>(
  _ value: Element, on channel: Channel<Element>, _ body: @escaping () -> Result
) -> SelectCase<Result> {
  SelectCase(kind: .channel(SendBranch(channel: channel, value: value, body: body)))
}

/// A case of a `select`: no other could go on for a length of virtual time. Of several the shortest counts; with none of its
/// length left it is `otherwise`.
public func timeout<Result>(after duration: Duration, _ body: @escaping () -> Result) -> SelectCase<Result> {
  SelectCase(kind: .timeout(nanoseconds: duration.nanoseconds, body: body))
}

/// A case of a `select`: the ticker has ticked. As likely as any other case that can go on.
public func tick<Result>(of ticker: Ticker, _ body: @escaping () -> Result) -> SelectCase<Result> {
  SelectCase(kind: .tick(ticker, body: body))
}

/// A case of a `select`: no other can go on at once (Go's default).
public func otherwise<Result>(_ body: @escaping () -> Result) -> SelectCase<Result> { timeout(after: .zero, body) }

/// Gathers the cases of a `select`.
@resultBuilder
public enum SelectBuilder<Result> {
  public static func buildExpression(_ one: SelectCase<Result>) -> [SelectCase<Result>] { [one] }
  public static func buildBlock(_ parts: [SelectCase<Result>]...) -> [SelectCase<Result>] { parts.flatMap { $0 } }
  public static func buildArray(_ parts: [[SelectCase<Result>]]) -> [SelectCase<Result>] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [SelectCase<Result>]?) -> [SelectCase<Result>] { part ?? [] }
  public static func buildEither(first part: [SelectCase<Result>]) -> [SelectCase<Result>] { part }
  public static func buildEither(second part: [SelectCase<Result>]) -> [SelectCase<Result>] { part }
}
