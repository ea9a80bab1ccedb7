public import Magpie
public import MagpieView

/// How a report is written.
public struct LabStyle: Sendable {
  public var language: Language
  /// Nothing outside of ASCII.
  public var isASCII: Bool
  /// The columns of a line.
  public var width: Int

  public init(language: Language, isASCII: Bool, width: Int = 80) {
    self.language = language
    self.isASCII = isASCII
    self.width = width
  }

  func callAsFunction(_ phrase: LabPhrase) -> String { language(.lab(phrase)) }
}

extension Lab.Report {
  /// The claim, what was measured with a bar for each value, and whether the one bears out the other.
  public func lines(_ style: LabStyle) -> [String] {
    let title = claim.rawValue + "  "
    let words = Canvas.wrap(style(.claim(claim)), width: max(style.width - title.count, 20))
    let indent = String(repeating: " ", count: title.count)
    let heading = words.enumerated().map { ($0.offset == 0 ? title : indent) + $0.element }
    return heading + [""] + table(style) + [""] + findings.flatMap { lines(of: $0, style) } + [verdict(style)]
  }

  // MARK: Rows

  private func table(_ style: LabStyle) -> [String] {
    let heading = [LabPhrase.era, .what, .at, .value, .spread].map { style($0) }
    let cells = rows.map { row -> [String] in
      let subject = row.subject
      let values =
        row.sample.map {
          [subject.unit.text($0.median, isASCII: style.isASCII), subject.unit.text($0.spread, isASCII: style.isASCII)]
        } ?? [style(.notMeasured), ""]
      return [subject.era?.rawValue ?? style(.noEra), subject.what, Numbers.grouped(subject.at)] + values
    }
    let widths = heading.indices.map { column in
      ([heading] + cells).map { Canvas.width(of: $0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      "  "
        + zip(cells, widths).enumerated().map { column, cell in
          let space = String(repeating: " ", count: cell.1 - Canvas.width(of: cell.0))
          // Names to the left, numbers to the right.
          return column < 2 ? cell.0 + space : space + cell.0
        }.joined(separator: "  ")
    }
    let room = max(style.width - Canvas.width(of: line(heading)) - 2, 8)
    let bars = zip(rows, cells).map { row, cells in
      LabReportText.trimmed(line(cells) + "  " + LabReportText.bar(part(of: row), width: room, isASCII: style.isASCII))
    }
    return [LabReportText.trimmed(line(heading))] + bars
  }

  /// A value, as a part of the largest that it is compared with.
  private func part(of row: LabRow) -> Double {
    guard let value = row.sample?.median else { return 0 }
    let compared = rows.filter { isOneScale || $0.subject.what == row.subject.what }
    let largest = compared.compactMap { $0.sample?.median }.max() ?? 0
    return largest > 0 ? value / largest : 0
  }

  // MARK: Findings

  private func lines(of finding: LabFinding, _ style: LabStyle) -> [String] {
    let mark =
      switch finding.holds {
      case true?: style.isASCII ? "+" : "✓"
      case false?: style.isASCII ? "-" : "✗"
      case nil: "?"
      }
    func text(_ value: Double) -> String { finding.unit.text(value, isASCII: style.isASCII) }
    let bound =
      switch finding.limit {
      case .atLeast(let bound): LabPhrase.atLeast(text(bound))
      case .atMost(let bound): LabPhrase.atMost(text(bound))
      }
    let measured = finding.measured.map(text) ?? style(.notMeasured)
    let words = style(.finding(finding.criterion, measured: measured, bound: style(bound)))
    let lines = Canvas.wrap(words, width: max(style.width - 4, 20))
    return lines.enumerated().map { ($0.offset == 0 ? "  \(mark) " : "    ") + $0.element }
  }

  private func verdict(_ style: LabStyle) -> String {
    let phrase: LabPhrase =
      switch isBorneOut {
      case true?: .borneOut
      case false?: .notBorneOut
      case nil: .notKnown
      }
    return (style.isASCII ? "  => " : "  ⇒ ") + style(phrase)
  }

  /// What could not be measured and why, a line each.
  /// - Parameter limit: the words of a limit, which the command has in every language.
  public func obstacleLines(_ language: Language, limit: (Limit) -> String) -> [String] {
    obstacles.map { subject, obstacle in
      let phrase: LabPhrase =
        switch obstacle {
        case .refused(let made, let wanted, let why): .refused(made: made, of: wanted, why: why.text(language, limit))
        case .oneCPU: .oneCPU
        case .failed(let failure): .failed(failure.text(language, limit))
        }
      let words = [claim.rawValue, subject.era?.rawValue, subject.what, "\(subject.at)"].compactMap { $0 }
      return words.joined(separator: " ") + (language == .english ? ": " : "：") + language(.lab(phrase))
    }
  }

  /// Whether something went wrong that is no limit of this machine.
  public var hasFailed: Bool {
    obstacles.contains {
      if case .failed = $0.obstacle { true } else { false }
    }
  }
}

/// The small parts of a report.
enum LabReportText {
  private static let blocks = Array("▏▎▍▌▋▊▉█")

  /// A bar, to an eighth of a cell; what is above 0 shows.
  /// - Parameter part: from 0 to 1.
  static func bar(_ part: Double, width: Int, isASCII: Bool) -> String {
    guard part > 0 else { return "" }
    let part = min(part, 1)
    if isASCII { return String(repeating: "#", count: max(Int((part * Double(width)).rounded()), 1)) }
    let eighths = max(Int((part * Double(width * 8)).rounded()), 1)
    let full = String(repeating: "█", count: eighths / 8)
    return eighths % 8 == 0 ? full : full + String(blocks[eighths % 8 - 1])
  }

  static func trimmed(_ line: String) -> String { String(line.reversed().drop { $0 == " " }.reversed()) }
}
