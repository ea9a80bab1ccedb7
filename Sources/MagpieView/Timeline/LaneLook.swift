import MagpieModel

/// A sign of one cell, with its ASCII twin.
struct Sign: Hashable {
  private let scalar: UInt32
  private let ascii: UInt32

  init(_ glyph: Glyph) {
    scalar = glyph.rawValue
    ascii = UInt32(glyph.ascii)
  }

  /// One that is ASCII itself.
  init(_ letter: Unicode.Scalar) {
    scalar = letter.value
    ascii = letter.value
  }

  /// A bar of 1 to 8 eighths.
  init(level: Int) {
    self.init(Glyph(rawValue: Glyph.bar1.rawValue + UInt32(min(max(level, 1), 8)) - 1) ?? .bar1)
  }

  func draw(_ canvas: inout Canvas, x: Int, y: Int, length: Int, _ style: Style) {
    for column in x..<max(x + length, x) { canvas.put(canvas.isASCII ? ascii : scalar, x: column, y: y, style) }
  }
}

/// How a state looks on a lane: a sign and a role of its own.
struct LaneLook {
  let sign: Sign
  let style: Style
  let nameStyle: Style

  init(_ state: LaneState) {
    switch state {
    case .absent: (sign, style) = (Sign(" "), Style(.ghost))
    case .idle: (sign, style) = (Sign(.middleDot), Style(.ghost))
    case .running: (sign, style) = (Sign(.heavyHorizontal), Style(.running, on: .running))
    case .blocked: (sign, style) = (Sign(.times), Style(.blocked))
    case .spinning: (sign, style) = (Sign("~"), Style(.steal))
    case .searching: (sign, style) = (Sign(.horizontal), Style(.dim))
    case .detached: (sign, style) = (Sign("%"), Style(.blocked))
    case .runnable: (sign, style) = (Sign(.ring), Style(.runnable))
    }
    nameStyle = state == .running ? Style(.text, on: .running, bold: true) : style.bold
  }
}
