extension Picture {
  /// The characters alone, a line of the screen a line.
  public var text: String { canvas.lines.map { $0 + "\n" }.joined() }
}

extension Canvas {
  /// The characters line by line, without the blanks at the end.
  public var lines: [String] {
    (0..<height).map { y in
      var line = String.UnicodeScalarView()
      var blanks = 0
      for x in 0..<width {
        let value = self[x, y].scalar
        guard value != Cell.continuation, let scalar = Unicode.Scalar(value) else { continue }
        if scalar == " " {
          blanks += 1
          continue
        }
        line.append(contentsOf: repeatElement(" ", count: blanks))
        line.append(scalar)
        blanks = 0
      }
      return String(line)
    }
  }
}
