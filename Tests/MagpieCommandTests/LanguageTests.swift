import MagpieView
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
}
