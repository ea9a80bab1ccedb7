import Magpie
import MagpieEras
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieTrace
import MagpieView
import Testing

@testable import MagpieCommand

/// What is said of a run that is over, in both languages.
@Suite struct OutcomeTests {
  private static let event = Event(
    time: 5, machine: 2, kind: .fiberPark, detail: 0, processor: 1, fiber: 7, a: 0, b: 0, c: 0, d: 0)
  private static let waits: [DeadlockReport.Wait] =
    (0...UInt8.max).compactMap { ParkReason(rawValue: $0) }.map { .parked($0, object: 3) } + [.turn, .nothing]
  private static let victim = TaskTrouble.Victim(fiber: 4, name: "adder")

  private static let phrases: [CommandPhrase] =
    Rule.allCases.flatMap { rule in
      [0, 1, 7].map {
        CommandPhrase.defect(.finding(Finding(eventNumber: 12, rule: rule, event: event, expected: 3, found: $0)))
      }
    }
    + waits.map { .defect(.deadlock(.init(fiber: 2, name: "left", wait: $0))) }
    + ([.stalled, .unmerged(3), .lost(4), .noDeadlock, .unended, .failedCheck] as [Defect]).map { .defect($0) }
    + ([
      .unreadable(path: "/x", SystemError(number: 13)), .cannotServe(.closed(operation: "accept")),
      .cannotAccept(.failed(operation: "accept", errno: 24)), .cannotAccept(.deadlineExceeded(operation: "accept")),
      .more(30), .unreadableFiles(5),
    ] as [ScenarioNote]).map { .note($0) }
    + ([
      .hostNeverBegan(SystemError(number: 2)), .hostEnded(.signal(9)), .hostEnded(.status(3)),
      .ended(victim, .signal(9)),
      .ended(nil, .status(1)), .neverBegan(victim), .more(2),
    ] as [TaskTrouble]).map { .trouble($0) }

  @Test("Each defect, note and trouble has words in each language, and they name the same things", arguments: phrases)
  func words(_ phrase: CommandPhrase) {
    let (english, chinese) = (Language.english(phrase), Language.chinese(phrase))
    #expect(chinese.hasChinese, "\(chinese)")
    #expect(english.unicodeScalars.allSatisfy { $0.isASCII }, "\(english)")
    func names(_ text: String) -> Set<String> { Set(text.matches(of: /[GMP][0-9]+/).map { String($0.output) }) }
    #expect(names(english) == names(chinese), "\(english) / \(chinese)")
  }

  @Test("A summary has the same lines in both languages, and names from outside are harmless")
  func summary() throws {
    var summary = Summary(scenario: "fan-out")
    summary.processorCount = 20
    summary.processors = (0..<20).map { Summary.Processor(id: $0) }
    summary.losses = (0..<5).map { Summary.Loss(machine: $0, fromNanoseconds: 1, toNanoseconds: 2_000, events: 2) }
    summary.lock.takings = 3
    summary.audit.first = .stalled
    summary.deadlock = (1...20).map { .init(fiber: $0, name: "a\u{1B}[2J", wait: .turn, waitsFor: [1, 2, 3, 4]) }
    summary.result = ScenarioResult(ok: false, ["spawned": 1_234])
    let english = Language.english.text(of: summary), chinese = Language.chinese.text(of: summary)
    let lines = chinese.split(separator: "\n")
    #expect(lines.count == english.split(separator: "\n").count)
    #expect(!chinese.contains("\u{1B}") && !english.contains("\u{1B}"))
    for line in lines { #expect(line.hasChinese, "\(line)") }
    #expect(chinese.contains("1,234") && english.contains("1,234"))
    // What is said of each begins in the same column.
    let starts = lines.dropFirst().map { Canvas.width(of: $0.prefix(while: { $0 == " " })) }
    #expect(Set(starts).isSubset(of: [2, starts.max() ?? 2]))
  }

  @Test("The summary of a run and of two are in the language that is asked for")
  func programs() throws {
    let run = ["run", "ping-pong", "--era", "serial", "--simulate", "--headless"]
    let chinese = try Program(words: run + ["--lang", "zh"])
    #expect(chinese.status == 1 && chinese.output.contains("死锁") && !chinese.output.contains("deadlock"))
    #expect(try Program(words: run).output.contains("waits on its turn to begin, for G"))
    let two = ["compare", "hog", "--eras", "nto1,mpn", "--simulate", "--headless"]
    let compared = try Program(words: two + ["--lang", "zh"])
    #expect(compared.status == 0 && compared.output.contains("检查") && compared.complaint.contains("共 2 次"))
    let lines = try Program(words: two).output.split(separator: "\n").count
    #expect(compared.output.split(separator: "\n").count == lines)
  }
}
