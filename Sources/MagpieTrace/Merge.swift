/// The events of all machines in one order, and it is causal: no fiber is taken before it was put, no slot is filled before
/// it was emptied.
///
/// Stamps cannot give that order. A machine may be descheduled between an operation, its stamp and its record, and the
/// counter is read early or late by the CPU itself; measured, a merge by stamps makes thousands of false findings.
///
/// ### The argument
/// Each event is one atomic step on shared objects, and carries the number which the object had before the step (an index of
/// a queue) or got by it (a version). An event is *ready* when all its objects stand just before its numbers. Events of one
/// machine stay in the order of its ring.
/// 1. Of all events not yet merged, take the one whose step really happened first. Whatever must precede it in its own ring
///    or on its objects happened earlier, so is merged already: it is ready. So as long as there are events, and all rings
///    have been read, some head is ready: the merge never waits in a circle.
/// 2. An event is merged only when its objects stand before its numbers, so every object sees its steps in their real order.
/// This needs one step an event: an overflow in one event (out of the ring, onto the global queue) did wait in circles. What
/// a steal or a batch adds to the machine's *own* tail is no second step: nobody else writes that tail.
///
/// Among ready heads the smallest stamp comes first, and of equal ones the machine of the lowest number. A fiber's park and
/// ready, and the firing of a timer between them, are ordered by the fiber's own sequence number, which the waker reads under the
/// lock that hands it the fiber; start, yield and exit need no number: the queue that the fiber came from carries it.
///
/// Rejected: stamps carried by objects (`max(counter, object's last + 1)`), which change nothing measurable once numbers
/// decide; and a heap of heads, slower than a scan for the few rings that there are.
public struct Merge: ~Copyable {
  /// How events of different machines are ordered.
  public enum Order: Sendable {
    case causal
    /// By time alone: wrong under load, and here so that a test can show it.
    case stamps
  }

  /// The most processors that a trace may speak of.
  public static var maxProcessors: Int { 2048 }

  private struct Source {
    var events: UnsafeMutablePointer<Event>
    var capacity: Int
    var position = 0
    var count = 0
    /// Events ever merged, modulo 2³².
    var merged: UInt32 = 0
  }

  private let order: Order
  private var sources: [Source] = []
  private var current = -1
  private var currentLimit: UInt64 = 0

  // The numbers at which the shared objects stand.
  private let heads: UnsafeMutablePointer<UInt32>
  private let tails: UnsafeMutablePointer<UInt32>
  private let runNextVersions: UnsafeMutablePointer<UInt32>
  private let processorVersions: UnsafeMutablePointer<UInt32>
  private var globalHead: UInt32 = 0
  private var globalTail: UInt32 = 0
  private var idleSequence: UInt32 = 0
  private var parked = NumberTable()
  private var objects = NumberTable()

