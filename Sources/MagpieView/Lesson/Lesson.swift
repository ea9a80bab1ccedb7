public import MagpieModel

/// A lecture about one run: what runs, and where to stop, at what to point and what to say.
public struct Lesson: Sendable, Hashable {
  /// What a stop points at: a thing, or the part that its event names.
  public enum Point: Sendable, Hashable {
    case subject(Subject)
    case event, fiber, processor, machine
    /// The processor that is stolen from.
    case victim
  }

  public struct Stop: Sendable, Hashable {
    /// The next event after the stop before that this names.
    public var when: Filter
    /// As it was written.
    public var text: String
    public var point: Point?
    public var view: App.View
    /// A sentence or two in each language.
    public var words: [Language: [String]]
    /// The line of the file on which it begins.
    public var line: Int
  }

  /// What it is called on the command line.
  public var name: String
  public var title: [Language: String]
  public var scenario: String
  /// The scenario's own parameters, in the order in which they were written.
  public var parameters: [Parameter]
  public var seed: UInt64
  public var processors: Int
  /// Between two stops virtual time goes by at 1/tempo of real time, but no pause is long.
  public var tempo: Int
  public var stops: [Stop]
  /// The lines of the file on which `scenario` and `parameters` stand.
  public var scenarioLine: Int
  public var parametersLine: Int

  public struct Parameter: Sendable, Hashable {
    public var name: String
    public var value: String
  }

  /// The words of a stop; English where a language is missing.
  public func words(_ stop: Stop, _ language: Language) -> [String] {
    stop.words[language] ?? stop.words[.english] ?? []
  }
  public func title(_ language: Language) -> String { title[language] ?? title[.english] ?? name }

  /// The numbers of the events at which it stops, in a run that has ended.
  /// - Returns: as many as there are stops; or fewer, when the next is never reached.
  /// - Complexity: O(events).
  public func stops(in history: History) -> [Int] {
    var numbers: [Int] = []
    var next = 1
    for stop in stops {
      let (found, _) = history.find(stop.when, from: next, isForward: true, limit: .max)
      guard let found else { return numbers }
      numbers.append(found)
      next = found + 1
    }
    return numbers
  }
}

/// What is wrong with a lesson's file, and on which line.
public struct LessonError: Error, Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    case notYAML(YAMLError)
    case missing(key: String)
    case unknownKey(String)
    /// A value that the key cannot have, and what it could.
    case badValue(key: String, value: String, wanted: String)
    case badFilter(FilterError)
    case noStops
  }

  public var file: String
  public var line: Int
  public var reason: Reason

  public init(file: String, line: Int, reason: Reason) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  public var phrase: Phrase { .lessonError(self) }
}
