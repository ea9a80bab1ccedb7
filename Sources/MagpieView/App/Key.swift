/// A key as the terminal tells it.
public enum Key: Sendable, Hashable {
  case character(Unicode.Scalar)
  case escape, enter, tab, backspace
  case up, down, left, right, pageUp, pageDown, home, end

  /// The key of a name in a file of keys: one character, or a word such as `space`, `esc` or `pageup`, in any case.
  public init?(name: String) {
    if name.unicodeScalars.count == 1, let scalar = name.unicodeScalars.first {
      guard scalar.value >= 0x20, CharacterWidth.isDrawable(scalar.value) else { return nil }
      self = .character(scalar)
      return
    }
    switch name.lowercased().filter({ $0 != "-" }) {
    case "space": self = .character(" ")
    case "esc", "escape": self = .escape
    case "enter", "return": self = .enter
    case "tab": self = .tab
    case "backspace": self = .backspace
    case "up": self = .up
    case "down": self = .down
    case "left": self = .left
    case "right": self = .right
    case "pageup", "pgup": self = .pageUp
    case "pagedown", "pgdn": self = .pageDown
    case "home": self = .home
    case "end": self = .end
    default: return nil
    }
  }

  /// The key as it is written on the screen.
  var label: String {
    switch self {
    case .character(" "): "space"
    case .character(let scalar): String(Character(scalar))
    case .escape: "esc"
    case .enter: "enter"
    case .tab: "tab"
    case .backspace: "backspace"
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    }
  }
}