  public init(order: Order = .causal) {
    self.order = order
    func zeros() -> UnsafeMutablePointer<UInt32> {
      let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: Merge.maxProcessors)
      memory.initialize(repeating: 0, count: Merge.maxProcessors)
      return memory
    }
    heads = zeros()
    tails = zeros()
    runNextVersions = zeros()
    processorVersions = zeros()
  }

  deinit {
    for source in sources { source.events.deallocate() }
    heads.deallocate()
    tails.deallocate()
    runNextVersions.deallocate()
    processorVersions.deallocate()
  }

  /// The successor of an idle lists' sequence number, which is never 0: 0 says "none" in an event.
  @inlinable
  public static func next(after sequence: UInt32) -> UInt32 { sequence == .max ? 1 : sequence &+ 1 }

  /// Events that wait to be merged.
  public var waiting: Int { sources.reduce(0) { $0 + $1.count - $1.position } }

  /// Room for `count` more events of a machine; what is written there is then given by `commit`.
  /// - Complexity: O(waiting events of that machine), amortised by reading much at once.
  public mutating func reserve(machine: Int, count: Int) -> UnsafeMutableBufferPointer<Event> {
    addSources(to: machine)
    var source = sources[machine]
    let waiting = source.count - source.position
    if source.position > 0 {
      source.events.update(from: source.events + source.position, count: waiting)
      source.position = 0
      source.count = waiting
    }
    if waiting + count > source.capacity {
      let capacity = max(source.capacity * 2, waiting + count)
      let events = UnsafeMutablePointer<Event>.allocate(capacity: capacity)
      events.update(from: source.events, count: waiting)
      source.events.deallocate()
      source.events = events
      source.capacity = capacity
    }
    sources[machine] = source
    current = -1
    return UnsafeMutableBufferPointer(start: source.events + waiting, count: count)
  }

  private mutating func addSources(to machine: Int) {
    while sources.count <= machine {
      sources.append(Source(events: .allocate(capacity: 256), capacity: 256))
    }
  }

  /// The first `count` events of the room given by `reserve` are there.
  public mutating func commit(machine: Int, count: Int) { sources[machine].count += count }

  /// Forgets the events that wait. How many there were, a machine.
  public mutating func discard() -> [Int] {
    current = -1
    return sources.indices.map { index in
      let waiting = sources[index].count - sources[index].position
      sources[index].position = 0
      sources[index].count = 0
      return waiting
    }
  }

  /// Puts all objects where a snapshot says that they stand: after a loss their numbers are unknown until then.
  public mutating func reset(to snapshot: Snapshot) {
    for (index, processor) in snapshot.processors.prefix(Merge.maxProcessors).enumerated() {
      heads[index] = processor.head
      tails[index] = processor.head &+ UInt32(truncatingIfNeeded: processor.queue.count)
      runNextVersions[index] = processor.runNextVersion
      processorVersions[index] = processor.version
    }
    globalHead = snapshot.globalHead
    globalTail = snapshot.globalHead &+ UInt32(truncatingIfNeeded: snapshot.global.count)
    idleSequence = snapshot.idleSequence
    parked.removeAll()
    for fiber in snapshot.fibers {
      if case .parked = fiber.place { parked.set(fiber.id, to: fiber.sequence) }
    }
    objects.removeAll()
    for object in snapshot.objects { objects.set(object.id, to: object.sequence) }
    for (machine, cursor) in snapshot.cursors.enumerated() {
      addSources(to: machine)
      sources[machine].merged = UInt32(truncatingIfNeeded: cursor)
    }
  }

  /// The next event in order, or nil when none is ready.
  /// - Parameter horizon: only events before this time; in a simulation all events before its clock are known.
  public mutating func next(before horizon: UInt64 = .max) -> Event? {
    if current >= 0 {
      let source = sources[current]
      if source.position < source.count {
        let event = source.events[source.position]
        if event.time < currentLimit && event.time < horizon && advance(event) {
          sources[current].position = source.position + 1
          sources[current].merged = source.merged &+ 1
          return event
        }
      }
    }
    return choose(before: horizon)
  }

  private mutating func choose(before horizon: UInt64) -> Event? {
    var best = -1
    var bestTime = UInt64.max
    var others = UInt64.max
    for index in sources.indices {
      let source = sources[index]
      guard source.position < source.count else { continue }
      let event = source.events[source.position]
      let time = event.time
      guard time < horizon else {
        others = min(others, time)
        continue
      }
      if time < bestTime && isReady(event) {
        others = min(others, bestTime)
        best = index
        bestTime = time
      } else {
        others = min(others, time)
      }
    }
    guard best >= 0 else {
      current = -1
      return nil
    }
    current = best
    currentLimit = others
    let event = sources[best].events[sources[best].position]
    sources[best].position += 1
    sources[best].merged = sources[best].merged &+ 1
    _ = advance(event)
    return event
  }
}

