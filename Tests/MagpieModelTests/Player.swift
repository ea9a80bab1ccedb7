import MagpieTrace

/// Plays a correct scheduler: keeps a small runtime of its own, in the plainest of data structures, and writes down the
/// events of each thing that it does. What the model makes of the events must be what the player has.
struct Player {
  var events: [Event] = []
  var time: UInt64 = 0
  /// What the runtime would say of itself at this moment.
  var now = Snapshot()
  var nextFiber: UInt32 = 1
  /// Sleeping machines, the last to be woken first.
  var idleMachines: [Int] = []
  /// Where the fibers came from that are in hands.
  var origin: [UInt32: StartSource] = [:]
  var fiberIndex: [UInt32: Int] = [:]
  var overflowed: [Int: [UInt32]] = [:]
  var ticks: [UInt32]

  init(processors: Int, machines: Int = 0) {
    now.processors = [Snapshot.Processor](repeating: Snapshot.Processor(), count: processors)
    now.wantedProcessorCount = processors
    ticks = [UInt32](repeating: 0, count: processors)
    for m in 0..<machines { addMachine(m) }
  }

  /// A machine that holds the processor of its number, by the events that a runtime begins with.
  mutating func addMachine(_ m: Int) {
    now.machines.append(Snapshot.Machine(id: UInt16(m)))
    acquireIdle(m, m)
  }

  mutating func emit(
    _ m: Int, _ kind: EventKind, _ fiber: UInt32 = 0, detail: UInt8 = 0, processor: UInt16? = nil,
    a: UInt32 = 0, b: UInt32 = 0, c: UInt32 = 0, d: UInt32 = 0
  ) {
    time += 10
    now.time = time
    events.append(
      Event(
        time: time, machine: UInt16(m), kind: kind, detail: detail, processor: processor ?? now.machines[m].processor,
        fiber: fiber, a: a, b: b, c: c, d: d))
  }

  func p(_ m: Int) -> Int { Int(now.machines[m].processor) }
  func fiber(on m: Int) -> UInt32 { now.machines[m].fiber }

  // MARK: hands

  mutating func hold(_ m: Int, _ fiber: UInt32, from source: StartSource = .none) {
    now.machines[m].hands.append(fiber)
    origin[fiber] = source
  }

  mutating func release(_ m: Int, _ fiber: UInt32) { now.machines[m].hands.removeAll { $0 == fiber } }

  mutating func setPlace(_ fiber: UInt32, _ place: Snapshot.Fiber.Place) {
    now.fibers[fiberIndex[fiber]!].place = place
  }

  // MARK: fiber

  @discardableResult
  mutating func create(_ m: Int, name: UInt32 = 0) -> UInt32 {
    let id = nextFiber
    nextFiber += 1
    var record = Snapshot.Fiber(id: id)
    record.name = name
    record.parent = fiber(on: m)
    fiberIndex[id] = now.fibers.count
    now.fibers.append(record)
    now.fibersCreated += 1
    emit(m, .fiberCreate, id, a: record.parent, b: name)
    hold(m, id)
    return id
  }

  mutating func start(_ m: Int, _ fiber: UInt32, _ source: StartSource, inherits: Bool = false) {
    emit(m, .fiberStart, fiber, detail: source.rawValue, a: inherits ? 1 : 0)
    release(m, fiber)
    now.machines[m].fiber = fiber
    setPlace(fiber, .running)
    if !inherits, source != .syscall { ticks[p(m)] &+= 1 }
  }

  /// Stops the running fiber, which comes into the hands.
  @discardableResult
  mutating func yield(_ m: Int) -> UInt32 {
    let fiber = fiber(on: m)
    emit(m, .fiberYield, fiber)
    now.machines[m].fiber = 0
    setPlace(fiber, .runnable)
    hold(m, fiber)
    return fiber
  }

  mutating func park(_ m: Int, _ reason: ParkReason, object: UInt32 = 0) {
    let fiber = fiber(on: m)
    let index = fiberIndex[fiber]!
    now.fibers[index].sequence &+= 1
    emit(m, .fiberPark, fiber, detail: reason.rawValue, a: object, b: now.fibers[index].sequence)
    now.machines[m].fiber = 0
    setPlace(fiber, .parked(reason, object: object))
  }

  mutating func sleep(_ m: Int, for nanoseconds: UInt64) {
    let fiber = fiber(on: m)
    let deadline = time + nanoseconds
    emit(
      m, .timerArm, fiber, a: UInt32(truncatingIfNeeded: deadline), b: UInt32(deadline >> 32), c: UInt32(p(m)))
    park(m, .sleep)
    now.fibers[fiberIndex[fiber]!].deadline = deadline
    now.fibers[fiberIndex[fiber]!].timerProcessor = now.machines[m].processor
  }

  mutating func fire(_ m: Int, _ fiber: UInt32) {
    let record = now.fibers[fiberIndex[fiber]!]
    guard let deadline = record.deadline else { return }
    time = max(time, deadline)
    emit(
      m, .timerFire, fiber, a: UInt32(truncatingIfNeeded: deadline), b: UInt32(deadline >> 32),
      c: UInt32(record.timerProcessor), d: record.sequence)
  }

