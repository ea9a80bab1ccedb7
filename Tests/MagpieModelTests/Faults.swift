import MagpieTrace
import Testing

@testable import MagpieModel

/// A correct sequence with one thing in it that must not be, and the rule that it breaks.
struct Fault: Sendable, CustomTestStringConvertible {
  var rule: Rule
  var era: Era
  var name: String
  /// Plays by the rules, up to the fault.
  var correct: @Sendable (inout Player) -> Void
  /// Plays, or only emits, what is wrong.
  var plant: @Sendable (inout Player) -> Void

  init(
    _ rule: Rule, in era: Era = .mpn, _ name: String,
    after correct: @escaping @Sendable (inout Player) -> Void = { _ in },
    plant: @escaping @Sendable (inout Player) -> Void
  ) {
    self.rule = rule
    self.era = era
    self.name = name
    self.correct = correct
    self.plant = plant
  }

  var testDescription: String { "\(rule): \(name)" }

  /// Four processors; machine 0 holds P0, machine 1 holds P1.
  static var stage: Player { Player(processors: 4, machines: 2) }

  static let all =
    trace + fibers + queues + stealing + processors + machines + searches + objects + oneQueue + distributed

  static let trace: [Fault] = [
    Fault(.knownKind, "a kind that does not exist") {
      $0.events.append(Event(word0: $0.time << 16, word1: 200, word2: 0, word3: 0))
    },
    Fault(.argument, "a processor that does not exist") { $0.emit(0, .processorIdle, processor: 77) },
  ]

  static let fibers: [Fault] = [
    Fault(.createdOnce, "created twice", after: { $0.create(0) }) { $0.emit(0, .fiberCreate, 1) },
    Fault(.fiberLives, "never created") { $0.emit(0, .fiberYield, 99) },
    Fault(
      .fiberLives, "does something after its end",
      after: {
        running(&$0); $0.exit(0)
      }
    ) {
      $0.emit(0, .fiberName, 1)
    },
    Fault(.onePlace, "yields while it is in a queue", after: { $0.push(0, $0.create(0)) }) {
      $0.emit(0, .fiberYield, 1)
    },
    Fault(.startFromHands, "starts out of a queue", after: { $0.push(0, $0.create(0)) }) {
      $0.emit(0, .fiberStart, 1, detail: StartSource.local.rawValue)
    },
    Fault(.startFromHands, "starts from another machine's hands", after: { $0.create(0) }) {
      $0.emit(1, .fiberStart, 1, detail: StartSource.local.rawValue)
    },
    Fault(
      .oneFiberPerMachine, "a second fiber on a machine",
      after: {
        running(&$0); $0.create(0)
      }
    ) {
      $0.emit(0, .fiberStart, 2, detail: StartSource.handoff.rawValue)
    },
    Fault(
      .runsWithProcessor, "runs without a processor",
      after: {
        $0.create(0); $0.idle(0, 0)
      }
    ) {
      $0.emit(0, .fiberStart, 1, detail: StartSource.handoff.rawValue)
    },
    Fault(.readyOfParked, "readied while queued", after: { $0.push(0, $0.create(0)) }) {
      $0.emit(0, .fiberReady, 1, detail: ReadyCause.lock.rawValue)
    },
    Fault(
      .readyOfParked, "readied twice",
      after: {
        running(&$0); $0.park(0, .lock); $0.ready(1, 1)
      }
    ) {
      $0.emit(0, .fiberReady, 1, detail: ReadyCause.lock.rawValue, b: 1)
    },
    Fault(
      .fiberSequence, "readied for another park",
      after: {
        running(&$0); $0.park(0, .lock)
      }
    ) {
      $0.emit(1, .fiberReady, 1, detail: ReadyCause.lock.rawValue, b: 7)
    },
  ]

