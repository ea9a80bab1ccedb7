import Glibc
import MagpieView

/// The parser's help in the language in which the command talks.
///
/// What it says of the commands comes from `HelpPhrase`; its own few words are English, and it counts characters where it breaks lines.
/// In Chinese, of which a character takes two columns and no space parts the words, it is asked for lines of any length, and they are
/// worded and broken here.
enum HelpText {
  /// Where the parser has the words about an option begin.
  private static let column = 26

  /// Has the parser write lines of any length, if they are to be broken here. It takes the width from a variable that others take it
  /// from as well, so that is as it was afterwards.
  static func unbroken(_ language: Language = .spoken, _ text: () -> String) -> String {
    guard language == .chinese else { return text() }
    let columns = environment("COLUMNS")
    setenv("COLUMNS", "100000", 1)
    defer { if let columns { setenv("COLUMNS", columns, 1) } else { unsetenv("COLUMNS") } }
    return text()
  }

  /// - Parameter text: the parser's, `unbroken`.
  static func worded(_ text: String, _ language: Language = .spoken, width: Int = width) -> String {
    guard language == .chinese else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.flatMap { chinese($0, width: width) }.joined(separator: "\n")
  }

  /// As wide as the terminal, if there is one.
  static var width: Int { max(Facts.terminalSize?.columns ?? 80, 60) }

  private static let headings = [
    "OVERVIEW: ": "概述：", "USAGE: ": "用法：", "ARGUMENTS:": "参数：", "OPTIONS:": "选项：", "SUBCOMMANDS:": "子命令：",
  ]

  private static func chinese(_ line: Substring, width: Int) -> [String] {
    for (english, chinese) in headings where line.hasPrefix(english) {
      return wrapped(chinese + String(line.dropFirst(english.count)), after: "", width: width)
    }
    if let (_, command) = try? #/  See '(.*)' for detailed help\./#.wholeMatch(in: line)?.output {
      return ["  详见 '\(command)'。"]
    }
    guard line.hasPrefix("  "), let label = label(of: line) else {
      return wrapped(worded(line), after: "", width: width)
    }
    let text = worded(line.dropFirst(label.count).drop { $0 == " " })
    let name = String(label).replacing(" (default)", with: "（默认）")
    return wrapped(text, after: name, width: width)
  }

  /// `  --procs <N>`: what stands before the words; nil where there are none beside it.
  private static func label(of line: Substring) -> Substring? {
    guard let gap = line.dropFirst(2).firstRange(of: "  ") else { return line.hasPrefix("   ") ? nil : line }
    return line[..<gap.lowerBound]
  }

  private static func worded(_ text: Substring) -> String {
    var text = String(text)
    if text.hasPrefix("Show ") { text = text.replacing(/^Show (subcommand )?help information\./, with: "显示帮助。") }
    text.replace(#/ ?\(default: ([^)]*)\)/#) { "（默认：\($0.output.1)）" }
    return text
  }

  private static func wrapped(_ text: String, after label: String, width: Int) -> [String] {
    let indent = label.isEmpty ? 0 : column
    let space = String(repeating: " ", count: indent)
    let lines = Canvas.wrap(text, width: width - indent).map { space + $0 }
    let length = Canvas.width(of: label)
    guard length > 0 else { return lines.isEmpty ? [""] : lines }
    guard length < indent, let first = lines.first else { return [label] + lines }
    let rest = String(repeating: " ", count: indent - length)
    return [label + rest + first.dropFirst(indent)] + lines.dropFirst()
  }
}
