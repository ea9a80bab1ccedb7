import MagpieTrace

// Events of the family `steal`.
extension SchedulerState {
  mutating func steal(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    let p = heldProcessor(event, m)
    let victim = Int(event.a)
    auditThief(m, round: event.detail)
    guard victim < processors.count, victim != p, p >= 0 else {
      find(victim == p ? .stealFromOther : .argument, found: event.a)
      detach(index)
      return putInHands(index, m, from: .steal)
    }
    let observed = event.c &>> 16
    let claimed = event.c & 0xFFFF
    let half = observed &- observed / 2
    if claimed != half || claimed > 128 || claimed == 0 { find(.stealHalf, expected: half, found: claimed) }
    let count = max(min(claimed, UInt32(Self.queueCapacity)), 1)

    if processors[victim].head != event.b || processors[victim].length < count {
      moveHead(victim, to: event.b, needed: count)
    }
    if count > 1, processors[p].tail != event.d { moveTail(p, to: event.d) }
    for _ in 1..<count { move(from: victim, to: p) }
    take(victim, index)
    putInHands(index, m, from: .steal)
    countStolen(UInt64(count), by: p, from: victim)
  }

  /// Moves one fiber from the head of a queue to the tail of another.
  @inline(__always)
  private mutating func move(from victim: Int, to p: Int) {
    let id = slots[slotIndex(victim, processors[victim].head)]
    processors[victim].head &+= 1
    let index = id == Event.noFiber ? -1 : fiberTable.find(id)
    guard index >= 0 else { return }
    if fibers[index].place != .queued || Int(fibers[index].owner) != victim { misplaced(index, .onePlace) }
    fill(p, index, id)
  }

  mutating func stealRunNext(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    let p = heldProcessor(event, m)
    let victim = Int(event.a)
    auditThief(m, round: event.detail)
    if event.detail != 4 { find(.stealRunNextRound, expected: 4, found: UInt32(event.detail)) }
    guard victim < processors.count, victim != p, p >= 0 else {
      find(victim == p ? .stealFromOther : .argument, found: event.a)
      detach(index)
      return putInHands(index, m, from: .stealRunNext)
    }
    advanceRunNext(victim, to: event.b)
    emptyRunNext(victim, index)
    putInHands(index, m, from: .stealRunNext)
    countStolen(1, by: p, from: victim)
  }

  /// Only a spinning machine steals, in one of four rounds.
  mutating func auditThief(_ m: Int, round: UInt8) {
    if round < 1 || round > 4 { find(.stealRound, expected: 4, found: UInt32(round)) }
    if !machines[m].isSpinning { find(.stealSpinning, found: UInt32(m)) }
  }

  private mutating func countStolen(_ count: UInt64, by p: Int, from victim: Int) {
    statistics.stealsSucceeded &+= 1
    statistics.fibersStolen &+= count
    statistics.processors[p].stole &+= count
    statistics.processors[victim].stolenFrom &+= count
    guard p < statistics.matrixWidth, victim < statistics.matrixWidth else { return }
    let cell = p &* statistics.matrixWidth &+ victim
    statistics.matrix[cell] &+= UInt32(truncatingIfNeeded: count)
  }
}
