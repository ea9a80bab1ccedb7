import Glibc
import Magpie
import MagpieScenarios
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// Holding, stepping and slowing the real program.
  @Suite("Gate")
  struct GateTests {
    private func request(
      _ type: any Scenario.Type, processors: Int, _ change: (inout ParameterValues) -> Void = { _ in }
    ) throws -> RunRequest {
      try withSmall(type, change) { RunRequest(scenario: $0, processors: processors) }
    }

    @Test(
      "A held program records nothing, and goes on when it is released",
      arguments: ["contention", "blockers", "sleepers"], [1, 4])
    func holds(name: String, processors: Int) throws {
      var request = try request(#require(Scenarios.named(name)), processors: processors)
      request.repeats = true
      let session = run(request)
      defer { session.stop() }
      for round in 0..<20 {
        let begin = session.recorded.reduce(0, +)
        wait("the program has got on") { session.recorded.reduce(0, +) > begin + 20 }
        session.holdStill()
        #expect(session.status == .held)
        let (still, time) = (session.recorded, session.runtime.virtualTime)
        for _ in 0..<50 {
          usleep(20)
          #expect(session.recorded == still, "round \(round)")
          #expect(session.runtime.virtualTime == time)
        }
        session.release()
      }
      session.stop()
      #expect(finish(session).audit.first == nil)
    }

    @Test(
      "A step is one operation of one machine, at least one event", arguments: ["contention", "ping-pong", "fan-out"],
      [1, 2, 4])
    func steps(name: String, processors: Int) throws {
      let session = run(try request(#require(Scenarios.named(name)), processors: processors))
      session.holdStill()
      var stepped = 0
      while stepped < 150 && !session.runtime.hasEnded {
        let before = session.recorded
        guard let machine = session.runtime.step() else {
          session.waitUntilStill()
          continue
        }
        session.waitUntilStill()
        stepped += 1
        let after = session.recorded
        let changed = after.indices.filter { after[$0] != ($0 < before.count ? before[$0] : 0) }
        #expect(changed == [Int(machine)])
        #expect(
          changed.allSatisfy { after[$0] <= ($0 < before.count ? before[$0] : 0) + 16 }, "what the gate gave room for")
        guard changed == [Int(machine)] else { break }
      }
      session.release()
      let summary = finish(session)
      #expect(stepped >= 150 || summary.isComplete)
      #expect(summary.isComplete)
      #expect(summary.audit.first == nil)
      #expect(summary.result.ok)
    }

    @Test("A program can be stepped from its first operation to its last", arguments: ["sleepers", "ping-pong"])
    func stepsToTheEnd(name: String) throws {
      let session = Session(
        try request(#require(Scenarios.named(name)), processors: 2) { values in
          if name == "sleepers" { values["tasks"] = .integer(3) } else { values["rounds"] = .integer(8) }
        })
      session.hold()
      session.start()
      var steps = 0
      wait("the last step is done") {
        if session.runtime.step() != nil { steps += 1 }
        session.waitUntilStill()
        return session.runtime.hasEnded
      }
      let summary = finish(session)
      #expect(summary.isComplete)
      #expect(summary.result.ok)
      #expect(summary.audit.first == nil)
      #expect(steps > 20)
      #expect(summary.events.total >= steps)
    }

    @Test("A machine that is chosen is the one that steps")
    func stepsChosen() throws {
      let session = run(try request(FanOut.self, processors: 4))
      session.holdStill()
      wait("two machines stand at the gate") {
        if session.runtime.machineNotes.filter({ $0 == .atGate }).count >= 2 { return true }
        _ = session.runtime.step()
        session.waitUntilStill()
        return session.runtime.hasEnded
      }
      let notes = session.runtime.machineNotes
      for machine in notes.indices where notes[machine] == .atGate {
        #expect(session.runtime.step(machine: UInt16(machine)) == UInt16(machine))
        session.waitUntilStill()
      }
      session.release()
      #expect(finish(session).isComplete)
    }

    @Test("A step of a fiber that only looks, and never finds anything, comes to an end")
    func stepOfAPoller() {
      let session = run(RunRequest(scenario: Polling(), processors: 1))
      wait("it polls") { session.runtime.fibersCreated > 1 && session.runtime.machineNotes.contains(.computing) }
      session.holdStill()
      for _ in 0..<5 {
        _ = session.runtime.step()
        session.waitUntilStill()
      }
      session.release()
      #expect(finish(session).isComplete)
    }

    @Test("Slow motion slows the program and keeps its rhythm")
    func tempo() throws {
      func summary(tempo: Int) throws -> Summary {
        var request = try request(Sleepers.self, processors: 2) { values in
          values["tasks"] = .integer(6)
          values["naps"] = .integer(1)
        }
        request.tempo = tempo
        let summary = finish(run(request))
        #expect(summary.isComplete)
        #expect(summary.audit.first == nil)
        return summary
      }
      // The shortest of several: others use this machine, too, and time for which the kernel runs others in the middle of an
      // operation is the program's own.
      let fast = try (0..<5).map { _ in try summary(tempo: 1).virtualNanoseconds }.min()!
      var slow = try summary(tempo: 100)
      for _ in 0..<20 where Double(slow.virtualNanoseconds) >= 1.2 * Double(fast) { slow = try summary(tempo: 100) }
      #expect(slow.wallNanoseconds >= 90 * slow.virtualNanoseconds)
      // Nothing is skipped: it takes as long as where nobody else uses the machine.
      let alone = try withSmall(Sleepers.self) { values in
        values["tasks"] = .integer(6)
        values["naps"] = .integer(1)
      } _: { scenario in
        Simulation.run(scenario, seed: 1, processors: 2).virtualNanoseconds
      }
      #expect(Double(slow.virtualNanoseconds) > 0.9 * Double(alone), "\(slow.virtualNanoseconds) against \(alone)")
      #expect(Double(slow.virtualNanoseconds) < 1.2 * Double(fast), "\(slow.virtualNanoseconds) against \(fast)")
    }

    @Test(
      "Holding and changing the tempo while fibers sleep, block and compute hangs nobody",
      arguments: ["sleepers", "blockers", "contention"])
    func changes(name: String) throws {
      var request = try request(#require(Scenarios.named(name)), processors: 3)
      request.repeats = true
      let session = run(request)
      defer { session.stop() }
      for round in 0..<60 {
        session.setTempo([1, 3, 50, 1, 1000, 10][round % 6])
        if round % 2 == 0 {
          session.holdStill()
          if round % 4 == 0 { _ = session.runtime.step() }
          session.setTempo([2, 1, 20][round % 3])
          session.release()
        }
        // It really goes on: at tempo 1 something happens again.
        session.setTempo(1)
        let begin = session.recorded.reduce(0, +)
        wait("the program goes on") { session.recorded.reduce(0, +) > begin + 5 }
      }
      session.stop()
      let summary = finish(session)
      #expect(summary.audit.first == nil)
      #expect(summary.events.lost == 0)
    }

    @Test("stop() ends a held program, and one in slow motion")
    func stops() throws {
      for slow in [false, true] {
        var request = try request(Contention.self, processors: 4)
        request.repeats = true
        let session = run(request)
        if slow { session.setTempo(10_000) } else { session.holdStill() }
        session.stop()
        let summary = finish(session)
        #expect(!summary.isComplete)
        #expect(session.status == .ended)
        #expect(summary.audit.first == nil)
      }
    }

    @Test(
      "stop() stops the program where it is, and nothing of it is lost, in the smallest rings",
      arguments: ["fan-out", "pipeline", "contention"], [1, 2, 4])
    func stopsWhereItIs(name: String, processors: Int) throws {
      var request = try request(#require(Scenarios.named(name)), processors: processors) { values in
        // Far more than can be done before it is stopped; the fiber that spawns or sends them never parks.
        if name == "fan-out" { values["tasks"] = .integer(1_000_000) }
        if name == "pipeline" { values["values"] = .integer(1_000_000) }
        if name == "contention" { values["additions"] = .integer(1_000_000) }
      }
      request.ring = 64
      let session = run(request)
      wait("the program has got on") { session.progress.seen > 3_000 }
      session.stop()
      let summary = finish(session)
      #expect(!summary.isComplete)
      #expect(summary.events.lost == 0)
      #expect(summary.audit.first == nil)
      #expect(summary.fibers.created < 1_000_000)
      #expect(summary.fibers.created == summary.fibers.finished + summary.fibers.live)
      #expect(session.withHistory { $0.live.differences(from: session.runtime.snapshot()) } == [])
    }
  }
}

/// A fiber that asks a channel again and again, until what wakes it up after a while has sent.
private struct Polling: Scenario {
  static let name = "polling"
  static let text = "select with otherwise"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable {}

  init() {}
  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared { Shared() }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let channel = Channel<Int>(capacity: 1)
    spawn(name: "sender") {
      sleep(for: .milliseconds(300))
      channel.send(1)
    }
    while true {
      let isSent = select {
        receive(from: channel) { _ in true }
        otherwise { false }
      }
      if isSent { break }
      checkpoint()
    }
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    ScenarioResult(ok: complete)
  }
}
