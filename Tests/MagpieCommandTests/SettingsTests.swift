import Foundation
import MagpieTerminal
import MagpieView
import Testing

@testable import MagpieCommand

/// The config folder's files. A folder of its own for each test.
@Suite struct SettingsTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("magpie-settings-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("magpie/themes"), withIntermediateDirectories: true)
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent("magpie/" + name))
  }

  private func path(_ name: String) -> String { folder.path + "/magpie/" + name }

  private func lines(_ yaml: String) throws -> [String] {
    do {
      try write(yaml, "config.yaml")
      _ = try Settings(path: path("config.yaml"), themes: ["dark", "nord"])
      return []
    } catch let error as UsageError {
      return error.lines
    }
  }

  /// Runs the built program with this folder.
  private func program(_ words: String...) throws -> Program {
    try Program(words: words, environment: ["XDG_CONFIG_HOME=\(folder.path)", "LC_ALL=C.UTF-8", "TERM=xterm-256color"])
  }

  @Test func everyKeyIsRead() throws {
    try write(
      "theme: nord\ncolor: 24bit\nlanguage: en\nmouse: off\nascii: yes\nhistory: 256M\nframes: 20\n", "config.yaml")
    let settings = try Settings(path: path("config.yaml"), themes: ["dark", "nord"])
    #expect(settings.theme == "nord" && settings.color == .direct && settings.language == .english)
    #expect(settings.history == 256 << 20 && settings.frames == 20)
    #expect(settings.options.isMouseOn == false && settings.options.isASCII == true)
    #expect(settings.options.color == .direct && settings.options.framesPerSecond == 20)
    #expect(try Settings(path: path("none.yaml"), themes: []) == Settings())
    #expect(try lines("color: 16") == [])
  }

  @Test(arguments: [
    ("theme: dark\ncolour: 16", ":2: unknown key 'colour'; did you mean 'color'"),
    ("theme: drak", ":1: theme takes"), ("\ncolor: 17", ":2: color takes"), ("language: xx", ":1: language takes"),
    ("mouse: maybe", ":1: mouse takes on or off"), ("ascii: [on]", ":1: ascii takes"),
    ("history: 12", ":1: history takes"), ("history: 1025G", ":1: history takes"), ("frames: 0", ":1: frames takes"),
    ("frames: 61", ":1: frames takes"), ("- theme", ":1: not lines"),
    ("theme: dark\ntheme: nord", "'theme' stands there twice"),
    ("theme: [", "not YAML"), ("\u{1B}[2J: x", ":1: "),
  ])
  func whatIsWrongIsSaidWithItsLineAndTheWayOut(_ yaml: String, _ words: String) throws {
    let lines = try lines(yaml)
    #expect(lines.first?.contains(path("config.yaml")) == true && lines.first?.contains(words) == true, "\(lines)")
    #expect(lines.last?.contains("--no-config") == true)
    #expect(!lines.joined().unicodeScalars.contains { $0.value < 32 })
  }

  /// The examples of the README, taken out of it.
  @Test func theExamplesOfTheREADMEAreRight() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    func example(of name: String) throws -> [UInt8] {
      let start = try #require(readme.range(of: "\n`\(name)`"))
      let lines = readme[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
      return Array(lines.prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }.joined(separator: "\n").utf8)
    }
    let file = try YAMLMapping(reading: try example(of: "config.yaml"))
    #expect(file.entries.map(\.key) == Settings.keys)
    let settings = try Settings(file, path: "README.md", themes: UserThemes(folder: nil).names)
    #expect(settings.theme == "nord" && settings.frames == 30)
    #expect(try KeyMap(yaml: try example(of: "keys.yaml")).keys(of: .step) == [.character("y"), .character(".")])
  }

  @Test func sizesHaveAUnit() {
    #expect(Settings.bytes("1g") == 1 << 30 && Settings.bytes("2048K") == 2 << 20)
    for text in ["", "M", "-1M", "1.5M", "256", "1T", "9999999999999999999M"] { #expect(Settings.bytes(text) == nil) }
  }

  @Test func aFlagWinsOverTheFile() throws {
    let flags = try LookFlags.parse(["--color", "256", "--mouse", "--no-config"])
    #expect(try flags.checkedColor() == .palette256 && flags.mouse == true && flags.ascii == nil && !flags.config)
    #expect(throws: UsageError.self) { try LookFlags.parse(["--color", "seventeen"]).checkedColor() }
  }

  @Test func theUsersThemesAreThereAndBadOnesAreSkipped() throws {
    let palette = Scheme.keys.map { "  \($0): \"#12161d\"" }.joined(separator: "\n")
    try write("name: My Own\npalette:\n\(palette)", "themes/own.yaml")
    try write("name: Night\nslug: dark\npalette:\n\(palette)", "themes/night.yml")
    try write("name: Bad\npalette:\n  base00: green", "themes/bad.yaml")
    try write("name: Hidden\npalette:\n\(palette)", "themes/.hidden.yaml")
    try Data([0, 1, 0xFF]).write(to: folder.appendingPathComponent("magpie/themes/binary.yaml"))
    try Data(repeating: 0x61, count: 20 << 20).write(to: folder.appendingPathComponent("magpie/themes/huge.yaml"))
    try write(String(repeating: "[", count: 60_000), "themes/deep.yaml")
    #expect(mkfifo(path("themes/pipe.yaml"), 0o600) == 0)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("magpie/themes/folder.yaml"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: path("themes/zero.yaml"), withDestinationPath: "/dev/zero")

    let themes = UserThemes(folder: path("themes"))
    #expect(themes.own == ["dark", "my-own"] && themes.names.first == "dark" && themes.names.last == "my-own")
    #expect(themes.all.first?.name == "Night")
    let problems = themes.problems.map { $0.english.replacingOccurrences(of: folder.path, with: "") }
    #expect(problems.count == 7, "\(problems)")
    for words in [
      "bad.yaml:3: base00 is 'green'", "binary.yaml: not text", "huge.yaml: more than", "deep.yaml:1: nested",
      "pipe.yaml: not a file", "folder.yaml: not a file", "zero.yaml: not a file",
    ] { #expect(problems.contains { $0.contains(words) }, "\(words)") }

    let list = try program("list")
    #expect(list.status == 0 && list.output.contains("my-own") && list.complaint == "")
    #expect(try program("run", "fan-out", "--headless", "--theme", "my-own", "--tasks", "10").status == 0)
    let doctor = try program("doctor")
    #expect(doctor.output.contains("of your own dark, my-own") && doctor.output.contains("bad.yaml:3"))
  }

  @Test func theDoctorSaysWhyAndWhatToDo() throws {
    try write("color: 16\nmouse: off\n", "config.yaml")
    try write("step: [T]\n", "keys.yaml")
    let text = try program("doctor")
    #expect(text.status == 0 && text.complaint == "")
    for words in ["config.yaml has color: 16", "config.yaml has mouse: off", "keys.yaml:1: 'T' would be", "to do: "] {
      #expect(text.output.contains(words), "\(words) in \(text.output)")
    }
    #expect(!text.output.contains(" \n"))

    let json = try program("doctor", "--json")
    #expect(json.status == 0 && json.output.split(separator: "\n").count == 1)
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: [[String: Any]]])
    #expect(Set(object.keys) == ["terminal", "files", "machine"])
    let names = object.values.joined().compactMap { $0["name"] as? String }
    for name in [
      "size", "TERM", "colours", "characters", "mouse", "synchronised output", "config.yaml", "keys.yaml", "themes",
      "CPUs", "open files", "perf",
    ] { #expect(names.contains(name), "\(name)") }
    let keys = try #require(object["files"]?.first { $0["name"] as? String == "keys.yaml" })
    #expect(keys["fine"] as? Bool == false && (keys["advice"] as? String)?.contains("--no-config") == true)
  }

  @Test func theDoctorNamesTheVariableThatDecided() throws {
    func value(_ name: String, _ variables: String...) throws -> String {
      let program = try Program(
        words: ["doctor"], environment: ["XDG_CONFIG_HOME=/nowhere", "TERM=xterm-256color"] + variables)
      return String(program.output.split(separator: "\n").first { $0.contains(" \(name) ") } ?? "")
    }
    #expect(try value("colours", "COLORTERM=truecolor").contains("24 bit: COLORTERM is truecolor"))
    #expect(try value("colours", "NO_COLOR=1").contains("none: NO_COLOR is set"))
    #expect(try value("colours", "NO_COLOR=").contains("256: the description of TERM"))
    #expect(try value("characters", "LC_ALL=C.UTF-8").contains("UTF-8: LC_ALL=C.UTF-8"))
    #expect(try value("characters", "LC_ALL=C").contains("ASCII: LC_ALL=C means"))
    #expect(try value("characters", "LC_ALL=xx_YY.UTF-8").contains("not installed"))
    #expect(try value("TERM", "TERM=no-such").contains("no description"))
    #expect(try value("synchronised output", "TERM_PROGRAM=WezTerm").contains("yes"))
  }
}
