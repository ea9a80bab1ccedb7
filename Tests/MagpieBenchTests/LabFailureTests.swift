import MagpieTrace
import MagpieView
import Testing

@testable import MagpieBench

/// What goes wrong in a measurement: how it crosses from one process to another, and how it is told.
struct LabFailureTests {
  static let limits: [LabFailure] = [
    .limit(.init(.machines, value: 120, wanted: .machine)), .limit(.init(.threads, value: nil, wanted: .task)),
    .limit(.init(.mappings, value: 65_530, wanted: .guardPage, bytes: 4_096)),
    .limit(.init(.addressSpace, value: 5, wanted: .fiberTable, bytes: 1 << 32)),
    .limit(.init(.memory, value: nil, wanted: .stacks, bytes: 128 << 10)),
    .limit(.init(.fibers, value: 7, wanted: .fiber)),
    .limit(.init(.sharedMemory, value: 5, wanted: .sharedMemory, bytes: 3 << 30)),
    .limit(.init(.files, value: 64, wanted: .host)),
    .limit(.init(.fileSize, value: 0, wanted: .sharedMemory)),
  ]
  static let others: [LabFailure] = [
    .noTask(SystemError(number: 11)), .noPipe(SystemError(number: 24)), .noSharedMemory(SystemError(number: 12)),
    .noProcess(SystemError(number: 11)), .memoryLeft(megabytes: 300), .unfinished("all fibers wait: G3"),
    .tookLonger(seconds: 60), .signal(9), .silent, .unknown("Illegal instruction"), .misunderstood, .restless,
    .nothingRan,
    .cannotStayOnCPU, .noSecondCPU, .noFacts,
  ]
  static let all = limits + others

  @Test("Each crosses from one process to another", arguments: all)
  func crosses(_ failure: LabFailure) {
    #expect(LabFailure(line: failure.line[...]) == failure)
    for obstacle in [LabObstacle.failed(failure), .refused(made: 7312, of: 10_000, why: failure)] {
      #expect(!obstacle.line.contains("\n"))
      #expect(LabObstacle(line: obstacle.line) == obstacle)
    }
  }

  @Test func soDoesWhatIsNoFailure() { #expect(LabObstacle(line: LabObstacle.oneCPU.line) == .oneCPU) }

  @Test func wordsOfSeveralLinesCrossAsOne() {
    let obstacle = LabObstacle.failed(.unfinished("all fibers wait:\nG3\r\nG4"))
    #expect(LabObstacle(line: obstacle.line) == .failed(.unfinished("all fibers wait: G3 G4")))
  }

  @Test("Each has words in both languages, with the same numbers", arguments: others)
  func words(_ failure: LabFailure) {
    let english = failure.text(.english) { _ in "" }, chinese = failure.text(.chinese) { _ in "" }
    #expect(english.isEnglish && chinese.isChinese, "\(english) \(chinese)")
    #expect(english.numbers == chinese.numbers)
  }

  /// Others have them in Chinese.
  @Test("A limit is told in the words that it is given", arguments: limits)
  func limit(_ failure: LabFailure) {
    guard case .limit(let limit) = failure else { return }
    #expect(failure.text(.english) { _ in "" } == "\(limit)")
    #expect(failure.text(.chinese) { "上限：\($0.wanted)" } == "上限：\(limit.wanted)")
  }

  @Test func noTwoSayTheSame() {
    for language in Language.allCases {
      let texts = LabFailureTests.all.map { failure in failure.text(language) { "\($0)" } }
      #expect(Set(texts).count == texts.count)
    }
  }

  @Test(
    "What nobody says is told as such, and harmless",
    arguments: [
      "", " ", "failed", "refused", "refused many", "refused 1 2", "refused 99999999999999999999 1 no-task 11",
      "failed no-task", "failed no-task 4294967296", "failed no-task eleven", "failed limit", "failed limit threads 5",
      "failed limit threads x task none", "failed limit ropes 5 task none", "failed limit threads 5 rope none",
      "failed memory-left 99999999999999999999",
      "failed took-longer", "failed signal \u{1B}[2J", "Illegal instruction", "\u{1B}]0;title\u{7}", "12.5",
      "one-cpu one-cpu",
      "\u{202E}deliaf", "failed \u{0}silent", String(repeating: "x", count: 1 << 20),
    ])
  func hostile(line: String) {
    let obstacle = LabObstacle(line: line)
    guard case .failed(let failure) = obstacle, case .unknown(let words) = failure else {
      Issue.record("\(obstacle)")
      return
    }
    expectHarmless(words)
    #expect(failure.text(.english) { _ in "" } == "it said what nobody understands: \(words)")
    #expect(failure.text(.chinese) { _ in "" }.isChinese)
  }

  @Test(
    "What is said in another's name is harmless as well",
    arguments: [
      "refused -9223372036854775808 9223372036854775807 no-task -2147483648", "failed unfinished \u{1B}[31mred\u{7}",
      "failed limit threads -1 \u{1B}[2J\u{202E}", "failed limit fibers none \(String(repeating: "x", count: 1 << 20))",
      "failed signal -9223372036854775808", "failed memory-left -1", "refused 3 4 \u{1B}[2J",
    ])
  func pretended(line: String) {
    let subject = LabSubject(.mpn, "steal", at: 0, .nanoseconds)
    let report = Lab.Report(
      claim: .stealScan, rows: [], findings: [], obstacles: [(subject, LabObstacle(line: line))], isOneScale: false)
    for language in Language.allCases {
      for line in report.obstacleLines(language, limit: { "\($0)" }) { expectHarmless(line) }
    }
  }

  private func expectHarmless(_ text: String) {
    #expect(text.unicodeScalars.count < 1000)
    #expect(text.unicodeScalars.allSatisfy { ![.control, .format].contains($0.properties.generalCategory) }, "\(text)")
  }

  @Test func aReportTellsWhyInItsLanguage() {
    let subject = LabSubject(.distributed, "failed-steal", at: 1000, .nanoseconds)
    let report = Lab.Report(
      claim: .stealScan, rows: [], findings: [],
      obstacles: [
        (subject, .refused(made: 7312, of: 10_000, why: .noTask(SystemError(number: 11)))), (subject, .oneCPU),
        (subject, .failed(.tookLonger(seconds: 60))),
        (subject, .failed(.limit(.init(.files, value: 64, wanted: .host)))),
      ], isOneScale: false)
    let place = "steal-scan distributed failed-steal 1000"
    #expect(
      report.obstacleLines(.english) { "\($0.kind)" } == [
        "\(place): 7,312 of 10,000 could be made: Resource temporarily unavailable", "\(place): it takes two CPUs",
        "\(place): it took more than 60 s",
        "\(place): no file for the tasks' host process: this process may have 64 open files (ulimit -n); raise it",
      ])
    #expect(
      report.obstacleLines(.chinese) { "上限 \($0.kind)" } == [
        "\(place)：10,000 个中只能建 7,312 个：资源暂时不可用", "\(place)：需要两个 CPU", "\(place)：出错：用时超过 60 秒",
        "\(place)：出错：上限 files",
      ])
  }
}
