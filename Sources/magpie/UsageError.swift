import ArgumentParser
import MagpieScenarios

/// Wrong usage: a line that names the thing, and at most five that show the way out.
struct UsageError: Error, Equatable {
  let lines: [String]

  init(_ lines: String...) { self.lines = lines }

  /// What a scenario refuses.
  init(_ error: ScenarioError, in scenario: any Scenario.Type) {
    var lines = ["\(scenario.name): \(error)"]
    if case .unknownParameter = error, let text = scenario.parameters.first(where: { $0.kind == .text }) {
      lines.append("A \(text.name) that begins with '-' comes after '--'.")
    }
    self.lines = lines + ["`magpie run \(scenario.name) --help` shows what it takes."]
  }

  /// A name that nothing has.
  static func unknown(_ what: String, _ name: String, among names: [String], list: String) -> UsageError {
    let name = printable(name.utf8)
    if let nearest = nearestName(to: name, among: names) {
      return UsageError("unknown \(what) '\(name)'; did you mean '\(nearest)'?", list)
    }
    return UsageError("unknown \(what) '\(name)'", list)
  }
}
