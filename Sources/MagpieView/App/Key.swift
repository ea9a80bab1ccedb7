/// A key as the terminal tells it.
public enum Key: Sendable, Hashable {
  case character(Unicode.Scalar)
  case escape, enter, tab, backspace
  case up, down, left, right, pageUp, pageDown, home, end

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
