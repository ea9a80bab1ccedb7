extension Picture {
  // What a cell takes, in the picture's units: eighths of it are whole.
  private static let cellWidth = 8
  private static let cellHeight = 16
  private static let fontSize = 14
  /// From a cell's upper edge down to where letters stand.
  private static let baseline = 13

  /// The frame as SVG. Every text says how long it is, so that columns stand one under the other whatever the font; blocks are drawn
  /// as rectangles and need none.
  public var svg: String {
    let width = canvas.width * Picture.cellWidth
    let height = canvas.height * Picture.cellHeight
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
      <title>\(name)</title>
      <rect width="\(width)" height="\(height)" fill="\(theme.colors(of: Style()).background.hex)"/>
      <g font-family="DejaVu Sans Mono, Menlo, Consolas, Noto Sans Mono CJK SC, monospace" font-size="\(Picture.fontSize)" \
      xml:space="preserve">

      """
    for y in 0..<canvas.height { drawGrounds(&svg, y) }
    for y in 0..<canvas.height { drawTexts(&svg, y) }
    return svg + "</g>\n</svg>\n"
  }

  /// What stands out from the screen's own ground.
  private func drawGrounds(_ svg: inout String, _ y: Int) {
    let screen = theme.colors(of: Style()).background
    var x = 0
    while x < canvas.width {
      let start = x
      let ground = theme.colors(of: canvas[x, y].style).background
      while x < canvas.width, theme.colors(of: canvas[x, y].style).background == ground { x += 1 }
      if ground != screen { svg += rectangle(start..<x, y, ground) }
    }
  }

  private func drawTexts(_ svg: inout String, _ y: Int) {
    var x = 0
    while x < canvas.width {
      let start = x
      let first = canvas[x, y]
      let kind = Kind(canvas, x, y)
      let color = theme.colors(of: first.style).foreground
      while x < canvas.width, Kind(canvas, x, y) == kind, canvas[x, y].style.isBold == first.style.isBold,
        theme.colors(of: canvas[x, y].style).foreground == color
      {
        x += kind == .wide ? 2 : 1
      }
      switch kind {
      case .half:
        for column in start..<x { svg += rectangle(column..<column + 1, y, color, width: Picture.cellWidth / 2) }
      case .upper: svg += rectangle(start..<x, y, color, rise: 4, eighths: 4)
      case .lower(let count): svg += rectangle(start..<x, y, color, eighths: count)
      case .letters, .signs, .wide: svg += text(start..<x, y, color, isBold: first.style.isBold)
      }
    }
  }

  /// What is drawn alike; letters and signs may come from different fonts, and so are texts of their own.
  private enum Kind: Equatable {
    case letters, signs, wide
    /// The left half of a cell, its upper half, or so many eighths from below.
    case half, upper
    case lower(Int)

    init(_ canvas: Canvas, _ x: Int, _ y: Int) {
      switch canvas[x, y].scalar {
      case 0x20..<0x7F: self = .letters
      case 0x2580: self = .upper
      case 0x258C: self = .half
      case let scalar where (0x2581...0x2588).contains(scalar): self = .lower(Int(scalar) - 0x2580)
      default: self = canvas[x + 1, y].scalar == Canvas.Cell.continuation ? .wide : .signs
      }
    }
  }

  /// Cells filled up to so many eighths, from so many eighths above their lower edge; to the right, or `width` wide.
  private func rectangle(
    _ columns: Range<Int>, _ y: Int, _ color: Color, rise: Int = 0, eighths: Int = 8, width: Int? = nil
  ) -> String {
    let height = Picture.cellHeight * eighths / 8
    let top = (y + 1) * Picture.cellHeight - height - Picture.cellHeight * rise / 8
    let width = width ?? columns.count * Picture.cellWidth
    return """
      <rect x="\(columns.lowerBound * Picture.cellWidth)" y="\(top)" width="\(width)" height="\(height)" fill="\(color.hex)"/>

      """
  }

  private func text(_ columns: Range<Int>, _ y: Int, _ color: Color, isBold: Bool) -> String {
    let isInk = { (x: Int) in canvas[x, y].scalar != 0x20 }
    guard let first = columns.first(where: isInk), let last = columns.last(where: isInk) else { return "" }
    var words = ""
    for x in first...last {
      switch canvas[x, y].scalar {
      case Canvas.Cell.continuation: break
      case UInt32(UInt8(ascii: "&")): words += "&amp;"
      case UInt32(UInt8(ascii: "<")): words += "&lt;"
      case UInt32(UInt8(ascii: ">")): words += "&gt;"
      case let value: words.unicodeScalars.append(Unicode.Scalar(value) ?? "?")
      }
    }
    return """
      <text x="\(first * Picture.cellWidth)" y="\(y * Picture.cellHeight + Picture.baseline)" \
      textLength="\((last - first + 1) * Picture.cellWidth)" lengthAdjust="spacingAndGlyphs" \
      fill="\(color.hex)"\(isBold ? " font-weight=\"bold\"" : "")>\(words)</text>

      """
  }
}