extension Merge {
  private func isReady(_ event: Event) -> Bool {
    if order == .stamps { return true }
    let processor = Int(event.processor)
    let isKnown = processor < Merge.maxProcessors
    switch event.kind {
    case .fiberReady:
      return parked[event.fiber] == event.b
    case .timerFire:
      return parked[event.fiber] == event.d
    case .queuePush:
      return !isKnown || (tails[processor] == event.a && event.a &- heads[processor] < 256)
    case .queuePop:
      return !isKnown || (heads[processor] == event.a && tails[processor] != event.a)
    case .queueRunNextPut, .queueRunNextTake:
      return !isKnown || runNextVersions[processor] &+ 1 == event.a
    case .queueOverflow:
      return !isKnown || (heads[processor] == event.a && tails[processor] &- event.a >= event.b)
    case .globalPush:
      return globalTail == event.a
    case .globalTake:
      return globalHead == event.a && globalTail &- event.a >= event.b
        && (!isKnown || hasRoom(processor, for: event.b &- 1, at: event.c))
    case .stealTook:
      let victim = Int(event.a)
      let count = event.c & 0xFFFF
      guard isKnown, victim < Merge.maxProcessors else { return true }
      return heads[victim] == event.b && tails[victim] &- event.b >= count
        && hasRoom(processor, for: count &- 1, at: event.d)
    case .stealTookRunNext:
      let victim = Int(event.a)
      return victim >= Merge.maxProcessors || runNextVersions[victim] &+ 1 == event.b
    case .processorIdle, .processorAcquire, .processorRelease, .processorBegin, .processorHandoff:
      return (!isKnown || processorVersions[processor] &+ 1 == event.a || isOfPermit(event))
        && (event.b == 0 || Merge.next(after: idleSequence) == event.b)
    case .processorCountChanged:
      return Merge.next(after: idleSequence) == event.b
    case .processorRetake, .machineSyscallEnter:
      return !isKnown || processorVersions[processor] &+ 1 == event.a
    case .processorDetach:
      return !isKnown
        || (processorVersions[processor] &+ 1 == event.a && hasMerged(event.d, of: Int(event.b)))
    case .machineRejoin:
      return !isKnown || Int32(bitPattern: processorVersions[processor] &- event.a) >= 0
    case .machineSyscallExit:
      return event.a == 0 || !isKnown || processorVersions[processor] &+ 1 == event.a
    case .machineStart:
      let given = Int(event.b)
      return (given >= Merge.maxProcessors || processorVersions[given] &+ 1 == event.c)
        && (event.d == 0 || Merge.next(after: idleSequence) == event.d)
    case .machineWake:
      let given = Int(event.a &>> 16)
      return (given >= Merge.maxProcessors || processorVersions[given] &+ 1 == event.c)
        && (event.b == 0 || Merge.next(after: idleSequence) == event.b)
    case .machinePark:
      return event.a == 0 || Merge.next(after: idleSequence) == event.a
    case .channelSend, .channelReceive, .channelClose, .semaphoreAcquire, .semaphoreRelease, .conditionWait,
      .conditionSignal, .lockWait, .lockAcquire, .lockRelease, .lockHandover, .waitGroupCount:
      return (objects[event.a] ?? 0) &+ 1 == event.b
    default:
      return true
    }
  }

  /// Whether a step is on a permit alone: the queue that it names, if any, was told of before.
  private func isOfPermit(_ event: Event) -> Bool {
    event.a == 0 && event.kind != .processorIdle && event.kind != .processorAcquire
  }

  /// Whether so many events of a machine have been merged: it stood outside the runtime when they were counted.
  private func hasMerged(_ count: UInt32, of machine: Int) -> Bool {
    machine >= sources.count ? count == 0 : Int32(bitPattern: sources[machine].merged &- count) >= 0
  }

  private func hasRoom(_ processor: Int, for count: UInt32, at tail: UInt32) -> Bool {
    tails[processor] == tail && (count == 0 || tail &+ count &- heads[processor] <= 256)
  }

  // MARK: Objects that have ended

  /// Sync objects of which a number is kept.
  public var objectCount: Int { objects.count }

  /// Sync objects that have ended, and how far each ring was written when that was found: no event after it is theirs.
  public struct EndedObjects: Sendable {
    let ids: [UInt32]
    let cursors: [UInt32]
  }

