import Glibc
import Magpie
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieScenarios

/// Each scenario at its small size on real threads: its check must hold, and must be able to fail.
@Suite(.serialized)
struct ScenarioTests {
  private func small(_ type: any Scenario.Type) throws -> any Scenario {
    var values = ParameterValues(smallOf: type.parameters)
    for parameter in type.parameters where parameter.kind == .paths {
      values[parameter] = .paths([Array("/dev/null".utf8)])
    }
    for parameter in type.parameters where parameter.kind == .path { values[parameter] = .bytes(Array("/tmp".utf8)) }
    return try type.init(values)
  }

  @Test(arguments: Scenarios.closed.map { $0.name }.filter { $0 != Deadlock.name })
  func checksHoldAtTheEnd(name: String) throws {
    let system = ThreadSystem()
    let run = try small(#require(Scenarios.named(name))).prepare(on: system)
    system.run(run.root)
    let result = run.check(true)
    #expect(result.ok, "\(result)")
    #expect(run.check(false).ok)
    #expect(!result.fields.isEmpty)
  }

  @Test(arguments: Scenarios.all.map { $0.name }.filter { $0 != Grep.name })
  func checksFailWhenNothingWasDone(name: String) throws {
    let run = try small(#require(Scenarios.named(name))).prepare(on: ThreadSystem())
    #expect(!run.check(true).ok)
    #expect(run.check(false).ok, "nothing contradicts a run that has just begun")
  }

  @Test func keysOfTheResultsArePromised() throws {
    let keys: [String: [String]] = [
      "fan-out": ["spawned", "finished"], "ping-pong": ["sent", "received"], "pipeline": ["sent", "received"],
      "sleepers": ["slept", "woken"], "contention": ["added", "expected"], "grep": ["matches", "files", "unreadable"],
    ]
    for (name, expected) in keys {
      let run = try small(#require(Scenarios.named(name))).prepare(on: ThreadSystem())
      #expect(run.check(false).fields.map(\.key) == expected)
    }
  }

  @Test func fanOutCountsWhatItSpawned() throws {
    let system = ThreadSystem()
    let run = try small(FanOut.self).prepare(on: system)
    system.run(run.root)
    #expect(run.check(true).fields.map(\.value) == [600, 600])
    #expect(system.spawned == 600 + 3, "the tasks, the two waves, and the root")
  }

  /// On threads that nobody ends: what is stuck stays so, and the check must say it even of a run that was stopped.
  @Test func theDeadlockIsOne() throws {
    let system = ThreadSystem()
    let run = try small(Deadlock.self).prepare(on: system)
    system.spawn(name: "root", run.root)
    let holding = { run.check(false).fields[0].value }
    wait("both have a lock") { holding() == 2 }
    usleep(50_000)
    #expect(!run.check(false).ok)
    #expect(!run.check(true).ok)
    #expect(run.check(true).fields.map(\.value) == [2, 0])
  }

  @Test func namesAreUniqueAndSpelledAsFlags() {
    let names = Scenarios.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for scenario in Scenarios.all {
      let parameters = scenario.parameters.map(\.name)
      #expect(Set(parameters).count == parameters.count)
      for name in parameters + [scenario.name] {
        #expect(name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)")
      }
    }
  }

  @Test func defaultsAndSmallValuesAreInRange() {
    for parameter in Scenarios.all.flatMap({ $0.parameters }) {
      for value in [parameter.defaultValue, parameter.smallValue] {
        switch value {
        case .integer(let number): #expect(parameter.range?.contains(number) == true, "\(parameter.name)")
        case .duration(let time): #expect(parameter.range?.contains(Int(time.nanoseconds)) == true, "\(parameter.name)")
        default: #expect(parameter.isPositional || parameter.kind == .path)
        }
      }
    }
  }
}
