public import MagpieModel

/// Two runs that are over, and the figures in which they differ: for pipes and scripts.
public struct ComparisonReport: Sendable {
  /// One run: its summary, and the moment at its end.
  public struct Side: Sendable {
    public var summary: Summary
    public var end: SchedulerState

    public init(summary: Summary, end: SchedulerState) {
      self.summary = summary
      self.end = end
    }
  }

  /// A figure of both.
  private struct Row {
    var name: String
    var values: [UInt64]
    var isDuration: Bool
    var better: Figure.Better?
    var judgement: Judgement
  }

  public let left: Side
  public let right: Side

  public init(_ left: Side, _ right: Side) {
    self.left = left
    self.right = right
  }

  /// 1 if something was wrong with either run, else 0.
  public var exitStatus: Int32 { max(left.summary.exitStatus, right.summary.exitStatus) }

  /// The figures of the end, and those of the whole run.
  private var rows: [Row] {
    let same = left.end.fibersFinished == right.end.fibersFinished
    func row(_ name: String, _ values: [UInt64], isDuration: Bool, _ better: Figure.Better?, _ judgement: Judgement)
      -> Row
    {
      Row(name: name, values: values, isDuration: isDuration, better: better, judgement: judgement)
    }
    let eras = [left.summary.era, right.summary.era]
    var rows = Figure.allCases.filter { $0.isTold(under: eras) }.map { figure in
      let values = [figure.value(in: left.end), figure.value(in: right.end)]
      return row(
        figure.rawValue, values, isDuration: figure.isDuration, figure.better,
        Judgement(figure, values[0], values[1], haveDoneTheSame: same))
    }
    let whole: [(String, (Summary) -> UInt64, Bool)] = [
      ("wall_ns", { $0.wallNanoseconds }, true), ("lock_takings", { UInt64($0.lock.takings) }, false),
      ("kernel_processes", { UInt64($0.kernel.processes) }, false),
      ("kernel_threads", { UInt64($0.kernel.threads) }, false),
      ("kernel_voluntary", { UInt64($0.kernel.voluntary) }, false),
      ("kernel_involuntary", { UInt64($0.kernel.involuntary) }, false),
    ]
    for (name, value, isDuration) in whole {
      let values = [value(left.summary), value(right.summary)]
      rows.append(
        row(name, values, isDuration: isDuration, nil, values[0] == values[1] ? .equal : .differ))
    }
    return rows
  }

  /// One JSON object on one line: both summaries, and each figure that differs, with the side that is better in it, 0 or 1.
  public var json: String {
    var json = JSONWriter()
    json.object {
      $0.field("version", 1)
      $0.field("scenario", left.summary.scenario)
      $0.field("seed", left.summary.seed)
      $0.key("sides")
      $0.array([left, right]) { $1.summary.write(to: &$0) }
      $0.key("figures")
      $0.array(rows.filter { $0.judgement != .equal }) { json, row in
        json.object {
          $0.field("figure", row.name)
          $0.key("values")
          $0.array(row.values) { $0.value($1) }
          $0.key("better")
          if case .better(let side) = row.judgement { $0.value(side) } else { $0.null() }
        }
      }
    }
    return json.text
  }

  /// A table for people, a figure a line; what went wrong last. Ends without a line break.
  public var text: String {
    var table = [["", ComparisonReport.name(left.summary), ComparisonReport.name(right.summary), ""]]
    for row in rows where row.values != [0, 0] {
      let values = row.values.map { row.isDuration ? Summary.time($0) : Summary.grouped(Int(clamping: $0)) }
      table.append([Self.words(row.name), values[0], values[1], verdict(row)])
    }
    for (name, value) in [("check", { (summary: Summary) in summary.result.ok ? "ok" : "FAILED" })] {
      table.append([name, value(left.summary), value(right.summary), ""])
    }
    var lines = ["\(left.summary.scenario), seed \(left.summary.seed)"] + ComparisonReport.aligned(table)
    for side in [left, right] {
      let summary = side.summary
      if let first = summary.audit.first { lines.append("  \(ComparisonReport.name(summary)): \(first)") }
      for waiter in summary.deadlock {
        lines.append(
          "  \(ComparisonReport.name(summary)): deadlock: G\(waiter.fiber) \(waiter.name) waits on \(waiter.waitsOn)")
      }
      if !summary.isComplete { lines.append("  \(ComparisonReport.name(summary)): stopped before its end") }
    }
    return lines.joined(separator: "\n")
  }

  /// `mpn, 4 P`
  private static func name(_ summary: Summary) -> String {
    summary.era.rawValue
      + (summary.era.hasProcessorCount ? ", \(summary.processorCount) \(summary.era == .mpn ? "P" : "may run")" : "")
  }

  private func verdict(_ row: Row) -> String {
    switch row.judgement {
    case .better(let side):
      let least = row.values.min() ?? 0
      let most = row.values.max() ?? 0
      let word = row.better == .more ? "more" : row.isDuration ? "shorter" : "fewer"
      let name = ComparisonReport.name((side == 0 ? left : right).summary)
      guard least > 0 else { return "\(name): none" }
      let tenths = Int((Double(most) / Double(least) * 10).rounded())
      return "\(name): \(Summary.grouped(tenths / 10)).\(tenths % 10)× \(word)"
    case .alike: return "about alike"
    case .equal, .differ: return ""
    }
  }

  private static func words(_ name: String) -> String {
    (name.hasSuffix("_ns") ? String(name.dropLast(3)) : name).split(separator: "_").joined(separator: " ")
  }

  /// Two blanks before each line and between columns; numbers end together.
  private static func aligned(_ table: [[String]]) -> [String] {
    let widths = (0..<3).map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      let cells = (0..<3).map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + blanks : blanks + row[column]
      }
      let line = "  " + (cells + (row[3].isEmpty ? [] : [row[3]])).joined(separator: "  ")
      return line
    }
  }
}