  static let queues: [Fault] = [
    Fault(.slotOrder, "a slot is left out", after: { $0.push(0, $0.create(0)) }) {
      $0.emit(0, .queuePush, $0.create(0), a: 2)
    },
    Fault(.slotOrder, "a slot is lost", after: { for _ in 0..<3 { $0.push(0, $0.create(0)) } }) {
      $0.emit(0, .queuePop, 2, a: 1)
    },
    Fault(.slotOrder, "a fiber is taken twice", after: { taken(&$0) }) { $0.emit(0, .queuePop, 1, a: 0) },
    Fault(.slotContent, "a slot gives another fiber", after: { for _ in 0..<2 { $0.push(0, $0.create(0)) } }) {
      $0.emit(0, .queuePop, 2, a: 0)
    },
    Fault(.queueCapacity, "257 in a queue", after: { fill(&$0, 256) }) {
      $0.emit(0, .queuePush, $0.create(0), a: 256)
    },
    Fault(.runNextContent, "displaces nobody", after: { $0.putRunNext(0, $0.create(0)) }) {
      $0.emit(0, .queueRunNextPut, $0.create(0), a: 2, b: 0)
    },
    Fault(.runNextVersion, "a version is left out", after: { $0.putRunNext(0, $0.create(0)) }) {
      $0.emit(0, .queueRunNextTake, 1, a: 3)
    },
    Fault(.overflowHalf, "moves 100", after: { fill(&$0, 256) }) { $0.emit(0, .queueOverflow, a: 0, b: 100) },
    Fault(.overflowHalf, "of a queue that is not full", after: { fill(&$0, 255) }) {
      $0.emit(0, .queueOverflow, a: 0, b: 128)
    },
    Fault(.globalOrder, "an index is left out") { $0.emit(0, .globalPush, $0.create(0), a: 1, b: 1) },
    Fault(.globalContent, "the second goes first", after: { for _ in 0..<2 { $0.pushGlobal(0, $0.create(0)) } }) {
      $0.emit(0, .globalTake, 2, a: 0, b: 1)
    },
    Fault(.globalPushCount, "more than it brings") { $0.emit(0, .globalPush, $0.create(0), a: 0, b: 2) },
    Fault(.globalBatch, "4 of 8 for 4 processors", after: { for _ in 0..<8 { $0.pushGlobal(0, $0.create(0)) } }) {
      $0.emit(0, .globalTake, 1, a: 0, b: 4, d: 8)
    },
    Fault(.globalBatch, "2 on the 61st tick", after: { for _ in 0..<8 { $0.pushGlobal(0, $0.create(0)) } }) {
      $0.emit(0, .globalTake, 1, detail: 1, a: 0, b: 2, d: 8)
    },
  ]

  static let stealing: [Fault] = [
    Fault(
      .stealHalf, "a third instead of half",
      after: {
        fill(&$0, 6); $0.spinBegin(1, .search)
      }
    ) {
      $0.emit(1, .stealTook, 2, detail: 1, a: 0, b: 0, c: 2 | 6 << 16, d: 0)
    },
    Fault(
      .stealHalf, "half rounded down",
      after: {
        fill(&$0, 5); $0.spinBegin(1, .search)
      }
    ) {
      $0.emit(1, .stealTook, 2, detail: 1, a: 0, b: 0, c: 2 | 5 << 16, d: 0)
    },
    Fault(
      .stealRunNextRound, "in round 3",
      after: {
        $0.putRunNext(0, $0.create(0)); $0.spinBegin(1, .search)
      }
    ) {
      $0.emit(1, .stealTookRunNext, 1, detail: 3, a: 0, b: 2)
    },
    Fault(
      .stealRound, "a fifth round",
      after: {
        fill(&$0, 1); $0.spinBegin(1, .search)
      }
    ) {
      $0.emit(1, .stealTook, 1, detail: 5, a: 0, b: 0, c: 1 | 1 << 16, d: 0)
    },
    Fault(
      .stealFromOther, "from itself",
      after: {
        fill(&$0, 1); $0.spinBegin(0, .search)
      }
    ) {
      $0.emit(0, .stealTook, 1, detail: 1, a: 0, b: 0, c: 1 | 1 << 16, d: 0)
    },
    Fault(.stealSpinning, "without spinning", after: { fill(&$0, 2) }) { $0.steal(1, from: 0) },
  ]

  static let processors: [Fault] = [
    Fault(.processorVersion, "a version is left out") { $0.emit(0, .processorHandoff, a: 3) },
    Fault(.processorHolder, "two machines use a processor", after: { $0.create(1) }) {
      $0.emit(1, .queuePush, 1, processor: 0, a: 0)
    },
    Fault(.processorHolder, "an idle one is taken that is held") {
      $0.idle(1, 1)
      $0.emit(1, .processorAcquire, detail: 1, processor: 0, a: 2, b: $0.now.idleSequence + 1)
    },
    Fault(.processorHolder, "retaken from a machine that does not block") {
      $0.emit(5, .processorRetake, processor: 0, a: 2, b: 0)
    },
    Fault(.oneProcessorPerMachine, "two processors on a machine") {
      $0.emit(0, .processorAcquire, detail: 1, processor: 2, a: 1, b: 3)
    },
    Fault(.processorCount, "one retires that is wanted") {
      $0.emit(0, .processorRelease, a: 2, b: $0.now.idleSequence + 1)
    },
    Fault(.processorCount, "one that is too many begins") {
      $0.emit(0, .processorCountChanged, a: 9, b: $0.now.idleSequence + 1, c: UInt32($0.now.processors.count))
      $0.emit(0, .processorCountChanged, a: 8, b: $0.now.idleSequence + 2, c: 9)
      $0.emit(0, .processorBegin, processor: 8, a: 1, b: $0.now.idleSequence + 3)
    },
    Fault(.idleSequence, "a number is left out") { $0.emit(0, .processorIdle, a: 2, b: 9) },
  ]

