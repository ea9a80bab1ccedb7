/// What the parser of the command line found wrong. It tells that in English words alone, of which the commonest are known here;
/// the others are passed on as they are.
enum ParserMessage: Sendable, Equatable {
  case unknownOption(String, nearest: String?)
  case missingValue(String)
  case invalidValue(String, option: String)
  case unexpectedArgument(String)
  case takesNoValue(String, given: String)
  /// As the parser lists them: `'a', 'b'`.
  case unexpectedArguments(String, count: String)
  case invalidOption(String)
  /// nil: it is not known which shell this is.
  case noCompletions(shell: String?)
  case other(String)

  init(_ message: String) {
    func parts(_ pattern: Regex<(Substring, Substring)>) -> String? {
      (try? pattern.wholeMatch(in: message)).map { String($0.1) }
    }
    func pair(_ pattern: Regex<(Substring, Substring, Substring)>) -> (String, String)? {
      (try? pattern.wholeMatch(in: message)).map { (String($0.1), String($0.2)) }
    }
    if let (name, nearest) = pair(/Unknown option '(.*)'\. Did you mean '(.*)'\?/) {
      self = .unknownOption(name, nearest: nearest)
    } else if let name = parts(/Unknown option '(.*)'/) {
      self = .unknownOption(name, nearest: nil)
    } else if let option = parts(/Missing value for '(.*)'/) {
      self = .missingValue(option)
    } else if let (value, option) = pair(/The value '(.*)' is invalid for '(.*)'/) {
      self = .invalidValue(value, option: option)
    } else if let argument = parts(/Unexpected argument '(.*)'/) {
      self = .unexpectedArgument(argument)
    } else if let (option, value) = pair(/The option '(.*)' does not take any value, but '(.*)' was specified\./) {
      self = .takesNoValue(option, given: value)
    } else if let (count, arguments) = pair(/([0-9]+) unexpected arguments: (.*)/) {
      self = .unexpectedArguments(arguments, count: count)
    } else if let option = parts(/Invalid option: (.*)/) {
      self = .invalidOption(option)
    } else if let shell = parts(/Can't generate completion scripts for '(.*)'\.[\s\S]*/) {
      self = .noCompletions(shell: shell)
    } else if message.hasPrefix("Can't autodetect a supported shell.") {
      self = .noCompletions(shell: nil)
    } else {
      self = .other(message)
    }
  }

  var english: String {
    switch self {
    case .unknownOption(let name, let nearest?): "Unknown option '\(name)'. Did you mean '\(nearest)'?"
    case .unknownOption(let name, nil): "Unknown option '\(name)'"
    case .missingValue(let option): "Missing value for '\(option)'"
    case .invalidValue(let value, let option): "The value '\(value)' is invalid for '\(option)'"
    case .unexpectedArgument(let argument): "Unexpected argument '\(argument)'"
    case .takesNoValue(let option, let given):
      "The option '\(option)' does not take any value, but '\(given)' was specified."
    case .unexpectedArguments(let arguments, let count): "\(count) unexpected arguments: \(arguments)"
    case .invalidOption(let option): "Invalid option: \(option)"
    case .noCompletions(let shell):
      (shell.map { "No completions for '\($0)'" } ?? "Which shell this is is not known") + Self.wayOut
    case .other(let message): message
    }
  }

  private static let wayOut = ": --generate-completion-script bash, zsh or fish"

  var chinese: String {
    switch self {
    case .unknownOption(let name, let nearest?): "未知的选项 '\(name)'；是不是 '\(nearest)'？"
    case .unknownOption(let name, nil): "未知的选项 '\(name)'"
    case .missingValue(let option): "'\(option)' 缺少值"
    case .invalidValue(let value, let option): "'\(value)' 不是 '\(option)' 的有效值"
    case .unexpectedArgument(let argument): "多余的参数 '\(argument)'"
    case .takesNoValue(let option, let given): "选项 '\(option)' 不接受值，却给了 '\(given)'"
    case .unexpectedArguments(let arguments, let count): "\(count) 个多余的参数：\(arguments)"
    case .invalidOption(let option): "无效的选项：\(option)"
    case .noCompletions(let shell):
      (shell.map { "没有 '\($0)' 的补全脚本" } ?? "不知道这是哪种 shell") + "：--generate-completion-script bash、zsh 或 fish"
    case .other(let message): message
    }
  }
}
