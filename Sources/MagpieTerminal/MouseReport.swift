import MagpieView

/// Reads what a terminal says about the mouse, in the form that has no end of the screen (SGR, 1006): `ESC [ <`, then
/// `BUTTON;COLUMN;ROW` and `M`, or `m` for a release.
///
/// ncurses has a reader of its own, but only for the form that a terminal's description names: many name the old one, and the
/// descriptions made for colours have lost it. So ncurses knows the beginning as a key, and the rest is read here, one character
/// at a time: it may come in pieces.
struct MouseReport {
  enum Progress: Equatable {
    /// More must follow.
    case unfinished
    /// A report that says nothing to magpie: another button, a movement without one.
    case ignored
    /// No report: the character was not part of it.
    case broken
    case event(MouseEvent)
  }

  private var numbers = [0, 0, 0]
  private var field = 0
  /// Larger than any screen; what is longer is no report.
  private static let limit = 65_535

  mutating func take(_ character: Int32) -> Progress {
    guard let character = UInt8(exactly: character) else { return .broken }
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      numbers[field] = numbers[field] * 10 + Int(character) - 0x30
      return numbers[field] <= MouseReport.limit ? .unfinished : .broken
    case UInt8(ascii: ";"):
      field += 1
      return field < numbers.count ? .unfinished : .broken
    case UInt8(ascii: "M"): return finished(isRelease: false)
    case UInt8(ascii: "m"): return finished(isRelease: true)
    default: return .broken
    }
  }

  /// Of the button's number, 4, 8 and 16 are the shift, meta and control keys, 32 is movement, 64 the wheel.
  private func finished(isRelease: Bool) -> Progress {
    guard field == 2, numbers[1] > 0, numbers[2] > 0 else { return .broken }
    let action: MouseEvent.Action
    switch (numbers[0] & ~0b11100, isRelease) {
    case (0, false): action = .press
    case (0, true), (32, true): action = .release
    case (32, false): action = .drag
    case (64, false): action = .scrollUp
    case (65, false): action = .scrollDown
    default: return .ignored
    }
    return .event(MouseEvent(action, x: numbers[1] - 1, y: numbers[2] - 1))
  }
}
