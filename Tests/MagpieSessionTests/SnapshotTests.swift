import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// What the model made of the events is what the runtime has.
  @Suite("The model and the runtime's own state")
  struct SnapshotTests {
    private static let names = [
      "tour", "fan-out", "ping-pong", "blockers", "contention", "sleepers", "pipeline", "hog",
    ]

    /// Stops the program in many places, and looks at both.
    func compare(_ request: RunRequest, rounds: Int) -> Session {
      var request = request
      request.repeats = true
      let session = run(request)
      for round in 0..<rounds {
        let begin = session.recorded.reduce(0, +)
        let lost = session.progress.lost
        wait("the program has got on") { session.recorded.reduce(0, +) > begin + UInt64(7 * round % 50) }
        if request.isFree { wait("more events are lost") { session.progress.lost > lost } }
        session.holdStill()
        for _ in 0..<8 {
          session.waitUntilCollected()
          let snapshot = session.runtime.snapshot()
          let (differences, cursors) = session.withHistory { ($0.live.differences(from: snapshot), snapshot.cursors) }
          #expect(cursors == session.recorded)
          #expect(differences == [], "round \(round), after \(cursors.reduce(0, +)) events")
          if !differences.isEmpty { return session }
          _ = session.runtime.step()
          session.waitUntilStill()
        }
        session.release()
      }
      return session
    }

    @Test("At a held gate the model equals the runtime, object by object", arguments: names, [1, 2, 4])
    func lossless(name: String, processors: Int) throws {
      try withSmall(#require(Scenarios.named(name))) { scenario in
        let session = compare(RunRequest(scenario: scenario, processors: processors), rounds: 8)
        session.stop()
        let summary = finish(session)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
      }
    }

    @Test("It does after each step, from the first operation on", arguments: ["pipeline", "tour", "contention"])
    func stepped(name: String) throws {
      try withSmall(#require(Scenarios.named(name))) { scenario in
        let session = Session(RunRequest(scenario: scenario, processors: 2))
        session.hold()
        session.start()
        for step in 0..<300 where !session.runtime.hasEnded {
          session.waitUntilStill()
          session.waitUntilCollected()
          let snapshot = session.runtime.snapshot()
          // Of the first machine nobody tells but itself.
          let hasBegun = snapshot.cursors.reduce(0, +) > 0
          let differences = hasBegun ? session.withHistory { $0.live.differences(from: snapshot) } : []
          #expect(differences == [], "after step \(step)")
          guard differences.isEmpty else { break }
          _ = session.runtime.step()
        }
        session.stop()
        #expect(finish(session).audit.first == nil)
      }
    }

    @Test(
      "So it does after losses, from the next generation on", arguments: ["fan-out", "contention", "pipeline"], [2, 4])
    func free(name: String, processors: Int) throws {
      try withSmall(#require(Scenarios.named(name))) { scenario in
        var request = RunRequest(scenario: scenario, processors: processors)
        request.isFree = true
        request.ring = 64
        let session = compare(request, rounds: 8)
        session.stop()
        let summary = finish(session)
        #expect(summary.events.lost > 0)
        #expect(summary.audit.first == nil)
      }
    }
  }
}
