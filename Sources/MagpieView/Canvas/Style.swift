/// What a piece of text means, and so how it is coloured. A theme gives each role a colour; a canvas knows only roles,
/// so that one drawing serves every theme, every depth of colour, and the tests.
public enum Role: UInt8, CaseIterable, Sendable {
  /// Ordinary text.
  case text
  /// Text of second rank: labels, units, details.
  case dim
  /// What is there but takes no part: an idle processor, an unknown state.
  case ghost
  /// Lines and frames; never text.
  case rule
  /// Names of things, and what is to be seen first.
  case title
  case running
  case runnable
  case steal
  /// In a blocking call, or held.
  case blocked
  /// Waits for a time, a channel or a lock.
  case waiting
  case timer
  case error
  /// What is good: a green audit.
  case good
  /// Text on a filled ground.
  case inverse
}

/// What text stands on.
public enum Ground: UInt8, CaseIterable, Sendable {
  case screen
  /// Header and footer.
  case bar
  /// A fiber's chip.
  case chip
  /// The current row.
  case selected
  /// The running fiber's line.
  case running
  /// Filled grounds, on which `Role.inverse` stands.
  case live, held, steal, error, back
  /// What is selected; `Role.inverse` stands on it.
  case focus
}

/// How one cell looks: role, ground and attributes in two bytes and a half.
public struct Style: Sendable, Hashable {
  /// role 8 | ground 8 | fade 8 | attributes 8
  public private(set) var bits: UInt32

  public init(_ role: Role = .text, on ground: Ground = .screen, bold: Bool = false, fade: Int = 0) {
    let level = UInt32(min(max(fade, 0), Style.fadeLevels))
    bits = UInt32(role.rawValue) | UInt32(ground.rawValue) << 8 | level << 16 | (bold ? 1 : 0) << 24
  }

  /// How many steps there are from a role's own colour (0) to almost the ground's.
  public static let fadeLevels = 4

  public var role: Role { Role(rawValue: UInt8(truncatingIfNeeded: bits)) ?? .text }
  public var ground: Ground { Ground(rawValue: UInt8(truncatingIfNeeded: bits >> 8)) ?? .screen }
  /// 0 to `fadeLevels`: how far the colour has gone into the ground.
  public var fade: Int { Int(bits >> 16 & 0xFF) }
  public var isBold: Bool { bits >> 24 & 1 == 1 }

  /// The same on another ground.
  public func on(_ ground: Ground) -> Style { Style(role, on: ground, bold: isBold, fade: fade) }
  public var bold: Style { Style(role, on: ground, bold: true, fade: fade) }
}