  mutating func ready(_ m: Int, _ fiber: UInt32, cause: ReadyCause = .join) {
    let index = fiberIndex[fiber]!
    emit(m, .fiberReady, fiber, detail: cause.rawValue, a: self.fiber(on: m), b: now.fibers[index].sequence)
    now.fibers[index].place = .runnable
    now.fibers[index].deadline = nil
    now.fibers[index].timerProcessor = Event.noProcessor
    hold(m, fiber)
  }

  mutating func exit(_ m: Int) {
    let fiber = fiber(on: m)
    emit(m, .fiberExit, fiber)
    now.machines[m].fiber = 0
    now.fibersFinished += 1
    let index = fiberIndex.removeValue(forKey: fiber)!
    let last = now.fibers.removeLast()
    if index < now.fibers.count {
      now.fibers[index] = last
      fiberIndex[last.id] = index
    }
  }

  // MARK: queues

  /// Puts a fiber from the hands at the tail of the own queue; a full queue overflows, as in the runtime.
  mutating func push(_ m: Int, _ fiber: UInt32) {
    let p = p(m)
    if now.processors[p].queue.count == 256 {
      overflow(m)
      return pushGlobal(m, fiber)
    }
    emit(m, .queuePush, fiber, a: now.processors[p].head &+ UInt32(now.processors[p].queue.count))
    release(m, fiber)
    now.processors[p].queue.append(fiber)
  }

  @discardableResult
  mutating func pop(_ m: Int) -> UInt32 {
    let p = p(m)
    let fiber = now.processors[p].queue[0]
    emit(m, .queuePop, fiber, a: now.processors[p].head)
    now.processors[p].queue.removeFirst()
    now.processors[p].head &+= 1
    hold(m, fiber, from: .local)
    return fiber
  }

  /// - Returns: the displaced fiber, in the hands, or 0.
  @discardableResult
  mutating func putRunNext(_ m: Int, _ fiber: UInt32) -> UInt32 {
    let p = p(m)
    let displaced = now.processors[p].runNext
    now.processors[p].runNextVersion &+= 1
    emit(m, .queueRunNextPut, fiber, a: now.processors[p].runNextVersion, b: displaced)
    release(m, fiber)
    now.processors[p].runNext = fiber
    if displaced != 0 { hold(m, displaced) }
    return displaced
  }

  @discardableResult
  mutating func takeRunNext(_ m: Int) -> UInt32 {
    let p = p(m)
    let fiber = now.processors[p].runNext
    now.processors[p].runNextVersion &+= 1
    emit(m, .queueRunNextTake, fiber, a: now.processors[p].runNextVersion)
    now.processors[p].runNext = 0
    hold(m, fiber, from: .runNext)
    return fiber
  }

  mutating func overflow(_ m: Int) {
    let p = p(m)
    emit(m, .queueOverflow, a: now.processors[p].head, b: 128)
    let half = Array(now.processors[p].queue.prefix(128))
    now.processors[p].queue.removeFirst(128)
    now.processors[p].head &+= 128
    overflowed[m] = half
    now.machines[m].hands.append(contentsOf: half)
  }

  mutating func pushGlobal(_ m: Int, _ fiber: UInt32) {
    let batch = (overflowed.removeValue(forKey: m) ?? []) + [fiber]
    emit(m, .globalPush, fiber, a: now.globalHead &+ UInt32(now.global.count), b: UInt32(batch.count))
    for id in batch { release(m, id) }
    now.global.append(contentsOf: batch)
  }

  @discardableResult
  mutating func takeGlobal(_ m: Int, tick: Bool = false) -> UInt32 {
    let p = p(m)
    let size = now.global.count
    let count = tick ? 1 : min(size, size / now.processors.count + 1, 128)
    let batch = Array(now.global.prefix(count))
    let tail = now.processors[p].head &+ UInt32(now.processors[p].queue.count)
    emit(
      m, .globalTake, batch[0], detail: tick ? 1 : 0, a: now.globalHead, b: UInt32(count), c: tail, d: UInt32(size))
    now.global.removeFirst(count)
    now.globalHead &+= UInt32(count)
    now.processors[p].queue.append(contentsOf: batch.dropFirst())
    hold(m, batch[0], from: tick ? .tick : .global)
    return batch[0]
  }

  @discardableResult
  mutating func steal(_ m: Int, from victim: Int, round: UInt8 = 1) -> UInt32 {
    let p = p(m)
    let observed = now.processors[victim].queue.count
    let count = observed - observed / 2
    let batch = Array(now.processors[victim].queue.prefix(count))
    let tail = now.processors[p].head &+ UInt32(now.processors[p].queue.count)
    emit(
      m, .stealTook, batch[count - 1], detail: round, a: UInt32(victim), b: now.processors[victim].head,
      c: UInt32(count | observed << 16), d: tail)
    now.processors[victim].queue.removeFirst(count)
    now.processors[victim].head &+= UInt32(count)
    now.processors[p].queue.append(contentsOf: batch.dropLast())
    hold(m, batch[count - 1], from: .steal)
    return batch[count - 1]
  }

  @discardableResult
  mutating func stealRunNext(_ m: Int, from victim: Int) -> UInt32 {
    let fiber = now.processors[victim].runNext
    now.processors[victim].runNextVersion &+= 1
    emit(m, .stealTookRunNext, fiber, detail: 4, a: UInt32(victim), b: now.processors[victim].runNextVersion)
    now.processors[victim].runNext = 0
    hold(m, fiber, from: .stealRunNext)
    return fiber
  }
}
