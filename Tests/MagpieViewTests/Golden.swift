import Foundation
import MagpieView
import Testing

/// Pictures kept as text: the cells, then a style layer with one letter a cell. Recorded anew with MAGPIE_RECORD=1.
enum Golden {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

  static func check(_ canvas: Canvas, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let text = picture(canvas)
    let file = folder.appendingPathComponent(name + ".txt")
    if ProcessInfo.processInfo.environment["MAGPIE_RECORD"] != nil {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let wanted = try? String(contentsOf: file, encoding: .utf8)
    #expect(
      wanted == text, "\(name) has changed; if that is right, record it with MAGPIE_RECORD=1:\n\(text)",
      sourceLocation: sourceLocation)
  }

  /// Small letters: roles on the screen's ground; then a letter for each other ground; capitals are bold.
  private static func letter(_ style: Style) -> String {
    let roles: [Role: String] = [
      .text: ".", .dim: "d", .ghost: "g", .rule: "_", .title: "t", .running: "r", .runnable: "q", .steal: "s",
      .blocked: "b", .waiting: "w", .timer: "i", .error: "e", .good: "o", .inverse: "v",
    ]
    let letter = roles[style.role] ?? "?"
    return style.isBold ? letter.uppercased() : letter
  }

  private static func groundLetter(_ ground: Ground) -> String {
    switch ground {
    case .screen: " "
    case .bar: "-"
    case .chip: "c"
    case .selected: "="
    case .running: "r"
    case .live: "L"
    case .held: "H"
    case .steal: "S"
    case .error: "E"
    case .back: "B"
    case .focus: "F"
    }
  }

  static func lines(_ canvas: Canvas) -> [String] { canvas.lines }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  static func picture(_ canvas: Canvas) -> String {
    func layer(_ letter: (Style) -> String) -> String {
      (0..<canvas.height).map { y in
        trimmed(
          (0..<canvas.width).map { x in
            let cell = canvas[x, y]
            return cell.scalar == 0x20 && cell.style.ground == .screen ? " " : letter(cell.style)
          }.joined())
      }.joined(separator: "\n")
    }
    return lines(canvas).joined(separator: "\n") + "\n--- role\n" + layer(letter) + "\n--- ground\n"
      + layer { groundLetter($0.ground) } + "\n"
  }
}
