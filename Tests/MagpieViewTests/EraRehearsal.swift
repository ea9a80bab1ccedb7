import MagpieModel
import MagpieTrace

/// A few moments of each older scheduler, on paper: the events that a real one would emit, with all their numbers right.
struct EraRehearsal {
  private(set) var history: History
  private(set) var time: UInt64 = 0
  private var globalHead: UInt32 = 0
  private var global: [UInt32] = []
  private var versions: [UInt16: UInt32] = [:]
  private var sequences: [UInt32: UInt32] = [:]
  private var idleSequence: UInt32 = 0
  private var slots: [UInt16: UInt32] = [:]
  private var nextFiber: UInt32 = 1
  private var names: [String: UInt32] = [:]
  /// Who runs on each machine, and which processor it has.
  private var running: [UInt16: UInt32] = [:]
  private var held: [UInt16: UInt16] = [:]
  let era: Era

  init(_ era: Era, processors: Int = 1) {
    self.era = era
    history = History(processors: processors, era: era)
  }

  mutating func wait(_ nanoseconds: UInt64) { time += nanoseconds }

  private mutating func emit(
    _ kind: EventKind, _ machine: UInt16, fiber: UInt32 = 0, detail: UInt8 = 0, processor: UInt16? = nil, a: UInt32 = 0,
    b: UInt32 = 0, c: UInt32 = 0, d: UInt32 = 0
  ) {
    time += 800
    history.append(
      Event(
        time: time, machine: machine, kind: kind, detail: detail,
        processor: processor ?? held[machine] ?? Event.noProcessor, fiber: fiber, a: a, b: b, c: c, d: d))
  }

  private mutating func string(_ text: String) -> UInt32 {
    if let known = names[text] { return known }
    let id = UInt32(names.count + 1)
    names[text] = id
    history.define(id, text)
    return id
  }

  private mutating func version(_ processor: UInt16) -> UInt32 {
    versions[processor, default: 0] += 1
    return versions[processor] ?? 0
  }

  // MARK: machines

  /// A machine takes a processor off the idle list.
  mutating func acquire(_ machine: UInt16, _ processor: UInt16) {
    idleSequence += 1
    held[machine] = processor
    emit(
      .processorAcquire, machine, detail: AcquireSource.idleList.rawValue, a: version(processor), b: idleSequence)
  }

  /// A machine is started by another, and takes up a processor of the idle list.
  mutating func start(_ machine: UInt16, _ processor: UInt16, by starter: UInt16) {
    idleSequence += 1
    emit(
      .machineStart, starter, detail: WakeFlags.fromIdleList, a: UInt32(machine), b: UInt32(processor),
      c: version(processor), d: idleSequence)
    held[machine] = processor
    emit(.processorAcquire, machine, detail: AcquireSource.given.rawValue, a: version(processor))
  }

  mutating func sysmon(_ machine: UInt16) { emit(.machineStart, 0, a: UInt32(machine), b: 0xFFFF) }

  /// There are to be so many that may run.
  mutating func mayRun(_ count: UInt32, before: UInt32) {
    idleSequence += 1
    emit(.processorCountChanged, 0, a: count, b: idleSequence, c: before)
  }

  // MARK: one queue

  @discardableResult
  mutating func create(_ machine: UInt16, _ name: String) -> UInt32 {
    let fiber = nextFiber
    nextFiber += 1
    emit(.fiberCreate, machine, fiber: fiber, a: running[machine] ?? 0, b: string(name), c: 131_072)
    return fiber
  }

  mutating func push(_ machine: UInt16, _ fiber: UInt32) {
    emit(.globalPush, machine, fiber: fiber, a: globalHead &+ UInt32(global.count), b: 1)
    global.append(fiber)
  }

  mutating func add(_ machine: UInt16, _ name: String) { push(machine, create(machine, name)) }

  mutating func take(_ machine: UInt16) {
    guard !global.isEmpty else { return }
    let count = UInt32(global.count)
    let fiber = global.removeFirst()
    emit(.globalTake, machine, fiber: fiber, a: globalHead, b: 1, c: slots[held[machine] ?? 0] ?? 0, d: count)
    globalHead &+= 1
    run(machine, fiber, .global)
  }

  mutating func run(_ machine: UInt16, _ fiber: UInt32, _ source: StartSource) {
    emit(.fiberStart, machine, fiber: fiber, detail: source.rawValue)
    running[machine] = fiber
  }

  mutating func exit(_ machine: UInt16) {
    emit(.fiberExit, machine, fiber: running[machine] ?? 0)
    running[machine] = nil
  }

  mutating func yield(_ machine: UInt16) {
    guard let fiber = running[machine] else { return }
    emit(.fiberYield, machine, fiber: fiber)
    running[machine] = nil
    push(machine, fiber)
  }

  mutating func park(_ machine: UInt16, _ reason: ParkReason, object: UInt32 = 0) {
    guard let fiber = running[machine] else { return }
    sequences[fiber, default: 0] += 1
    emit(.fiberPark, machine, fiber: fiber, detail: reason.rawValue, a: object, b: sequences[fiber] ?? 0)
    running[machine] = nil
  }

