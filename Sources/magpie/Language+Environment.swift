import MagpieTerminal
import MagpieView

extension Language {
  /// The language that the environment asks for, as POSIX has it: the first of LC_ALL, LC_MESSAGES and LANG that is not empty.
  /// English where its words cannot be written, and for every language that magpie does not speak.
  ///
  /// - Parameters:
  ///   - variables: the environment.
  ///   - isUTF8: whether the locale's characters are UTF-8.
  init(environment variables: [String: String], isUTF8: Bool) {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { variables[$0] }.first { !$0.isEmpty } ?? ""
    // `zh_CN.UTF-8`, `zh@pinyin`: the language comes first.
    let name = locale.prefix { $0.isASCII && $0.isLetter }
    let language = Language(rawValue: name.lowercased()) ?? .english
    self = isUTF8 || language.isASCII ? language : .english
  }

  /// The language of this process.
  static var ofEnvironment: Language {
    var variables: [String: String] = [:]
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] { variables[name] = environment(name) }
    return Language(environment: variables, isUTF8: Abilities.codeset.uppercased() == "UTF-8")
  }

  /// The language in which the command talks: the one that `--lang` names, else what the environment asks for. The parser asks for
  /// words before it has read `--lang`, so this looks for itself.
  static let spoken = Language(words: CommandLine.arguments.dropFirst()) ?? .ofEnvironment

  /// The language that the last `--lang` of a command line names; nil where none does.
  init?(words: some Sequence<String>) {
    var name: Substring?
    var isNext = false
    for word in words.prefix(while: { $0 != "--" }) {
      if isNext { name = word[...] }
      isNext = word == "--lang"
      if word.hasPrefix("--lang=") { name = word.dropFirst("--lang=".count) }
    }
    guard let name, let language = Language(rawValue: String(name)) else { return nil }
    self = language
  }

  /// The language that `--lang` names; what the environment asks for without it.
  static func named(_ name: String?) throws -> Language {
    guard let name else { return ofEnvironment }
    if let language = Language(rawValue: name) { return language }
    let names = allCases.map(\.rawValue)
    throw UsageError.unknown(.language, name, among: names, .thereAre(names))
  }
}
