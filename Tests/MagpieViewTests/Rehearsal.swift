import MagpieModel
import MagpieTrace

/// A small scheduler on paper: emits the events that a real one would, with all their numbers right, into a history.
///
/// It runs no fibers and no threads; each call is one operation on one processor.
struct Rehearsal {
  private struct Processor {
    var machine: UInt16?
    var running: UInt32 = 0
    var runNext: UInt32 = 0
    var runNextVersion: UInt32 = 0
    var version: UInt32 = 0
    var head: UInt32 = 0
    var queue: [UInt32] = []
    var tick: UInt8 = 0
    var isSpinning = false
    var tail: UInt32 { head &+ UInt32(queue.count) }
  }

  private(set) var history: History
  private var processors: [Processor]
  private var idleMachines: [UInt16] = []
  private var machines: UInt16 = 2
  private var idleSequence: UInt32 = 0
  private var global: [UInt32] = []
  private var globalHead: UInt32 = 0
  private var fiberSequence: [UInt32: UInt32] = [:]
  private var nextFiber: UInt32 = 1
  private var timers: [(fiber: UInt32, deadline: UInt64, processor: Int)] = []
  /// Machines in calls: who, for which fiber, and with which processor.
  private var calls: [(machine: UInt16, fiber: UInt32, processor: Int?, since: UInt64)] = []
  private(set) var time: UInt64 = 0
  private var random: UInt64
  private var names: [String: UInt32] = [:]

  static let sysmon: UInt16 = 1

