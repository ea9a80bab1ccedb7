import MagpieScenarios
import Testing

@testable import MagpieSession

extension SessionTests {
  /// Watching that makes nobody wait: what is not seen is counted, and placed.
  @Suite("Free watching")
  struct FreeTests {
    @Test(
      "What is lost is exact, located, and leaves no ghosts", arguments: ["fan-out", "contention", "pipeline"],
      [1, 2, 4])
    func losses(name: String, processors: Int) throws {
      let type = try #require(Scenarios.named(name))
      try withSmall(type) { values in
        if name == "fan-out" { values["tasks"] = .integer(5_000) }
        if name == "contention" { values["additions"] = .integer(100) }
        if name == "pipeline" { values["values"] = .integer(1_000) }
      } _: { scenario in
        var request = RunRequest(scenario: scenario, processors: processors)
        request.isFree = true
        request.ring = 64
        let session = run(request)
        let summary = finish(session)
        #expect(summary.isComplete)
        #expect(summary.result.ok)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost > 0)
        // Exact: what the machines wrote is what was seen and what was told as lost.
        #expect(summary.events.total == Int(session.recorded.reduce(0, +)))
        #expect(summary.events.byKind.values.reduce(0, +) + summary.events.lost == summary.events.total)
        #expect(summary.losses.reduce(0) { $0 + $1.events } == summary.events.lost)
        for loss in summary.losses {
          #expect(loss.events > 0)
          #expect((0..<summary.machines).contains(loss.machine))
          #expect(loss.fromNanoseconds <= loss.toNanoseconds)
          #expect(loss.toNanoseconds <= summary.virtualNanoseconds)
        }
        for machine in 0..<summary.machines {
          let lost = summary.losses.filter { $0.machine == machine }.reduce(0) { $0 + $1.events }
          #expect(lost <= Int(session.recorded[machine]))
        }
        #expect(summary.fibers.live == 0)
        #expect(session.withHistory { $0.live.liveFiberCount } == 0)
        #expect(session.withHistory { $0.live.differences(from: session.runtime.snapshot()) } == [])
      }
    }

    @Test("Who watches freely with room enough misses nothing")
    func room() throws {
      try withSmall(PingPong.self) { scenario in
        var request = RunRequest(scenario: scenario, processors: 2)
        request.isFree = true
        request.ring = 1 << 16
        let summary = finish(run(request))
        #expect(summary.events.lost == 0)
        #expect(summary.losses.isEmpty)
        #expect(summary.result.ok)
      }
    }
  }
}
