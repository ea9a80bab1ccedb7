import Foundation
import MagpieScenarios
import MagpieView
import TestSupport
import Testing

@testable import MagpieCommand

/// Which language is spoken: `--lang`, else what the environment asks for.
@Suite struct LanguageTests {
  static let environments: [(variables: [String: String], language: Language)] = [
    ([:], .english),
    (["LANG": "zh_CN.UTF-8"], .chinese),
    (["LANG": "zh"], .chinese),
    (["LANG": "zh_TW.utf8"], .chinese),
    (["LANG": "zha_CN.UTF-8"], .english),
    (["LANG": "de_DE.UTF-8"], .english),
    (["LANG": "C.UTF-8"], .english),
    (["LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"], .chinese),
    (["LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"], .english),
    (["LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LANG": "en_US.UTF-8"], .chinese),
    (["LC_ALL": "C.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"], .english),
    (["LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"], .chinese),
    (["LANG": "\u{1B}[2J中"], .english),
  ]

  @Test("The first variable that is set decides", arguments: environments)
  func theFirstVariableDecides(variables: [String: String], language: Language) {
    #expect(Language(environment: variables, isUTF8: true) == language)
    #expect(Language(environment: variables, isUTF8: false) == .english)
  }

  @Test func theOptionGoesBeforeTheEnvironment() throws {
    #expect(try Language.named("zh") == .chinese)
    #expect(try Language.named("en") == .english)
  }

  @Test func anUnknownLanguageIsNamedWithThoseThatThereAre() {
    let error = #expect(throws: UsageError.self) { try Language.named("xx") }
    #expect(error?.lines.first?.contains("'xx'") == true)
    #expect(error?.lines.last?.contains("en, zh") == true)
  }

  @Test func theLinesOfARunAreInTheLanguageThatIsAskedFor() throws {
    let words = ["run", "ping-pong", "--simulate", "--seed", "3", "--rounds", "2", "--text", "--lang"]
    let english = try Program(words: words + ["en"])
    let chinese = try Program(words: words + ["zh"])
    #expect(english.status == 0 && chinese.status == 0, "\(chinese.complaint)")
    #expect(english.output.contains(" is created: ") && !english.output.contains("创建"))
    #expect(chinese.output.contains("创建：") && !chinese.output.contains("is created"))
    // The same events, told in other words.
    #expect(english.output.split(separator: "\n").count == chinese.output.split(separator: "\n").count)
  }

  @Test("The last --lang before `--` is the one in which the command talks")
  func spoken() {
    #expect(Language(words: ["run", "--lang", "zh"]) == .chinese)
    #expect(Language(words: ["--lang=zh", "run", "--lang", "en"]) == .english)
    #expect(Language(words: ["run", "grep", "--", "--lang", "zh"]) == nil)
    #expect(Language(words: ["run", "--lang"]) == nil)
    #expect(Language(words: ["run", "--lang", "xx"]) == nil)
  }

  @Test("Whatever is wrong is told in Chinese, and names the same things", arguments: UsageTests.wrong)
  func errors(_ wrong: UsageTests.Wrong) throws {
    guard !wrong.words.contains("--lang") else { return }
    // What a scenario may not be given goes after `--`; the language before it.
    let program = try Program(words: ["--lang", "zh"] + wrong.words)
    let english = try Program(words: wrong.words)
    #expect(program.status == 2)
    #expect(program.output == "")
    #expect(program.complaintLines.count == english.complaintLines.count)
    for line in program.complaintLines { #expect(line.hasChinese, "\(line)") }
    // The others that a case names are words of English.
    for name in wrong.named where name.hasPrefix("--") || wrong.words.contains(name) {
      #expect(program.complaint.contains(name), "\(name): \(program.complaint)")
    }
  }

  @Test("The environment chooses the language of errors, lists and help")
  func environment() throws {
    let variables = ["LANG=C.UTF-8", "LC_MESSAGES=zh_CN.UTF-8"]
    #expect(try Program(words: ["run", "nonesuch"], environment: variables).complaint.hasChinese)
    #expect(try Program(words: ["list"], environment: variables).output.hasChinese)
    #expect(try Program(words: ["--help"], environment: variables).output.hasChinese)
    #expect(try !Program(words: ["--help"], environment: ["LANG=C.UTF-8"]).output.hasChinese)
  }

  @Test("The configuration file chooses it too, before the environment and after --lang")
  func settings() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/magpie", withIntermediateDirectories: true)
    func isChinese(_ words: String..., file: String = "language: zh", locale: String = "C.UTF-8") throws -> Bool {
      try file.write(toFile: folder.path + "/magpie/config.yaml", atomically: true, encoding: .utf8)
      let environment = ["LC_ALL=\(locale)", "XDG_CONFIG_HOME=\(folder.path)"]
      return try Program(words: words, environment: environment).complaint.hasChinese
    }
    #expect(try isChinese("run", "nonesuch"))
    #expect(try isChinese("run", "nonesuch", file: "theme: nord\nlanguage: zh\nframes: 999"))
    #expect(try !isChinese("run", "nonesuch", "--lang", "en"))
    #expect(try !isChinese("run", "nonesuch", "--no-config"))
    #expect(try isChinese("run", "nonesuch", "--no-config", "--config"))
    // Where its characters cannot be written, or the file cannot be read, it is as if it said nothing.
    #expect(try !isChinese("run", "nonesuch", locale: "C"))
    for file in ["language: xx", "language: [zh]", "a: [", "\u{0}language: zh"] {
      #expect(try !isChinese("run", "nonesuch", file: file))
    }
  }

