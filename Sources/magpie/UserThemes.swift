import MagpieScenarios
import MagpieView

/// The themes that there are: those that magpie brings along, and the user's own.
struct UserThemes {
  /// In the order in which a key goes through them.
  private(set) var all: [Theme] = []
  /// The user's own, by name.
  private(set) var own: [String] = []
  /// For each file that cannot be used: which, where and why.
  private(set) var problems: [CommandPhrase] = []

  static var folder: String? { UserFiles.path("themes") }

  /// Reads them. A theme of the user's takes the place of one of the same name.
  init(folder: String? = UserThemes.folder) {
    all = (try? Theme.embedded()) ?? []
    guard let folder else { return }
    for name in UserFiles.schemes(in: folder) {
      let path = folder + "/" + name
      do {
        add(Theme(try Scheme(yaml: try UserFiles.contents(of: path), file: path)))
      } catch let error as ThemeError {
        problems.append(.theme(error))
      } catch UserFiles.Failure.unreadable(let problem) {
        problems.append(.unreadable(printable(path.utf8), problem))
      } catch {
        // It was removed meanwhile.
      }
    }
  }

  /// As they are shown, and as the user writes them.
  var names: [String] { all.map { printable($0.slug.utf8) } }

  func named(_ name: String) -> Theme? { names.firstIndex(of: name).map { all[$0] } }

  private mutating func add(_ theme: Theme) {
    own.append(printable(theme.slug.utf8))
    if let place = all.firstIndex(where: { $0.slug == theme.slug }) { all[place] = theme } else { all.append(theme) }
  }
}
