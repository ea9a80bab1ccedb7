import Lessons
import MagpieScenarios
import MagpieSession
import MagpieView

/// Where lessons come from: those that magpie brings along, the user's folder, and files.
enum LessonFiles {
  private static let suffix = ".yaml"

  /// The folder of the user's own.
  private static var folder: String? { UserFiles.path("lessons") }

  /// Names of all that there are; the user's own come last.
  static var names: [String] {
    let own = folder.map { UserFiles.schemes(in: $0) } ?? []
    let brought = Lessons.files.map(\.name)
    let added = own.filter { $0.hasSuffix(suffix) && $0.count > suffix.count }.map { String($0.dropLast(suffix.count)) }
    return brought + added.filter { !brought.contains($0) }
  }

  /// Reads a lesson; the user's own of a name goes before one that magpie brings along.
  static func load(_ name: String) throws(UsageError) -> Lesson {
    let isPath = name.contains("/") || name.hasSuffix(suffix)
    if let path = isPath ? name : folder.map({ $0 + "/" + name + suffix }), let bytes = try contents(of: path) {
      return try lesson(bytes, path: path)
    }
    if isPath {
      throw UsageError(.noSuchFile(printable(name.utf8)), .lessonLists)
    }
    if let file = Lessons.files.first(where: { $0.name == name }) { return try lesson(file.yaml, path: name + suffix) }
    throw UsageError.unknown(.lesson, name, among: names, .lessonListsThem)
  }

  /// What is in a file; nil where there is none.
  private static func contents(of path: String) throws(UsageError) -> [UInt8]? {
    do { return try UserFiles.contents(of: path) } catch {
      switch error {
      case .missing: return nil
      case .unreadable(let problem): throw UsageError(.cannotReadLesson(printable(path.utf8), problem))
      }
    }
  }

  private static func lesson(_ bytes: [UInt8], path: String) throws(UsageError) -> Lesson {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = printable((file.hasSuffix(suffix) ? String(file.dropLast(suffix.count)) : file).utf8)
    do { return try Lesson(yaml: bytes, name: name, file: printable(path.utf8)) } catch {
      if case .notYAML(let problem) = error.reason { throw UsageError(.lessonIsNotYAML(error.file, problem)) }
      throw UsageError(.lesson(error))
    }
  }

  /// The run of a lesson: simulated, so that it never varies.
  static func request(_ lesson: Lesson) throws -> RunRequest {
    guard let type = Scenarios.named(lesson.scenario) else {
      throw UsageError.unknown(
        .scenarioOfLesson(lesson.name, line: lesson.scenarioLine), lesson.scenario,
        among: Scenarios.closed.map { $0.name }, .listShowsScenarios)
    }
    try Check.canBeSimulated(type)
    let words = lesson.parameters.flatMap { ["--" + $0.name, $0.value] }
    let scenario: any Scenario
    do {
      (_, scenario) = try ScenarioArguments.make(type, words, over: ParameterValues(defaultsOf: type.parameters))
    } catch let error as UsageError {
      throw UsageError(.lessonParameters(lesson: lesson.name, line: lesson.parametersLine, error.phrases))
    }
    var request = RunRequest(scenario: scenario, processors: lesson.processors)
    request.seed = lesson.seed
    request.isSimulated = true
    return request
  }
}