  static let machines: [Fault] = [
    Fault(.wakeOfParked, "one that is awake is woken") {
      $0.emit(0, .machineWake, a: 1 | 0xFFFF << 16, b: $0.now.idleSequence + 1)
    },
    Fault(
      .wakeOfParked, "one that sleeps acts",
      after: {
        $0.idle(1, 1); $0.parkMachine(1)
      }
    ) {
      $0.emit(1, .machineSpinBegin, detail: SpinReason.recheck.rawValue)
    },
    Fault(.machineLife, "started twice") { $0.emit(0, .machineStart, a: 1, b: 0xFFFF) },
    Fault(.parkEmptyHanded, "sleeps with a processor") { $0.parkMachine(0) },
    Fault(
      .parkEmptyHanded, "sleeps with a fiber in its hands",
      after: {
        $0.create(1); $0.idle(1, 1)
      }
    ) {
      $0.parkMachine(1)
    },
    Fault(.spinHalf, "a spinner too many") { $0.spinBegin(0, .search, spinning: 1, busy: 2) },
    Fault(.spinWokenAlone, "woken beside another") { $0.spinBegin(0, .woken, spinning: 1, busy: 4) },
    Fault(.spinAlternates, "begins twice", after: { $0.spinBegin(0, .woken) }) { $0.spinBegin(0, .recheck) },
    Fault(.spinAlternates, "ends without beginning") { $0.spinEnd(0, .found) },
  ]

  static let searches: [Fault] = [
    Fault(
      .searchOrder, "global before local",
      after: {
        $0.pushGlobal(0, $0.create(0)); $0.takeGlobal(0)
      }
    ) {
      $0.find(0, 1, [.timers, .global])
    },
    Fault(.searchOrder, "stealing before the poller", after: { $0.idle(0, 0) }) {
      $0.find(0, 0, [.local, .global, .steal, .netpoll])
    },
    Fault(
      .searchOrder, "looks on after it was found",
      after: {
        fill(&$0, 1); $0.pop(0)
      }
    ) {
      $0.find(0, 1, [.local, .local])
    },
    Fault(
      .searchTick, "global first on tick 62",
      after: {
        $0.pushGlobal(0, $0.create(0)); $0.takeGlobal(0, tick: true)
      }
    ) {
      $0.find(0, 1, [.timers, .tick], tick: 62)
    },
    Fault(
      .searchFound, "found local, looked at global last",
      after: {
        fill(&$0, 1); $0.pop(0)
      }
    ) {
      $0.find(0, 1, [.local, .global])
    },
    Fault(
      .searchFound, "says stolen, was popped",
      after: {
        fill(&$0, 1); $0.pop(0); $0.origin[1] = .steal
      }
    ) {
      $0.find(0, 1, [.local, .global, .steal])
    },
    Fault(.searchFound, "gives up without a look at the global queue") { $0.find(0, 0, [.timers, .local]) },
  ]

  static let oneQueue: [Fault] = [
    Fault(.globalContent, in: .global, "the second before the first", after: queued) {
      $0.emit(0, .globalTake, 2, a: 0, b: 1, d: 2)
    },
    Fault(.globalBatch, in: .global, "two at once", after: queued) { $0.emit(0, .globalTake, 1, a: 0, b: 2, d: 2) },
    Fault(.globalPushCount, in: .global, "two at once", after: { $0.create(0) }) {
      $0.emit(0, .globalPush, 1, a: 0, b: 2)
    },
    Fault(.foreignStep, in: .global, "a local queue") { $0.push(0, $0.create(0)) },
    Fault(.foreignStep, in: .global, "stealing") { $0.emit(0, .stealFailed, a: 1) },
    Fault(.foreignStep, in: .nto1, "another machine") { $0.emit(0, .machineStart, a: 5, b: 0xFFFF) },
    Fault(.foreignStep, in: .nto1, "a slice is over", after: running) { $0.emit(0, .fiberPreempt, 1) },
    Fault(.foreignStep, in: .serial, "a task gives way", after: running) { $0.emit(0, .fiberYield, 1) },
    Fault(
      .oneThread, in: .nto1, "two fibers run at once",
      after: {
        running(&$0); $0.create(1)
      }
    ) {
      $0.start(1, 2, .handoff)
    },
    Fault(.oneTaskAtATime, in: .serial, "a second one begins", after: parkedAlone) { $0.start(0, 2, .global) },
    Fault(.parkEmptyHanded, in: .nto1, "asleep with a fiber", after: running) {
      $0.emit(0, .machinePark, detail: MachineParkReason.timer.rawValue)
    },
  ]

