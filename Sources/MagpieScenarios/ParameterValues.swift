import MagpieTrace

/// A value for each parameter of a scenario.
public struct ParameterValues: Sendable, Equatable {
  private var values: [String: ParameterValue] = [:]

  /// The defaults; what has none is missing until it is set.
  public init(defaultsOf parameters: [Parameter]) {
    for parameter in parameters { values[parameter.name] = parameter.defaultValue }
  }

  /// The small size that simulation uses; paths are missing until they are set.
  public init(smallOf parameters: [Parameter]) {
    for parameter in parameters { values[parameter.name] = parameter.smallValue }
  }

  public subscript(_ parameter: Parameter) -> ParameterValue? {
    get { values[parameter.name] }
    set { values[parameter.name] = newValue }
  }

  public subscript(_ name: String) -> ParameterValue? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// The whole number called `name`, which the scenario declares with a default.
  public func integer(_ name: String) -> Int {
    guard case .integer(let value) = values[name] else { preconditionFailure("no whole number is called \(name)") }
    return value
  }

  /// The time called `name`, which the scenario declares with a default.
  public func duration(_ name: String) -> Duration {
    guard case .duration(let value) = values[name] else { preconditionFailure("no time is called \(name)") }
    return value
  }

  /// Sets the parameter from what was typed.
  /// - Parameter bytes: the same as it was typed, where that is more than `given` can hold.
  public mutating func set(
    _ parameter: Parameter, to given: String, bytes: [UInt8]? = nil
  ) throws(ScenarioError) {
    let number: Int
    switch parameter.kind {
    case .path:
      values[parameter.name] = .bytes(bytes ?? Array(given.utf8))
      return
    case .integer:
      guard let value = Int(given) else { throw .badValue(parameter, given: given) }
      values[parameter.name] = .integer(value)
      number = value
    case .duration:
      guard let value = Duration(text: given) else { throw .badValue(parameter, given: given) }
      values[parameter.name] = .duration(value)
      number = Int(value.nanoseconds)
    case .text, .paths:
      preconditionFailure("\(parameter.name) is given by position")
    }
    if let range = parameter.range, !range.contains(number) { throw .outOfRange(parameter, given: given) }
  }

  /// Reads the words of a command line: `--name value`, `--name=value`, and the rest by position; after `--` only that.
  /// - Parameter bytes: the bytes of a word as they were typed; those of its UTF-8 unless the caller knows better.
  public mutating func read(
    _ words: [String], for parameters: [Parameter], bytes: (String) -> [UInt8] = { Array($0.utf8) }
  ) throws(ScenarioError) {
    var positions: [String] = []
    var index = words.startIndex
    while index < words.endIndex {
      let word = words[index]
      index += 1
      if word == "--" {
        positions += words[index...]
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        positions.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let flags = parameters.filter { !$0.isPositional }
      guard let parameter = flags.first(where: { $0.label == parts[0] }) else {
        throw .unknownParameter(String(parts[0]), nearest: nearestName(to: String(parts[0]), among: flags.map(\.label)))
      }
      if parts.count == 2 {
        try set(parameter, to: String(parts[1]), bytes: Array(bytes(word).dropFirst(parts[0].utf8.count + 1)))
      } else if index < words.endIndex {
        try set(parameter, to: words[index], bytes: bytes(words[index]))
        index += 1
      } else {
        throw .missingValue(parameter)
      }
    }
    try place(positions, among: parameters.filter(\.isPositional), bytes: bytes)
    for parameter in parameters where values[parameter.name] == nil { throw .missingArgument(parameter) }
  }

  private mutating func place(
    _ words: [String], among parameters: [Parameter], bytes: (String) -> [UInt8]
  ) throws(ScenarioError) {
    var words = words[...]
    for parameter in parameters where !words.isEmpty {
      if parameter.kind == .paths {
        values[parameter.name] = .paths(words.map(bytes))
        words = []
      } else {
        values[parameter.name] = .bytes(bytes(words.removeFirst()))
      }
    }
    if let word = words.first { throw .unexpectedArgument(word) }
  }

  /// The words that set these values where they differ from the defaults: what to type to have the same run again.
  public func words(for parameters: [Parameter]) -> [String] {
    var flags: [String] = []
    var positions: [String] = []
    for parameter in parameters {
      guard let value = values[parameter.name], value != parameter.defaultValue else { continue }
      switch value {
      case .integer, .duration: flags += [parameter.label, value.text]
      case .bytes(let bytes) where !parameter.isPositional:
        flags += [parameter.label, String(decoding: bytes, as: UTF8.self)]
      case .bytes(let bytes): positions.append(String(decoding: bytes, as: UTF8.self))
      case .paths(let paths): positions += paths.map { String(decoding: $0, as: UTF8.self) }
      }
    }
    let needsDashes = positions.contains { $0.hasPrefix("-") }
    return flags + (needsDashes ? ["--"] : []) + positions
  }
}
