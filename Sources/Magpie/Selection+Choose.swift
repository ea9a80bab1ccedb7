import MagpieTrace

/// Waits until one of several cases can go on, and moves its value.
/// - Returns: the number of the case.
@usableFromInline
func choose(among cases: [SelectKind]) -> Int {
  let machine = currentMachine("select")
  return withUnsafeTemporaryAllocation(of: Selection.Alternative.self, capacity: max(cases.count, 1)) { room in
    withUnsafeTemporaryAllocation(of: Int.self, capacity: max(2 * cases.count, 1)) { numbers in
      var choice = Choice(cases)
      for (number, one) in cases.enumerated() {
        guard case .channel(let branch, _) = one else { continue }
        (room.baseAddress! + choice.count).initialize(
          to: Selection.Alternative(
            machine.pointee.fiber!, branch.core, sends: branch.sends, number: choice.count, case: number))
        choice.count += 1
      }
      let selection = Selection(
        room.baseAddress!, count: choice.count, others: choice.tickCount, numbers.baseAddress!)
      return choice.choose(selection, machine)
    }
  }
}

/// The cases of one select, as they are tried and waited for.
private struct Choice {
  let cases: [SelectKind]
  /// Cases on channels.
  var count = 0
  private(set) var tickCount = 0
  /// The shortest of the timeouts, and its case.
  private var limit: (nanoseconds: UInt64, number: Int)?
  /// The earliest time from which a case on a channel can go on without it, and that case.
  private var end: (time: UInt64, number: Int)?

  init(_ cases: [SelectKind]) {
    self.cases = cases
    for (number, one) in cases.enumerated() {
      switch one {
      case .channel(_, let time):
        if time != .max, end.map({ time < $0.time }) ?? true { end = (time, number) }
      case .tick: tickCount += 1
      case .timeout(let duration):
        let nanoseconds = duration.nanoseconds
        if limit.map({ nanoseconds < $0.nanoseconds }) ?? true { limit = (nanoseconds, number) }
      }
    }
  }

  func choose(_ selection: Selection, _ first: MachineRef) -> Int {
    var machine = first.enterRuntime(.select)
    var limitTime = limit.map { machine.ownTime &+ $0.nanoseconds } ?? .max
    var limitNumber = limit?.number
    if let end, end.time < limitTime { (limitTime, limitNumber) = (end.time, end.number) }
    while true {
      selection.lockAll(machine)
      let now = tickCount == 0 ? 0 : machine.ownTime
      if let (number, step) = selection.firstReady(machine, { tick($0).ticker.take(at: now) }) {
        guard let step else {
          selection.unlockAll()
          machine.leave()
          // As in `Ticker.wait`: who is always late never waits.
          checkpoint()
          return tick(number - count).number
        }
        return move(selection, number, step)
      }
      if let limit, limit.nanoseconds == 0 {
        selection.unlockAll()
        machine.leave()
        return limit.number
      }
      if let number = wait(selection, machine, limitTime, limitNumber) { return number }
      // A ticker's time has come. Another fiber may take the tick: then this one waits for the next.
      machine = beginOperation("select", .select)
    }
  }

  /// Moves the value of a case that can go on, with only its channel's lock still held.
  private func move(_ selection: Selection, _ number: Int, _ step: ChannelObject.Step) -> Int {
    let alternative = selection[number]
    selection.unlockAll(but: alternative.core)
    if step.place == nil {
      alternative.core.endClosed(step.machineRef)
    } else {
      branch(alternative.number).move(step)
      if alternative.sends { alternative.core.endSend(step) } else { alternative.core.endReceive(step) }
    }
    return alternative.number
  }

  /// Waits in all lines, until the shortest timeout or the next tick at most.
  /// - Returns: the case to go on with; nil if it must be looked for, as a tick is due.
  private func wait(
    _ selection: Selection, _ machine: MachineRef, _ limitTime: UInt64, _ limitNumber: Int?
  ) -> Int? {
    for number in 0..<count { selection[number].waiter.slot = branch(selection[number].number).makeSlot() }
    var deadline = limitTime
    for number in 0..<tickCount { deadline = min(deadline, tick(number).ticker.nextTick) }
    let chosen = selection.wait(machine, until: deadline)
    for number in 0..<count {
      let waiter = selection[number].waiter
      branch(selection[number].number).endSlot(waiter.slot, hasMoved: number == chosen && waiter.succeeded)
    }
    guard let chosen else { return deadline == limitTime ? limitNumber : nil }
    let alternative = selection[chosen]
    guard alternative.waiter.succeeded || !alternative.sends else {
      misuse("send on a channel that was closed meanwhile")
    }
    return alternative.number
  }

  private func branch(_ number: Int) -> any SelectBranch {
    guard case .channel(let branch, _) = cases[number] else {
      fatalError("magpie: a case without a channel waits on one")
    }
    return branch
  }

  /// The n-th case on a ticker.
  private func tick(_ index: Int) -> (ticker: Ticker, number: Int) {
    var left = index
    for (number, one) in cases.enumerated() {
      guard case .tick(let ticker) = one else { continue }
      if left == 0 { return (ticker, number) }
      left -= 1
    }
    fatalError("magpie: a select has no such ticker")
  }
}
