import Foundation
import Lessons
import MagpieModel
import MagpieSession
import MagpieView
import Testing

@testable import MagpieCommand

/// The lectures that magpie brings along, and how the command finds others.
@Suite struct LessonCommandTests {
  static let names = Lessons.files.map(\.name)

  @Test(
    "Every stop of a lesson is reached, in a run that is the same each time, is clean and has words in each language",
    arguments: names)
  func reached(name: String) throws {
    let lesson = try LessonFiles.load(name)
    var runs: [[Int]] = []
    for _ in 0..<2 {
      let session = Session(try LessonFiles.request(lesson))
      session.start()
      session.waitUntilEnded()
      #expect(session.summary().exitStatus == 0)
      runs.append(session.withHistory { lesson.stops(in: $0) })
    }
    #expect(runs[0].count == lesson.stops.count && runs[0] == runs[1])
    for language in Language.allCases {
      #expect(lesson.title[language]?.isEmpty == false)
      for stop in lesson.stops { #expect(stop.words[language]?.count == 2, "line \(stop.line)") }
    }
  }

  /// What a reading of the words and the ways between the stops take at most and at least.
  @Test("Unattended, a lesson takes 30 to 120 seconds in each language", arguments: names)
  func length(name: String) throws {
    let session = Session(try LessonFiles.request(try LessonFiles.load(name)))
    session.start()
    session.waitUntilEnded()
    let themes = try Theme.embedded()
    for language in Language.allCases {
      var app = App(
        themes: themes, theme: themes[0], language: language,
        lesson: LessonPlayer(try LessonFiles.load(name), isAuto: true))
      var facts = ProgramFacts()
      facts.status = .ended
      session.withHistory { _ = app.update(.observed(App.Observation(facts, $0))) }
      // The lesson's own clock: frames of a tenth of a second.
      var frames: UInt64 = 0
      while !app.isOver, frames < 2000 {
        session.withHistory { _ = app.draw($0, width: 40, height: 12, now: frames * 100_000_000) }
        frames += 1
      }
      #expect((300...1200).contains(frames), "\(Double(frames) / 10) s in \(language)")
    }
  }

  @Test func theListAndTheTextAreInTheLanguageAskedFor() throws {
    let list = try run("lesson", "--lang", "zh")
    #expect(list.status == 0 && list.output.contains("steal") && list.output.contains("工作窃取"))
    let text = try run("lesson", "handoff", "--text")
    #expect(text.status == 0 && text.output.contains("9 / 9"))
    #expect(text.output.contains("sysmon"))
  }

  @Test("A lesson of the user's own is found in the config folder, and one that cannot be read says where")
  func own() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("magpie-lessons-\(UUID())")
    let lessons = folder.appendingPathComponent("magpie/lessons")
    try FileManager.default.createDirectory(at: lessons, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let good =
      "title: {en: Mine}\nscenario: ping-pong\nparameters: {rounds: 3}\nstops:\n  - when: park\n    en: A wait.\n"
    try good.write(to: lessons.appendingPathComponent("mine.yaml"), atomically: true, encoding: .utf8)
    let home = ["XDG_CONFIG_HOME=\(folder.path)", "LC_ALL=C.UTF-8"]
    #expect(try Program(words: ["lesson"], environment: home).output.contains("mine"))
    let told = try Program(words: ["lesson", "mine", "--text"], environment: home)
    #expect(told.status == 0 && told.output.contains("A wait."))
    for (text, words) in [
      (good.replacing("scenario: ping-pong", with: "scenario: pingpong"), ["line 2", "pingpong", "ping-pong"]),
      (good.replacing("rounds: 3", with: "rounds: x"), ["line 3", "rounds"]),
      (good.replacing("when: park", with: "when: prak"), ["line 5", "prak"]),
      ("stops: [", ["mine.yaml:"]),
      ("\u{1B}]0;x\u{07}: 1", ["mine.yaml"]),
    ] {
      try text.write(to: lessons.appendingPathComponent("mine.yaml"), atomically: true, encoding: .utf8)
      let refused = try Program(words: ["lesson", "mine", "--text"], environment: home)
      #expect(refused.status == 2 && refused.output == "", "\(refused.complaint)")
      for word in words { #expect(refused.complaint.contains(word), "\(refused.complaint)") }
      #expect(!refused.complaint.contains("\u{1B}"))
    }
    let never = good.replacing("when: park", with: "when: deadlock")
    try never.write(to: lessons.appendingPathComponent("mine.yaml"), atomically: true, encoding: .utf8)
    let missed = try Program(words: ["lesson", "mine", "--text"], environment: home)
    #expect(missed.status == 1 && missed.complaint.contains("never reached"))
  }

  private func run(_ words: String...) throws -> Program { try Program(words: words) }
}
