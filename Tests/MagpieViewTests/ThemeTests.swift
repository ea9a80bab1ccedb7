import Testing
import Themes

@testable import MagpieView

@Suite struct ThemeTests {
  private static let palette = Scheme.keys.map { "  \($0): \"#12161d\"" }.joined(separator: "\n")

  @Test func theEmbeddedThemesParseAndCanBeRead() throws {
    let themes = try Theme.embedded()
    #expect(themes.prefix(2).map(\.slug) == ["dark", "light"])
    #expect(themes.count >= 15 && Set(themes.map(\.slug)).count == themes.count)
    #expect(zip(themes, Themes.files).allSatisfy { $0.slug + ".yaml" == $1.name })
    for theme in themes {
      for role in Role.allCases where role != .rule && role != .inverse {
        for ground in [Ground.screen, .bar, .chip, .selected, .running] {
          let colors = theme.colors(of: Style(role, on: ground))
          #expect(colors.foreground.contrast(with: colors.background) >= 4.5, "\(theme.slug) \(role) on \(ground)")
        }
      }
      for ground in [Ground.live, .held, .steal, .error, .back] {
        let colors = theme.colors(of: Style(.inverse, on: ground))
        #expect(colors.foreground.contrast(with: colors.background) >= 4.5, "\(theme.slug) inverse on \(ground)")
      }
    }
  }

  /// What a fiber does is told by its word and place, too; but where there are colours they should not be the same.
  @Test func statesThatStandSideBySideHaveColoursOfTheirOwn() throws {
    for theme in try Theme.embedded() {
      let roles: [Role] = [.running, .runnable, .steal, .blocked, .waiting, .timer, .error]
      let colors = roles.map { theme.colors(of: Style($0)).foreground }
      #expect(Set(colors).count == roles.count, "\(theme.slug): \(colors)")
    }
  }

  @Test func wrongFilesSayWhatIsWrongWhere() {
    func error(_ yaml: String) -> ThemeError? {
      do {
        _ = try Scheme(yaml: Array(yaml.utf8), file: "x.yaml")
        return nil
      } catch {
        return error
      }
    }
    #expect(error("name: A\npalette:\n\(Self.palette)") == nil)
    guard case .notYAML("x.yaml", .syntax(let line, _)) = error("name: [") else { return #expect(Bool(false)) }
    #expect(line <= 2)
    #expect(error("just text") == .notYAML(file: "x.yaml", .notAMapping(line: 1)))
    #expect(error("palette:\n\(Self.palette)") == .missing(file: "x.yaml", line: 1, key: "name"))
    #expect(
      error("name: A\npalette:\n" + Self.palette.replacing("  base0B: \"#12161d\"\n", with: ""))
        == .missing(file: "x.yaml", line: 2, key: "base0B"))
    #expect(
      error("name: A\npalette:\n" + Self.palette.replacing("base03: \"#12161d\"", with: "base03: green"))
        == .notAColor(file: "x.yaml", line: 6, key: "base03", value: "green"))
    let hostile = ThemeError.notAColor(file: "x.yaml", line: 6, key: "base03", value: "\u{1B}[2J")
    let words = Language.english(hostile.phrase)
    #expect(words.contains("x.yaml:6") && words.contains("base03") && !words.contains("\u{1B}"))
  }

  @Test func digitsOnlyAndLegacyFilesAreRead() throws {
    let yaml = "scheme: Old\n" + Scheme.keys.map { "\($0): 123456" }.joined(separator: "\n")
    let scheme = try Scheme(yaml: Array(yaml.utf8), file: "x.yaml")
    #expect(scheme.slug == "old" && scheme.colors[5] == Color(rgb: 0x123456))
  }

  @Test("Of base24 the first sixteen are taken, and the others must be colours too")
  func base24() throws {
    let more = (0..<8).map { "  base1\($0): \"#abcde\($0)\"" }.joined(separator: "\n")
    let yaml = "system: base24\nname: B\nslug: bee\npalette:\n\(Self.palette)\n\(more)"
    let scheme = try Scheme(yaml: Array(yaml.utf8), file: "x.yaml")
    #expect(scheme.slug == "bee" && scheme.colors.count == 16 && !scheme.isMono)
    let wrong = yaml.replacing("#abcde7", with: "#abcdeg")
    #expect(throws: ThemeError.notAColor(file: "x.yaml", line: 28, key: "base17", value: "#abcdeg")) {
      try Scheme(yaml: Array(wrong.utf8), file: "x.yaml")
    }
  }

  @Test func onlyMonoIsDrawnWithoutColours() throws {
    #expect(try Theme.embedded().filter(\.isMono).map(\.slug) == ["mono"])
  }

  @Test func anUnknownNameGetsTheNearest() throws {
    let themes = try Theme.embedded()
    #expect(throws: ThemeError.unknown(name: "ligth", nearest: "light")) { try Theme.named("ligth", among: themes) }
  }
}
