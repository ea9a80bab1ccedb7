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
    #expect(
      error("name: [") == .notYAML(file: "x.yaml", line: 1) || error("name: [") == .notYAML(file: "x.yaml", line: 2))
    #expect(error("just text") == .notYAML(file: "x.yaml", line: 1))
    #expect(error("palette:\n\(Self.palette)") == .missing(file: "x.yaml", key: "name"))
    #expect(
      error("name: A\npalette:\n" + Self.palette.replacing("  base0B: \"#12161d\"\n", with: ""))
        == .missing(file: "x.yaml", key: "base0B"))
    #expect(
      error("name: A\npalette:\n" + Self.palette.replacing("base03: \"#12161d\"", with: "base03: green"))
        == .notAColor(file: "x.yaml", key: "base03", value: "green"))
    #expect(Language.english(ThemeError.missing(file: "x.yaml", key: "base0B").phrase).contains("base0B"))
  }

  @Test func digitsOnlyAndLegacyFilesAreRead() throws {
    let yaml = "scheme: Old\n" + Scheme.keys.map { "\($0): 123456" }.joined(separator: "\n")
    let scheme = try Scheme(yaml: Array(yaml.utf8), file: "x.yaml")
    #expect(scheme.slug == "old" && scheme.colors[5] == Color(rgb: 0x123456))
  }

  @Test func anUnknownNameGetsTheNearest() throws {
    let themes = try Theme.embedded()
    #expect(throws: ThemeError.unknown(name: "ligth", nearest: "light")) { try Theme.named("ligth", among: themes) }
  }
}
