import MagpieTrace

// Events of the family `sync objects`. An object is followed from its first event on, which is believed.
extension SchedulerState {
  /// The record of an object, made where there is none; -1 for 0, which is no object.
  mutating func objectIndex(_ id: UInt32) -> Int {
    guard id != 0 else { return -1 }
    let index = objectTable.find(id)
    return index >= 0 ? index : addObject(id)
  }

  mutating func addObject(_ id: UInt32) -> Int {
    var index = objects.count
    if index >= Self.maximumObjects { index = evictObject() }
    guard objectTable.insert(id, index: index) else { return -1 }
    if index == objects.count { objects.append(ObjectRecord(id: id)) } else { objects[index] = ObjectRecord(id: id) }
    return index
  }

  /// Objects have no end that is told, so beyond the limit one makes room that nobody waits for, if there is one near.
  private mutating func evictObject() -> Int {
    for _ in 0..<16 where objects[nextEviction].waiters != 0 { nextEviction = (nextEviction + 1) % objects.count }
    let index = nextEviction
    nextEviction = (nextEviction + 1) % objects.count
    objectTable.remove(objects[index].id)
    return index
  }

  /// The object of the event, its sequence number checked and moved on.
  private mutating func objectOfEvent(_ event: Event, _ kind: SyncObjectState.Kind) -> Int {
    let index = objectIndex(event.a)
    guard index >= 0 else {
      find(.argument)
      return -1
    }
    if objects[index].isKnown {
      let expected = objects[index].sequence &+ 1
      if event.b != expected { find(.objectSequence, expected: expected, found: event.b) }
    }
    objects[index].kind = kind
    objects[index].sequence = event.b
    return index
  }

  mutating func applyChannel(_ event: Event, _ kind: EventKind) {
    let index = objectOfEvent(event, .channel)
    guard index >= 0 else { return }
    let before = objects[index].occupancy
    let known = objects[index].isKnown
    if kind == .channelMake {
      objects[index].capacity = event.c
      objects[index].occupancy = 0
      objects[index].isKnown = true
      return
    }
    if kind == .channelClose {
      objects[index].isClosed = true
      return
    }
    let expected: UInt32
    switch (kind, event.detail) {
    case (.channelSend, 0): expected = before &+ 1
    case (.channelReceive, 0): expected = before &- 1
    case (.channelReceive, 2): expected = 0
    default: expected = before
    }
    if known, event.c != expected || event.c > objects[index].capacity {
      find(.occupancy, expected: expected, found: event.c)
    }
    objects[index].occupancy = event.c
  }

  mutating func applySemaphore(_ event: Event, _ kind: EventKind) {
    let index = objectOfEvent(event, .semaphore)
    guard index >= 0 else { return }
    let before = objects[index].occupancy
    // What is given may go to waiters at once. A count beyond 32 bits is not told, and not checked.
    if objects[index].isKnown, before != .max, event.c != .max {
      let (most, isLarge) = before.addingReportingOverflow(event.d)
      let fits = kind == .semaphoreAcquire ? event.c == before &- event.d : isLarge || event.c <= most
      if !fits { find(.occupancy, expected: before, found: event.c) }
    }
    objects[index].isKnown = true
    objects[index].occupancy = event.c
  }

  mutating func applyCondition(_ event: Event, _ kind: EventKind) {
    let index = objectOfEvent(event, .condition)
    guard index >= 0 else { return }
    let before = objects[index].occupancy
    if kind == .conditionWait {
      if objects[index].isKnown, event.c != before &+ 1 { find(.occupancy, expected: before &+ 1, found: event.c) }
      objects[index].isKnown = true
      objects[index].occupancy = event.c
    } else if objects[index].isKnown {
      if event.c > before { find(.occupancy, expected: before, found: event.c) }
      objects[index].occupancy = before &- Swift.min(before, event.c)
    }
  }

  /// The first event of a lock is believed, also where the lock was used before: of a read-write lock all, until none has it.
  mutating func applyReadWriteLock(_ event: Event, _ kind: EventKind, _ mode: LockMode) {
    let index = objectOfEvent(event, .readWriteLock)
    guard index >= 0, kind != .lockWait else { return }
    let before = objects[index].occupancy
    let writer = Snapshot.Object.writer
    let after: UInt32
    let fits: Bool
    switch (kind, mode) {
    case (.lockRelease, .read):
      fits = before != 0 && before != writer
      after = fits ? before &- 1 : 0
    case (.lockRelease, _):
      fits = before == writer
      after = 0
    case (.lockHandover, .read):
      fits = before == 0
      after = event.c
    case (_, .read):
      fits = before != writer
      after = fits ? before &+ 1 : 1
    default:
      fits = before == 0
      after = writer
    }
    if objects[index].isKnown, !fits { find(.lockExclusive, expected: objects[index].holder, found: event.fiber) }
    if kind != .lockRelease || mode == .write { objects[index].isKnown = true }
    objects[index].occupancy = after
    objects[index].holder = after == writer ? event.fiber : Event.noFiber
  }

  mutating func applyLock(_ event: Event, _ kind: EventKind) {
    if let mode = LockMode(rawValue: event.detail), mode != .exclusive {
      return applyReadWriteLock(event, kind, mode)
    }
    let index = objectOfEvent(event, .lock)
    guard index >= 0, kind != .lockWait else { return }
    let held: UInt32 = kind == .lockAcquire ? 1 : 0
    if objects[index].isKnown, objects[index].occupancy == held {
      find(.lockExclusive, expected: objects[index].holder, found: event.fiber)
    }
    objects[index].isKnown = true
    objects[index].occupancy = held
    objects[index].holder = held == 1 ? event.fiber : Event.noFiber
  }

  mutating func applyWaitGroup(_ event: Event) {
    let index = objectOfEvent(event, .waitGroup)
    guard index >= 0 else { return }
    objects[index].isKnown = true
    objects[index].occupancy = event.c
  }

  // MARK: waiting

  /// - Parameter isNew: whether it parks now, and is not only found waiting.
  mutating func joinObject(_ id: UInt32, reason: UInt8, isNew: Bool) {
    let index = objectIndex(id)
    guard index >= 0 else { return }
    if isNew { objects[index].waits &+= 1 }
    objects[index].waiters &+= 1
    guard objects[index].kind == .unknown else { return }
    switch ParkReason(rawValue: reason) {
    case .channelSend, .channelReceive: objects[index].kind = .channel
    case .lock: objects[index].kind = .lock
    case .waitGroup: objects[index].kind = .waitGroup
    case .semaphore: objects[index].kind = .semaphore
    case .condition: objects[index].kind = .condition
    case .readLock, .writeLock: objects[index].kind = .readWriteLock
    default: break
    }
  }

  /// A parked fiber waits no longer.
  mutating func leaveObject(_ fiber: Int) {
    if fibers[fiber].parkReason == ParkReason.netpoll.rawValue { pollerWaiterCount &-= 1 }
    let id = fibers[fiber].object
    guard id != 0 else { return }
    fibers[fiber].object = 0
    let index = objectTable.find(id)
    guard index >= 0, objects[index].waiters > 0 else { return }
    objects[index].waiters &-= 1
    objects[index].waitedNanoseconds &+= time &- fibers[fiber].since
  }
}
