import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

extension Session {
  /// All that happened so far, once it is merged.
  var events: [Event] {
    withHistory { history in
      guard history.count > history.firstAvailable else { return [] }
      return (history.firstAvailable + 1...history.count).compactMap { history.event(at: $0) }
    }
  }

  func count(of kind: EventKind) -> Int { withHistory { Int($0.live.statistics.count(of: kind)) } }

  /// Waits until the program is held with all read that happened before.
  func waitUntilHeld() {
    wait("the program is held") { self.status == .held || self.status == .ended }
    if request.isSimulated {
      // Others may stand in the middle of an operation: they have no turn.
      wait("a machine keeps its turn") {
        self.runtime.endStepIfOver() && !self.upcoming.isEmpty || self.runtime.hasEnded
      }
    } else {
      waitUntilStill()
    }
    waitUntilCollected()
  }

  /// Steps until something holds, from a program that is held.
  func stepUntil(_ what: String, _ holds: () -> Bool) {
    waitUntilHeld()
    wait(what) {
      if holds() { return true }
      self.step()
      self.waitUntilHeld()
      return self.runtime.hasEnded
    }
  }
}

extension SessionTests {
  /// Stopping before something happens, and going on until it does.
  @Suite("Breakpoints")
  struct BreakpointTests {
    private func request(
      _ type: any Scenario.Type, processors: Int, isSimulated: Bool = false,
      _ change: (inout ParameterValues) -> Void = { _ in }
    ) throws -> RunRequest {
      var request = try withSmall(type, change) { RunRequest(scenario: $0, processors: processors) }
      request.isSimulated = isSimulated
      return request
    }

    @Test(
      "A breakpoint stops the program before each operation that it asks for", arguments: [1, 2, 4], [false, true])
    func stopsBefore(processors: Int, isSimulated: Bool) throws {
      let session = Session(try request(FanOut.self, processors: processors, isSimulated: isSimulated))
      let filter = try Filter("fiber.exit")
      session.setBreakpoint(filter)
      #expect(session.breakpoint == filter)
      session.start()
      for round in 0..<12 {
        session.waitUntilHeld()
        let next = try #require(session.stoppedBefore)
        #expect(next.certain == [.fiberExit] && next.isCertain)
        #expect(session.count(of: .fiberExit) == round, "it has not happened")
        if round % 2 == 0 {
          session.step()
          session.waitUntilHeld()
          #expect(session.stoppedBefore == nil)
          if !isSimulated {
            #expect(session.events.last { $0.machine == next.machine && $0.kind == .fiberExit }?.fiber == next.fiber)
          }
        }
        session.release()
      }
      session.waitUntilHeld()
      session.setBreakpoint(nil)
      session.release()
      #expect(session.stoppedBefore == nil)
      let summary = finish(session)
      #expect(summary.isComplete && summary.result.ok)
      #expect(summary.audit.first == nil)
    }

    @Test("Where the outcome is open a stop says so: a steal names its victim, and may fail")
    func uncertain() throws {
      var request = try request(Contention.self, processors: 4) { $0["work"] = .duration(.microseconds(20)) }
      request.repeats = true
      let session = run(request)
      for _ in 0..<5 {
        session.run(until: try Filter("steal.took"))
        session.waitUntilHeld()
        let next = try #require(session.stoppedBefore)
        #expect(!next.isCertain && next.kinds.contains(.stealTook))
        let victim = try #require(next.victim)
        #expect(victim != next.processor && next.processor != Event.noProcessor)
        #expect(session.status == .held)
        #expect(session.upcoming.contains(next))
      }
      session.stop()
      #expect(finish(session).audit.first == nil)
    }

    @Test(
      "Looking changes nothing: a simulation that is held, stepped and stopped has the same trace", arguments: 1...3)
    func sameTrace(seed: UInt64) throws {
      func seeded() throws -> RunRequest {
        var request = try request(Contention.self, processors: 3, isSimulated: true)
        request.seed = seed
        return request
      }
      let plain = finish(run(try seeded()))
      #expect(plain.isComplete)

      let stepped = Session(try seeded())
      stepped.hold()
      stepped.start()
      var steps = 0
      wait("it is stepped to its end") {
        if stepped.runtime.step() != nil { steps += 1 }
        stepped.waitUntilHeld()
        return stepped.runtime.hasEnded || steps == 500
      }
      stepped.release()
      let first = finish(stepped)
      #expect(first.traceHash == plain.traceHash)
      #expect(steps > 100)
      #expect(first.audit.first == nil)

      let stopped = Session(try seeded())
      stopped.setBreakpoint(try Filter("kind:lock,steal -p:2"))
      stopped.start()
      var stops = 0
      wait("it is stopped and released to its end") {
        if stopped.status == .held {
          stops += 1
          stopped.release()
        }
        return stopped.runtime.hasEnded
      }
      #expect(finish(stopped).traceHash == plain.traceHash)
      #expect(stops > 20)
    }

    @Test("A run until something happens is stopped once, and goes on after that", arguments: [false, true])
    func runsUntil(isSimulated: Bool) throws {
      let session = Session(try request(PingPong.self, processors: 2, isSimulated: isSimulated))
      session.hold()
      session.start()
      session.waitUntilHeld()
      session.run(until: try Filter("channel.send"))
      session.waitUntilHeld()
      #expect(session.stoppedBefore?.kinds.contains(.channelSend) == true)
      #expect(session.count(of: .channelSend) == 0)
      session.release()
      let summary = finish(session)
      #expect(summary.isComplete && summary.audit.first == nil)
    }

    @Test("A step of one fiber goes on until that fiber has called once more", arguments: [1, 3], [false, true])
    func stepsFiber(processors: Int, isSimulated: Bool) throws {
      let session = Session(try request(PingPong.self, processors: processors, isSimulated: isSimulated))
      session.hold()
      session.start()
      session.stepUntil("its fibers are there") { session.runtime.fibersCreated >= 3 }
      #expect(throws: ControlError.noSuchFiber) { try session.step(fiber: 99_999) }
      let fiber: UInt32 = 2
      /// What it does itself, and not others to it.
      func own() -> Int {
        session.events.count {
          $0.fiber == fiber && [.channelSend, .channelReceive, .fiberPark, .fiberExit].contains($0.kind)
        }
      }
      for _ in 0..<8 {
        let before = own()
        try session.step(fiber: fiber)
        session.waitUntilHeld()
        #expect((1...2).contains(own() - before), "one call, which may end in a park")
      }
      session.release()
      #expect(finish(session).audit.first == nil)
    }

    @Test("In a simulation a step of one machine waits for its turn", arguments: 1...4)
    func stepsMachineInTurn(seed: UInt64) throws {
      var request = try request(Contention.self, processors: 3, isSimulated: true)
      request.seed = seed
      let session = Session(request)
      session.hold()
      session.start()
      session.waitUntilHeld()
      for _ in 0..<10 {
        let before = session.recorded.first ?? 0
        session.step(machine: 0)
        session.waitUntilHeld()
        #expect(try #require(session.recorded.first) > before)
      }
      session.release()
      #expect(finish(session).isComplete)
    }
  }
}
