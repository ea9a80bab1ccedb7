import Foundation
import MagpieScenarios
import MagpieTrace
import MagpieView
import Testing

@testable import MagpieCommand
@testable import MagpieSession

struct SummaryTests {
  private var sample: Summary {
    var summary = Summary(scenario: "fan-out")
    summary.processorCount = 2
    summary.seed = .max
    summary.isComplete = true
    summary.wallNanoseconds = 12_345_678
    summary.virtualNanoseconds = 9_876
    summary.traceHash = 0xABC
    summary.fibers.created = 10
    summary.fibers.finished = 7
    summary.events.total = 12
    summary.events.lost = 2
    summary.events.byKind = [.fiberCreate: 8, .stealTook: 2, .controlLost: 99]
    summary.losses = [.init(machine: 3, fromNanoseconds: 1, toNanoseconds: 2, events: 2)]
    summary.steals.fibers = 4
    summary.processors = [.init(id: 0), .init(id: 1)]
    summary.audit.eventsChecked = 10
    summary.result = ScenarioResult(ok: true, ["spawned": 5, "finished": 5])
    return summary
  }

  /// The promised keys in the promised order.
  @Test func jsonHasTheFormThatOthersBuildOn() {
    let kinds = EventKind.allCases.filter { !$0.isControl }.map { kind in
      "\"\(kind.name)\":\(kind == .fiberCreate ? 8 : kind == .stealTook ? 2 : 0)"
    }
    let expected =
      #"{"version":1,"scenario":"fan-out","era":"mpn","procs":2,"seed":18446744073709551615,"complete":true,"#
      + #""wall_ns":12345678,"virtual_ns":9876,"trace_hash":"0000000000000abc","#
      + #""fibers":{"created":10,"finished":7,"live":3},"#
      + #""events":{"total":12,"lost":2,"by_kind":{"# + kinds.joined(separator: ",") + "}},"
      + #""losses":[{"machine":3,"from_ns":1,"to_ns":2,"events":2}],"#
      + #""searches":0,"steals":{"attempts":0,"succeeded":0,"fibers":4},"handoffs":0,"machines":0,"#
      + #""queue_wait_ns":{"p50":0,"p99":0,"max":0},"#
      + #""kernel":{"processes":0,"threads":0,"voluntary":0,"involuntary":0},"#
      + #""processors":[{"id":0,"ran":0,"busy_ns":0,"stole":0,"stolen_from":0},"#
      + #"{"id":1,"ran":0,"busy_ns":0,"stole":0,"stolen_from":0}],"#
      + #""audit":{"events_checked":10,"findings":0,"first":null},"deadlock":[],"#
      + #""result":{"ok":true,"spawned":5,"finished":5},"#
      + #""lock":{"takings":0,"contended":0,"wait_ns":0,"longest_ns":0}}"#
    #expect(sample.json == expected)
  }

  @Test func namesFromOutsideStayValid() throws {
    var summary = sample
    summary.deadlock = [.init(fiber: 2, name: "le\"ft\n\u{1B}", wait: .parked(.lock, object: 1))]
    summary.audit.first = .stalled
    let object = try #require(JSONSerialization.jsonObject(with: Data(summary.json.utf8)) as? [String: Any])
    let waiter = try #require((object["deadlock"] as? [[String: Any]])?.first)
    #expect(waiter["name"] as? String == "le\"ft\n\u{1B}")
    #expect(waiter["waits_on"] as? String == "lock 1")
    #expect(waiter["waits_for"] as? [Int] == [])
    #expect(!summary.json.contains("\n"))
  }

  @Test func theExitStatusTellsWhetherAllIsWell() {
    #expect(sample.exitStatus == 0)
    var found = sample
    found.audit.findings = 1
    #expect(found.exitStatus == 1)
    var failed = sample
    failed.result.ok = false
    #expect(failed.exitStatus == 1)
    var stuck = sample
    stuck.deadlock = [.init(fiber: 1, name: "left", wait: .parked(.lock, object: 2))]
    #expect(stuck.exitStatus == 1)
    var stopped = sample
    stopped.isComplete = false
    #expect(stopped.exitStatus == 0, "a run that was stopped is fine while nothing contradicts")
  }

  @Test func theTextSaysWhatWentWrong() {
    var summary = sample
    summary.deadlock = [.init(fiber: 2, name: "left", wait: .parked(.lock, object: 1))]
    summary.result.ok = false
    let lines = Language.english.text(of: summary).split(separator: "\n").map(String.init)
    #expect(lines[0] == "fan-out on 2 P, seed 18446744073709551615: ended in a deadlock, 9.9 µs virtual in 12.3 ms")
    #expect(lines.contains("  deadlock    G2 left waits on lock 1"))
    #expect(!lines.contains { $0.hasPrefix("  lock") })

    // Under an earlier scheduler: which, whom each waits for, and what its lock cost.
    summary.era = .serial
    summary.deadlock = [.init(fiber: 2, name: "left", wait: .parked(.lock, object: 1), waitsFor: [3, 4, 5, 6, 7])]
    summary.lock.takings = 1_000
    summary.lock.contended = 20
    summary.lock.waitedNanoseconds = 3_000
    summary.lock.longestNanoseconds = 900
    let early = Language.english.text(of: summary).split(separator: "\n").map(String.init)
    #expect(early[0].hasPrefix("fan-out under serial, seed "))
    #expect(early.contains("  deadlock    G2 left waits on lock 1, for G3, G4, G5 and 2 more"))
    #expect(
      early.contains("  lock        taken 1,000 times, waited for 20 times, 3.0 µs in all, 900 ns at the longest"))
    #expect(lines.last == "  check       FAILED: spawned 5, finished 5")
    #expect(lines.allSatisfy { $0.count <= 100 })
  }
}