  mutating func sleep(_ machine: UInt16, for length: UInt64) {
    guard let fiber = running[machine] else { return }
    let deadline = time + length
    emit(
      .timerArm, machine, fiber: fiber, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(held[machine] ?? 0))
    park(machine, .sleep)
  }

  mutating func ready(_ machine: UInt16, _ fiber: UInt32, _ cause: ReadyCause, object: UInt32 = 0, of home: UInt16 = 0)
  {
    emit(
      .fiberReady, machine, fiber: fiber, detail: cause.rawValue, a: running[machine] ?? 0, b: sequences[fiber] ?? 0,
      c: object, d: UInt32(home))
  }

  mutating func block(_ machine: UInt16, _ what: String, hasHandedOn: Bool = false) {
    guard let fiber = running[machine] else { return }
    emit(
      .machineSyscallEnter, machine, fiber: fiber, a: hasHandedOn ? 0 : held[machine].map { version($0) } ?? 0,
      b: string(what))
  }

  /// Lets go of the permit for another machine, which is new.
  mutating func handOn(_ machine: UInt16, to other: UInt16) {
    guard let processor = held[machine] else { return }
    emit(.processorHandoff, machine, a: version(processor))
    held[machine] = nil
    emit(.machineStart, machine, a: UInt32(other), b: UInt32(processor), c: version(processor))
    held[other] = processor
    emit(.processorAcquire, other, detail: AcquireSource.given.rawValue, a: version(processor))
  }

  mutating func waitForLock(_ machine: UInt16, _ nanoseconds: UInt32, waiters: UInt32, holder: UInt16) {
    emit(.globalLock, machine, fiber: running[machine] ?? 0, a: nanoseconds, b: waiters, c: UInt32(holder))
  }

  // MARK: a queue a machine

  mutating func pushLocal(_ machine: UInt16, _ fiber: UInt32) {
    let processor = held[machine] ?? 0
    emit(.queuePush, machine, fiber: fiber, a: slots[processor, default: 0])
    slots[processor, default: 0] += 1
  }

  /// A search that looked at other queues and found nothing.
  mutating func searchInVain(_ machine: UInt16, queues: UInt32) {
    let looks = 4 * (queues - 1)
    emit(.machineSpinBegin, machine, detail: SpinReason.search.rawValue, a: 0, b: 4)
    emit(.stealFailed, machine, a: looks, b: queues)
    emit(.machineSpinEnd, machine, detail: SpinEnd.gaveUp.rawValue)
    find(machine, 0, .none, looks: looks)
  }

  mutating func steal(_ machine: UInt16, from victim: UInt16, _ fibers: [UInt32], observed: Int, looks: UInt32) {
    let thief = held[machine] ?? 0
    emit(.machineSpinBegin, machine, detail: SpinReason.search.rawValue, a: 0, b: 4)
    emit(
      .stealTook, machine, fiber: fibers.last ?? 0, detail: 1, a: UInt32(victim), b: 0,
      c: UInt32(fibers.count) | UInt32(observed) << 16, d: slots[thief, default: 0])
    slots[thief, default: 0] += UInt32(fibers.count - 1)
    find(machine, fibers.last ?? 0, .steal, looks: looks)
    emit(.machineSpinEnd, machine, detail: SpinEnd.found.rawValue)
    run(machine, fibers.last ?? 0, .steal)
  }

  private mutating func find(_ machine: UInt16, _ fiber: UInt32, _ source: StartSource, looks: UInt32) {
    var packed: UInt64 = 0
    for (index, look) in [Look.timers, .local, .global, .netpoll, .steal].enumerated() {
      packed |= UInt64(look.rawValue) << UInt64(4 * index)
    }
    emit(
      .searchFind, machine, fiber: fiber, detail: source.rawValue, a: UInt32(truncatingIfNeeded: packed),
      b: UInt32(truncatingIfNeeded: packed >> 32), c: looks)
  }

  // MARK: the kernel schedules

  mutating func task(_ machine: UInt16, _ name: String, by parent: UInt16?) {
    if let parent {
      emit(.machineStart, parent, fiber: running[parent] ?? 0, a: UInt32(machine), b: 0xFFFF)
    }
    let fiber = nextFiber
    nextFiber += 1
    emit(.fiberCreate, machine, fiber: fiber, a: parent.flatMap { running[$0] } ?? 0, b: string(name))
    run(machine, fiber, .handoff)
  }

  mutating func sample(_ machine: UInt16, _ letter: Unicode.Scalar, _ voluntary: UInt32, _ involuntary: UInt32) {
    emit(
      .kernelSample, 0, detail: UInt8(ascii: letter), a: UInt32(machine), b: voluntary, c: involuntary,
      d: voluntary * 40)
  }

  // MARK: moments

