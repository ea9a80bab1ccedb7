import Magpie
import MagpieScenarios
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// More and less to do, from the next round on.
  @Suite("Load")
  struct LoadTests {
    private func request(tasks: Int) throws -> RunRequest {
      var values = ParameterValues(smallOf: FanOut.parameters)
      values["tasks"] = .integer(tasks)
      var request = RunRequest(scenario: try FanOut(values), processors: 2)
      request.values = values
      return request
    }

    @Test("A round that begins after the load was changed has its size")
    func changes() throws {
      var request = try request(tasks: 8)
      request.repeats = true
      let session = Session(request)
      #expect(session.canChangeLoad && session.load == 0)
      #expect(session.setLoad(2))
      #expect(session.values(at: session.load)?.integer("tasks") == 32)
      session.start()
      /// The tasks of each round but the last one, which may still be going on.
      func rounds() -> [Int] {
        let created = session.events.filter { $0.kind == .fiberCreate }
        let floods = created.filter { $0.a == 1 }.map(\.fiber)
        return floods.dropLast().map { flood in created.count { $0.a == flood } }
      }
      wait("a round has passed") { !rounds().isEmpty }
      #expect(session.setLoad(0))
      wait("one with another load has passed") { rounds().last == 8 }
      #expect(rounds().first == 32 && Set(rounds()) == [8, 32])
      session.stop()
      #expect(finish(session).audit.first == nil)
    }

    @Test("A load stays within the scenario's ranges, and is refused where it would change nothing")
    func ranges() throws {
      let range = try #require(FanOut.parameters.first { $0.name == "tasks" }?.range)
      var request = try request(tasks: 1)
      #expect(!Session(request).canChangeLoad, "it runs once")
      request.repeats = true
      let session = Session(request)
      #expect(!session.setLoad(0) && !session.setLoad(11) && !session.setLoad(-11))
      #expect(session.setLoad(10) && session.load == 10)
      let values = try #require(request.values)
      #expect(values.loaded(by: 62, for: FanOut.parameters).integer("tasks") == range.upperBound)
      #expect(values.loaded(by: -62, for: FanOut.parameters).integer("tasks") == range.lowerBound)
      #expect(values.loaded(by: 1, for: FanOut.parameters)["work"] == values["work"], "lengths of time stay")
      request.values = nil
      #expect(!Session(request).setLoad(1), "nobody knows what it was made of")
    }
  }
}
