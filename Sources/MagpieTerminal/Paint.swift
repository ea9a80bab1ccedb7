import CNcurses
import MagpieView

/// From styles to what ncurses wants: attributes and a colour pair, made when first needed.
struct Paint {
  let depth: ColorDepth
  private var theme: Theme
  private var looks: [UInt32: (attributes: attr_t, pair: Int32)] = [:]
  private var pairs: [UInt64: Int32] = [:]

  init(depth: ColorDepth, theme: Theme) {
    self.depth = depth
    self.theme = theme
  }

  /// Takes another theme; pairs that were made stay.
  mutating func use(_ theme: Theme) -> Bool {
    guard theme != self.theme else { return false }
    self.theme = theme
    looks.removeAll(keepingCapacity: true)
    return true
  }

  mutating func look(_ style: Style) -> (attributes: attr_t, pair: Int32) {
    if let known = looks[style.bits] { return known }
    let look = make(style)
    looks[style.bits] = look
    return look
  }

  private mutating func make(_ style: Style) -> (attributes: attr_t, pair: Int32) {
    let attributes: attr_t = style.isBold ? magpie_bold() : 0
    let colors = theme.colors(of: style)
    switch theme.isMono ? .none : depth {
    case .none:
      return (Paint.attributes(of: style), 0)
    case .direct:
      // Values below 8 would be the palette's.
      return (attributes, pair(Int32(max(colors.foreground.rgb, 8)), Int32(max(colors.background.rgb, 8))))
    case .palette256:
      return (attributes, pair(Paint.nearest(colors.foreground), Paint.nearest(colors.background)))
    case .sixteen, .eight:
      let (foreground, background) = Paint.few(style, isDark: theme.isDark, isSixteen: depth == .sixteen)
      return (attributes, pair(foreground, background))
    }
  }

  /// How a style looks without colours: by weight, line and reversal. Words and signs say the same.
  static func attributes(of style: Style) -> attr_t {
    var attributes: attr_t = style.isBold ? magpie_bold() : 0
    switch style.ground {
    case .screen, .bar, .running: break
    case .selected, .chip, .live, .held, .steal, .error, .back, .focus: attributes |= magpie_reverse()
    }
    switch style.role {
    case .text, .runnable, .inverse, .good: break
    case .title, .running: attributes |= magpie_bold()
    case .steal: attributes |= magpie_bold() | magpie_underline()
    case .blocked: attributes |= magpie_underline()
    case .timer: attributes |= magpie_underline() | magpie_dim()
    case .error: attributes |= magpie_bold() | magpie_reverse()
    case .dim: break
    case .waiting, .ghost, .rule: attributes |= magpie_dim()
    }
    if style.fade > 1 { attributes |= magpie_dim() }
    // Pale and bold at once is either, by terminal; pale on a filled ground could not be read.
    if attributes & (magpie_bold() | magpie_reverse()) != 0 { attributes &= ~magpie_dim() }
    return attributes
  }

  /// Whether it is a part of a line, a block or an arrow, or the ASCII twin of one, under which another line would only confuse.
  static func isLine(_ scalar: UInt32) -> Bool {
    switch UInt8(truncatingIfNeeded: scalar) {
    case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "|"), UInt8(ascii: "+"), UInt8(ascii: "^"): scalar < 0x80
    default: (0x2500...0x25CF).contains(scalar)
    }
  }

  private mutating func pair(_ foreground: Int32, _ background: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: foreground)) << 32 | UInt64(UInt32(bitPattern: background))
    if let known = pairs[key] { return known }
    let number = Int32(pairs.count + 1)
    guard number < magpie_pairs() else { return 0 }
    init_extended_pair(number, foreground, background)
    pairs[key] = number
    return number
  }

  /// The nearest of the 240 fixed colours of the 256; the first 16 are the user's own.
  static func nearest(_ color: Color) -> Int32 {
    func level(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
    let steps = [0, 95, 135, 175, 215, 255]
    let (r, g, b) = (level(color.red), level(color.green), level(color.blue))
    let mean = (Int(color.red) + Int(color.green) + Int(color.blue)) / 3
    let gray = min(max((mean - 3) / 10, 0), 23)
    let grayValue = 8 + 10 * gray
    func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
      let (x, y, z) = (r - Int(color.red), g - Int(color.green), b - Int(color.blue))
      return x * x + y * y + z * z
    }
    let cube = distance(steps[r], steps[g], steps[b])
    return Int32(distance(grayValue, grayValue, grayValue) < cube ? 232 + gray : 16 + 36 * r + 6 * g + b)
  }

  /// Eight or sixteen colours: chosen by meaning, for nobody knows what they look like.
  static func few(_ style: Style, isDark: Bool, isSixteen: Bool) -> (Int32, Int32) {
    let background: Int32 = isDark ? 0 : isSixteen ? 15 : 7
    let plain: Int32 = isDark ? 7 : 0
    let bright: Int32 = isDark && isSixteen ? 8 : 0
    let ground: Int32 =
      switch style.ground {
      case .live: 2
      case .held: 3
      case .steal: 5
      case .error: 1
      case .back: 4
      case .focus: plain
      case .chip, .bar, .selected: isSixteen ? (isDark ? 8 : 7) : background
      case .screen, .running: background
      }
    let role: Int32 =
      switch style.role {
      case .text: plain
      case .dim, .ghost, .rule: isDark ? 7 : isSixteen && ground == 15 ? 8 : 0
      case .title: isDark && isSixteen ? 15 : plain
      case .running, .good: 2 + bright
      case .runnable: isDark ? 3 + bright : isSixteen ? 3 : 4
      case .steal: 5 + bright
      // Another yellow than that of what can run, or, where there is one yellow only, red.
      case .blocked: isDark && isSixteen ? 3 : 1
      case .waiting: 6 + bright
      case .timer: isDark ? 6 + bright : 4
      case .error: 1 + bright
      case .inverse where style.ground == .focus: background
      case .inverse: ground == 1 || ground == 4 ? 7 : 0
      }
    return (role == ground ? (ground == 0 ? 7 : 0) : role, ground)
  }
}
