import ArgumentParser
import Glibc
import Lessons
import MagpieScenarios
import MagpieView

/// `magpie lesson`: a lecture about one run.
struct LessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson", abstract: "Give a lecture: a run that never varies, with stops and words.",
    discussion: """
      Without a name, lists the lessons. NAME is one of them, one of your own in $XDG_CONFIG_HOME/magpie/lessons/NAME.yaml, or the \
      path of a .yaml file. → and ← (PageDown, PageUp) go from stop to stop, . and , by an event.
      """)

  @Argument(help: ArgumentHelp("Which lesson.", valueName: "name"))
  var name: String?

  @Flag(help: "Goes on by itself, and ends after the last stop.")
  var auto = false

  @Flag(help: "No screen: print each stop with its event and its words.")
  var text = false

  @OptionGroup var look: LookFlags

  mutating func run() throws {
    let language = try Language.named(look.lang)
    guard let name else {
      print(Table.lines(try LessonFiles.names.map { try row(LessonFiles.load($0), language) }).joined(separator: "\n"))
      return
    }
    if text && auto { throw UsageError("--text and --auto exclude each other") }
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
    [lesson.name, "\(lesson.title(language)): \(lesson.stops.count) stops in \(lesson.scenario)"]
  }
}
