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
    self = language.canBeWritten(isUTF8) ? language : .english
  }

  private func canBeWritten(_ isUTF8: Bool) -> Bool { isUTF8 || isASCII }

  /// The language of this process.
  static var ofEnvironment: Language {
    var variables: [String: String] = [:]
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] { variables[name] = environment(name) }
    return Language(environment: variables, isUTF8: isUTF8)
  }

  private static var isUTF8: Bool { Abilities.codeset.uppercased() == "UTF-8" }

  /// The language in which the command talks: the one that `--lang` names, else the one of `config.yaml`, else what the environment
  /// asks for. The parser asks for words before it has read `--lang`, so this looks for itself.
  static let spoken =
    Language(words: CommandLine.arguments.dropFirst()) ?? ofSettings(CommandLine.arguments.dropFirst())
    ?? .ofEnvironment

  /// The language of `config.yaml`, if the file is to be read, names one, and that can be written. What else is in it, and what is wrong
  /// with it, is for those to say who need it.
  private static func ofSettings(_ words: some Sequence<String>) -> Language? {
    let isAsked = words.prefix { $0 != "--" }.last { $0 == "--config" || $0 == "--no-config" } != "--no-config"
    guard isAsked, let path = UserFiles.path("config.yaml"), let bytes = try? UserFiles.contents(of: path),
      let file = try? YAMLMapping(reading: bytes), let entry = file.entries.last(where: { $0.key == "language" }),
      let language = entry.value.text.flatMap({ Language(rawValue: $0) }), language.canBeWritten(isUTF8)
    else { return nil }
    return language
  }

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

  /// The language that `--lang` names; without it the one in which the command talks.
  static func named(_ name: String?) throws -> Language {
    guard let name else { return spoken }
    if let language = Language(rawValue: name) { return language }
    let names = allCases.map(\.rawValue)
    throw UsageError.unknown(.language, name, among: names, .thereAre(names))
  }
}
