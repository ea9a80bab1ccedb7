import MagpieModel

extension Lesson {
  private static let mostStops = 200
  private static let longestSentence = 500

  /// Reads a lesson.
  /// - Parameter file: how the file is called in errors.
  /// - Throws: the first thing that is wrong, with its line.
  public init(yaml: [UInt8], name: String, file: String) throws(LessonError) {
    let reader = LessonReader(file: file)
    let root: YAMLMapping
    do { root = try YAMLMapping(reading: yaml) } catch {
      throw LessonError(file: file, line: error.line ?? 1, reason: .notYAML(error))
    }
    try reader.check(root, ["title", "scenario", "parameters", "seed", "procs", "tempo", "view", "stops"])
    self.name = name
    title = try reader.texts(try reader.need("title", in: root, line: 1), key: "title").mapValues { $0.first ?? "" }
    let scenarioValue = try reader.need("scenario", in: root, line: 1)
    scenario = try reader.text(scenarioValue, key: "scenario")
    scenarioLine = scenarioValue.line
    seed = try reader.number(root["seed"]?.value, key: "seed", in: 0...UInt64(Int64.max)) ?? 1
    processors = Int(try reader.number(root["procs"]?.value, key: "procs", in: 1...256) ?? 4)
    tempo = try reader.tempo(root["tempo"]?.value)
    parameters = try reader.parameters(root["parameters"]?.value)
    parametersLine = root["parameters"]?.line ?? 1
    let view = try reader.view(root["view"]?.value) ?? .stage
    let stopsValue = try reader.need("stops", in: root, line: 1)
    guard case .list(let values) = stopsValue.content, !values.isEmpty, values.count <= Lesson.mostStops else {
      throw LessonError(file: file, line: stopsValue.line, reason: .noStops)
    }
    stops = []
    for value in values { stops.append(try reader.stop(value, view)) }
  }

  /// Takes a file apart, and says where something is wrong.
  private struct LessonReader {
    let file: String

    func error(_ line: Int, _ reason: LessonError.Reason) -> LessonError {
      LessonError(file: file, line: line, reason: reason)
    }

    func bad(_ value: YAMLValue, _ key: String, _ wanted: String) -> LessonError {
      let text = value.text.map { harmless(String($0.prefix(60))) } ?? (value.mapping != nil ? "{…}" : "[…]")
      return error(value.line, .badValue(key: key, value: text, wanted: wanted))
    }

    func check(_ mapping: YAMLMapping, _ keys: [String]) throws(LessonError) {
      for entry in mapping.entries where !keys.contains(entry.key) {
        throw error(entry.line, .unknownKey(harmless(String(entry.key.prefix(60)))))
      }
    }

    func need(_ key: String, in mapping: YAMLMapping, line: Int) throws(LessonError) -> YAMLValue {
      guard let entry = mapping[key] else { throw error(line, .missing(key: key)) }
      return entry.value
    }

    func text(_ value: YAMLValue, key: String) throws(LessonError) -> String {
      guard let text = value.text, !text.isEmpty, text.count <= Lesson.longestSentence else {
        throw bad(value, key, "a text of at most \(Lesson.longestSentence) characters")
      }
      return text
    }

    func number(_ value: YAMLValue?, key: String, in range: ClosedRange<UInt64>) throws(LessonError) -> UInt64? {
      guard let value else { return nil }
      guard let text = value.text, let number = UInt64(text), range.contains(number) else {
        throw bad(value, key, "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }

    func tempo(_ value: YAMLValue?) throws(LessonError) -> Int {
      guard let value else { return 100_000 }
      guard let text = value.text, text.hasPrefix("1/"), let number = Int(text.dropFirst(2)),
        (1...100_000_000).contains(number)
      else { throw bad(value, "tempo", "1/N, N from 1 to 100000000") }
      return number
    }

    func view(_ value: YAMLValue?) throws(LessonError) -> App.View? {
      guard let value else { return nil }
      // A lesson is about one run.
      let views = App.View.allCases.filter { $0 != .compare }
      guard let view = views.first(where: { "\($0)" == value.text }) else {
        throw bad(value, "view", views.map { "\($0)" }.joined(separator: ", "))
      }
      return view
    }

    func parameters(_ value: YAMLValue?) throws(LessonError) -> [Parameter] {
      guard let value else { return [] }
      guard let mapping = value.mapping else { throw bad(value, "parameters", "names and values: {tasks: 24}") }
      var parameters: [Parameter] = []
      for entry in mapping.entries {
        parameters.append(Parameter(name: entry.key, value: try text(entry.value, key: entry.key)))
      }
      return parameters
    }

    /// Sentences by language: `{en: …, zh: […, …]}`. English must be there.
    func texts(_ value: YAMLValue, key: String) throws(LessonError) -> [Language: [String]] {
      guard let mapping = value.mapping else { throw bad(value, key, "a text for each language: {en: …}") }
      try check(mapping, Language.allCases.map(\.rawValue))
      return try texts(in: mapping, line: value.line)
    }

    func texts(in mapping: YAMLMapping, line: Int) throws(LessonError) -> [Language: [String]] {
      var texts: [Language: [String]] = [:]
      for language in Language.allCases {
        guard let entry = mapping[language.rawValue] else { continue }
        var sentences: [String] = []
        for sentence in entry.value.list { sentences.append(try text(sentence, key: language.rawValue)) }
        texts[language] = sentences
      }
      guard texts[.english]?.isEmpty == false else { throw error(line, .missing(key: Language.english.rawValue)) }
      return texts
    }

    func stop(_ value: YAMLValue, _ view: App.View) throws(LessonError) -> Stop {
      guard let mapping = value.mapping else { throw bad(value, "stops", "a stop: {when: kind:steal, en: …}") }
      try check(mapping, ["when", "point", "view"] + Language.allCases.map(\.rawValue))
      let whenValue = try need("when", in: mapping, line: value.line)
      let when = try text(whenValue, key: "when")
      let filter: Filter
      do { filter = try Filter(when) } catch { throw self.error(whenValue.line, .badFilter(error)) }
      return Stop(
        when: filter, text: when, point: try point(mapping["point"]?.value),
        view: try self.view(mapping["view"]?.value) ?? view, words: try texts(in: mapping, line: value.line),
        line: value.line)
    }

    /// `P0`, `M3`, `G17`; `global`, `timers`, `blocking`, `poller`, `sysmon`; or what the event names.
    func point(_ value: YAMLValue?) throws(LessonError) -> Point? {
      guard let value else { return nil }
      let text = value.text ?? ""
      switch text {
      case "event": return .event
      case "fiber": return .fiber
      case "processor": return .processor
      case "machine": return .machine
      case "victim": return .victim
      case "global": return .subject(.globalQueue)
      case "timers": return .subject(.timers)
      case "blocking": return .subject(.blockingCalls)
      case "poller": return .subject(.poller)
      case "sysmon": return .subject(.sysmon)
      default: break
      }
      let digits = text.dropFirst()
      switch text.first {
      case "P": if let id = UInt16(digits) { return .subject(.processor(Int(id))) }
      case "M": if let id = UInt16(digits) { return .subject(.machine(id)) }
      case "G": if let id = UInt32(digits) { return .subject(.fiber(id)) }
      default: break
      }
      throw bad(
        value, "point",
        "P0, M3 or G17; global, timers, blocking, poller or sysmon; event, fiber, processor, machine or victim")
    }
  }
}
