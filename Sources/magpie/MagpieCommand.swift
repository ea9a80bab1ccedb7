import ArgumentParser
import Glibc

/// The command: parses arguments and wires the houses together.
@main
struct MagpieCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "magpie",
    abstract: "A real M:P:N scheduler that you can watch.",
    discussion: "Without a command, shows the tour. `magpie list` says what else there is.",
    subcommands: [Run.self, Simulate.self, LessonCommand.self, Bench.self, List.self, Doctor.self],
    defaultSubcommand: Run.self)

  static func main() {
    Glibc.exit(status(of: Array(CommandLine.arguments.dropFirst())))
  }

  /// Carries the words out. Standard output is data, standard error is talk.
  /// - Returns: 0 fine, 1 the run found something wrong, 2 wrong usage.
  static func status(of words: [String]) -> Int32 {
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
        complain(["\(message(for: error))", "`magpie --help` and `magpie COMMAND --help` say what there is."])
        return 2
      }
      print(fullMessage(for: error))
      return 0
    }
  }
}

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
