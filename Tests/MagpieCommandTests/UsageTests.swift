import Foundation
import MagpieScenarios
import MagpieTrace
import Testing

/// Wrong usage: exit 2, nothing on standard output, one to six lines that name the thing and the way out.
@Suite(.serialized)
struct UsageTests {
  struct Wrong: CustomTestStringConvertible {
    let words: [String]
    let named: [String]
    init(_ words: String..., naming named: [String]) { (self.words, self.named) = (words, named) }
    var testDescription: String { "magpie " + words.joined(separator: " ") }
  }

  static let wrong = [
    Wrong("run", "fanout", "--headless", naming: ["fanout", "fan-out"]),
    Wrong("run", "zzzzzzzz", naming: ["zzzzzzzz", "magpie list"]),
    Wrong("simulte", "--all", naming: ["simul"]),
    Wrong("simulate", naming: ["--all"]),
    Wrong("simulate", "sleeper", naming: ["sleeper", "sleepers"]),
    Wrong("simulate", "fan-out", "--all", naming: ["--all"]),
    Wrong("simulate", "--all", "--seeds", "9..1", naming: ["9..1", "A..B"]),
    Wrong("bench", naming: ["yield"]),
    Wrong("bench", "yeild", naming: ["yeild", "yield"]),
    Wrong("bench", "yield", "--reps", "0", naming: ["--reps"]),
    Wrong("list", "a", "b", naming: ["'a', 'b'"]),
    Wrong("run", "---", naming: ["---"]),
    Wrong("run", "-@", naming: ["-@"]),
    Wrong("run", "--generate-completion-script=foo", naming: ["foo", "--generate-completion-script", "zsh"]),
    Wrong("lab", "memroy", naming: ["memroy", "memory", "steal-scan"]),
    Wrong("lab", "zzzzzzzz", naming: ["zzzzzzzz", "memory"]),
    Wrong("lab", "--reps", "0", naming: ["--reps"]),
    Wrong("lab", "--json", "--csv", naming: ["--json", "--csv"]),
    Wrong("run", "fan-out", "--theme", "drak", naming: ["drak", "dark"]),
    Wrong("run", "fan-out", "--headless", "--lang", "xx", naming: ["xx", "en, zh"]),
    Wrong("run", "fan-out", "--headless", "--color", "17", naming: ["17", "24bit", "doctor"]),
    Wrong("run", "fan-out", "--headless", "--colour", "16", naming: ["--colour", "--color"]),
    Wrong("run", "fan-out", "--headless", "--procs", "0", naming: ["--procs", "1 to 256"]),
    Wrong("run", "fan-out", "--headless", "--procs", "257", naming: ["257"]),
    Wrong("run", "fan-out", "--headless", "--procs", "-3", naming: ["-3"]),
    Wrong("run", "fan-out", "--headless", "--procs", "two", naming: ["two", "--procs"]),
    Wrong("run", "fan-out", "--headless", "--tempo", "2", naming: ["--tempo", "1/N"]),
    Wrong("run", "fan-out", "--headless", "--ring", "32", naming: ["--ring", "--free"]),
    Wrong("run", "fan-out", "--headless", "--ring", "2000000", "--free", naming: ["--ring", "1048576"]),
    Wrong("run", "fan-out", "--headless", "--taks", "5", naming: ["--taks", "--tasks"]),
    Wrong("run", "fan-out", "--headles", naming: ["--headles", "--headless"]),
    Wrong("run", "fan-out", "--headless", "--tasks", "0", naming: ["--tasks", "1 to"]),
    Wrong("run", "fan-out", "--headless", "--text", naming: ["--text"]),
    Wrong("run", "fan-out", "--headless", "--faults", naming: ["--faults", "--simulate"]),
    Wrong("run", "fan-out", "--schedtrace", "5", naming: ["--schedtrace", "--headless"]),
    Wrong("run", "fan-out", "--headless", "--schedtrace", "0", naming: ["--schedtrace", "1 to"]),
    Wrong("run", "grep", "", "/tmp", "--headless", naming: ["pattern", "empty"]),
    Wrong("run", "grep", "x", "/no/such/place", "--headless", naming: ["/no/such/place"]),
    Wrong("run", "grep", "x", "--headless", naming: ["PATH"]),
    Wrong("run", "grep", "a\nb", "/", "--headless", naming: ["line break"]),
    Wrong("run", "grep", "-x", "/", "--headless", naming: ["-x", "--"]),
    Wrong("compare", "fanout", naming: ["fanout", "fan-out"]),
    Wrong("compare", "fan-out", "--eras", "mpn,gloabl", naming: ["gloabl", "global"]),
    Wrong("compare", "fan-out", "--eras", "mpn,mpn,mpn", naming: ["two", "not 3", "--eras"]),
    Wrong("compare", "fan-out", "--eras", "mpn", naming: ["same", "--procs 1,4"]),
    Wrong("compare", "fan-out", "--eras", "mpn,mpn", "--procs", "2", naming: ["same", "2 P", "--procs 1,4"]),
    Wrong("compare", "fan-out", "--eras", "mpn", "--procs", "4,4", naming: ["same", "--procs 1,4"]),
    Wrong("compare", "fan-out", "--procs", "1,2,3", naming: ["1,2,3", "--procs"]),
    Wrong("compare", "fan-out", "--procs", "1,x", naming: ["1,x", "--procs"]),
    Wrong("compare", "fan-out", "--procs", "0,2", naming: ["0", "1 to 256"]),
    Wrong("compare", "fan-out", "--eras", "mpn", "--procs", "1,2", "--taks", "5", naming: ["--taks", "--tasks"]),
    Wrong("compare", "fan-out", "--eras", "mpn", "--procs", "1,2", "--headles", naming: ["--headles", "--headless"]),
    Wrong("compare", "serve", "--eras", "mpn", "--procs", "1,2", naming: ["serve", "compared", "magpie run serve"]),
    Wrong("compare", "fan-out", "--eras", "mpn", "--procs", "1,2", naming: ["terminal", "--headless"]),
    Wrong("lesson", "stael", naming: ["stael", "steal"]),
    Wrong("lesson", "steal", "--text", "--auto", naming: ["--text", "--auto"]),
    Wrong("lesson", "/no/such.yaml", naming: ["/no/such.yaml"]),
    Wrong("lesson", "steal", naming: ["--headless", "--text"]),
    Wrong("list", "extra", naming: ["extra"]),
    Wrong("run", "tour", naming: ["--headless", "--text"]),
    Wrong(naming: ["terminal", "--headless", "--text"]),
  ]

