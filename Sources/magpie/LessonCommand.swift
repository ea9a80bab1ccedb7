import ArgumentParser
import Glibc
import Lessons
import MagpieScenarios
import MagpieView

/// `magpie lesson`: a lecture about one run.
struct LessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson", abstract: help(.lesson), discussion: help(.lessonMore))

  @Argument(help: ArgumentHelp(help(.whichLesson), valueName: "name"))
  var name: String?

  @Flag(help: ArgumentHelp(help(.auto)))
  var auto = false

  @Flag(help: ArgumentHelp(help(.lessonText)))
  var text = false

  @OptionGroup var look: LookFlags

  mutating func run() throws {
    let language = try Language.named(look.lang)
    guard let name else {
      print(Table.lines(try LessonFiles.names.map { try row(LessonFiles.load($0), language) }).joined(separator: "\n"))
      return
    }
    if text && auto { throw UsageError(.exclude("--text", "--auto")) }
    try Check.theme(look.theme)
    let lesson = try LessonFiles.load(name)
    let request = try LessonFiles.request(lesson)
    let status: Int32
    if text {
      status = tellLesson(lesson, request, language)
    } else {
      try Screen.check()
      status = showLesson(LessonPlayer(lesson, isAuto: auto), request, try Look(look))
    }
    if status != 0 { throw ExitCode(status) }
  }

  private func row(_ lesson: Lesson, _ language: Language) -> [String] {
    [
      lesson.name,
      language(.stopsIn(title: lesson.title(language), lesson.stops.count, scenario: lesson.scenario)),
    ]
  }
}
