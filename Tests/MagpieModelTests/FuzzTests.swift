import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

/// Any event in any state: no trap, bounded memory, and no reader that traps either.
@Suite("Fuzz")
struct FuzzTests {
  /// Reads everything that a view might read.
  private func read(_ state: SchedulerState) {
    for p in -1...state.processorCount {
      let processor = state.processor(p)
      #expect(processor.queueLength >= 0 && processor.queueLength <= 256)
      for place in 0..<processor.queueLength { _ = state.queuedFiber(p, at: place) }
    }
    for place in 0..<min(state.globalCount, 1_000) { _ = state.globalFiber(at: place) }
    for m in -1...state.machineCount {
      _ = state.machine(m)
      _ = state.fibersInHands(of: m)
    }
    var alive = 0
    var waitForIO = 0
    for fiber in state.liveFibers {
      alive += 1
      if case .parked(.netpoll, _) = fiber.place { waitForIO += 1 }
      #expect(state.fiber(fiber.id) == fiber)
    }
    #expect(alive == state.liveFiberCount)
    #expect(waitForIO == state.pollerWaiterCount)
    _ = (state.idleMachines, state.blockedMachines, state.idleProcessors, state.earliestTimers(3), state.queuedCount)
    for place in 0..<state.objectCount { _ = state.object(at: place) }
    _ = (state.statistics.queueWait.p99, state.statistics.stolen(by: 0, from: 1))
    for finding in state.findings { #expect(!finding.text.isEmpty) }
  }

  @Test("200,000 events of random words", arguments: [1, 2] as [UInt64])
  func words(seed: UInt64) {
    var random = Random(seed: seed)
    var state = SchedulerState(processors: 3, fiberLimit: 5_000)
    for number in 1...200_000 {
      let word1 = random.next()
      // Mostly kinds that exist.
      let kind = EventKind.allCases.randomElement(using: &random)!.rawValue
      state.apply(
        Event(
          word0: random.next(), word1: number % 8 == 0 ? word1 : word1 & ~0xFF | UInt64(kind), word2: random.next(),
          word3: random.next()))
    }
    #expect(state.findings.count <= 256)
    #expect(state.fibers.count <= 5_000)
    #expect(state.global.count <= 16_384)
    #expect(state.machines.count <= 65_536)
    read(state)
  }

  @Test("Random events about few things, so that they meet", arguments: [1, 2, 3, 4] as [UInt64])
  func small(seed: UInt64) {
    var random = Random(seed: seed)
    var history = History(processors: 3, capacity: 20_000, fiberLimit: 64)
    func number(_ limit: UInt32) -> UInt32 {
      Int.random(in: 0..<50, using: &random) == 0
        ? UInt32.random(in: 0...UInt32.max, using: &random) : UInt32.random(in: 0..<limit, using: &random)
    }
    for step in 1...100_000 {
      if step % 5_000 == 0 {
        read(history.live)
        history.noteLoss(machine: 1, from: 0, to: 1, count: 2)
        if step % 10_000 == 0 { history.load(Player.run(processors: 2, events: 300, seed: seed).now) }
      }
      history.append(
        Event(
          time: UInt64(number(1_000)), machine: UInt16(number(5) & 15), kind: .allCases.randomElement(using: &random)!,
          detail: UInt8(number(9) & 255), processor: UInt16(number(4) & 0xFFFF), fiber: number(80), a: number(6),
          b: number(6), c: number(300), d: number(4)))
    }
    read(history.live)
    read(history.state(at: history.firstAvailable))
    #expect(history.count - history.firstAvailable < 60_000)
  }

  @Test("A true run with events left out, doubled and changed", arguments: [1, 2, 3] as [UInt64])
  func mutated(seed: UInt64) {
    var random = Random(seed: seed)
    let player = Player.run(processors: 4, events: 20_000, seed: seed)
    var state = SchedulerState(processors: 4)
    for (number, event) in player.events.enumerated() {
      switch Int.random(in: 0..<100, using: &random) {
      case 0: continue
      case 1:
        state.apply(event)
        state.apply(event)
      case 2:
        var changed = event
        changed.word2 ^= 1 << UInt64.random(in: 0..<64, using: &random)
        state.apply(changed)
      case 3:
        var changed = event
        changed.word1 ^= 1 << UInt64.random(in: 8..<64, using: &random)
        state.apply(changed)
      default: state.apply(event)
      }
      if number % 2_000 == 0 { read(state) }
    }
    #expect(state.findingCount > 0)
    read(state)
  }

  @Test("A snapshot that contradicts itself")
  func snapshot() {
    var random = Random(seed: 5)
    for _ in 0..<200 {
      var snapshot = Player.run(processors: 3, events: 400, seed: random.next()).now
      for _ in 0..<10 {
        let id = UInt32.random(in: 0..<30, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: snapshot.global.append(id)
        case 1: snapshot.processors[0].queue += [UInt32](repeating: id, count: 300)
        case 2: snapshot.machines.append(Snapshot.Machine(id: UInt16.random(in: 0...UInt16.max, using: &random)))
        case 3: snapshot.machines[0].processor = UInt16.random(in: 0...9, using: &random)
        case 4: snapshot.processors[1].holder = .blocked(UInt16.random(in: 0...UInt16.max, using: &random))
        default: snapshot.fibers.append(Snapshot.Fiber(id: id))
        }
      }
      var state = SchedulerState(processors: 1)
      state.load(snapshot)
      _ = state.differences(from: snapshot)
      read(state)
      for event in Player.run(processors: 3, events: 300, seed: 1).events { state.apply(event) }
      read(state)
    }
  }
}
