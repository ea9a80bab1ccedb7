import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

/// The audit finds what is planted, and nothing else.
@Suite("Audit")
struct AuditTests {
  @Test("A planted fault is found, what came before it is not blamed", arguments: Fault.all)
  func planted(fault: Fault) {
    var player = Fault.stage
    fault.correct(&player)
    var state = SchedulerState(processors: 4, era: fault.era)
    for event in player.events { state.apply(event) }
    #expect(state.firstFinding?.text == nil)
    let before = player.events.count
    fault.plant(&player)
    for event in player.events.dropFirst(before) { state.apply(event) }
    #expect(state.findings.map(\.rule).contains(fault.rule), "found \(state.findings.map(\.text))")
    #expect(state.findings.first.map { $0.eventNumber > before } == true)
    for finding in state.findings { #expect(finding.text.hasPrefix("event \(finding.eventNumber) (")) }
  }

  @Test("Every rule is broken by some test")
  func everyRule() {
    let elsewhere: Set<Rule> = [.ownMachine, .fiberLimit, .workWhileAllSleep, .leftInQueue, .leftInHands, .fiberCount]
    #expect(Set(Fault.all.map(\.rule)).union(elsewhere) == Set(Rule.allCases))
  }

  @Test(
    "Where each machine has a queue, one that comes back from a call without a permit fills it, and nobody is blamed")
  func queueWithoutPermit() {
    var player = Fault.stage
    Fault.call(in: &player)
    var state = SchedulerState(processors: 1, era: .distributed)
    for event in player.events { state.apply(event) }
    #expect(state.firstFinding?.text == nil)
    #expect(state.processor(0).status == .idle)
    #expect(state.processor(0).machine == 0)
    #expect(state.queuedFiber(0, at: 0) == 1)
    // The same with P's is what must not be.
    state = SchedulerState(processors: 1)
    for event in player.events { state.apply(event) }
    #expect(state.findingCount > 0)
  }

  @Test("A small ring grows to 256 fibers, and no further, wherever it begins", arguments: [0, 5, 250])
  func ring(start: UInt32) {
    var state = SchedulerState(processors: 1, era: .distributed)
    let bytes = state.bytes
    var player = Player(processors: 1, machines: 1)
    for number in 0..<start {
      player.emit(0, .fiberCreate, number + 1, processor: 0)
      player.emit(0, .queuePush, number + 1, processor: 0, a: number)
      player.emit(0, .queuePop, number + 1, processor: 0, a: number)
      player.emit(0, .fiberStart, number + 1, detail: StartSource.local.rawValue, processor: 0)
      player.emit(0, .fiberExit, number + 1, processor: 0)
    }
    for number in start..<start + 256 {
      player.emit(0, .fiberCreate, number + 1, processor: 0)
      player.emit(0, .queuePush, number + 1, processor: 0, a: number)
    }
    for event in player.events { state.apply(event) }
    #expect(state.firstFinding?.text == nil)
    #expect((0..<256).map { state.queuedFiber(0, at: $0) } == (start..<start + 256).map { $0 + 1 })
    #expect(bytes < 32_768)
    state.apply(Event(time: player.time, machine: 0, kind: .fiberCreate, processor: 0, fiber: 9_999))
    state.apply(Event(time: player.time, machine: 0, kind: .queuePush, processor: 0, fiber: 9_999, a: start + 256))
    #expect(state.findings.map(\.rule) == [.queueCapacity])
  }

  @Test("More fibers than the limit are left out, and said so")
  func fiberLimit() {
    var player = Player(processors: 1, machines: 1)
    for _ in 0..<20 { player.push(0, player.create(0)) }
    var state = SchedulerState(processors: 1, fiberLimit: 10)
    for event in player.events { state.apply(event) }
    #expect(state.firstFinding?.rule == .fiberLimit)
    #expect(state.liveFiberCount == 10)
  }

  /// Fiber 1 stays in P0's queue; the only machine sleeps. Machine 1 is sysmon.
  private func droppedWake() -> Player {
    var player = Player(processors: 1, machines: 1)
    player.now.machines.append(Snapshot.Machine(id: 1))
    player.emit(1, .sysmon, detail: SysmonAct.paceFast.rawValue, a: 20)
    player.push(0, player.create(0))
    player.idle(0, 0)
    player.parkMachine(0)
    return player
  }

  @Test("Work that outlasts every machine's next sleep is a finding, work that waits for a while is none")
  func sleepWithWork() {
    var player = droppedWake()
    var state = SchedulerState(processors: 1)
    for event in player.events { state.apply(event) }
    #expect(state.findingCount == 0)
    let before = player.events.count
    player.wake(1, for: 0, fromIdleList: true, spinning: false)
    player.acquireGiven(0)
    player.idle(0, 0)
    player.parkMachine(0)
    for event in player.events.dropFirst(before) { state.apply(event) }
    #expect(state.findings.map(\.rule) == [.workWhileAllSleep])
  }

  @Test("A dropped wake-up shows at the end of the run")
  func leftInQueue() {
    var state = SchedulerState(processors: 1)
    for event in droppedWake().events { state.apply(event) }
    state.finish()
    #expect(state.findings.map(\.rule) == [.leftInQueue])
    #expect(state.firstFinding?.text.contains("P0") == true)
  }

  @Test("Fibers left in hands, in runnext and in the global queue show at the end")
  func leftElsewhere() {
    var player = Player(processors: 1, machines: 1)
    player.putRunNext(0, player.create(0))
    player.pushGlobal(0, player.create(0))
    player.create(0)
    var state = SchedulerState(processors: 1)
    for event in player.events { state.apply(event) }
    state.finish()
    #expect(state.findings.map(\.rule) == [.leftInQueue, .leftInQueue, .leftInHands])
  }

  @Test("Creations and ends that do not add up show at the end")
  func fiberCount() {
    var player = Player(processors: 1, machines: 1)
    player.start(0, player.create(0), .handoff)
    player.exit(0)
    var snapshot = player.now
    snapshot.fibersCreated = 5
    var state = SchedulerState(processors: 1)
    for event in player.events { state.apply(event) }
    state.load(snapshot)
    state.finish()
    #expect(state.findings.map(\.rule) == [.fiberCount])
  }

  @Test("After a loss the audit is silent until the next snapshot")
  func loss() {
    var player = Player.run(processors: 2, events: 4_000, seed: 3)
    var state = SchedulerState(processors: 2)
    for event in player.events[..<1_000] { state.apply(event) }
    state.apply(Event(time: player.time, machine: 1, kind: .controlLost, a: 1_000))
    #expect(!state.isExact)
    #expect(state.lostEvents == 1_000)
    for event in player.events[2_000...] { state.apply(event) }
    #expect(state.findingCount == 0)
    state.load(player.now)
    #expect(state.isExact)
    #expect(state.differences(from: player.now) == [])
    let before = player.events.count
    var random = Random(seed: 9)
    while player.events.count < before + 2_000 { player.step(&random, 400) }
    for event in player.events[before...] { state.apply(event) }
    #expect(state.firstFinding?.text == nil)
    #expect(state.differences(from: player.now) == [])
  }

  @Test("A blocking call whose retake is recorded late breaks no rule")
  func lateRetake() {
    var player = Player(processors: 2, machines: 1)
    player.now.machines.append(Snapshot.Machine(id: 1))
    player.now.machines[1].activity = .sysmon
    player.start(0, player.create(0), .handoff)
    player.enterSyscall(0)
    player.retake(0, by: 1)
    player.idle(1, 0)
    _ = player.exitSyscall(0)
    player.acquireIdle(0, 1)
    player.start(0, 1, .syscall)
    // The exit comes before the retake and the idling that it follows.
    let count = player.events.count
    let exit = player.events.remove(at: count - 3)
    player.events.insert(exit, at: count - 5)
    var state = SchedulerState(processors: 2)
    for event in player.events { state.apply(event) }
    #expect(state.firstFinding?.text == nil)
    #expect(state.differences(from: player.now) == [])
  }
}
