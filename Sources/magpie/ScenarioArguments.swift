import ArgumentParser
import MagpieScenarios

/// The words of a command line that belong to a scenario: its parameters.
enum ScenarioArguments {
  /// The scenario of that name.
  static func scenario(named name: String) throws -> any Scenario.Type {
    if let scenario = Scenarios.named(name) { return scenario }
    throw UsageError.unknown(
      .scenario, name, among: Scenarios.all.map { $0.name }, .listShowsScenarios)
  }

  /// Puts what was typed over `values`, and makes the scenario.
  /// - Parameter flags: those of the command itself.
  static func make(
    _ type: any Scenario.Type, _ words: [String], over values: ParameterValues, flags: [String] = Run.flags
  ) throws -> (values: ParameterValues, scenario: any Scenario) {
    var values = values
    do {
      try values.read(words, for: type.parameters, bytes: RawArguments.bytes(of:))
      return (values, try type.init(values))
    } catch {
      throw explain(error, in: type, flags)
    }
  }

  /// A mistyped flag may as well be the command's own.
  private static func explain(
    _ error: ScenarioError, in type: any Scenario.Type, _ flags: [String]
  ) -> UsageError {
    guard case .unknownParameter(let name, _) = error else { return UsageError(error, in: type) }
    let own = flags + type.parameters.filter { !$0.isPositional }.map(\.label)
    return UsageError(.unknownParameter(printable(name.utf8), nearest: nearestName(to: name, among: own)), in: type)
  }
}

/// The command line as the bytes that it is: Swift repairs what is not UTF-8, and a file of that name would not be found.
enum RawArguments {
  static func bytes(of word: String) -> [UInt8] {
    guard word.unicodeScalars.contains("\u{FFFD}") else { return Array(word.utf8) }
    for index in 1..<Int(CommandLine.argc) {
      guard let argument = CommandLine.unsafeArgv[index] else { break }
      let bytes = UnsafeRawBufferPointer(start: argument, count: length(argument))
      if String(decoding: bytes, as: UTF8.self) == word { return Array(bytes) }
    }
    return Array(word.utf8)
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var length = 0
    while text[length] != 0 { length += 1 }
    return length
  }
}