  /// The objects of which a number is kept though they have ended.
  /// - Parameters:
  ///   - live: called after the objects were listed: those that are alive, and perhaps others.
  ///   - cursors: called last: events published, by machine.
  /// - Complexity: O(objects).
  public func endedObjects(live: () -> Set<UInt32>, cursors: () -> [UInt64]) -> EndedObjects {
    let followed = objects.numbers
    let live = live()
    return EndedObjects(
      ids: followed.filter { !live.contains($0) }, cursors: cursors().map { UInt32(truncatingIfNeeded: $0) })
  }

  /// Keeps the numbers of ended objects no longer, if all their events are merged.
  /// - Returns: whether they were.
  /// - Complexity: O(ended objects).
  public mutating func forget(_ ended: EndedObjects) -> Bool {
    guard ended.cursors.indices.allSatisfy({ hasMerged(ended.cursors[$0], of: $0) }) else { return false }
    for id in ended.ids { objects.remove(id) }
    return true
  }

  /// Moves the objects of an event past it, if it is ready.
  private mutating func advance(_ event: Event) -> Bool {
    guard isReady(event) else { return false }
    if order == .stamps { return true }
    let processor = Int(event.processor)
    guard processor < Merge.maxProcessors else {
      advanceUnowned(event)
      return true
    }
    switch event.kind {
    case .queuePush: tails[processor] = event.a &+ 1
    case .queuePop: heads[processor] = event.a &+ 1
    case .queueRunNextPut, .queueRunNextTake: runNextVersions[processor] = event.a
    case .queueOverflow: heads[processor] = event.a &+ event.b
    case .globalTake:
      globalHead = event.a &+ event.b
      tails[processor] = event.c &+ (event.b &- 1)
    case .stealTook:
      let count = event.c & 0xFFFF
      if Int(event.a) < Merge.maxProcessors { heads[Int(event.a)] = event.b &+ count }
      tails[processor] = event.d &+ (count &- 1)
    case .processorIdle, .processorAcquire, .processorRelease, .processorBegin, .processorHandoff:
      if !isOfPermit(event) { processorVersions[processor] = event.a }
      if event.b != 0 { idleSequence = event.b }
    case .processorRetake, .processorDetach, .machineSyscallEnter:
      processorVersions[processor] = event.a
    case .machineSyscallExit:
      if event.a != 0 { processorVersions[processor] = event.a }
    default: advanceUnowned(event)
    }
    return true
  }

  /// Events whose objects are not the machine's own processor.
  private mutating func advanceUnowned(_ event: Event) {
    switch event.kind {
    case .fiberPark: parked.set(event.fiber, to: event.b)
    case .fiberReady: parked.remove(event.fiber)
    case .processorCountChanged: idleSequence = event.b
    case .processorIdle, .processorAcquire, .processorRelease, .processorBegin, .processorHandoff:
      if event.b != 0 { idleSequence = event.b }
    case .globalPush: globalTail = event.a &+ event.b
    case .globalTake: globalHead = event.a &+ event.b
    case .stealTookRunNext:
      if Int(event.a) < Merge.maxProcessors { runNextVersions[Int(event.a)] = event.b }
    case .machineStart:
      if Int(event.b) < Merge.maxProcessors { processorVersions[Int(event.b)] = event.c }
      if event.d != 0 { idleSequence = event.d }
    case .machineWake:
      let given = Int(event.a &>> 16)
      if given < Merge.maxProcessors { processorVersions[given] = event.c }
      if event.b != 0 { idleSequence = event.b }
    case .machinePark:
      if event.a != 0 { idleSequence = event.a }
    case .channelSend, .channelReceive, .channelClose, .semaphoreAcquire, .semaphoreRelease, .conditionWait,
      .conditionSignal, .lockWait, .lockAcquire, .lockRelease, .lockHandover, .waitGroupCount:
      objects.set(event.a, to: event.b)
    default: break
    }
  }
}
