import Glibc
import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// What is done by hand to fibers, machines and processors while they run.
  @Suite("By hand")
  struct FreezeTests {
    private func start(
      _ scenario: any Scenario, processors: Int, seed: UInt64? = nil, isHeld: Bool = true
    ) -> Session {
      var request = RunRequest(scenario: scenario, processors: processors)
      request.isSimulated = seed != nil
      request.seed = seed ?? 1
      let session = Session(request)
      if isHeld { session.hold() }
      session.start()
      return session
    }

    /// Steps until all fibers of the scenario are there.
    private func stepUntil(_ session: Session, fibers: Int) {
      session.stepUntil("its fibers are there") { session.runtime.fibersCreated >= fibers }
    }

    /// The fiber that was made last: it has hardly begun.
    private func newest(_ session: Session) -> UInt32? { session.events.last { $0.kind == .fiberCreate }?.fiber }

    /// Steps until a machine is about to yield, from its fiber's code. - Returns: which.
    private func stepToYield(_ session: Session) -> UInt16? {
      var machine: UInt16?
      session.stepUntil("one is about to yield") {
        machine = session.upcoming.first { $0.certain.first == .fiberYield }?.machine
        return machine != nil
      }
      return machine
    }

    @Test(
      "A frozen fiber parks, and the others go on without it; thawed, it does what it has left",
      arguments: [nil, 1, 2, 3, 4] as [UInt64?], [1, 3])
    func freezesFiber(seed: UInt64?, processors: Int) throws {
      let session = start(Rounds(), processors: processors, seed: seed)
      stepUntil(session, fibers: 4)
      let fiber = try #require(newest(session))
      #expect(throws: ControlError.noSuchFiber) { try session.freeze(fiber: 4_711) }
      try session.freeze(fiber: fiber)
      #expect(session.frozenFibers == [fiber])
      session.release()
      // All others end; it is what the first one waits for, and that is no deadlock.
      wait("all others have ended") { session.runtime.fibersLive == 2 }
      wait("nothing moves") {
        session.withHistory { $0.live.fiber(fiber)?.place } == .parked(reason: .frozen, object: 0)
      }
      #expect(!session.runtime.hasEnded && session.deadlock == nil)
      let before = session.count(of: .fiberYield)
      #expect(throws: ControlError.notFrozen) { try session.thaw(fiber: 1) }
      try session.thaw(fiber: fiber)
      #expect(session.frozenFibers.isEmpty)
      let summary = finish(session)
      #expect(summary.isComplete && summary.result.ok)
      #expect(summary.audit.first == nil)
      #expect(session.count(of: .fiberYield) > before)
      let ready = try #require(
        session.events.first { $0.kind == .fiberReady && $0.fiber == fiber && $0.detail == ReadyCause.byHand.rawValue })
      #expect(ready.a == 0)
    }

    @Test(
      "Frozen and thawed again and again, nothing is lost", arguments: [nil, 1, 2, 3, 4, 5] as [UInt64?],
      ["rounds", "contention"])
    func storm(seed: UInt64?, name: String) throws {
      let scenario: any Scenario = name == "rounds" ? Rounds() : try withSmall(Contention.self) { $0 }
      let session = start(scenario, processors: 3, seed: seed)
      stepUntil(session, fibers: 5)
      session.release()
      session.freezeAndThaw(fibers: 2..<6, rounds: 300, pause: 10)
      let summary = finish(session)
      #expect(summary.isComplete && summary.result.ok)
      #expect(summary.audit.first == nil)
      #expect(summary.events.lost == 0)
    }

    @Test("A frozen machine stands, and its processor goes on elsewhere", arguments: [nil, 1, 2, 3] as [UInt64?])
    func freezesMachine(seed: UInt64?) throws {
      let session = start(Rounds(), processors: 1, seed: seed)
      stepUntil(session, fibers: 4)
      let machine = try #require(stepToYield(session))
      #expect(throws: ControlError.isSysmon) { try session.freeze(machine: 1) }
      #expect(throws: ControlError.noSuchMachine) { try session.freeze(machine: 400) }
      try session.freeze(machine: machine)
      #expect(session.frozenMachines == [machine])
      session.release()
      // The fiber that it had when it came to the gate is on it still; all others end elsewhere.
      wait("all others have ended") { session.runtime.fibersLive <= 2 }
      #expect(!session.runtime.hasEnded && session.deadlock == nil)
      wait("its processor was taken") {
        session.events.contains { $0.kind == .processorDetach && $0.b == UInt32(machine) }
      }
      try session.thaw(machine: machine)
      let summary = finish(session)
      #expect(summary.isComplete && summary.result.ok)
      #expect(summary.audit.first == nil)
    }

    @Test("A deadlock that a frozen fiber hides is found once it is thawed", arguments: [nil, 1, 2] as [UInt64?])
    func hiddenDeadlock(seed: UInt64?) throws {
      let session = start(try withSmall(Deadlock.self) { $0 }, processors: 2, seed: seed)
      stepUntil(session, fibers: 2)
      try session.freeze(fiber: 1)
      session.release()
      wait("it has parked") {
        if case .parked? = session.withHistory({ $0.live.fiber(1)?.place }) { true } else { false }
      }
      #expect(!session.runtime.hasEnded)
      try session.thaw(fiber: 1)
      let summary = finish(session)
      #expect(!summary.deadlock.isEmpty)
      #expect(summary.audit.first == nil)
    }

    @Test("A program with frozen fibers and machines can be stopped", arguments: [nil, 1] as [UInt64?], [false, true])
    func stops(seed: UInt64?, isHeld: Bool) throws {
      let session = start(Rounds(), processors: 2, seed: seed)
      stepUntil(session, fibers: 4)
      for fiber in 1...4 as ClosedRange<UInt32> { try? session.freeze(fiber: fiber) }
      try session.freeze(machine: 0)
      if !isHeld { session.release() }
      session.stop()
      #expect(finish(session).audit.first == nil)
      #expect(session.status == .ended)
    }

    @Test("A sleep is ended by hand; what was promised something waits for it", arguments: [nil, 1, 2] as [UInt64?])
    func wakes(seed: UInt64?) throws {
      let session = start(Naps(), processors: 2, seed: seed)
      stepUntil(session, fibers: 3)
      func isParked(_ fiber: UInt32, _ reason: ParkReason) -> Bool {
        if case .parked(reason, _)? = session.withHistory({ $0.live.fiber(fiber)?.place }) { true } else { false }
      }
      session.stepUntil("both wait") { isParked(2, .sleep) && isParked(3, .channelReceive) }
      #expect(throws: ControlError.waitsFor(.channelReceive)) { try session.wake(fiber: 3) }
      #expect(throws: ControlError.noSuchFiber) { try session.wake(fiber: 44) }
      try session.wake(fiber: 2)
      session.release()
      let summary = finish(session)
      #expect(summary.isComplete && summary.result.ok)
      #expect(summary.audit.first == nil)
      #expect(
        session.events.contains { $0.kind == .fiberReady && $0.fiber == 2 && $0.detail == ReadyCause.byHand.rawValue })
      #expect(!session.events.contains { $0.kind == .timerFire && $0.fiber == 2 })
    }

    @Test(
      "The number of processors is changed from outside, also of a program that is held",
      arguments: [nil, 1, 2] as [UInt64?])
    func processors(seed: UInt64?) throws {
      let session = start(Rounds(), processors: 2, seed: seed)
      stepUntil(session, fibers: 4)
      #expect(throws: ControlError.processorCount(0)) { try session.setProcessors(0) }
      #expect(throws: ControlError.processorCount(257)) { try session.setProcessors(257) }
      try session.setProcessors(4)
      #expect(session.processors == 2)
      // Else the run may be over before.
      let fiber = try #require(newest(session))
      try session.freeze(fiber: fiber)
      session.release()
      wait("there are four") { session.processors == 4 }
      try session.thaw(fiber: fiber)
      let summary = finish(session)
      #expect(summary.isComplete && summary.audit.first == nil)
      #expect(session.events.contains { $0.kind == .processorCountChanged && $0.a == 4 })
    }
  }
}

