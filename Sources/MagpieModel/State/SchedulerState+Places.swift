import MagpieTrace

// Fibers by number, and the moves between places that all events are made of.
extension SchedulerState {
  /// The index of a fiber's record, made where there is none; -1 if it is no fiber, or one too many.
  @inline(__always)
  mutating func index(of id: UInt32) -> Int {
    if id != Event.noFiber {
      let index = fiberTable.find(id)
      if index >= 0 { return index }
    }
    return indexOfUnknown(id)
  }

  @inline(never)
  private mutating func indexOfUnknown(_ id: UInt32) -> Int {
    guard id != Event.noFiber else {
      find(.argument)
      return -1
    }
    find(.fiberLives, found: id)
    return addFiber(id)
  }

  /// A new record for a number that has none; -1 beyond the limit.
  mutating func addFiber(_ id: UInt32) -> Int {
    guard fiberTable.count < fiberLimit else {
      find(.fiberLimit, expected: UInt32(truncatingIfNeeded: fiberLimit), found: id)
      return -1
    }
    var index = fibers.count
    if freeFiber != noIndex {
      index = Int(freeFiber)
      freeFiber = fibers[index].next
      fibers[index] = FiberRecord(id: id)
    } else {
      fibers.append(FiberRecord(id: id))
    }
    guard fiberTable.insert(id, index: index) else {
      freeRecord(index)
      find(.fiberLimit, found: id)
      return -1
    }
    fibers[index].since = time
    return index
  }

  /// Forgets a fiber that is in no list, queue or slot any more.
  mutating func removeFiber(_ index: Int) {
    disarm(index)
    fiberTable.remove(fibers[index].id)
    freeRecord(index)
  }

  private mutating func freeRecord(_ index: Int) {
    fibers[index].place = .none
    fibers[index].next = freeFiber
    freeFiber = UInt32(truncatingIfNeeded: index)
  }

  /// Puts a fiber that is nowhere into a place that is not a list.
  @inline(__always)
  mutating func set(_ index: Int, _ place: FiberRecord.Place, owner: Int) {
    Self.set(&fibers[index], place, UInt16(truncatingIfNeeded: owner), time)
  }

  @inline(__always)
  private static func set(_ record: inout FiberRecord, _ place: FiberRecord.Place, _ owner: UInt16, _ time: UInt64) {
    record.place = place
    record.owner = owner
    record.since = time
  }

  // MARK: hands

  /// Puts a fiber that is nowhere at the end of what the machine has in its hands.
  @inline(__always)
  mutating func putInHands(_ index: Int, _ m: Int, from origin: StartSource) {
    Self.append(&machines[m].hands, index, &fibers)
    Self.set(&fibers[index], .hands, UInt16(truncatingIfNeeded: m), time)
    fibers[index].origin = origin.rawValue
  }

  /// Takes a fiber that should be in the machine's hands out of them, or out of wherever it is.
  /// - Returns: whether it was in the hands.
  @inline(__always)
  mutating func takeFromHands(_ index: Int, _ m: Int, otherwise rule: Rule = .onePlace) -> Bool {
    if fibers[index].place == .hands, Int(fibers[index].owner) == m {
      Self.unlink(&machines[m].hands, index, &fibers)
      return true
    }
    misplaced(index, rule)
    return false
  }

  @inline(__always)
  static func append(_ list: inout MachineRecord.List, _ index: Int, _ fibers: inout [FiberRecord]) {
    let this = UInt32(truncatingIfNeeded: index)
    fibers[index].previous = list.last
    fibers[index].next = noIndex
    if list.last == noIndex { list.first = this } else { fibers[Int(list.last)].next = this }
    list.last = this
    list.count &+= 1
  }

  @inline(__always)
  static func unlink(_ list: inout MachineRecord.List, _ index: Int, _ fibers: inout [FiberRecord]) {
    let previous = fibers[index].previous
    let next = fibers[index].next
    if previous == noIndex { list.first = next } else { fibers[Int(previous)].next = next }
    if next == noIndex { list.last = previous } else { fibers[Int(next)].previous = previous }
    list.count &-= 1
  }