  /// Fibers 1 and 2 wait in the global queue.
  private static func queued(_ player: inout Player) {
    for _ in 0..<2 { player.pushGlobal(0, player.create(0)) }
  }

  /// Fiber 1 has begun and sleeps, fiber 2 was taken from the queue.
  private static func parkedAlone(_ player: inout Player) {
    queued(&player)
    player.start(0, player.takeGlobal(0), .global)
    player.sleep(0, for: 100)
    _ = player.takeGlobal(0)
  }

  static let objects: [Fault] = [
    Fault(.objectSequence, "a number is left out", after: { $0.emit(0, .channelMake, a: 3, b: 1, c: 2) }) {
      $0.emit(0, .channelSend, a: 3, b: 3, c: 1)
    },
    Fault(.occupancy, "two at once", after: { $0.emit(0, .channelMake, a: 3, b: 1, c: 2) }) {
      $0.emit(0, .channelSend, a: 3, b: 2, c: 2)
    },
    Fault(.occupancy, "more than the capacity", after: { $0.emit(0, .channelMake, a: 3, b: 1, c: 0) }) {
      $0.emit(0, .channelSend, a: 3, b: 2, c: 1)
    },
    Fault(.lockExclusive, "two holders", after: { $0.emit(0, .lockAcquire, 1, a: 4, b: 1) }) {
      $0.emit(1, .lockAcquire, 2, a: 4, b: 2)
    },
    Fault(.lockExclusive, "a reader beside a writer", after: { $0.emit(0, .lockAcquire, 1, detail: 2, a: 4, b: 1) }) {
      $0.emit(1, .lockAcquire, 2, detail: 1, a: 4, b: 2)
    },
    Fault(.lockExclusive, "a writer beside a reader", after: { $0.emit(0, .lockAcquire, 1, detail: 1, a: 4, b: 1) }) {
      $0.emit(1, .lockAcquire, 2, detail: 2, a: 4, b: 2)
    },
    Fault(
      .lockExclusive, "a lock that is read passes on", after: { $0.emit(0, .lockAcquire, 1, detail: 1, a: 4, b: 1) }
    ) {
      $0.emit(1, .lockHandover, 2, detail: 2, a: 4, b: 2, c: 1)
    },
    Fault(
      .occupancy, "a permit taken is still there", after: { $0.emit(0, .semaphoreRelease, 1, a: 5, b: 1, c: 2, d: 2) }
    ) {
      $0.emit(0, .semaphoreAcquire, 1, a: 5, b: 2, c: 2, d: 1)
    },
    Fault(
      .occupancy, "more permits than were given", after: { $0.emit(0, .semaphoreRelease, 1, a: 5, b: 1, c: 2, d: 2) }
    ) {
      $0.emit(0, .semaphoreRelease, 1, a: 5, b: 2, c: 4, d: 1)
    },
    Fault(.occupancy, "more are woken than wait", after: { $0.emit(0, .conditionWait, 1, a: 6, b: 1, c: 1) }) {
      $0.emit(0, .conditionSignal, 1, detail: 1, a: 6, b: 2, c: 2)
    },
    Fault(
      .timerDeadline, "fires too early",
      after: {
        running(&$0); $0.sleep(0, for: 1_000_000)
      }
    ) {
      $0.emit(0, .timerFire, 1, a: 1_000_100)
    },
  ]

  // MARK: beginnings

  static func running(_ player: inout Player) { player.start(0, player.create(0), .handoff) }

  static func fill(_ player: inout Player, _ count: Int) {
    for _ in 0..<count { player.push(0, player.create(0)) }
  }

  /// Fiber 1 was stolen from P0 by machine 1.
  static func taken(_ player: inout Player) {
    fill(&player, 1)
    player.spinBegin(1, .search)
    player.steal(1, from: 0)
  }
}