  /// The third of seven tasks sleeps, and keeps the thread; the step before, it was taken.
  static func serial(steps: Int = .max) -> EraRehearsal {
    var run = EraRehearsal(.serial)
    run.acquire(0, 0)
    run.add(0, "main")
    run.take(0)
    for index in 0..<6 { run.add(0, "worker/\(index)") }
    run.wait(300_000)
    run.exit(0)
    run.take(0)
    run.wait(900_000)
    run.exit(0)
    run.take(0)
    run.wait(400_000)
    if steps > 1 {
      run.sleep(0, for: 5_000_000)
      run.wait(1_200_000)
    }
    return run
  }

  /// Fibers yield, sleep and wait for each other on one thread; then one is in a blocking call.
  static func nto1(isStopped: Bool = false) -> EraRehearsal {
    var run = EraRehearsal(.nto1)
    run.acquire(0, 0)
    run.add(0, "main")
    run.take(0)
    for index in 0..<12 { run.add(0, "worker/\(index)") }
    run.park(0, .join)
    run.take(0)
    run.wait(400_000)
    run.sleep(0, for: 3_000_000)
    run.take(0)
    run.park(0, .channelReceive, object: 3)
    run.take(0)
    run.park(0, .channelReceive, object: 3)
    run.take(0)
    run.wait(200_000)
    run.yield(0)
    run.take(0)
    if isStopped {
      run.block(0, "read")
      run.wait(12_000_000)
    } else {
      run.wait(90_000)
      run.yield(0)
    }
    return run
  }

  /// Four may run, one has handed its place on to block; they wait for the queue's lock.
  static func global(permits: UInt16 = 4) -> EraRehearsal {
    var run = EraRehearsal(.global, processors: Int(permits))
    run.acquire(0, 0)
    run.sysmon(1)
    run.add(0, "main")
    run.take(0)
    for index in 0..<40 { run.add(0, "worker/\(index % 7)") }
    for machine in 2..<UInt16(permits) + 1 {
      run.start(machine, machine - 1, by: 0)
      run.waitForLock(machine, 2_400 * UInt32(machine), waiters: UInt32(machine) - 1, holder: 0)
      run.take(machine)
    }
    run.wait(700_000)
    run.handOn(2, to: permits + 1)
    run.block(2, "read", hasHandedOn: true)
    run.waitForLock(permits + 1, 18_000, waiters: 3, holder: 3)
    run.take(permits + 1)
    run.wait(150_000)
    run.sleep(3, for: 4_000_000)
    run.waitForLock(3, 9_100, waiters: 2, holder: 0)
    run.take(3)
    run.waitForLock(0, 31_000, waiters: 3, holder: 3)
    run.yield(0)
    run.take(0)
    return run
  }

  /// Two may run; the other threads are in calls, each with its queue; a third looks at all of them.
  static func distributed(inCalls: UInt16, finds: Bool) -> EraRehearsal {
    var run = EraRehearsal(.distributed, processors: Int(inCalls) + 4)
    run.acquire(0, 0)
    run.mayRun(2, before: UInt32(inCalls) + 4)
    run.sysmon(1)
    run.run(0, run.create(0, "main"), .handoff)
    for machine in 2..<inCalls + 2 {
      run.start(machine, machine, by: 0)
      run.run(machine, run.create(machine, "reader/\(machine)"), .handoff)
      run.block(machine, "read")
    }
    var workers: [UInt32] = []
    for index in 0..<9 {
      workers.append(run.create(0, "worker/\(index)"))
      run.pushLocal(0, workers[index])
    }
    run.start(inCalls + 2, inCalls + 2, by: 0)
    run.start(inCalls + 3, inCalls + 3, by: 0)
    run.wait(800_000)
    run.steal(inCalls + 2, from: 0, Array(workers.prefix(5)), observed: 9, looks: UInt32(inCalls) / 2 + 1)
    run.wait(120_000)
    if !finds { run.searchInVain(inCalls + 3, queues: UInt32(inCalls) + 3) }
    return run
  }

  /// So many tasks, each in a thread or process of its own: some ready, some waiting, some in calls.
  static func crowd(_ era: Era, _ count: UInt16) -> EraRehearsal {
    var run = EraRehearsal(era)
    run.task(0, "main", by: nil)
    for machine in 1..<count { run.task(machine, "worker/\(machine % 9)", by: 0) }
    run.park(0, .waitGroup, object: 1)
    for machine in 1..<count {
      switch machine % 5 {
      case 1: run.block(machine, "read")
      case 2: run.park(machine, .channelReceive, object: 3)
      case 3: run.sleep(machine, for: 4_000_000)
      default: break
      }
    }
    run.ready(4, 3, .channel, object: 3, of: 2)
    run.wait(2_000_000)
    for machine in 0..<min(count, 256) {
      run.sample(machine, machine == 4 || machine == 9 ? "R" : "S", UInt32(machine) * 3 + 2, UInt32(machine % 4))
    }
    run.wait(6_000_000)
    return run
  }
}
