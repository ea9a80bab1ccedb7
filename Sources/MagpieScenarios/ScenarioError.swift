public import MagpieTrace

/// Why a scenario cannot be made from what was given.
public enum ScenarioError: Error, Equatable {
  case unknownParameter(String, nearest: String?)
  case unexpectedArgument(String)
  case missingValue(Parameter)
  case missingArgument(Parameter)
  case badValue(Parameter, given: String)
  case outOfRange(Parameter, given: String)
  case emptyPattern
  case patternWithNewline
  case noSuchPath(String, SystemError)
  case cannotServe(String, SystemError)
  case cannotListen(port: Int, SystemError, wayOut: WayOutOfListening?)
}

/// Why a port cannot be had, where that tells what to do.
public enum WayOutOfListening: Sendable, Equatable {
  case isTaken, isPrivileged
}

extension ScenarioError: CustomStringConvertible {
  /// What is wrong, in one line without an end.
  public var description: String {
    switch self {
    case .unknownParameter(let name, let nearest?): "unknown option '\(name)'; did you mean '\(nearest)'?"
    case .unknownParameter(let name, nil): "unknown option '\(name)'"
    case .unexpectedArgument(let argument): "unexpected argument '\(argument)'"
    case .missingValue(let parameter): "\(parameter.label) needs a value: \(parameter.expectation)"
    case .missingArgument(let parameter): "\(parameter.label) is missing: \(parameter.text)"
    case .badValue(let parameter, let given): "\(parameter.label) takes \(parameter.expectation), not '\(given)'"
    case .outOfRange(let parameter, let given): "\(parameter.label) takes \(parameter.expectation), not \(given)"
    case .emptyPattern: "the pattern is empty: every line would match; give at least one character"
    case .patternWithNewline: "the pattern contains a line break: search for one line's text at a time"
    case .noSuchPath(let path, let reason): "cannot search '\(path)': \(reason.text)"
    case .cannotServe(let path, let reason): "cannot serve '\(path)': \(reason.text)"
    case .cannotListen(let port, let reason, .isTaken?):
      "cannot listen on port \(port): \(reason.text): another program listens there; --port 0 takes any free port"
    case .cannotListen(let port, let reason, .isPrivileged?):
      "cannot listen on port \(port): \(reason.text): ports below 1024 are the system's; take one from 1024 on, or --port 0 for any "
        + "free one"
    case .cannotListen(let port, let reason, nil): "cannot listen on port \(port): \(reason.text)"
    }
  }
}
