import MagpieTrace

// Events of the family `global queue`.
extension SchedulerState {
  mutating func pushGlobal(_ event: Event, _ m: Int) {
    if event.a != globalTail { restartGlobal(at: event.a) }
    let carried = machines[m].overflow.count &+ (event.fiber == Event.noFiber ? 0 : 1)
    if event.b != carried { find(.globalPushCount, expected: carried, found: event.b) }
    while machines[m].overflow.first != noIndex {
      let index = Int(machines[m].overflow.first)
      Self.unlink(&machines[m].overflow, index, &fibers)
      appendGlobal(index)
    }
    guard event.fiber != Event.noFiber else { return }
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    _ = takeFromHands(index, m)
    appendGlobal(index)
  }

  private mutating func appendGlobal(_ index: Int) {
    if Int(globalTail &- globalHead) >= global.count { growGlobal() }
    global[Int(globalTail) & (global.count - 1)] = fibers[index].id
    globalTail &+= 1
    set(index, .global, owner: 0)
  }

  /// Doubles the ring. It holds live fibers, and what a contradiction left of such: never more than twice their limit.
  private mutating func growGlobal() {
    guard global.count < fiberLimit * 2 else {
      lose(global[Int(globalHead) & (global.count - 1)], .global, 0)
      globalHead &+= 1
      return
    }
    var larger = [UInt32](repeating: Event.noFiber, count: global.count * 2)
    var number = globalHead
    while number != globalTail {
      larger[Int(number) & (larger.count - 1)] = global[Int(number) & (global.count - 1)]
      number &+= 1
    }
    global = larger
  }

  /// The queue goes on at another index than the next: what it held is unknown.
  @inline(never)
  private mutating func restartGlobal(at number: UInt32) {
    find(.globalOrder, expected: globalTail, found: number)
    while globalHead != globalTail {
      lose(global[Int(globalHead) & (global.count - 1)], .global, 0)
      globalHead &+= 1
    }
    globalHead = number
    globalTail = number
  }

  /// The machine had to wait for the lock of the one queue.
  mutating func waitForLock(_ event: Event, _ m: Int) {
    machines[m].lockWaits &+= 1
    machines[m].lockWaitedNanoseconds &+= UInt64(event.a)
    machines[m].longestLockWait = max(machines[m].longestLockWait, event.a)
  }

  mutating func takeGlobal(_ event: Event, _ m: Int) {
    let p = heldProcessor(event, m)
    let count = min(event.b, 128)
    auditGlobalBatch(event)
    if event.a != globalHead || globalTail &- globalHead < count { moveGlobalHead(to: event.a, needed: count) }
    let first = index(of: event.fiber)
    if count > 0 {
      let id = takeGlobalHead()
      if id != event.fiber {
        find(.globalContent, expected: id, found: event.fiber)
        lose(id, .global, 0)
      }
    }
    if first >= 0 {
      if fibers[first].place != .global { misplaced(first, .onePlace) }
      putInHands(first, m, from: event.detail == 1 ? .tick : .global)
    }
    guard count > 1 else { return }
    if p >= 0, processors[p].tail != event.c { moveTail(p, to: event.c) }
    for _ in 1..<count {
      let id = takeGlobalHead()
      let index = id == Event.noFiber ? -1 : fiberTable.find(id)
      guard index >= 0 else { continue }
      if fibers[index].place != .global { misplaced(index, .onePlace) }
      if p >= 0 { fill(p, index, id) } else { lost(index) }
    }
  }

  @inline(__always)
  private mutating func takeGlobalHead() -> UInt32 {
    let id = global[Int(globalHead) & (global.count - 1)]
    globalHead &+= 1
    return id
  }

  /// How much of the queue may be taken at once. The queue's size in the model may be short of pushes whose records are
  /// late, so it is checked only against the size that the event says was observed.
  private mutating func auditGlobalBatch(_ event: Event) {
    var limit: UInt32 = 128
    if event.detail == 1 || era.hasOneQueue {
      limit = 1
    } else if event.d != 0 {
      limit = min(limit, event.d, event.d / UInt32(leastProcessorCount) &+ 1)
    }
    if event.b == 0 || event.b > limit { find(.globalBatch, expected: limit, found: event.b) }
  }

  /// The queue is emptied at another index than the next, or holds too few: what lacks is unknown.
  @inline(never)
  private mutating func moveGlobalHead(to number: UInt32, needed: UInt32) {
    find(.globalOrder, expected: globalHead, found: number)
    let known = globalTail &- number
    let keeps = known <= globalTail &- globalHead
    while globalHead != globalTail, !(keeps && globalHead == number) {
      lose(global[Int(globalHead) & (global.count - 1)], .global, 0)
      globalHead &+= 1
    }
    if !keeps {
      globalHead = number
      globalTail = number
    }
    while globalTail &- globalHead < needed {
      global[Int(globalTail) & (global.count - 1)] = Event.noFiber
      globalTail &+= 1
    }
  }
}
