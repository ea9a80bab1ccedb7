/// The characters outside ASCII that magpie draws with, each with its ASCII twin of the same width.
///
/// Structure comes from box drawing, blocks and arrows only: what every font has in one cell.
public enum Glyph: UInt32, CaseIterable, Sendable {
  case horizontal = 0x2500  // ─
  case vertical = 0x2502  // │
  case topLeft = 0x256D  // ╭
  case topRight = 0x256E  // ╮
  case bottomRight = 0x256F  // ╯
  case bottomLeft = 0x2570  // ╰
  case heavyHorizontal = 0x2501  // ━
  case heavyVertical = 0x2503  // ┃
  case heavyTopLeft = 0x250F  // ┏
  case heavyTopRight = 0x2513  // ┓
  case heavyBottomLeft = 0x2517  // ┗
  case heavyBottomRight = 0x251B  // ┛
  case up = 0x25B2  // ▲
  case down = 0x25BC  // ▼
  case left = 0x25C0  // ◀
  case right = 0x25B6  // ▶
  case arrowLeft = 0x2190  // ←
  case arrowUp = 0x2191  // ↑
  case arrowRight = 0x2192  // →
  case arrowDown = 0x2193  // ↓
  case square = 0x25A0  // ■
  case dot = 0x25CF  // ●
  case ring = 0x25CB  // ○
  case diamond = 0x25C6  // ◆
  case middleDot = 0xB7  // ·
  case ellipsis = 0x2026  // …
  case check = 0x2713  // ✓
  case cross = 0x2717  // ✗
  case times = 0xD7  // ×
  case enDash = 0x2013  // –
  case emDash = 0x2014  // —
  case micro = 0xB5  // µ
  case bar1 = 0x2581, bar2, bar3, bar4, bar5, bar6, bar7, bar8  // ▁▂▃▄▅▆▇█
  case leftHalf = 0x258C  // ▌
  case upperHalf = 0x2580  // ▀
  case atLeast = 0x2265  // ≥
  case replacement = 0xFFFD  // �

  /// The ASCII character that stands for it.
  public var ascii: UInt8 {
    switch self {
    case .horizontal: UInt8(ascii: "-")
    case .vertical: UInt8(ascii: "|")
    case .topLeft, .topRight, .bottomLeft, .bottomRight: UInt8(ascii: "+")
    case .heavyHorizontal: UInt8(ascii: "=")
    case .heavyVertical: UInt8(ascii: "|")
    case .heavyTopLeft, .heavyTopRight, .heavyBottomLeft, .heavyBottomRight: UInt8(ascii: "+")
    case .up, .arrowUp: UInt8(ascii: "^")
    case .down, .arrowDown: UInt8(ascii: "v")
    case .left, .arrowLeft: UInt8(ascii: "<")
    case .right, .arrowRight: UInt8(ascii: ">")
    case .square: UInt8(ascii: "#")
    case .dot: UInt8(ascii: "*")
    case .ring: UInt8(ascii: "o")
    case .diamond: UInt8(ascii: "*")
    case .middleDot: UInt8(ascii: ".")
    case .ellipsis: UInt8(ascii: "~")
    case .check: UInt8(ascii: "+")
    case .cross: UInt8(ascii: "x")
    case .times: UInt8(ascii: "x")
    case .enDash, .emDash: UInt8(ascii: "-")
    case .micro: UInt8(ascii: "u")
    case .bar1: UInt8(ascii: "_")
    case .bar2, .bar3: UInt8(ascii: ".")
    case .bar4, .bar5: UInt8(ascii: ":")
    case .bar6, .bar7: UInt8(ascii: "|")
    case .bar8: UInt8(ascii: "#")
    case .leftHalf: UInt8(ascii: ">")
    case .upperHalf: UInt8(ascii: "\"")
    case .atLeast: UInt8(ascii: ">")
    case .replacement: UInt8(ascii: "?")
    }
  }

  /// The ASCII twin of a scalar, if it is one of the glyphs.
  static func twin(of scalar: UInt32) -> UInt32? {
    Glyph(rawValue: scalar).map { UInt32($0.ascii) }
  }
}