  // MARK: running

  /// The fiber of the event stops running on the machine.
  /// - Returns: its index, now in no place; -1 if there is none.
  @inline(__always)
  mutating func stopRunning(_ event: Event, _ m: Int) -> Int {
    let index = index(of: event.fiber)
    guard index >= 0 else { return -1 }
    if fibers[index].place == .running, Int(fibers[index].owner) == m {
      let p = Int(machines[m].processor)
      if p < processors.count {
        endRun(p, index)
      } else if era.hasFibers {
        find(.runsWithProcessor, found: event.fiber)
      }
      machines[m].fiber = Event.noFiber
    } else if fibers[index].place == .hands, Int(fibers[index].owner) == m,
      fibers[index].origin == StartSource.syscall.rawValue, machines[m].processor != Event.noProcessor
    {
      // Back from a blocking call with a new processor: it went on without a start of its own.
      Self.unlink(&machines[m].hands, index, &fibers)
    } else {
      misplaced(index, .onePlace)
    }
    return index
  }

  /// Ends the accounting of what runs on a processor.
  @inline(__always)
  mutating func endRun(_ p: Int, _ index: Int) {
    guard processors[p].fiber != Event.noFiber else { return }
    let ran = time &- processors[p].runStart
    processors[p].fiber = Event.noFiber
    statistics.processors[p].busyNanoseconds &+= ran
    fibers[index].ranNanoseconds &+= ran
    lastDuration = ran
  }

  /// Ends the accounting of what runs on a processor, whatever it is.
  mutating func endRun(_ p: Int) {
    let id = processors[p].fiber
    guard id != Event.noFiber else { return }
    let index = fiberTable.find(id)
    if index >= 0 {
      endRun(p, index)
    } else {
      processors[p].fiber = Event.noFiber
    }
  }

  // MARK: contradictions

  /// A fiber is not where an event takes it from: says so, and takes it out of where it is.
  @inline(never)
  mutating func misplaced(_ index: Int, _ rule: Rule) {
    if fibers[index].place != .unknown {
      find(rule, expected: fibers[index].id, found: UInt32(fibers[index].place.rawValue))
    }
    detach(index)
  }

  /// Takes a fiber out of any place; it is then in none (`unknown`).
  mutating func detach(_ index: Int) {
    let record = fibers[index]
    let owner = Int(record.owner)
    switch record.place {
    case .none, .unknown: break
    case .hands: Self.unlink(&machines[owner].hands, index, &fibers)
    case .overflow: Self.unlink(&machines[owner].overflow, index, &fibers)
    case .queued where owner < processors.count:
      let first = Int(processors[owner].slotBase)
      for slot in first...first + Int(processors[owner].slotMask) where slots[slot] == record.id {
        slots[slot] = Event.noFiber
      }
    case .runNext where owner < processors.count:
      if processors[owner].runNext == record.id { processors[owner].runNext = Event.noFiber }
    // The global queue may be long: its entry stays, and is seen to be empty when it is taken.
    case .global, .queued, .runNext: break
    case .running, .blocked, .detached:
      if machines[owner].fiber == record.id {
        let p = Int(machines[owner].processor)
        if p < processors.count, processors[p].fiber == record.id { endRun(p, index) }
        machines[owner].fiber = Event.noFiber
      }
    case .parked: leaveObject(index)
    }
    fibers[index].place = .unknown
  }

  /// What a queue held at one place is no longer there: the fiber is in no place, if it was in this one.
  mutating func lose(_ id: UInt32, _ place: FiberRecord.Place, _ owner: Int) {
    guard id != Event.noFiber else { return }
    let index = fiberTable.find(id)
    guard index >= 0, fibers[index].place == place, place == .global || Int(fibers[index].owner) == owner else {
      return
    }
    fibers[index].place = .unknown
  }
}
