import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// Reading lessons, and going through one.
@Suite struct LessonTests {
  static let small = """
    title: {en: Starts, zh: 启动}
    scenario: fan-out
    parameters: {tasks: 24, work: 20us}
    seed: 3
    procs: 4
    stops:
      - when: fiber.start
        point: fiber
        en: The first.
        zh: 第一个。
      - when: steal.took
        point: victim
        en: [The second., It has two sentences.]
      - when: steal.took p:2
        view: events
        en: The third.
    """

  private func lesson(_ yaml: String = small) throws -> Lesson {
    try Lesson(yaml: Array(yaml.utf8), name: "starts", file: "starts.yaml")
  }

  private func error(_ yaml: String) -> LessonError? {
    do {
      _ = try lesson(yaml)
      return nil
    } catch { return error as? LessonError }
  }

  @Test func aFileIsReadAsItIsWritten() throws {
    let lesson = try lesson()
    #expect(lesson.title(.english) == "Starts" && lesson.title(.chinese) == "启动")
    #expect(lesson.scenario == "fan-out" && lesson.seed == 3 && lesson.processors == 4)
    #expect(lesson.parameters == [.init(name: "tasks", value: "24"), .init(name: "work", value: "20us")])
    #expect(lesson.stops.map(\.point) == [.fiber, .victim, nil])
    #expect(lesson.stops.map(\.view) == [.stage, .stage, .events])
    #expect(lesson.words(lesson.stops[0], .chinese) == ["第一个。"])
    // A language that is missing is said in English.
    #expect(lesson.words(lesson.stops[1], .chinese) == ["The second.", "It has two sentences."])
  }

