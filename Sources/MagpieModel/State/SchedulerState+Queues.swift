import MagpieTrace

// Events of the family `local queue`.
extension SchedulerState {
  mutating func pushLocal(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    _ = takeFromHands(index, m)
    let p = filledProcessor(event, m)
    guard p >= 0 else { return lost(index) }
    if processors[p].tail != event.a { moveTail(p, to: event.a) }
    fill(p, index, event.fiber)
  }

  mutating func popLocal(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    let p = heldProcessor(event, m)
    if p >= 0 {
      if processors[p].head != event.a || processors[p].length == 0 { moveHead(p, to: event.a, needed: 1) }
      take(p, index)
    } else {
      detach(index)
    }
    putInHands(index, m, from: .local)
  }

  mutating func putRunNext(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    _ = takeFromHands(index, m)
    let p = heldProcessor(event, m)
    guard p >= 0 else { return lost(index) }
    advanceRunNext(p, to: event.a)
    let displaced = processors[p].runNext
    if displaced != event.b {
      find(.runNextContent, expected: displaced, found: event.b)
      lose(displaced, .runNext, p)
    }
    processors[p].runNext = event.fiber
    set(index, .runNext, owner: p)
    guard event.b != Event.noFiber, event.b != event.fiber else { return }
    let other = self.index(of: event.b)
    guard other >= 0 else { return }
    if fibers[other].place != .runNext || Int(fibers[other].owner) != p { misplaced(other, .onePlace) }
    putInHands(other, m, from: .none)
  }

  mutating func takeRunNext(_ event: Event, _ m: Int) {
    let index = index(of: event.fiber)
    guard index >= 0 else { return }
    let p = heldProcessor(event, m)
    if p >= 0 {
      advanceRunNext(p, to: event.a)
      emptyRunNext(p, index)
    } else {
      detach(index)
    }
    putInHands(index, m, from: .runNext)
  }

  /// Takes a fiber out of runnext, or out of wherever it is.
  mutating func emptyRunNext(_ p: Int, _ index: Int) {
    let id = fibers[index].id
    if processors[p].runNext != id {
      find(.runNextContent, expected: processors[p].runNext, found: id)
      lose(processors[p].runNext, .runNext, p)
      detach(index)
    } else if fibers[index].place != .runNext || Int(fibers[index].owner) != p {
      misplaced(index, .onePlace)
    }
    processors[p].runNext = Event.noFiber
  }

  @inline(__always)
  mutating func advanceRunNext(_ p: Int, to version: UInt32) {
    if version != processors[p].runNextVersion &+ 1 {
      find(.runNextVersion, expected: processors[p].runNextVersion &+ 1, found: version)
    }
    processors[p].runNextVersion = version
  }

  mutating func overflow(_ event: Event, _ m: Int) {
    let p = filledProcessor(event, m)
    guard p >= 0 else { return }
    let half = UInt32(Self.queueCapacity / 2)
    let count = min(event.b, UInt32(Self.queueCapacity))
    if event.b != half || processors[p].length != UInt32(Self.queueCapacity) {
      find(.overflowHalf, expected: half, found: event.b)
    }
    if processors[p].head != event.a || processors[p].length < count { moveHead(p, to: event.a, needed: count) }
    for _ in 0..<count {
      let id = slots[slotIndex(p, processors[p].head)]
      processors[p].head &+= 1
      guard id != Event.noFiber else { continue }
      let index = fiberTable.find(id)
      guard index >= 0 else { continue }
      if fibers[index].place != .queued || Int(fibers[index].owner) != p { misplaced(index, .onePlace) }
      Self.append(&machines[m].overflow, index, &fibers)
      set(index, .overflow, owner: m)
    }
  }

  // MARK: slots

  /// Fills the slot at the tail with a fiber that is nowhere.
  @inline(__always)
  mutating func fill(_ p: Int, _ index: Int, _ id: UInt32) {
    let tail = processors[p].tail
    if processors[p].length > processors[p].slotMask { overfull(p) }
    slots[slotIndex(p, tail)] = id
    processors[p].tail = tail &+ 1
    set(index, .queued, owner: p)
  }

  /// Empties the slot at the head, which should hold this fiber.
  @inline(__always)
  mutating func take(_ p: Int, _ index: Int) {
    let slot = slotIndex(p, processors[p].head)
    let id = fibers[index].id
    if slots[slot] != id {
      wrongContent(p, slot, index, .slotContent)
    } else if fibers[index].place != .queued || Int(fibers[index].owner) != p {
      misplaced(index, .onePlace)
    }
    processors[p].head &+= 1
  }

  /// A slot holds another fiber than the one that was taken from it.
  @inline(never)
  mutating func wrongContent(_ p: Int, _ slot: Int, _ index: Int, _ rule: Rule) {
    find(rule, expected: slots[slot], found: fibers[index].id)
    let id = slots[slot]
    detach(index)
    lose(id, .queued, p)
  }

  /// A ring that began small grows. A 257th fiber: the oldest is given up.
  @inline(never)
  private mutating func overfull(_ p: Int) {
    if growRing(p, toHold: processors[p].length &+ 1) { return }
    find(.queueCapacity, expected: UInt32(Self.queueCapacity), found: processors[p].length &+ 1)
    lose(slots[slotIndex(p, processors[p].head)], .queued, p)
    processors[p].head &+= 1
  }

  /// A queue is filled at another slot than the next: what is between them is unknown.
  @inline(never)
  mutating func moveTail(_ p: Int, to number: UInt32) {
    find(.slotOrder, expected: processors[p].tail, found: number)
    let length = number &- processors[p].head
    if length <= UInt32(Self.queueCapacity) {
      _ = growRing(p, toHold: length)
      // Shorter: what was behind is lost. Longer: empty slots.
      while processors[p].tail != number {
        if length < processors[p].length {
          processors[p].tail &-= 1
          lose(slots[slotIndex(p, processors[p].tail)], .queued, p)
        } else {
          slots[slotIndex(p, processors[p].tail)] = Event.noFiber
          processors[p].tail &+= 1
        }
      }
    } else {
      clearQueue(p)
      processors[p].head = number
      processors[p].tail = number
    }
  }

  /// A queue is emptied at another slot than the next, or holds too few: what was before is lost, what lacks is unknown.
  @inline(never)
  mutating func moveHead(_ p: Int, to number: UInt32, needed: UInt32) {
    find(.slotOrder, expected: processors[p].head, found: number)
    if processors[p].tail &- number <= processors[p].length {
      while processors[p].head != number {
        lose(slots[slotIndex(p, processors[p].head)], .queued, p)
        processors[p].head &+= 1
      }
    } else {
      clearQueue(p)
      processors[p].head = number
      processors[p].tail = number
    }
    _ = growRing(p, toHold: needed)
    while processors[p].length < needed {
      slots[slotIndex(p, processors[p].tail)] = Event.noFiber
      processors[p].tail &+= 1
    }
  }

  mutating func clearQueue(_ p: Int) {
    while processors[p].length != 0 {
      lose(slots[slotIndex(p, processors[p].head)], .queued, p)
      processors[p].head &+= 1
    }
  }

  /// A fiber was taken out of the hands and goes to a place that does not exist.
  mutating func lost(_ index: Int) {
    fibers[index].place = .unknown
  }
}
