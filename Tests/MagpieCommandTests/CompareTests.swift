import Foundation
import MagpieModel
import MagpieScenarios
import MagpieTrace
import MagpieView
import Testing

@testable import MagpieCommand
@testable import MagpieSession

/// `magpie compare` without a screen.
@Suite(.serialized)
struct CompareTests {
  private func object(_ program: Program) throws -> [String: Any] {
    #expect(program.output.split(separator: "\n").count == 1)
    return try #require(JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: Any])
  }

  @Test("JSON holds both summaries and the figures that differ, each with the better side")
  func json() throws {
    let words = ["compare", "fan-out", "--tasks", "900", "--eras", "mpn", "--procs", "1,3", "--seed", "7", "--json"]
    let program = try Program(words: words)
    #expect(program.status == 0)
    // What is talk goes to the standard error: a line a run where that is no terminal.
    #expect(program.complaintLines.count == 2 && program.complaint.contains("2 of 2: fan-out"))
    let object = try object(program)
    #expect(object["scenario"] as? String == "fan-out" && object["seed"] as? Int == 7)
    let sides = try #require(object["sides"] as? [[String: Any]])
    #expect(sides.map { $0["procs"] as? Int } == [1, 3])
    #expect(sides.allSatisfy { ($0["result"] as? [String: Any])?["ok"] as? Bool == true })
    let figures = try #require(object["figures"] as? [[String: Any]])
    #expect(figures.contains { $0["figure"] as? String == "virtual_ns" })
    for figure in figures {
      let values = try #require(figure["values"] as? [Int])
      #expect(values.count == 2 && values[0] != values[1])
      #expect(figure["better"] is NSNull || [0, 1].contains(figure["better"] as? Int))
    }
    // Both have done the same, and so that does not differ.
    #expect(!figures.contains { $0["figure"] as? String == "done" })
  }

  @Test("Each side is the run that `magpie run` makes of the same seed")
  func sameAsRun() throws {
    let scenario = ["fan-out", "--tasks", "300", "--simulate", "--seed", "5"]
    let compared = try object(Program(words: ["compare"] + scenario + ["--eras", "mpn", "--procs", "2,3", "--json"]))
    let sides = try #require(compared["sides"] as? [[String: Any]])
    for (side, count) in zip(sides, ["2", "3"]) {
      let alone = try object(Program(words: ["run"] + scenario + ["--procs", count, "--json"]))
      #expect(alone["trace_hash"] as? String != nil && side["trace_hash"] as? String == alone["trace_hash"] as? String)
    }
  }

  @Test("The table names both sides, and each line is aligned")
  func table() throws {
    let program = try Program("compare", "fan-out", "--tasks", "900", "--procs", "1,3", "--headless")
    #expect(program.status == 0)
    let lines = program.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "fan-out, seed 1")
    #expect(lines[1].contains("mpn, 1 P") && lines[1].contains("mpn, 3 P"))
    #expect(lines.contains { $0.hasPrefix("  tasks done ") } && lines.contains { $0.hasPrefix("  check ") })
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test("A deadlock on either side is exit status 1, and says who waits")
  func deadlock() throws {
    let program = try Program("compare", "deadlock", "--procs", "1,2", "--headless")
    #expect(program.status == 1)
    #expect(program.output.contains("mpn, 1 P: deadlock: G"))
    #expect(program.output.contains("mpn, 2 P: deadlock: G"))
  }

  @Test("--help and the list of commands know it")
  func help() throws {
    #expect(try Program("--help").output.contains("compare"))
    let help = try Program("compare", "--help")
    #expect(help.status == 0)
    for word in ["--eras", "--procs", "--seed", "--headless", "--json"] { #expect(help.output.contains(word)) }
    let script = try Program("--generate-completion-script", "bash")
    #expect(script.output.contains("compare") && script.output.contains("--eras"))
  }

  @Test("Two names, one with two numbers of Ps, or none: which sides that gives")
  func sides() throws {
    let type = FanOut.self
    #expect(try Check.eras("mpn", [1, 4], type, isSimulated: false) == [.mpn, .mpn])
    #expect(try Check.eras("mpn,mpn", [1, 4], type, isSimulated: false) == [.mpn, .mpn])
    #expect(try Check.eras(nil, [1, 4], type, isSimulated: false) == [.mpn, .mpn])
    #expect(throws: UsageError.self) { try Check.eras("mpn", [4], type, isSimulated: false) }
    #expect(try Check.processorCounts(nil) == [] && Check.processorCounts("3") == [3])
    #expect(try Check.processorCounts("1,4") == [1, 4])
  }

  @Test("A factor, a clear difference, none, and what cannot be judged, in words")
  func report() throws {
    func side(_ processors: Int) -> ComparisonReport.Side {
      var summary = Summary(scenario: "fan-out")
      summary.processorCount = processors
      summary.isComplete = true
      summary.result = ScenarioResult(ok: true)
      return ComparisonReport.Side(summary: summary, end: SchedulerState(processors: processors))
    }
    var left = side(1)
    var right = side(4)
    left.end.apply(event(.userAnnotation, time: 2_000))
    right.end.apply(event(.userAnnotation, time: 1_000))
    let report = ComparisonReport(left, right)
    #expect(report.exitStatus == 0)
    let lines = Language.english.text(of: report).split(separator: "\n").map(String.init)
    #expect(lines.contains("  time               2.0 µs    1.0 µs  mpn, 4 P: 2.0× shorter"), "\(lines)")
    #expect(report.json.contains(#"{"figure":"virtual_ns","values":[2000,1000],"better":1}"#))
    right.summary.audit.findings = 1
    right.summary.audit.first = .stalled
    #expect(ComparisonReport(left, right).exitStatus == 1)
    #expect(Language.english.text(of: ComparisonReport(left, right)).hasSuffix("a wake-up was lost"))
  }

  private func event(_ kind: EventKind, time: UInt64) -> Event {
    Event(time: time, machine: 0, kind: kind, detail: 0, processor: 0, fiber: 0, a: 0, b: 0, c: 0, d: 0)
  }
}