  @Test("What is wrong in a file is told with its line")
  func wrongFiles() throws {
    func changed(_ text: String, _ with: String) -> LessonError? {
      error(LessonTests.small.replacing(text, with: with))
    }
    #expect(changed("seed: 3", "sede: 3")?.line == 4)
    #expect(changed("seed: 3", "sede: 3")?.reason == .unknownKey("sede"))
    #expect(changed("seed: 3", "seed: -3")?.line == 4)
    #expect(changed("procs: 4", "procs: 0")?.line == 5)
    #expect(changed("procs: 4", "tempo: 100")?.line == 5)
    #expect(changed("scenario: fan-out\n", "")?.reason == .missing(key: "scenario"))
    #expect(changed("when: steal.took\n", "when: steal.tuk\n")?.reason == .badFilter(.unknownKind("steal.tuk")))
    #expect(changed("when: steal.took\n", "when: steal.tuk\n")?.line == 11)
    #expect(changed("point: victim", "point: X9")?.line == 12)
    #expect(changed("en: The third.", "zh: x")?.reason == .missing(key: "en"))
    #expect(changed("en: The first.", "fr: x")?.reason == .unknownKey("fr"))
    #expect(error("title: {en: x}\nscenario: tour\nstops: []")?.reason == .noStops)
    if case .notYAML? = error("stops: [")?.reason {} else { Issue.record("an open bracket is no YAML") }
    for error in [changed("seed: 3", "sede: 3"), changed("point: victim", "point: X9")] {
      let words = Language.english(try #require(error).phrase)
      #expect(words.hasPrefix("starts.yaml: line "))
    }
  }

  private func run() -> History {
    var run = Rehearsal.beforeSteal(processors: 4)
    run.steal(2)
    for _ in 0..<40 { run.step() }
    return run.history
  }

  /// A lesson whose run has ended, drawn once.
  private func begun(isAuto: Bool = false, _ yaml: String = small) throws -> (App, History) {
    let themes = try Theme.embedded()
    var app = App(themes: themes, theme: themes[0], lesson: LessonPlayer(try lesson(yaml), isAuto: isAuto))
    let history = run()
    app.observe(.sample(.ended), history)
    _ = app.draw(history, width: 80, height: 24, now: seconds(0))
    return (app, history)
  }

  private static let lenient = small.replacing("steal.took p:2", with: "fiber.start")

  @Test("→ and ← go from stop to stop, on the way each event comes in order, and back is exact")
  func goingThrough() throws {
    var (app, history) = try begun(LessonTests.lenient)
    let numbers = try #require(app.lesson?.numbers)
    #expect(numbers.count == 3 && numbers == numbers.sorted())
    #expect(numbers.allSatisfy { history.event(at: $0) != nil })
    var shown: [Int] = []
    var time = 0.0
    while app.lesson?.isPlaying == true {
      time += 0.02
      _ = app.draw(history, width: 80, height: 24, now: seconds(time))
      shown.append(app.shown)
      try #require(time < 20)
    }
    #expect(shown == shown.sorted() && shown.last == numbers[0])
    // Every event was on the screen.
    #expect(Set(shown).isSuperset(of: Set(1...numbers[0])))
    #expect(app.selection == history.event(at: numbers[0]).map { .fiber($0.fiber) })
    app.press(.right)
    _ = app.draw(history, width: 80, height: 24, now: seconds(time + 0.1))
    #expect(app.lesson?.isPlaying == true && app.selection == nil)
    // Once more goes there at once.
    app.press(.pageDown)
    _ = app.draw(history, width: 80, height: 24, now: seconds(time + 0.2))
    #expect(app.shown == numbers[1] && app.lesson?.isPlaying == false)
    app.press(.character("."))
    #expect(app.shown == numbers[1] + 1)
    app.press(.left)
    _ = app.draw(history, width: 80, height: 24, now: seconds(time + 0.3))
    #expect(app.shown == numbers[0] && app.lesson?.index == 0)
    app.press(.pageUp)
    _ = app.draw(history, width: 80, height: 24, now: seconds(time + 0.4))
    #expect(app.shown == numbers[0])
  }

  @Test("Unattended, every stop is reached in order, its words stay long enough to be read, and it ends")
  func auto() throws {
    var (app, history) = try begun(isAuto: true, LessonTests.lenient)
    var reached: [Int] = []
    var time = 0.0
    while !app.isOver {
      time += 0.1
      try #require(app.isMoving && time < 120)
      _ = app.draw(history, width: 80, height: 24, now: seconds(time))
      if let lesson = app.lesson, !lesson.isPlaying, app.shown == lesson.numbers[lesson.index],
        reached.last != lesson.index
      {
        reached.append(lesson.index)
      }
    }
    #expect(reached == [0, 1, 2])
    #expect(time > 7.5)
    #expect(app.exitStatus == 0)
  }

  @Test("A stop that the run never reaches is told, and makes the exit status 1")
  func missing() throws {
    var (app, history) = try begun(isAuto: true, LessonTests.small.replacing("steal.took p:2", with: "deadlock"))
    #expect(app.lesson?.missing == 2 && app.exitStatus == 1)
    let lines = Golden.lines(app.draw(history, width: 80, height: 24, now: seconds(1)))
    #expect(lines.contains { $0.contains("stop 3, deadlock, is never reached (line 14") })
    #expect(!app.isMoving)
  }

  @Test("Words, marks and keys of a lesson at each size", arguments: [(80, 24), (120, 36), (200, 60)])
  func picture(width: Int, height: Int) throws {
    for language in Language.allCases {
      var (app, history) = try begun(LessonTests.lenient)
      app.language = language
      app.press(.right, .right)
      for step in 1...3 { _ = app.draw(history, width: width, height: height, now: seconds(Double(step) / 10)) }
      app.press(.right, .right)
      for step in 4...9 { _ = app.draw(history, width: width, height: height, now: seconds(Double(step) / 10)) }
      let name = language == .english ? "lesson" : "lesson-\(language.rawValue)"
      try Golden.check(
        app.draw(history, width: width, height: height, now: seconds(30)), "\(name)-\(width)x\(height)")
    }
  }
}
