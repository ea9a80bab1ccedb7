import Themes

/// What each role and ground looks like: colours made from the sixteen of a scheme.
///
/// Text keeps a contrast of 4.5 to 1 on what it stands on, whatever the scheme says: a colour that is too near its ground
/// is moved away from it.
public struct Theme: Sendable, Equatable {
  public let name: String
  public let slug: String
  /// Whether it is drawn without colours: by weight, line and reversal alone.
  public let isMono: Bool
  private let foregrounds: [Color]
  private let grounds: [Color]

  public init(_ scheme: Scheme) {
    name = scheme.name
    slug = scheme.slug
    isMono = scheme.isMono
    let base = scheme.colors
    let grounds = Ground.allCases.map { Theme.color(of: $0, base) }
    self.grounds = grounds
    var foregrounds: [Color] = []
    foregrounds.reserveCapacity(Role.allCases.count * grounds.count * (Style.fadeLevels + 1))
    for role in Role.allCases {
      for ground in grounds {
        let color = Theme.color(of: role, on: ground, base)
        for level in 0...Style.fadeLevels {
          foregrounds.append(color.mixed(with: ground, Double(level) * 0.2))
        }
      }
    }
    self.foregrounds = foregrounds
  }

  /// Whether its screen is dark.
  public var isDark: Bool { colors(of: Style()).background.isDark }

  /// The colours of the text and of the ground that a style stands for.
  public func colors(of style: Style) -> (foreground: Color, background: Color) {
    let ground = Int(style.ground.rawValue)
    let index = (Int(style.role.rawValue) * grounds.count + ground) * (Style.fadeLevels + 1)
    return (foregrounds[index + min(style.fade, Style.fadeLevels)], grounds[ground])
  }

  /// The themes that magpie brings along.
  public static func embedded() throws(ThemeError) -> [Theme] {
    var themes: [Theme] = []
    for file in Themes.files { themes.append(Theme(try Scheme(yaml: file.yaml, file: file.name))) }
    return themes
  }

  /// The theme of a name, or an error with the nearest name that there is.
  public static func named(_ name: String, among themes: [Theme]) throws(ThemeError) -> Theme {
    if let theme = themes.first(where: { $0.slug == name || $0.name.lowercased() == name.lowercased() }) {
      return theme
    }
    let nearest = themes.min { distance($0.slug, name) < distance($1.slug, name) }
    throw .unknown(name: name, nearest: nearest?.slug ?? "")
  }

  private static func color(of ground: Ground, _ base: [Color]) -> Color {
    switch ground {
    case .screen: base[0]
    case .bar: base[1]
    // Some schemes select with a colour that is far from the screen's: too dark for small things that lie about everywhere.
    case .chip: base[0].mixed(with: base[2], base[0].contrast(with: base[2]) > 2 ? 0.4 : 1)
    case .selected: base[1]
    case .running: base[0].mixed(with: base[11], 0.25)
    case .live: base[11]
    case .held: base[9]
    case .steal: base[14]
    case .error: base[8]
    case .back: base[13]
    case .focus: base[6]
    }
  }

  private static func color(of role: Role, on ground: Color, _ base: [Color]) -> Color {
    switch role {
    case .text: base[5].readable(on: ground)
    case .dim: base[4].readable(on: ground)
    case .ghost: base[3].readable(on: ground, atLeast: 4.5)
    case .rule: base[0].mixed(with: base[3], 0.5)
    case .title: base[7].readable(on: ground)
    case .running, .good: base[11].readable(on: ground)
    case .runnable: base[10].readable(on: ground)
    case .steal: base[14].readable(on: ground)
    case .blocked: base[9].readable(on: ground)
    case .waiting: base[12].readable(on: ground)
    case .timer: base[13].readable(on: ground)
    case .error: base[8].readable(on: ground)
    case .inverse: base[0].readable(on: ground)
    }
  }

  /// How many letters must be put in, left out or changed (Levenshtein).
  private static func distance(_ a: String, _ b: String) -> Int {
    let other = Array(b.unicodeScalars)
    var row = Array(0...other.count)
    for (i, letter) in a.unicodeScalars.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in other.indices {
        let change = diagonal + (letter == other[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[other.count]
  }
}
