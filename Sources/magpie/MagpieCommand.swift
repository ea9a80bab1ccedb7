import ArgumentParser
import Glibc
import MagpieBench
import MagpieSession
import MagpieView

/// The command: parses arguments and wires the houses together.
@main
struct MagpieCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "magpie",
    abstract: help(.magpie),
    discussion: help(.magpieMore),
    subcommands: [
      Run.self, Compare.self, Simulate.self, LessonCommand.self, LabCommand.self, Bench.self, List.self, Doctor.self,
    ],
    defaultSubcommand: Run.self)

  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    if let status = TaskHostProgram.run(words) ?? LabHost.run(words) { Glibc.exit(status) }
    Glibc.exit(status(of: words))
  }

  /// Carries the words out. Standard output is data, standard error is talk.
  /// - Returns: 0 fine, 1 the run found something wrong, 2 wrong usage.
  static func status(of words: [String]) -> Int32 {
    let words = languageLast(words)
    do {
      if try ScenarioHelp.print(for: words) { return 0 }
      var command = try parseAsRoot(words)
      try command.run()
      return 0
    } catch let error as UsageError {
      complain(error.lines)
      return 2
    } catch let status as ExitCode {
      return status.rawValue
    } catch {
      // Help was asked for, or the parser found fault; its 64 is everyone else's 2.
      guard exitCode(for: error).isSuccess else {
        complain(.parser(ParserMessage(message(for: error))), .helpSays)
        return 2
      }
      print(HelpText.worded(HelpText.unbroken { fullMessage(for: error) }))
      return 0
    }
  }
}

extension MagpieCommand {
  /// The words with `--lang L` where the parser takes it: after the command. Without a command it would mean `run`, whose help is not
  /// that of magpie.
  static func languageLast(_ words: [String]) -> [String] {
    var language: [String] = []
    var others: [String] = []
    for word in words {
      let isValue = language == ["--lang"]
      if isValue || word == "--lang" || word.hasPrefix("--lang=") { language.append(word) } else { others.append(word) }
    }
    switch others.first {
    case "--help", "-h", "help": return others
    case let first? where configuration.subcommands.contains { $0._commandName == first } && words.first != first:
      return [first] + language + others.dropFirst()
    default: return words
    }
  }
}

/// Says something on standard error, in the language in which the command talks.
func complain(_ phrases: CommandPhrase...) { complain(phrases.map { Language.spoken($0) }) }

/// Prints something for a reader, in that language.
func say(_ phrase: CommandPhrase) { print(Language.spoken(phrase)) }

/// Writes lines to standard error, the first under the program's name.
func complain(_ lines: [String]) {
  writeToStandardError("magpie: " + lines.joined(separator: "\n  ") + "\n")
}

func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = write(STDERR_FILENO, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written <= 0 { return }
      rest = rest.dropFirst(written)
    }
  }
}
