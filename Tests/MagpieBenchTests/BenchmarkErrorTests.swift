import MagpieTrace
import MagpieView
import Testing

@testable import MagpieBench

/// Why a benchmark has no result, in each language.
struct BenchmarkErrorTests {
  static let all: [BenchmarkError] =
    [
      .unknown("x"), .operations(.atLeast(64), given: 3), .operations(.atMost(45), given: 50),
      .operations(.powerOf(10), given: 7), .workload("x", .restless), .finding("event 7: x"),
      .limit(.init(.threads, value: 120, wanted: .machine)), .unfinished, .disordered(4), .restless, .counterStands,
      .noThemes, .noPipe(SystemError(number: 24)), .noTerminal(SystemError(number: 11)),
      .noListener(SystemError(number: 98)), .notShown("x"), .staysOn, .endedWrongly, .noThreadTimes,
    ] + BenchmarkError.Counted.allCases.map { .count($0, found: 17, expected: 20) }

  @Test("Each has words in both languages, with the same numbers", arguments: all)
  func words(_ error: BenchmarkError) {
    let english = Language.english(error, of: "echo") { _ in "" }
    let chinese = Language.chinese(error, of: "echo") { "\($0.wanted) 上限 \($0.value ?? 0)" }
    #expect(english.hasPrefix("echo: ") && chinese.hasPrefix("echo："))
    #expect(english.isEnglish, "\(english)")
    #expect(String(chinese.dropFirst("echo：".count)).isChinese, "\(chinese)")
    if case .limit = error {
      // Its English names limits of this machine too.
      #expect(Set(chinese.numbers).isSubset(of: english.numbers))
    } else {
      #expect(english.numbers == chinese.numbers)
    }
  }

  @Test func noTwoSayTheSame() {
    for language in Language.allCases {
      #expect(
        Set(BenchmarkErrorTests.all.map { language($0, of: "") { "\($0)" } }).count == BenchmarkErrorTests.all.count)
    }
  }

  /// What a workload objects to is told with what it wants instead.
  @Test(arguments: [
    ("echo", 63, "--ops must be at least 64, not 63"), ("skynet", 20, "--ops must be a power of 10, not 20"),
    ("fib", 46, "--ops must be at most 45, not 46"),
  ])
  func aWorkloadSaysWhatItTakes(name: String, operations: Int, words: String) {
    var request = BenchmarkRequest(name)
    request.operations = operations
    let error = #expect(throws: BenchmarkError.self) { try Benchmarks.run(request) { _ in } }
    #expect(error?.english == words)
  }

  @Test func anUnknownNameIsTold() {
    let error = #expect(throws: BenchmarkError.self) { try Benchmarks.run(BenchmarkRequest("nonesuch")) { _ in } }
    #expect(error?.english == "there is no benchmark 'nonesuch'")
  }
}

extension String {
  var isEnglish: Bool { !isEmpty && utf8.allSatisfy { $0 < 0x80 } }
  /// Whether a character of Chinese is in it.
  var isChinese: Bool { unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }
  /// Those that are written in digits, in order of size.
  var numbers: [Int] { split { !$0.isNumber }.compactMap { Int($0) }.sorted() }
}
