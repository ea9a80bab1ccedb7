import ArgumentParser
import MagpieScenarios
import MagpieTrace
import MagpieView

/// The help of one scenario: its parameters, then what every run takes.
enum ScenarioHelp {
  /// Prints it if the words ask for it: `run SCENARIO --help`.
  static func print(for words: [String]) throws -> Bool {
    let words = words.prefix { $0 != "--" }
    guard words.count >= 2, words[0] == "run", words.contains("--help") || words.contains("-h"),
      let scenario = Scenarios.named(words[1])
    else { return false }
    Swift.print(text(of: scenario, .spoken))
    return true
  }

  static func text(of scenario: any Scenario.Type, _ say: Language) -> String {
    let positions = scenario.parameters.filter(\.isPositional).map { " " + $0.label }.joined()
    var lines = [
      scenario.name + (say == .english ? ": " : "：") + say.text(of: scenario), "",
      say(.usage) + "magpie run \(scenario.name)\(positions) [<options>]",
    ]
    if !scenario.parameters.isEmpty {
      lines += ["", say(.ofThisScenario)]
      lines += Table.lines(scenario.parameters.map { ["  " + usage(of: $0), details(of: $0, say)] })
    }
    // The parser's own help of `run`, from its options on.
    let help = HelpText.unbroken(say) { MagpieCommand.helpMessage(for: Run.self) }
    let general = help.split(separator: "\n", omittingEmptySubsequences: false)
    if let start = general.firstIndex(of: "OPTIONS:") {
      let options = general[(start + 1)...].joined(separator: "\n")
      lines += ["", say(.ofEveryRun), HelpText.worded(options, say)]
    }
    var text = lines.joined(separator: "\n")
    while text.last == "\n" { text.removeLast() }
    return text
  }

  /// `--tasks N`, `PATTERN`.
  static func usage(of parameter: Parameter) -> String {
    switch parameter.kind {
    case .integer: "\(parameter.label) N"
    case .duration: "\(parameter.label) TIME"
    case .path: "\(parameter.label) PATH"
    case .text, .paths: parameter.label
    }
  }

  /// `tasks to spawn (20000; 1 to 5000000)`.
  static func details(of parameter: Parameter, _ say: Language) -> String {
    guard let value = parameter.defaultValue, let range = parameter.range else {
      return say.text(of: parameter)
    }
    let (lower, upper) =
      parameter.kind == .duration
      ? (Duration.nanoseconds(range.lowerBound).text, Duration.nanoseconds(range.upperBound).text)
      : (String(range.lowerBound), String(range.upperBound))
    return say.text(of: parameter) + say(.range(value: value.text, from: lower, to: upper))
  }
}

extension Language {
  /// What a scenario shows.
  func text(of scenario: any Scenario.Type) -> String {
    switch self {
    case .english: scenario.text
    case .chinese: scenario.chineseText
    }
  }

  /// What a parameter is.
  func text(of parameter: Parameter) -> String {
    switch self {
    case .english: parameter.text
    case .chinese: parameter.chineseText
    }
  }
}
