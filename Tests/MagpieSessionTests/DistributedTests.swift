import Magpie
import MagpieScenarios
import MagpieTrace
import Testing

@testable import MagpieModel
@testable import MagpieSession

extension SessionTests {
  /// The era before Ps: a queue a thread.
  @Suite("Distributed: a queue a thread")
  struct DistributedTests {
    static let names = Scenarios.closed.map { $0.name }
    static let storms = Storms.all.map { $0.name }

    private func request(_ scenario: any Scenario, _ permits: Int) -> RunRequest {
      var request = RunRequest(scenario: scenario, processors: permits)
      request.era = .distributed
      return request
    }

    private func scenarioType(_ name: String) throws -> any Scenario.Type {
      try #require(Scenarios.named(name) ?? Storms.all.first { $0.name == name })
    }

    // MARK: Runs

    @Test("Every scenario runs clean on real threads", arguments: names + storms, [1, 2, 8])
    func clean(name: String, permits: Int) throws {
      try withSmall(scenarioType(name)) { scenario in
        let summary = finish(run(request(scenario, permits)))
        let deadlocks = type(of: scenario).deadlocks
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
        #expect(summary.isComplete)
        #expect(summary.result.ok == !deadlocks, "\(summary.result)")
        #expect(summary.deadlock.count == (deadlocks ? 2 : 0))
        #expect(summary.exitStatus == (deadlocks ? 1 : 0))
        // Where P1 would be is sysmon, which has no queue.
        #expect(summary.processors.map(\.id) == (0..<summary.machines).filter { $0 != 1 })
      }
    }

    @Test("Seeds of every scenario are clean", arguments: names + storms, [false, true])
    func seeds(name: String, isDisturbed: Bool) throws {
      try withSmall(scenarioType(name)) { scenario in
        let outcome = Simulation.run(scenario, seeds: 1...8, era: .distributed, isDisturbed: isDisturbed)
        #expect(outcome.seeds == 8)
        #expect(outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
      }
    }

    @Test("The same seed gives the same trace, and another one than with Ps", arguments: ["blockers", "resize-storm"])
    func sameSeed(name: String) throws {
      try withSmall(scenarioType(name)) { scenario in
        let runs = (0..<2).map { _ in Simulation.run(scenario, seed: 3, era: .distributed, processors: 3) }
        #expect(runs[0].traceHash == runs[1].traceHash)
        #expect(runs[0].traceHash != Simulation.run(scenario, seed: 3, processors: 3).traceHash)
      }
    }

    // MARK: The model

    @Test(
      "At a held gate the model equals the runtime",
      arguments: names.filter { $0 != "deadlock" && $0 != "grep" } + storms, [1, 3])
    func snapshots(name: String, permits: Int) throws {
      try withSmall(scenarioType(name)) { scenario in
        let session = SnapshotTests().compare(request(scenario, permits), rounds: 8)
        session.stop()
        let summary = finish(session)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
      }
    }

    @Test(
      "So it does after losses, from the next generation on", arguments: ["fan-out", "contention", "resize-storm"])
    func free(name: String) throws {
      try withSmall(scenarioType(name)) { scenario in
        var request = request(scenario, 3)
        request.isFree = true
        request.ring = 64
        let session = SnapshotTests().compare(request, rounds: 8)
        session.stop()
        let summary = finish(session)
        #expect(summary.events.lost > 0)
        #expect(summary.audit.first == nil)
      }
    }

    /// Not what the poller loses, as in `SimulationTests`.
    private static let planted: [(fault: Fault, type: any Scenario.Type)] = [
      (.stealsAThird, FanOut.self), (.spinsTooMany, FanOut.self), (.skipsBlocked, Blockers.self),
      (.runsTooMany, Blockers.self), (.searchesGlobalFirst, FanOut.self), (.dropsWakeups, Blockers.self),
      (.takesTwice, FanOut.self), (.losesSlot, FanOut.self), (.losesGlobal, FanOut.self),
      (.losesWaiter, Contention.self),
    ]

    @Test("A planted fault is found within 500 seeds", arguments: planted.map(\.fault))
    func faults(fault: Fault) throws {
      let type = try #require(Self.planted.first { $0.fault == fault }?.type)
      try withSmall(type) { scenario in
        #expect(isFound(fault, in: request(scenario, 1)))
      }
    }

    // MARK: What the era is

    @Test(
      "Each call passes its permit on or frees it, at once; and who fails to steal has looked at every thread",
      arguments: [1, 2, 5])
    func calls(permits: Int) throws {
      try withSmall(Blockers.self) { values in
        values["tasks"] = .integer(20)
      } _: { scenario in
        let session = run(request(scenario, permits))
        let tally = Tally(session, finish(session))
        #expect(tally[.machineSyscallEnter] == 60)
        #expect(tally[.processorHandoff] == tally[.machineSyscallEnter] + tally[.processorDetach])
        #expect(tally[.processorRetake] == 0)
        #expect(tally.count { $0.kind == .machineSyscallExit && $0.detail == SyscallExit.fast.rawValue } == 0)
        let failed = tally.events.filter { $0.kind == .stealFailed }
        #expect(!failed.isEmpty && failed.allSatisfy { $0.a == 4 * ($0.b - 1) })
        // Each queue is filled, and emptied without a steal, by its own machine alone.
        let own: Set<EventKind> = [.queuePush, .queuePop, .queueRunNextPut, .queueRunNextTake, .queueOverflow]
        #expect(!tally.events.contains { own.contains($0.kind!) && $0.processor != $0.machine })
        #expect(tally.events.contains { $0.kind == .stealTook || $0.kind == .stealTookRunNext })
      }
    }

    @Test("With a thousand threads in calls the audit still holds every one of them")
    func thousand() throws {
      try withSmall(Blockers.self) { values in
        values["tasks"] = .integer(1_000)
        values["longest"] = .duration(.milliseconds(300))
        values["calls"] = .integer(1)
      } _: { scenario in
        let session = run(request(scenario, 2))
        let summary = finish(session)
        #expect(summary.result.ok)
        #expect(summary.audit.first == nil)
        #expect(summary.machines > 300)
        let (bytes, count) = session.withHistory { ($0.live.bytes, $0.live.processorCount) }
        #expect(count == summary.machines)
        // A queue's record, ring and totals, and its machine's: no more than 512 bytes beside the matrix of steals.
        #expect(bytes < (1 << 20) + count * 512, "\(bytes) bytes for \(count) queues")
      }
    }
  }
}
