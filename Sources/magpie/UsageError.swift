import MagpieScenarios
import MagpieView

/// Wrong usage: a line that names the thing, and at most five that show the way out.
struct UsageError: Error, Equatable {
  let phrases: [CommandPhrase]

  init(_ phrases: CommandPhrase...) { self.phrases = phrases }

  /// What a scenario refuses.
  init(_ error: ScenarioError, in scenario: any Scenario.Type) {
    var phrases: [CommandPhrase] = [.scenario(scenario.name, error)]
    if case .unknownParameter = error, let text = scenario.parameters.first(where: { $0.kind == .text }) {
      phrases.append(.dashesFirst(parameter: text.name))
    }
    self.phrases = phrases + [.runHelp(scenario: scenario.name)]
  }

  /// A name that nothing has.
  static func unknown(
    _ named: CommandPhrase.Named, _ name: String, among names: [String], _ wayOut: CommandPhrase
  ) -> UsageError {
    let name = printable(name.utf8)
    return UsageError(.unknown(named, name, nearest: nearestName(to: name, among: names)), wayOut)
  }

  /// In the words of a language.
  func lines(in language: Language) -> [String] { phrases.map { language($0) } }

  /// In the language in which the command talks.
  var lines: [String] { lines(in: .spoken) }
}
