import Glibc
import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// What a user does to a program by hand, under every scheduler that has fibers.
  @Suite("Control under every era")
  struct EraControlTests {
    static let eras: [Era] = [.serial, .nto1, .global, .distributed, .mpn]

    private func request(_ scenario: any Scenario, _ era: Era, processors: Int = 2, seed: UInt64? = nil) -> RunRequest {
      var request = RunRequest(scenario: scenario, processors: processors)
      request.era = era
      request.isSimulated = seed != nil
      request.seed = seed ?? 1
      return request
    }

    private func held(_ request: RunRequest) -> Session {
      let session = Session(request)
      session.hold()
      session.start()
      session.waitUntilHeld()
      return session
    }

    private func expectClean(_ session: Session) {
      let summary = finish(session)
      #expect(summary.isComplete && summary.result.ok, "\(summary.result) \(summary.deadlock)")
      #expect(summary.audit.first == nil)
      #expect(summary.events.lost == 0)
    }

    @Test("A breakpoint stops before each end of a task, and not after one", arguments: eras, [nil, 3] as [UInt64?])
    func breakpoint(era: Era, seed: UInt64?) throws {
      try withSmall(FanOut.self) { scenario in
        let session = Session(request(scenario, era, seed: seed))
        session.setBreakpoint(try Filter("fiber.exit"))
        session.start()
        for round in 0..<8 {
          session.waitUntilHeld()
          let next = try #require(session.stoppedBefore)
          #expect(next.certain == [.fiberExit])
          #expect(session.count(of: .fiberExit) == round, "it has not happened")
          if round % 2 == 1 {
            session.step()
            session.waitUntilHeld()
            #expect(session.stoppedBefore == nil && session.count(of: .fiberExit) == round + 1)
          }
          session.release()
        }
        session.waitUntilHeld()
        session.setBreakpoint(nil)
        session.release()
        expectClean(session)
      }
    }

    @Test("A run until something happens is stopped once", arguments: eras)
    func runsUntil(era: Era) throws {
      try withSmall(Blockers.self) { scenario in
        let session = held(request(scenario, era))
        session.run(until: try Filter("machine.syscallEnter"))
        session.waitUntilHeld()
        #expect(session.stoppedBefore?.kinds.contains(.machineSyscallEnter) == true)
        #expect(session.count(of: .machineSyscallEnter) == 0)
        session.release()
        expectClean(session)
      }
    }

    @Test("A tempo that is set while it runs slows it, and full speed is full speed again", arguments: eras)
    func tempo(era: Era) throws {
      try withSmall(Sleepers.self) {
        $0["tasks"] = .integer(2)
      } _: { scenario in
        var request = request(scenario, era)
        request.repeats = true
        let session = run(request)
        func slowness() -> Double {
          let before = session.progress
          wait("some time goes by") { session.progress.realNanoseconds > before.realNanoseconds + 60_000_000 }
          let after = session.progress
          return Double(after.realNanoseconds - before.realNanoseconds)
            / Double(max(after.virtualNanoseconds &- before.virtualNanoseconds, 1))
        }
        session.setTempo(20)
        #expect(session.tempo == 20)
        wait("it is slow") { slowness() > 10 }
        session.setTempo(1)
        wait("it is fast") { slowness() < 5 }
        session.stop()
        #expect(finish(session).audit.first == nil)
      }
    }

    @Test("A step of one machine is that one's operation alone", arguments: eras)
    func stepsMachine(era: Era) throws {
      try withSmall(Contention.self) { scenario in
        let session = held(request(scenario, era))
        var steps = 0
        wait("each machine has been stepped") {
          guard let next = session.upcoming.last(where: \.isCertain) else {
            session.step()
            session.waitUntilHeld()
            return session.runtime.hasEnded
          }
          let before = session.events.count
          guard session.step(machine: next.machine) else { return session.runtime.hasEnded }
          session.waitUntilHeld()
          let came = session.events.dropFirst(before)
          #expect(came.first { $0.machine == next.machine }?.kind == next.certain.first, "\(next)")
          steps += 1
          return steps == 60
        }
        #expect(steps == 60)
        session.release()
        expectClean(session)
      }
    }

    @Test(
      "A frozen fiber stands while others go on, and goes on when it is thawed", arguments: eras,
      [nil, 1, 2] as [UInt64?])
    func freezesFiber(era: Era, seed: UInt64?) throws {
      try withSmall(Blockers.self) { scenario in
        let session = held(request(scenario, era, seed: seed))
        session.stepUntil("its fibers are there") { session.runtime.fibersCreated >= 7 }
        // The one that is in the queue's middle: it has not run, and somebody is behind.
        let fiber: UInt32 = 4
        #expect(throws: ControlError.noSuchFiber) { try session.freeze(fiber: 4_711) }
        #expect(throws: ControlError.notFrozen) { try session.thaw(fiber: fiber) }
        try session.freeze(fiber: fiber)
        #expect(session.frozenFibers == [fiber])
        session.release()
        wait("it has parked") {
          session.withHistory { $0.live.fiber(fiber)?.place } == .parked(reason: .frozen, object: 0)
        }
        // Under serial the thread stands with it: those behind wait.
        if era != .serial { wait("all others have ended") { session.runtime.fibersLive == 1 } }
        #expect(!session.runtime.hasEnded && session.deadlock == nil)
        try session.thaw(fiber: fiber)
        expectClean(session)
        #expect(
          session.events.contains {
            $0.kind == .fiberReady && $0.fiber == fiber && $0.detail == ReadyCause.byHand.rawValue
          })
      }
    }

    @Test("A frozen machine stands; where there are others, they take its work", arguments: eras)
    func freezesMachine(era: Era) throws {
      try withSmall(Blockers.self) { scenario in
        // Under global nobody takes a permit from a machine, so there is another.
        let session = held(request(scenario, era, processors: era == .global ? 2 : 1))
        session.stepUntil("its fibers are there") { session.runtime.fibersCreated >= 7 }
        if !era.isOneThread { #expect(throws: ControlError.isSysmon) { try session.freeze(machine: 1) } }
        #expect(throws: ControlError.noSuchMachine) { try session.freeze(machine: 400) }
        try session.freeze(machine: 0)
        #expect(session.frozenMachines == [0])
        session.release()
        if era.isOneThread {
          wait("it is at the gate") { session.machineNotes.first == .atGate }
          session.waitUntilCollected()
          let count = session.events.count
          usleep(20_000)
          #expect(session.events.count == count)
        } else {
          // What it had in its hands at the gate it keeps.
          wait("all others have ended") { session.runtime.fibersLive <= 2 }
        }
        #expect(!session.runtime.hasEnded && session.deadlock == nil)
        try session.thaw(machine: 0)
        expectClean(session)
        #expect(session.frozenMachines.isEmpty)
      }
    }

    @Test("A program that is frozen can be stopped", arguments: eras, [false, true])
    func stopsFrozen(era: Era, isHeld: Bool) throws {
      try withSmall(Blockers.self) { scenario in
        let session = held(request(scenario, era))
        session.stepUntil("its fibers are there") { session.runtime.fibersCreated >= 7 }
        for fiber in 1...7 as ClosedRange<UInt32> { try? session.freeze(fiber: fiber) }
        try session.freeze(machine: 0)
        if !isHeld { session.release() }
        session.stop()
        #expect(finish(session).audit.first == nil)
        #expect(session.status == .ended)
      }
    }

    @Test("A sleep is ended by hand", arguments: eras, [nil, 1, 2] as [UInt64?])
    func wakes(era: Era, seed: UInt64?) throws {
      let session = held(request(Nap(), era, seed: seed))
      func isAsleep() -> Bool {
        if case .parked(.sleep, _)? = session.withHistory({ $0.live.fiber(2)?.place }) { true } else { false }
      }
      session.stepUntil("it sleeps") { isAsleep() }
      #expect(throws: ControlError.noSuchFiber) { try session.wake(fiber: 44) }
      try session.wake(fiber: 2)
      session.release()
      expectClean(session)
      #expect(
        session.events.contains { $0.kind == .fiberReady && $0.fiber == 2 && $0.detail == ReadyCause.byHand.rawValue })
      #expect(!session.events.contains { $0.kind == .timerFire && $0.fiber == 2 })
    }

    @Test(
      "Whatever is done to it in whatever order, a run ends as it should", arguments: eras, [nil, 1, 2] as [UInt64?])
    func storm(era: Era, seed: UInt64?) throws {
      for name in ["contention", "blockers", "sleepers"] {
        try withSmall(#require(Scenarios.named(name))) { scenario in
          let session = run(request(scenario, era, processors: 3, seed: seed))
          var random = (seed ?? 7) &* 2_654_435_761 &+ 1
          for _ in 0..<80 where !session.runtime.hasEnded {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let machine = UInt16(truncatingIfNeeded: random >> 40) % 5
            let fiber = UInt32(truncatingIfNeeded: random >> 44) % 9
            switch random >> 60 {
            case 0, 1: session.hold()
            case 2, 3, 4: session.step()
            case 5: session.step(machine: machine)
            case 6: try? session.step(fiber: fiber)
            case 7: try? session.freeze(fiber: fiber)
            case 8: try? session.freeze(machine: machine)
            case 9: for frozen in session.frozenFibers { try? session.thaw(fiber: frozen) }
            case 10: for frozen in session.frozenMachines { try? session.thaw(machine: frozen) }
            case 11: if seed == nil { session.setTempo(random >> 50 & 1 == 0 ? 1 : 3) }
            case 12: session.setBreakpoint(random >> 50 & 1 == 0 ? nil : try Filter("fiber.ready"))
            case 13: try? session.wake(fiber: fiber)
            default: session.release()
            }
            usleep(UInt32(random >> 33 & 127))
          }
          session.setBreakpoint(nil)
          session.setTempo(1)
          for frozen in session.frozenFibers { try? session.thaw(fiber: frozen) }
          for frozen in session.frozenMachines { try? session.thaw(machine: frozen) }
          session.release()
          expectClean(session)
        }
      }
    }
  }
}

/// One that sleeps for an hour.
private struct Nap: Scenario {
  static let name = "nap"
  static let text = "a sleeper"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable {}

  init() {}
  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared { Shared() }
  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    spawn(name: "sleeper") { sleep(for: .seconds(3_600)) }
  }
  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    ScenarioResult(ok: complete)
  }
}
