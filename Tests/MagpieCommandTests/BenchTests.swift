import Foundation
import TestSupport
import Testing

/// The benchmarks of the viewer, in small: what they print has the form that others build on. How fast they are is no test's affair.
@Suite(.serialized)
struct BenchTests {
  private func rows(_ words: String...) throws -> [[String: Any]] {
    let program = try Program(words: ["bench"] + words + ["--reps", "1", "--json"])
    #expect(program.status == 0, "\(program.complaint)")
    return try program.output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func number(_ row: [String: Any], _ key: String) throws -> Double {
    try #require((row[key] as? NSNumber)?.doubleValue, "\(key) of \(row)")
  }

  @Test func seekJumpsInAllOfAHistory() throws {
    let rows = try rows("seek", "--ops", "20000")
    #expect(rows.map { $0["workload"] as? String } == ["spawn-batch", "crowd"])
    for row in rows {
      #expect(row["system"] as? String == "magpie" && row["name"] as? String == "seek")
      #expect(try number(row, "ops") >= 20_000)
      #expect(try number(row, "bytes_per_event") >= 32)
      let times = try ["seek_ns_p50", "seek_ns_p99", "seek_ns_max"].map { try number(row, $0) }
      #expect(times == times.sorted() && times[0] > 0)
      #expect(try number(row, "reference_ns") > 0)
    }
  }

  @Test func liveWatchesTheProgramOnAScreen() throws {
    let row = try #require(try rows("live", "--ops", "400").first)
    #expect(row["name"] as? String == "live")
    #expect(try number(row, "events_per_s") > 0)
    #expect(try number(row, "first_frame_ms") > 0)
    let used = try (number(row, "cpu_percent_1k"), number(row, "cpu_percent_held"))
    #expect(0 < used.0 && used.0 <= 200 && 0 < used.1 && used.1 <= 200, "of two threads")
  }

  @Test func modelAppliesAllEvents() throws {
    let row = try #require(try rows("model", "--ops", "50000").first)
    #expect(try number(row, "ops") >= 50_000)
    #expect(try number(row, "events_per_s") > 0)
    #expect(try number(row, "bytes_per_event") >= 32)
  }

  @Test func observeComparesEachWayOfWatching() throws {
    let rows = try rows("observe", "--ops", "2000", "--procs", "2")
    #expect(rows.map { $0["workload"] as? String } == ["spawn-batch", "pingpong"])
    for row in rows {
      for key in ["slowdown_traced", "slowdown_free", "slowdown_lossless"] { #expect(try number(row, key) > 0) }
    }
  }

  @Test func whatIsWrongIsToldInTheLanguageThatIsAskedFor() throws {
    let english = try Program("bench", "echo", "--ops", "3")
    #expect(english.status == 1 && english.output == "")
    #expect(english.complaint == "magpie: echo: --ops must be at least 64, not 3\n")
    let chinese = try Program("bench", "echo", "--ops", "3", "--lang", "zh")
    #expect(chinese.status == 1 && chinese.output == "")
    #expect(chinese.complaint == "magpie: echo：--ops 应至少为 64，而不是 3\n")
  }

  @Test(arguments: [("en", "magpie: yield: no memory for "), ("zh", "magpie: yield：没有内存可用")])
  func aLimitIsToldInTheWordsOfTheCommand(language: String, words: String) throws {
    let result = Shell.run(
      "ulimit -v 3000000; exec \(Shell.quoted(try Products.magpie)) bench yield --ops 10 --lang \(language)")
    #expect(result.output.hasPrefix(words) && result.output.contains("3072000000"), "\(result.output)")
  }
}