  @Test(
    "Every line of help is in Chinese, and none is wider than 80 columns",
    arguments: [[], ["run"], ["simulate"], ["lesson"], ["bench"], ["list"], ["doctor"], ["run", "fan-out"]])
  func help(command: [String]) throws {
    let chinese = try Program(words: command + ["--help", "--lang", "zh"]).output
    let english = try Program(words: command + ["--help"]).output
    for line in chinese.split(separator: "\n") {
      #expect(Canvas.width(of: line) <= 80, "\(line)")
      for word in ["OVERVIEW", "USAGE", "OPTIONS", "ARGUMENTS", "SUBCOMMANDS", "(default", "Show ", "See "] {
        #expect(!line.contains(word), "\(line)")
      }
      // A line of words is one of Chinese; others go on with a list of names, or are a line of usage.
      let words = line.split(separator: " ").filter { $0.allSatisfy { $0.isLetter && $0.isASCII } }
      #expect(words.count < 3 || line.hasChinese, "\(line)")
    }
    // The same options, in the same order.
    func options(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { $0.hasPrefix("  -") }.compactMap { $0.split(separator: " ").first }
    }
    #expect(options(chinese) == options(english))
  }

  @Test("All scenarios and their parameters have words in Chinese")
  func scenarios() throws {
    for scenario in Scenarios.all {
      #expect(scenario.chineseText.hasChinese && !scenario.text.hasChinese, "\(scenario.name)")
      for parameter in scenario.parameters {
        #expect(parameter.chineseText.hasChinese && !parameter.text.hasChinese, "\(scenario.name) \(parameter.name)")
      }
    }
    #expect(try Program("list", "--json", "--lang", "zh").output == Program("list", "--json").output)
  }

  @Test("The doctor says the same things in both languages, and to programs in one")
  func doctor() throws {
    let chinese = try Program("doctor", "--lang", "zh")
    let english = try Program("doctor")
    #expect(chinese.output.hasChinese && !english.output.hasChinese)
    #expect(chinese.output.split(separator: "\n").count == english.output.split(separator: "\n").count)
    #expect(try Program("doctor", "--json", "--lang", "zh").output == Program("doctor", "--json").output)
  }

  @Test(
    "What a slip of the hand does to a file is told in Chinese alone",
    arguments: [
      "a: [", "a: b: c", "a: \"x", "- a\nb: c", "a: {b: 1", "a\nb: 1", "\ta: 1", "a: @x", #"a: "\q""#, "a: 1\n  b: 2",
      "a: &",
      "a: 1\na: 2", "a: !!", "a: *x", "? - a\n b", "a: \u{1}", "a:\n - 1\n b: 2", "a: !x! y", "%YAML",
    ])
  func slips(text: String) {
    #expect {
      _ = try YAMLMapping(reading: Array(text.utf8))
    } throws: { error in
      let words = Language.chinese(CommandPhrase.isNotYAML("", try #require(error as? YAMLError)))
      return words.hasChinese && words.matches(of: /[a-z]{4,}/).isEmpty
    }
  }

  @Test("Files with mistakes are told of in Chinese")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("magpie-\(UUID())")
    let files = folder.appendingPathComponent("magpie")
    try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [
      ("config.yaml", "frames: 900"), ("keys.yaml", "stepp: x"), ("config.yaml", "a: ["),
      ("config.yaml", "frames: 1\nframes: 2"),
    ] {
      try text.write(to: files.appendingPathComponent(name), atomically: true, encoding: .utf8)
      let doctor = try Program(
        words: ["doctor", "--lang", "zh"], environment: ["LANG=C.UTF-8", "XDG_CONFIG_HOME=\(folder.path)"])
      #expect(doctor.output.contains("有错"), "\(doctor.output)")
      for line in doctor.output.split(separator: "\n") where line.contains("\(name):") {
        #expect(line.hasChinese, "\(line)")
      }
    }
  }
}
