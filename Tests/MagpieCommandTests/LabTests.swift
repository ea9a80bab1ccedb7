import Foundation
import TestSupport
import Testing

/// The lab in small: every claim is really measured, and what it prints has the form that others build on. What the figures are is
/// no test's affair.
@Suite(.serialized)
struct LabTests {
  private static let claims = [
    "memory", "switch", "create", "overhead", "lock-contention", "coherence", "steal-scan", "cache-scan", "blocking",
    "fairness",
  ]
  private static let columns = ["claim", "era", "what", "at", "value", "unit", "spread", "reps"]

  @Test(arguments: claims)
  func aClaimIsMeasured(claim: String) throws {
    let program = try Program("lab", claim, "--small", "--reps", "1", "--json")
    #expect(program.status == 0, "\(program.complaint)")
    #expect(program.complaint == "", "no progress where there is no terminal, and nothing in the way")
    let lines = program.output.split(separator: "\n")
    #expect(lines.count >= 4)
    for line in lines {
      let row = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(row.keys.sorted() == LabTests.columns.sorted())
      let places = LabTests.columns.compactMap { line.range(of: "\"\($0)\":")?.lowerBound }
      #expect(places.count == LabTests.columns.count && places == places.sorted())
      #expect(row["claim"] as? String == claim)
      let value = try #require((row["value"] as? NSNumber)?.doubleValue, "\(line)")
      #expect(value >= 0 && value.isFinite)
      #expect((row["reps"] as? NSNumber)?.intValue == 1)
      #expect((row["spread"] as? NSNumber)?.doubleValue == 0)
      #expect(["ns", "B", "%", "1/s"].contains(row["unit"] as? String))
    }
  }

  @Test func theSameIsPrintedAsCSV() throws {
    let program = try Program("lab", "create", "--small", "--reps", "3", "--csv")
    #expect(program.status == 0)
    let lines = program.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.first?.map(String.init) == LabTests.columns)
    #expect(lines.count == 1 + 6)
    for line in lines.dropFirst() {
      #expect(line.count == LabTests.columns.count)
      #expect(line[0] == "create" && line[7] == "3")
      #expect(try #require(Double(line[4])) > 0)
    }
  }

  @Test func peopleReadTheClaimAndWhatCameOfIt() throws {
    let english = try Program(words: ["lab", "blocking", "--small", "--reps", "1"], environment: ["LC_ALL=C"])
    #expect(english.status == 0)
    #expect(english.output.hasPrefix("blocking  One blocking call stops all the others of N:1.\n"))
    #expect(english.output.contains("#") && english.output.contains("=> "))
    #expect(english.output.utf8.allSatisfy { $0 < 0x80 })
    let chinese = try Program(
      words: ["lab", "blocking", "--small", "--reps", "1", "--lang", "zh"], environment: ["LC_ALL=C.UTF-8"])
    #expect(chinese.output.contains("█") && chinese.output.contains("说法"))
  }

  /// The process that measures meets it, and the one that reports has the words.
  @Test(arguments: [
    ("en", ": 0 of 1 could be made: no memory for "), ("zh", "：1 个中只能建 0 个：没有内存可用"),
  ])
  func aLimitIsToldInTheLanguageOfTheReport(language: String, words: String) throws {
    let result = Shell.run(
      "ulimit -v 900000; exec \(Shell.quoted(try Products.magpie)) lab memory --small --reps 1 --json --lang \(language)"
    )
    let line = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("magpie: ") }, "\(result.output)")
    #expect(line.hasPrefix("magpie: memory mpn reserved 1" + words) && line.contains("921600000"), "\(line)")
  }

  /// They take turns, which nobody sees in what is printed.
  @Test func allClaimsAreToldInTheirOrder() throws {
    let program = try Program("lab", "--small", "--reps", "2", "--csv")
    #expect(program.status == 0, "\(program.complaint)")
    let rows = program.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.allSatisfy { $0.last == "2" })
    var told: [String] = []
    for row in rows where told.last != String(row[0]) { told.append(String(row[0])) }
    #expect(told == LabTests.claims)
  }

  /// Who measures is no command, and leaves at once where nobody asked for it.
  @Test func whoMeasuresIsNoCommand() throws {
    #expect(try !Program("--help").output.contains("lab-host"))
    let program = try Program("lab-host", "1", "create")
    #expect(program.output == "")
  }
}
