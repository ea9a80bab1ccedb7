import Glibc
import MagpieTrace
import Testing

@testable import MagpieScenarios

struct ParameterTests {
  private func read(_ words: String..., of type: any Scenario.Type = FanOut.self) throws(ScenarioError)
    -> ParameterValues
  {
    var values = ParameterValues(defaultsOf: type.parameters)
    try values.read(words, for: type.parameters)
    return values
  }

  @Test func flagsAreReadInBothSpellings() throws {
    #expect(try read("--tasks", "5", "--work=1.5ms").integer("tasks") == 5)
    #expect(try read("--work=1.5ms").duration("work") == .microseconds(1500))
    #expect(try read().integer("tasks") == 20_000)
  }

  @Test func positionsAreReadInOrder() throws {
    let values = try read("needle", "--readers", "3", "a", "b", of: Grep.self)
    #expect(values["pattern"] == .bytes(Array("needle".utf8)))
    #expect(values["path"] == .paths([Array("a".utf8), Array("b".utf8)]))
    #expect(values.integer("readers") == 3)
  }

  @Test func afterTwoDashesNothingIsAFlag() throws {
    let values = try read("--readers", "3", "--", "-v", "--", of: Grep.self)
    #expect(values["pattern"] == .bytes(Array("-v".utf8)))
    #expect(values["path"] == .paths([Array("--".utf8)]))
  }

  @Test func whatIsWrongIsNamed() {
    let tasks = FanOut.parameters[0], work = FanOut.parameters[1]
    #expect(throws: ScenarioError.unknownParameter("--taks", nearest: "--tasks")) { try read("--taks", "5") }
    #expect(throws: ScenarioError.unknownParameter("--zebra", nearest: nil)) { try read("--zebra") }
    #expect(throws: ScenarioError.missingValue(tasks)) { try read("--tasks") }
    #expect(throws: ScenarioError.badValue(tasks, given: "many")) { try read("--tasks", "many") }
    #expect(throws: ScenarioError.outOfRange(tasks, given: "0")) { try read("--tasks", "0") }
    #expect(throws: ScenarioError.badValue(work, given: "5")) { try read("--work", "5") }
    #expect(throws: ScenarioError.outOfRange(work, given: "2s")) { try read("--work", "2s") }
    #expect(throws: ScenarioError.unexpectedArgument("x")) { try read("x") }
    #expect(throws: ScenarioError.missingArgument(Grep.parameters[1])) { try read("x", of: Grep.self) }
  }

  @Test func grepRefusesPatternsAndPathsThatMakeNoSense() throws {
    #expect(throws: ScenarioError.emptyPattern) { try Grep(read("", "/", of: Grep.self)) }
    #expect(throws: ScenarioError.patternWithNewline) { try Grep(read("a\nb", "/", of: Grep.self)) }
    #expect(throws: ScenarioError.noSuchPath("/no/such", SystemError(number: ENOENT))) {
      try Grep(read("a", "/no/such", of: Grep.self))
    }
  }

  @Test func wordsGiveTheSameValuesAgain() throws {
    var small = ParameterValues(smallOf: Grep.parameters)
    small["path"] = .paths([Array("/tmp".utf8), Array("-x".utf8)])
    var again = ParameterValues(defaultsOf: Grep.parameters)
    try again.read(small.words(for: Grep.parameters), for: Grep.parameters)
    #expect(again == small)
    #expect(ParameterValues(defaultsOf: FanOut.parameters).words(for: FanOut.parameters) == [])
  }

  @Test func theNearestNameIsFound() {
    #expect(Scenarios.nearest(to: "fanout") == "fan-out")
    #expect(Scenarios.nearest(to: "pign-pong") == "ping-pong")
    #expect(Scenarios.nearest(to: "GREP") == "grep")
    #expect(Scenarios.nearest(to: "content") == "contention")
    #expect(Scenarios.nearest(to: "dead") == "deadlock")
    #expect(Scenarios.nearest(to: "xylophone") == nil)
    #expect(Scenarios.nearest(to: "") == nil)
    #expect(editDistance("abcd", "acbd") == 1)
  }

  @Test func textFromOutsideIsMadePrintable() {
    #expect(printable(Array("a\u{1B}[2Jb\n\u{202E}é".utf8) + [0xFF]) == "a?[2Jb??é?")
  }
}
