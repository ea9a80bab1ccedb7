import MagpieView

/// Lines of columns, each as wide as its widest text is on a terminal. No line ends with blanks.
enum Table {
  /// - Parameter numbers: the columns whose texts end together.
  static func lines(_ rows: [[String]], numbers: ClosedRange<Int>? = nil) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.compactMap { column < $0.count ? Canvas.width(of: $0[column]) : nil }.max() ?? 0
    }
    return rows.map { row in
      let padded = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - Canvas.width(of: text))
        return numbers?.contains(column) == true ? blanks + text : text + blanks
      }
      return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}
