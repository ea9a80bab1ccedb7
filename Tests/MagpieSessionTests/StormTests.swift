import Magpie
import MagpieScenarios
import MagpieTrace
import Testing

@testable import MagpieSession

extension SessionTests {
  /// Select and locks of all kinds, watched and audited.
  @Suite("Storms on sync objects")
  struct StormTests {
    static let names = Storms.all.map { $0.name }

    private func withStorm<Result>(_ name: String, _ body: (any Scenario) throws -> Result) throws -> Result {
      try withSmall(#require(Storms.all.first { $0.name == name }), { _ in }, body)
    }

    @Test("Seeds are clean, and the same seed gives the same trace", arguments: names)
    func simulated(name: String) throws {
      try withStorm(name) { scenario in
        for isDisturbed in [false, true] {
          let outcome = Simulation.run(scenario, seeds: 1...40, isDisturbed: isDisturbed)
          #expect(
            outcome.first?.words == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
        }
        let hashes = (0..<2).map { _ in Simulation.run(scenario, seed: 5, processors: 3).traceHash }
        #expect(hashes[0] == hashes[1])
      }
    }

    @Test("Runs are clean on real threads", arguments: names, [1, 2, 8])
    func clean(name: String, processors: Int) throws {
      try withStorm(name) { scenario in
        let summary = finish(run(RunRequest(scenario: scenario, processors: processors)))
        #expect(summary.result.ok, "\(summary.result)")
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
        #expect(summary.exitStatus == 0)
      }
    }

    @Test("At a held gate the model equals the runtime", arguments: names, [1, 2, 4])
    func snapshots(name: String, processors: Int) throws {
      try withStorm(name) { scenario in
        let session = SnapshotTests().compare(RunRequest(scenario: scenario, processors: processors), rounds: 8)
        session.stop()
        let summary = finish(session)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
      }
    }
  }
}
