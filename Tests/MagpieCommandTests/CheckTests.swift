import ArgumentParser
import MagpieScenarios
import Testing

@testable import MagpieCommand

/// Options as they come out of the parser: right ones read, wrong ones refused with a way out.
struct CheckTests {
  private func options(_ words: String...) throws -> RunOptions {
    let command = try #require(MagpieCommand.parseAsRoot(words) as? Run)
    return try command.checked()
  }

  @Test func magpieAloneIsTheTour() throws {
    let options = try options()
    #expect(options.scenarioType.name == "tour")
    #expect(options.processors == 4)
    #expect(options.tempoDivisor == 1)
    #expect(options.seed == 1)
    #expect(!options.isJSON && !options.isFree && !options.isSimulated)
    #expect(try self.options("--procs", "3").processors == 3)
    #expect(try self.options("run", "fan-out").processors == nil)
  }

  @Test func everyOptionArrives() throws {
    let options = try options(
      "run", "fan-out", "--tasks", "7", "--procs", "16", "--tempo", "1/1000", "--seed", "42", "--work=9us", "--seconds",
      "1.5",
      "--simulate", "--free", "--ring", "16", "--history", "64M", "--theme", "dark", "--headless", "--json")
    #expect(options.values.integer("tasks") == 7)
    #expect(options.values.duration("work") == .microseconds(9))
    #expect(options.processors == 16)
    #expect(options.tempoDivisor == 1000)
    #expect(options.seed == 42)
    #expect(options.seconds == 1.5)
    #expect(options.isSimulated && options.isFree && options.isJSON)
    #expect(options.ring == 16)
    #expect(options.historyCapacity == 1_048_576)
    #expect(options.theme == "dark")
  }

  @Test(arguments: ["serial", "nto1", "global"])
  func earlierSchedulersAreTaken(name: String) throws {
    let options = try options("run", "fan-out", "--era", name, "--procs", "8")
    #expect(options.era.rawValue == name)
    #expect(options.processors == (name == "global" ? 8 : 1))
    #expect(try self.options("run", "fan-out", "--era", name, "--simulate", "--faults").era == options.era)
    let simulate = try #require(MagpieCommand.parseAsRoot(["simulate", "--all", "--era", name]) as? Simulate)
    #expect(simulate.era == name)
  }

  @Test func positionsMixWithOptions() throws {
    let options = try options("run", "grep", "needle", "--json", "/", "--procs", "2", "--readers", "5", "/tmp")
    #expect(options.values["pattern"] == .bytes(Array("needle".utf8)))
    #expect(options.values["path"] == .paths([Array("/".utf8), Array("/tmp".utf8)]))
    #expect(options.values.integer("readers") == 5)
    #expect(options.processors == 2)
  }

  @Test func aPatternMayLookLikeAFlag() throws {
    let options = try options("run", "grep", "--json", "--", "--procs", "/")
    #expect(options.values["pattern"] == .bytes(Array("--procs".utf8)))
    #expect(options.processors == nil)
  }

  @Test(arguments: ["1/1", "1/10000", "1/0007"])
  func temposAreRead(tempo: String) throws { #expect(try Check.tempo(tempo) == Int(tempo.dropFirst(2))) }

  @Test(arguments: ["", "1", "1/", "1/0", "1/10001", "2/1", "0.5", "1/-1", "1/+5", "1/1.5", "1/x", "1/٣", " 1/2"])
  func otherTemposAreRefused(tempo: String) { #expect(throws: UsageError.self) { try Check.tempo(tempo) } }

  @Test(arguments: [("1M", 16_384), ("256M", 4_194_304), ("2g", 33_554_432), ("1048576", 16_384), ("2048K", 32_768)])
  func aHistoryIsGivenInBytes(bytes: String, events: Int) throws { #expect(try Check.history(bytes) == events) }

  @Test(arguments: [
    "", "M", "0", "1", "1023K", "65G", "-1M", "+1M", "1.5G", "1T", "256MB", " 1M", "99999999999999999999G", "٣M",
  ])
  func otherHistoriesAreRefused(bytes: String) { #expect(throws: UsageError.self) { try Check.history(bytes) } }

  @Test func ringsHaveTheirLimits() throws {
    try Check.ring(64, isFree: false)
    try Check.ring(1_048_576, isFree: false)
    try Check.ring(16, isFree: true)
    for (events, isFree) in [(63, false), (16, false), (15, true), (1_048_577, true), (-1, true)] {
      #expect(throws: UsageError.self) { try Check.ring(events, isFree: isFree) }
    }
  }

  @Test func seedsAreARange() throws {
    #expect(try Check.seeds("1..500") == 1...500)
    #expect(try Check.seeds("7..7") == 7...7)
    for seeds in ["", "1", "5..1", "1...5", "a..b", "-1..5", "1..", "..5", "1-5"] {
      #expect(throws: UsageError.self) { try Check.seeds(seeds) }
    }
  }

  @Test func secondsAreAboveZero() throws {
    try Check.seconds(0.1)
    for seconds in [0, -1, .infinity, .nan] { #expect(throws: UsageError.self) { try Check.seconds(seconds) } }
  }

  @Test func procsHaveTheirLimits() throws {
    try Check.procs(nil)
    try Check.procs(1)
    try Check.procs(256)
    for count in [0, 257, -1] { #expect(throws: UsageError.self) { try Check.procs(count) } }
  }

  @Test func flagsAreAllKnownToTheSpellingHelp() {
    let help = MagpieCommand.helpMessage(for: Run.self)
    for flag in Run.flags { #expect(help.contains(flag)) }
  }

  /// No parameter may hide behind an option of the command: the parser would take it first.
  @Test func parametersDoNotCollideWithOptions() {
    for scenario in Scenarios.all {
      for parameter in scenario.parameters where !parameter.isPositional {
        #expect(!Run.flags.contains(parameter.label), "\(scenario.name) \(parameter.label)")
        #expect(!["--all", "--seeds"].contains(parameter.label))
      }
    }
  }
}