extension Session {
  /// Freezes and thaws fibers and machines of a program that goes on, and changes the number of its processors; then thaws all.
  /// - Parameter pause: how long a fiber is frozen at least, in steps of so many microseconds, up to six.
  func freezeAndThaw(fibers: Range<UInt32>, rounds: Int, pause: UInt32 = 0) {
    for round in 0..<rounds {
      let fiber = fibers.lowerBound + UInt32(round % fibers.count)
      if round % 3 == 0 { try? freeze(machine: UInt16(round % 4)) }
      try? freeze(fiber: fiber)
      if pause > 0 { usleep(UInt32(round % 7) * pause) }
      if round % 5 != 0 { try? thaw(fiber: fiber) }
      if round % 10 == 9 { try? setProcessors(1 + round / 10 % 4) }
      if round % 3 == 2 { for machine in frozenMachines { try? thaw(machine: machine) } }
    }
    for fiber in frozenFibers { try? thaw(fiber: fiber) }
    for machine in frozenMachines { try? thaw(machine: machine) }
  }
}

/// Four fibers that yield, sleep, block and compute, and then end; the first one waits for them.
private struct Rounds: Scenario {
  static let name = "rounds"
  static let text = "yields, sleeps and calls"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable { let done: Counter }

  init() {}
  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared { Shared(done: system.makeCounter()) }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    for fiber in 0..<4 {
      spawn(name: "worker") {
        for round in 0..<40 {
          switch (fiber + round) % 4 {
          case 0: sleep(for: .microseconds(5))
          case 1: blocking {}
          case 2: compute(for: .microseconds(3))
          default: yield()
          }
        }
        system.add(1, to: shared.done)
      }
    }
    waitForAllOthers()
    system.add(1, to: shared.done)
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    ScenarioResult(ok: !complete || system.value(of: shared.done) == 5)
  }
}

/// One that sleeps for an hour and then sends, and one that waits for that.
private struct Naps: Scenario {
  static let name = "naps"
  static let text = "a sleeper, and who waits for it"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable {}

  init() {}
  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared { Shared() }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let channel = Channel<Int>()
    spawn(name: "sleeper") {
      sleep(for: .seconds(3_600))
      channel.send(1)
    }
    spawn(name: "waiter") { _ = channel.receive() }
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    ScenarioResult(ok: complete)
  }
}