  @Test(arguments: wrong)
  func isAnswered(_ wrong: Wrong) throws {
    let program = try run(wrong.words)
    #expect(program.status == 2)
    #expect(program.output == "")
    #expect((1...6).contains(program.complaintLines.count), "\(program.complaint)")
    for name in wrong.named { #expect(program.complaint.contains(name), "\(program.complaint)") }
  }

  /// Names that come from the command line must not reach the terminal as they are.
  @Test func controlCharactersAreNotRepeated() throws {
    for words in [["run", "x\u{1B}[2J"], ["run", "fan-out", "--\u{1B}[2J"], ["bench", "\u{7}"]] {
      #expect(try !run(words).complaint.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    }
  }

  private func run(_ words: [String]) throws -> Program { try Program(words: words) }

  @Test func schedtracePrintsTheLineOfGo() throws {
    let program = try run(["run", "sleepers", "--procs", "3", "--json", "--schedtrace", "2", "--tempo", "1/2"])
    #expect(program.status == 0)
    #expect(!program.complaintLines.isEmpty)
    let numbers = "[0-9]+"
    let line = try Regex(
      "SCHED \(numbers)ms: gomaxprocs=3 idleprocs=[0-3] threads=\(numbers) spinningthreads=\(numbers) needspinning=[01]"
        + " idlethreads=\(numbers) runqueue=\(numbers) \\[ \(numbers) \(numbers) \(numbers) \\]"
        + " schedticks=\\[ \(numbers) \(numbers) \(numbers) \\]")
    for words in program.complaintLines { #expect(try line.wholeMatch(in: words) != nil, "\(words)") }
  }

  @Test func listIsDataInBothForms() throws {
    let json = try Program("list", "--json")
    #expect(json.status == 0)
    #expect(json.output.split(separator: "\n").count == 1)
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let scenarios = try #require(object["scenarios"] as? [[String: Any]])
    #expect(scenarios.compactMap { $0["name"] as? String } == Scenarios.all.map { $0.name })
    let eras = try #require(object["eras"] as? [[String: Any]])
    #expect(eras.compactMap { $0["name"] as? String } == Era.allCases.map(\.rawValue))
    let text = try Program("list")
    for era in Era.allCases { #expect(text.output.contains("  \(era) ")) }
    for scenario in Scenarios.all { #expect(text.output.contains("  \(scenario.name) ")) }
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func helpNamesWhatAScenarioTakes() throws {
    let help = try Program("run", "grep", "--help")
    #expect(help.status == 0)
    for word in ["PATTERN", "PATH", "--readers", "--procs", "--tempo"] { #expect(help.output.contains(word)) }
    #expect(try Program("--help").output.contains("simulate"))
  }

  @Test func doctorIsCalm() throws {
    let doctor = try Program("doctor")
    #expect(doctor.status == 0)
    for word in ["TERM", "COLORTERM", "CPUs", "guard pages", "membarrier"] { #expect(doctor.output.contains(word)) }
    #expect(doctor.complaint == "")
  }
}
