/// Letters made of blocks, five points high, for those who sit far away.
struct BigText {
  /// How large a point is.
  enum Size: Int, CaseIterable, Comparable {
    /// A column wide and half a line high.
    case small
    /// 2 columns by a line, and 4 by 2.
    case medium, large

    static func < (a: Size, b: Size) -> Bool { a.rawValue < b.rawValue }

    /// Columns of a point.
    var columns: Int { 1 << rawValue }
    /// Lines of a letter.
    var lines: Int {
      switch self {
      case .small: 3
      case .medium: 5
      case .large: 10
      }
    }
    /// What stands beside it in second rank.
    var smaller: Size { Size(rawValue: rawValue - 1) ?? .small }
    /// This and those below it, the largest first.
    var downwards: [Size] { Size.allCases.filter { $0 <= self }.reversed() }
  }

  /// The points of each letter, line by line from above.
  let letters: [[[Bool]]]

  /// Nil if there is no shape for a letter. Small letters look like capitals.
  init?(_ text: String) {
    var letters: [[[Bool]]] = []
    for scalar in text.uppercased().unicodeScalars {
      guard let shape = BigText.shapes[scalar] else { return nil }
      letters.append(shape.split(separator: " ").map { $0.map { $0 == "#" } })
    }
    self.letters = letters
  }

  /// Columns: a point lies between two letters.
  func width(_ size: Size) -> Int {
    max(letters.reduce(-1) { $0 + $1[0].count + 1 }, 0) * size.columns
  }

  static func width(of text: String, _ size: Size) -> Int? { BigText(text)?.width(size) }

  private static let shapes: [Unicode.Scalar: String] = [
    "A": ".#. #.# ### #.# #.#", "B": "##. #.# ##. #.# ##.", "C": ".## #.. #.. #.. .##", "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###", "F": "### #.. ##. #.. #..", "G": ".### #... #.## #..# .###",
    "H": "#.# #.# ### #.# #.#", "I": "### .#. .#. .#. ###", "J": "..# ..# ..# #.# .#.", "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###", "M": "#...# ##.## #.#.# #...# #...#", "N": "#..# ##.# #.## #..# #..#",
    "O": ".##. #..# #..# #..# .##.", "P": "##. #.# ##. #.. #..", "Q": ".##. #..# #..# #.#. .#.#",
    "R": "##. #.# ##. #.# #.#", "S": ".## #.. .#. ..# ##.", "T": "### .#. .#. .#. .#.", "U": "#.# #.# #.# #.# ###",
    "V": "#.# #.# #.# #.# .#.", "W": "#...# #...# #.#.# ##.## #...#", "X": "#.# #.# .#. #.# #.#",
    "Y": "#.# #.# .#. .#. .#.", "Z": "### ..# .#. #.. ###",
    "0": "### #.# #.# #.# ###", "1": ".#. ##. .#. .#. ###", "2": "### ..# ### #.. ###", "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#", "5": "### #.. ### ..# ###", "6": "### #.. ### #.# ###", "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###", "9": "### #.# ### ..# ###",
    " ": ".. .. .. .. ..", "+": "... .#. ### .#. ...", "-": "... ... ### ... ...", "—": "... ... ### ... ...",
    "/": "..# ..# .#. #.. #..", ":": ". # . # .", ".": ". . . . #", ",": ".. .. .. .# #.", "'": "# # . . .",
    "?": "##. ..# .#. ... .#.", "_": "... ... ... ... ###", "·": ". . # . .",
    // What is blocked.
    "■": "... ### ### ### ...",
  ]
}

extension Canvas {
  /// Writes text in big letters; what does not fit is clipped. Returns the column after it.
  @discardableResult
  mutating func write(_ text: BigText, x: Int, y: Int, _ size: BigText.Size, _ style: Style) -> Int {
    var column = x
    for letter in text.letters {
      for point in letter[0].indices {
        let points = letter.map { $0[point] }
        for offset in 0..<size.columns {
          drawPoints(points, x: column + point * size.columns + offset, y: y, size, style)
        }
      }
      column += (letter[0].count + 1) * size.columns
    }
    return max(column - size.columns, x)
  }

  /// One column of a letter.
  private mutating func drawPoints(_ points: [Bool], x: Int, y: Int, _ size: BigText.Size, _ style: Style) {
    for line in 0..<size.lines {
      guard size == .small else {
        if points[line * points.count / size.lines] { put(.bar8, x: x, y: y + line, style) }
        continue
      }
      let isLowerSet = 2 * line + 1 < points.count && points[2 * line + 1]
      switch (points[2 * line], isLowerSet) {
      case (true, true): put(.bar8, x: x, y: y + line, style)
      case (true, false): put(.upperHalf, x: x, y: y + line, style)
      case (false, true) where isASCII: put(UInt32(UInt8(ascii: ".")), x: x, y: y + line, style)
      case (false, true): put(.bar4, x: x, y: y + line, style)
      case (false, false): break
      }
    }
  }

  /// Writes the first of some texts that fits, as large as it does, on several lines if need be; else the first in ordinary
  /// letters, bold, with blank lines between.
  mutating func writeBig(_ texts: [String], _ area: Area, atMost size: BigText.Size, _ style: Style) {
    for size in size.downwards {
      for text in texts {
        guard let lines = Canvas.wrapBig(text, width: area.width, size),
          lines.count * (size.lines + 1) - 1 <= area.height
        else { continue }
        for (row, line) in lines.enumerated() {
          write(line, x: area.x, y: area.y + row * (size.lines + 1), size, style)
        }
        return
      }
    }
    let lines = Canvas.wrap(texts.first ?? "", width: area.width)
    let pitch = lines.count * 2 - 1 <= area.height ? 2 : 1
    let top = area.y + max((min(area.height, size.lines) - (lines.count - 1) * pitch) / 2, 0)
    for (row, line) in lines.enumerated() where top + row * pitch < area.bottom {
      write(line, x: area.x, y: top + row * pitch, style.bold, limit: area.width)
    }
  }

  /// Big text broken between words; nil if a word does not fit, or has no shape.
  private static func wrapBig(_ text: String, width: Int, _ size: BigText.Size) -> [BigText]? {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      guard let length = BigText.width(of: String(word), size), length <= width else { return nil }
      if let last = lines.last, let joined = BigText.width(of: last + " " + word, size), joined <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.isEmpty ? nil : lines.compactMap { BigText($0) }
  }
}
