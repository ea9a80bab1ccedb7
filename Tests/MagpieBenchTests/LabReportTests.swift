import MagpieTrace
import MagpieView
import Testing

@testable import MagpieBench

/// How the lab tells what it found: rows, bars, criteria and verdicts.
struct LabReportTests {
  private static func row(_ era: Era?, _ what: String, at: Int, _ unit: LabUnit, _ values: [Double]) -> LabRow {
    LabRow(claim: .stealScan, subject: LabSubject(era, what, at: at, unit), sample: LabSample(values))
  }

  private static func report(_ findings: [LabFinding], rows: [LabRow] = []) -> Lab.Report {
    Lab.Report(claim: .stealScan, rows: rows, findings: findings, obstacles: [], isOneScale: false)
  }

  // MARK: Rows

  @Test func aRowIsOneObjectWithItsKeysInOrder() {
    let row = LabReportTests.row(.distributed, "failed-steal", at: 1000, .nanoseconds, [1, 2.0004, 4])
    #expect(
      row.json == #"{"claim":"steal-scan","era":"distributed","what":"failed-steal","at":1000,"value":2.0,"#
        + #""unit":"ns","spread":1.5,"reps":3}"#)
    #expect(row.csv == "steal-scan,distributed,failed-steal,1000,2.0,ns,1.5,3")
    #expect(LabRow.heading == "claim,era,what,at,value,unit,spread,reps")
  }

  @Test func whatIsMissingIsNullAndEmpty() {
    let row = LabReportTests.row(nil, "atomic", at: 2, .percent, [])
    #expect(
      row.json
        == #"{"claim":"steal-scan","era":null,"what":"atomic","at":2,"value":null,"unit":"%","spread":null,"reps":0}"#)
    #expect(row.csv == "steal-scan,,atomic,2,,%,,0")
  }

  // MARK: Values

  @Test(arguments: [
    (LabUnit.nanoseconds, 0.0, "0 ns"), (.nanoseconds, 3.14159, "3.14 ns"), (.nanoseconds, 41.72, "41.7 ns"),
    (.nanoseconds, 999.7, "1 µs"), (.nanoseconds, 2150, "2.15 µs"), (.nanoseconds, 40_000_000, "40 ms"),
    (.nanoseconds, 12e12, "12,000 s"), (.bytes, 8_488_000, "8.49 MB"), (.bytes, 132, "132 B"),
    (.percent, 87.66, "87.7 %"),
    (.percent, 100, "100 %"), (.perSecond, 367_000, "367k/s"), (.times, 5, "5×"), (.times, 2461, "2,461×"),
    (.times, 0.986, "0.99×"),
  ])
  func aValueHasThreeFigures(unit: LabUnit, value: Double, text: String) {
    #expect(unit.text(value, isASCII: false) == text)
    #expect(unit.text(value, isASCII: true).utf8.allSatisfy { $0 < 0x80 })
  }

  // MARK: Bars

  @Test func barsAreInProportion() {
    #expect(LabReportText.bar(0, width: 10, isASCII: false) == "")
    #expect(LabReportText.bar(0.0001, width: 10, isASCII: false) == "▏", "what is above nothing shows")
    #expect(LabReportText.bar(0.5, width: 10, isASCII: false) == "█████")
    #expect(LabReportText.bar(0.25, width: 10, isASCII: false) == "██▌")
    #expect(LabReportText.bar(1, width: 10, isASCII: false) == "██████████")
    #expect(LabReportText.bar(7, width: 10, isASCII: false) == "██████████")
    #expect(LabReportText.bar(0.5, width: 10, isASCII: true) == "#####")
    #expect(LabReportText.bar(0.0001, width: 10, isASCII: true) == "#")
  }

  @Test func aRowIsComparedWithThoseOfItsKind() {
    let rows = [
      LabReportTests.row(.mpn, "steal", at: 0, .nanoseconds, [10]),
      LabReportTests.row(.distributed, "steal", at: 0, .nanoseconds, [20]),
      LabReportTests.row(.mpn, "held", at: 0, .bytes, [1_000_000]),
      LabReportTests.row(.distributed, "held", at: 0, .bytes, []),
    ]
    let lines = LabReportTests.report([], rows: rows).lines(LabStyle(language: .english, isASCII: true, width: 80))
    func bar(_ words: String...) -> Int? {
      lines.first { line in words.allSatisfy { line.contains($0) } }?.count { $0 == "#" }
    }
    #expect(bar("mpn", "steal")! * 2 == bar("distributed", "steal")!)
    #expect(bar("mpn", "held") == bar("distributed", "steal"))
    #expect(bar("distributed", "held", "not measured") == 0)
  }

  @Test(arguments: Language.allCases, [true, false])
  func noLineIsWiderThanItMayBe(language: Language, isASCII: Bool) {
    let rows = [LabReportTests.row(.distributed, "failed-steal", at: 1000, .nanoseconds, [14_000])]
    let findings = [LabFinding(.stealGrows(.distributed, blocked: 1000), 31, .atLeast(5))]
    let style = LabStyle(language: language, isASCII: isASCII, width: 80)
    let lines = LabReportTests.report(findings, rows: rows).lines(style)
    for line in lines { #expect(Canvas.width(of: line) <= 80, "\(line)") }
    if isASCII, language.isASCII { #expect(lines.joined().utf8.allSatisfy { $0 < 0x80 }) }
  }

  // MARK: Verdicts

  @Test func aClaimNeedsAllItsFigures() {
    let held = LabFinding(.atomicBounces, 3, .atLeast(2)), failed = LabFinding(.ownQueueDoesNot, 3, .atMost(1.5))
    let unknown = LabFinding(.globalMigrates, nil, .atLeast(2))
    #expect(held.holds == true && failed.holds == false && unknown.holds == nil)
    #expect(LabReportTests.report([held]).isBorneOut == true)
    #expect(LabReportTests.report([held, failed]).isBorneOut == false)
    #expect(LabReportTests.report([held, unknown]).isBorneOut == nil)
    // What was found to be wrong is wrong, whatever else is not known.
    #expect(LabReportTests.report([failed, unknown]).isBorneOut == false)
    let lines = LabReportTests.report([held, failed, unknown]).lines(LabStyle(language: .english, isASCII: false))
    #expect(lines.contains("  ✓ an atomic with two threads, to one: 3× (claimed: at least 2×)"))
    #expect(lines.contains("  ✗ queues of their own with two threads, to one: 3× (claimed: at most 1.50×)"))
    #expect(lines.last == "  ⇒ not borne out here")
  }

  // MARK: Experiments

  /// Each claim has its experiment, and its rows have names of their own.
  @Test func everyClaimIsMeasured() {
    #expect(Lab.experiments.map { $0.claim } == LabClaim.allCases)
    for experiment in Lab.experiments {
      for isSmall in [true, false] {
        let rows = experiment.cases(isSmall: isSmall).flatMap(\.rows)
        #expect(!rows.isEmpty)
        #expect(Set(rows).count == rows.count)
      }
    }
  }
}