  init(processors count: Int, seed: UInt64 = 1) {
    history = History(processors: count)
    processors = Array(repeating: Processor(), count: count)
    random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  var count: Int { history.count }

  mutating func draw(_ limit: Int) -> Int {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Int(random >> 33) % max(limit, 1)
  }

  private mutating func emit(
    _ kind: EventKind, _ id: Int?, machine: UInt16? = nil, fiber: UInt32 = 0, detail: UInt8 = 0, a: UInt32 = 0,
    b: UInt32 = 0, c: UInt32 = 0, d: UInt32 = 0
  ) {
    time += UInt64(600 + draw(9000))
    let who = machine ?? id.flatMap { processors[$0].machine } ?? 0
    history.append(
      Event(
        time: time, machine: who, kind: kind, detail: detail, processor: id.map { UInt16($0) } ?? Event.noProcessor,
        fiber: fiber, a: a, b: b, c: c, d: d))
  }

  private mutating func string(_ text: String) -> UInt32 {
    if let known = names[text] { return known }
    let id = UInt32(names.count + 1)
    names[text] = id
    history.define(id, text)
    return id
  }

  // MARK: operations

  mutating func wait(_ nanoseconds: UInt64) { time += nanoseconds }

  /// Events of a machine are missing, from a time on till now.
  mutating func lose(machine: UInt16, from: UInt64, count: UInt64) {
    history.noteLoss(machine: machine, from: from, to: time, count: count)
  }

  /// The first machine begins: it takes P0 and runs the first fiber.
  mutating func begin() {
    processors[0].machine = 0
    processors[0].version += 1
    idleSequence += 1
    emit(
      .processorAcquire, 0, detail: AcquireSource.idleList.rawValue, a: processors[0].version, b: idleSequence)
    emit(.machineStart, 0, a: UInt32(Rehearsal.sysmon), b: 0xFFFF)
    emit(.sysmon, nil, machine: Rehearsal.sysmon, detail: SysmonAct.paceFast.rawValue, a: 20)
    let fiber = create(0, "main")
    _ = fiber
    next(0)
  }

  @discardableResult
  mutating func create(_ id: Int, _ name: String) -> UInt32 {
    let fiber = nextFiber
    nextFiber += 1
    emit(.fiberCreate, id, fiber: fiber, a: processors[id].running, b: string(name), c: 131_072)
    putNext(id, fiber)
    return fiber
  }

  private mutating func putNext(_ id: Int, _ fiber: UInt32) {
    let displaced = processors[id].runNext
    processors[id].runNextVersion += 1
    processors[id].runNext = fiber
    emit(.queueRunNextPut, id, fiber: fiber, a: processors[id].runNextVersion, b: displaced)
    if displaced != 0 { push(id, displaced) }
  }

  private mutating func push(_ id: Int, _ fiber: UInt32) {
    if processors[id].queue.count == 256 {
      let moved = Array(processors[id].queue.prefix(128))
      emit(.queueOverflow, id, a: processors[id].head, b: 128)
      processors[id].queue.removeFirst(128)
      processors[id].head &+= 128
      emit(.globalPush, id, fiber: fiber, a: globalHead &+ UInt32(global.count), b: 129)
      global += moved + [fiber]
      return
    }
    emit(.queuePush, id, fiber: fiber, a: processors[id].tail)
    processors[id].queue.append(fiber)
  }

  /// The processor, which runs nothing, takes its next fiber; false when it found none.
  @discardableResult
  mutating func next(_ id: Int) -> Bool {
    if processors[id].runNext != 0 {
      let fiber = processors[id].runNext
      processors[id].runNext = 0
      processors[id].runNextVersion += 1
      emit(.queueRunNextTake, id, fiber: fiber, a: processors[id].runNextVersion)
      find(id, fiber, .runNext, [.timers, .local])
      start(id, fiber, .runNext)
      return true
    }
    if !processors[id].queue.isEmpty {
      let fiber = processors[id].queue.removeFirst()
      emit(.queuePop, id, fiber: fiber, a: processors[id].head)
      processors[id].head &+= 1
      find(id, fiber, .local, [.timers, .local])
      start(id, fiber, .local)
      return true
    }
    if !global.isEmpty { return takeGlobal(id) }
    return steal(id)
  }

  private mutating func takeGlobal(_ id: Int) -> Bool {
    let count = min(global.count, global.count / processors.count + 1, 128)
    let taken = Array(global.prefix(count))
    emit(
      .globalTake, id, fiber: taken[0], a: globalHead, b: UInt32(count), c: processors[id].tail)
    global.removeFirst(count)
    globalHead &+= UInt32(count)
    processors[id].queue += taken.dropFirst()
    find(id, taken[0], .global, [.timers, .local, .global])
    start(id, taken[0], .global)
    return true
  }

  /// The processor looks at the others, and takes half of the longest queue.
  @discardableResult
  mutating func steal(_ id: Int) -> Bool {
    if !processors[id].isSpinning {
      let busy = processors.indices.filter { processors[$0].machine != nil }.count
      emit(.machineSpinBegin, id, detail: SpinReason.search.rawValue, a: 0, b: UInt32(busy))
      processors[id].isSpinning = true
    }
    let victims = processors.indices.filter { $0 != id && !processors[$0].queue.isEmpty }
    guard let victim = victims.max(by: { processors[$0].queue.count < processors[$1].queue.count }) else {
      emit(.stealFailed, id, a: UInt32(4 * (processors.count - 1)))
      emit(.machineSpinEnd, id, detail: SpinEnd.gaveUp.rawValue)
      processors[id].isSpinning = false
      find(id, 0, .none, [.timers, .local, .global, .netpoll, .steal])
      sleep(id)
      return false
    }
    let observed = processors[victim].queue.count
    let count = min((observed + 1) / 2, 128)
    var taken = Array(processors[victim].queue.prefix(count))
    let last = taken.removeLast()
    emit(
      .stealTook, id, fiber: last, detail: 1, a: UInt32(victim), b: processors[victim].head,
      c: UInt32(count) | UInt32(observed) << 16, d: processors[id].tail)
    processors[victim].queue.removeFirst(count)
    processors[victim].head &+= UInt32(count)
    processors[id].queue += taken
    find(id, last, .steal, [.timers, .local, .global, .netpoll, .steal])
    emit(.machineSpinEnd, id, detail: SpinEnd.found.rawValue)
    processors[id].isSpinning = false
    start(id, last, .steal)
    return true
  }

  private mutating func find(_ id: Int, _ fiber: UInt32, _ source: StartSource, _ looks: [Look]) {
    var packed: UInt64 = 0
    for (index, look) in looks.enumerated() { packed |= UInt64(look.rawValue) << UInt64(4 * index) }
    emit(
      .searchFind, id, fiber: fiber, detail: source.rawValue, a: UInt32(truncatingIfNeeded: packed),
      b: UInt32(truncatingIfNeeded: packed >> 32), c: looks.contains(.steal) ? 1 : 0, d: UInt32(processors[id].tick))
    processors[id].tick = processors[id].tick % 60 + 1
  }

  private mutating func start(_ id: Int, _ fiber: UInt32, _ source: StartSource) {
    emit(.fiberStart, id, fiber: fiber, detail: source.rawValue)
    processors[id].running = fiber
  }

  /// The processor goes idle, and its machine to sleep.
  private mutating func sleep(_ id: Int) {
    guard let machine = processors[id].machine else { return }
    processors[id].version += 1
    idleSequence += 1
    emit(.processorIdle, id, a: processors[id].version, b: idleSequence)
    processors[id].machine = nil
    idleSequence += 1
    emit(.machinePark, nil, machine: machine, detail: MachineParkReason.idle.rawValue, a: idleSequence)
    idleMachines.append(machine)
  }

  /// A working processor wakes a machine for an idle one.
  mutating func wake(_ id: Int, by waker: Int) {
    guard processors[id].machine == nil, processors[waker].machine != nil else { return }
    idleSequence += 1
    processors[id].version += 1
    let flags = WakeFlags.fromIdleList | WakeFlags.spinning
    let machine: UInt16
    if let sleeper = idleMachines.popLast() {
      machine = sleeper
      emit(
        .machineWake, waker, detail: flags, a: UInt32(machine) | UInt32(id) << 16, b: idleSequence,
        c: processors[id].version)
    } else {
      machine = machines
      machines += 1
      emit(
        .machineStart, waker, detail: flags, a: UInt32(machine), b: UInt32(id), c: processors[id].version,
        d: idleSequence)
    }
    processors[id].machine = machine
    processors[id].version += 1
    emit(.processorAcquire, id, detail: AcquireSource.given.rawValue, a: processors[id].version)
    emit(.machineSpinBegin, id, detail: SpinReason.woken.rawValue, a: 0, b: 1)
    processors[id].isSpinning = true
  }

  // MARK: what running fibers do

  mutating func yield(_ id: Int) {
    let fiber = processors[id].running
    guard fiber != 0 else { return }
    emit(.fiberYield, id, fiber: fiber)
    processors[id].running = 0
    push(id, fiber)
  }

  mutating func exit(_ id: Int) {
    let fiber = processors[id].running
    guard fiber != 0 else { return }
    emit(.fiberExit, id, fiber: fiber)
    processors[id].running = 0
  }

  mutating func sleepFiber(_ id: Int, for length: UInt64) {
    let fiber = processors[id].running
    guard fiber != 0 else { return }
    let deadline = time + length
    emit(
      .timerArm, id, fiber: fiber, a: UInt32(truncatingIfNeeded: deadline),
      b: UInt32(truncatingIfNeeded: deadline >> 32), c: UInt32(id))
    timers.append((fiber, deadline, id))
    park(id, .sleep)
  }

  private mutating func park(_ id: Int, _ reason: ParkReason, object: UInt32 = 0) {
    let fiber = processors[id].running
    fiberSequence[fiber, default: 0] += 1
    emit(.fiberPark, id, fiber: fiber, detail: reason.rawValue, a: object, b: fiberSequence[fiber] ?? 0)
    processors[id].running = 0
  }

  mutating func fireTimer(_ id: Int) {
    guard let index = timers.indices.min(by: { timers[$0].deadline < timers[$1].deadline }) else { return }
    let timer = timers.remove(at: index)
    time = max(time, timer.deadline)
    emit(
      .timerFire, id, fiber: timer.fiber, a: UInt32(truncatingIfNeeded: timer.deadline),
      b: UInt32(truncatingIfNeeded: timer.deadline >> 32), c: UInt32(timer.processor),
      d: fiberSequence[timer.fiber] ?? 0)
    emit(.fiberReady, id, fiber: timer.fiber, detail: ReadyCause.timer.rawValue, b: fiberSequence[timer.fiber] ?? 0)
    putNext(id, timer.fiber)
  }

  mutating func block(_ id: Int, _ what: String) {
    let fiber = processors[id].running
    guard fiber != 0, let machine = processors[id].machine else { return }
    processors[id].version += 1
    emit(.machineSyscallEnter, id, fiber: fiber, a: processors[id].version, b: string(what))
    calls.append((machine, fiber, id, time))
    processors[id].running = 0
  }

  /// sysmon takes the processor of the oldest call that still has one, and gives it to another machine.
  mutating func retake() {
    guard let index = calls.firstIndex(where: { $0.processor != nil }), let id = calls[index].processor else { return }
    calls[index].processor = nil
    processors[id].version += 1
    emit(
      .processorRetake, id, machine: Rehearsal.sysmon, a: processors[id].version, b: UInt32(calls[index].machine),
      c: UInt32((time - calls[index].since) / 1000))
    processors[id].version += 1
    let machine: UInt16
    if let sleeper = idleMachines.popLast() {
      machine = sleeper
      idleSequence += 1
      emit(
        .machineWake, nil, machine: Rehearsal.sysmon, a: UInt32(machine) | UInt32(id) << 16, b: idleSequence,
        c: processors[id].version)
    } else {
      machine = machines
      machines += 1
      emit(
        .machineStart, nil, machine: Rehearsal.sysmon, a: UInt32(machine), b: UInt32(id), c: processors[id].version)
    }
    processors[id].machine = machine
    processors[id].version += 1
    emit(.processorAcquire, id, detail: AcquireSource.given.rawValue, a: processors[id].version)
  }

  /// A call whose processor was taken comes back: its fiber goes to the global queue, its machine to sleep.
  mutating func comeBack() {
    guard let index = calls.firstIndex(where: { $0.processor == nil }) else { return }
    let call = calls.remove(at: index)
    emit(
      .machineSyscallExit, nil, machine: call.machine, fiber: call.fiber, detail: SyscallExit.slow.rawValue)
    emit(
      .globalPush, nil, machine: call.machine, fiber: call.fiber, a: globalHead &+ UInt32(global.count), b: 1)
    global.append(call.fiber)
    idleSequence += 1
    emit(.machinePark, nil, machine: call.machine, detail: MachineParkReason.idle.rawValue, a: idleSequence)
    idleMachines.append(call.machine)
  }

  // MARK: a whole run

  /// One processor has made fibers, another has been woken and is about to steal: the next `step(2)` of the tests.
  static func beforeSteal(processors: Int = 4) -> Rehearsal {
    var run = Rehearsal(processors: processors)
    run.begin()
    for index in 0..<14 { run.create(0, "worker/\(index % 7)") }
    run.wake(1, by: 0)
    run.steal(1)
    run.wait(1_200_000)
    run.sleepFiber(1, for: 3_000_000)
    run.next(1)
    for _ in 0..<4 { run.create(0, "parse") }
    run.block(1, "read")
    run.wait(40_000)
    run.retake()
    run.wait(900_000)
    run.wake(2, by: 0)
    return run
  }

  /// Two fibers want each other's lock, and the first waits for both.
  static func deadlocked() -> Rehearsal {
    var run = Rehearsal(processors: 2)
    run.begin()
    _ = run.create(0, "left")
    _ = run.create(0, "right")
    run.park(0, .join)
    run.next(0)
    run.park(0, .lock, object: 2)
    run.next(0)
    run.park(0, .lock, object: 1)
    run.emit(.deadlock, 0, a: 3)
    return run
  }

  func isBusy(_ id: Int) -> Bool { processors[id].running != 0 }
  func hasMachine(_ id: Int) -> Bool { processors[id].machine != nil && !isInCall(id) }
  private func isInCall(_ id: Int) -> Bool { calls.contains { $0.processor == id } }
  var callCount: Int { calls.count }

  /// One operation somewhere, drawn at random.
  mutating func step() {
    let id = draw(processors.count)
    if calls.contains(where: { $0.processor != nil }), draw(3) == 0 { return retake() }
    if calls.contains(where: { $0.processor == nil }), draw(12) == 0 { return comeBack() }
    guard hasMachine(id) else {
      let wakers = processors.indices.filter { isBusy($0) && processors[$0].queue.count > 1 }
      if let waker = wakers.first, !isInCall(id) { wake(id, by: waker) }
      return
    }
    guard isBusy(id) else {
      next(id)
      return
    }
    let waiting = processors.reduce(global.count) { $0 + $1.queue.count }
    switch waiting < processors.count ? draw(2) : draw(20) {
    case 0...8: create(id, "worker/\(draw(9))")
    case 9...11:
      yield(id)
      next(id)
    case 12...14:
      exit(id)
      next(id)
    case 15...16:
      sleepFiber(id, for: UInt64(1 + draw(30)) * 1_000_000)
      next(id)
    case 17: block(id, "read")
    case 18: if timers.count > 3 { fireTimer(id) }
    default: wait(UInt64(draw(2_000_000)))
    }
  }
}
