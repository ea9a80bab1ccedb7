import Magpie
import MagpieScenarios
import Testing

@testable import MagpieSession

extension SessionTests {
  /// The real runtime, one machine at a time in an order drawn from a seed.
  @Suite("Simulation")
  struct SimulationTests {
    @Test("The same seed gives the same trace, another seed another", arguments: Scenarios.closed.map { $0.name })
    func sameSeed(name: String) throws {
      try withSmall(#require(Scenarios.named(name))) { scenario in
        var hashes: [UInt64] = []
        for seed in 1...3 as ClosedRange<UInt64> {
          let first = Simulation.run(scenario, seed: seed, processors: 3)
          let second = Simulation.run(scenario, seed: seed, processors: 3)
          #expect(first.traceHash == second.traceHash)
          #expect(first.events == second.events)
          #expect(first.virtualNanoseconds == second.virtualNanoseconds)
          hashes.append(first.traceHash)
        }
        #expect(Set(hashes).count == hashes.count)
      }
    }

    @Test("No two machines stamp the same moment, so the order of their events is certain")
    func stamps() throws {
      try withSmall(PingPong.self) { values in
        values["rounds"] = .integer(50)
      } _: { scenario in
        for seed in 1...20 as ClosedRange<UInt64> {
          var request = RunRequest(scenario: scenario, processors: 3)
          request.seed = seed
          request.isSimulated = true
          let session = run(request)
          let events = Tally(session, finish(session)).events
          let moments = Set(events.map(\.time)).count
          #expect(moments == events.count, "seed \(seed)")
        }
      }
    }

    @Test("What a kernel may do is done by the seed, too: another trace, the same each time")
    func disturbed() throws {
      try withSmall(FanOut.self) { scenario in
        let calm = Simulation.run(scenario, seed: 1, processors: 3)
        let first = Simulation.run(scenario, seed: 1, processors: 3, isDisturbed: true)
        let second = Simulation.run(scenario, seed: 1, processors: 3, isDisturbed: true)
        #expect(first.traceHash == second.traceHash)
        #expect(first.traceHash != calm.traceHash)
        #expect(first.virtualNanoseconds > calm.virtualNanoseconds)
      }
    }

    @Test("Seeds of every scenario are clean", arguments: Scenarios.closed.map { $0.name }, [false, true])
    func clean(name: String, isDisturbed: Bool) throws {
      try withSmall(#require(Scenarios.named(name))) { scenario in
        let outcome = Simulation.run(scenario, seeds: 1...8, isDisturbed: isDisturbed)
        #expect(outcome.seeds == 8)
        #expect(outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
      }
    }

    /// The scenarios in which a fault can show.
    private static let stages: [(fault: Fault, type: any Scenario.Type)] = [
      (.stealsAThird, FanOut.self), (.spinsTooMany, FanOut.self), (.searchesGlobalFirst, FanOut.self),
      (.dropsWakeups, Blockers.self), (.takesTwice, FanOut.self), (.losesSlot, FanOut.self),
      (.losesGlobal, Blockers.self), (.losesWaiter, Contention.self),
    ]

    /// Not what the poller loses: others may wait there for ever, which is no deadlock. The runtime's own tests find it. Nor what only
    /// other eras can do: their own tests find that.
    static let findable = Fault.allCases.filter {
      ![.losesReadiness, .skipsBlocked, .runsTooMany, .takesSecond, .breaksEra].contains($0)
    }

    @Test("A planted fault is found within 500 seeds", arguments: findable)
    func faults(fault: Fault) throws {
      let type = try #require(Self.stages.first { $0.fault == fault }?.type)
      try withSmall(type) { scenario in
        #expect(isFound(fault, in: RunRequest(scenario: scenario, processors: 1)))
      }
    }
  }
}

/// Whether one of 500 seeds of a run, each on a number of processors of its own, shows a planted fault.
func isFound(_ fault: Fault, in request: RunRequest) -> Bool {
  (1...500 as ClosedRange<UInt64>).contains { seed in
    var request = request
    request.processors = Simulation.processors(for: seed)
    request.seed = seed
    request.isSimulated = true
    request.historyCapacity = 1_024
    request.fault = fault
    request.passageLimit = 200_000
    return Simulation.defect(in: finish(run(request)), deadlocks: false) != nil
  }
}
