import MagpieModel

/// One figure of both sides.
struct CompareRow {
  let label: String
  let left: UInt64
  let right: UInt64
  let isDuration: Bool
  let better: Figure.Better?
  let judgement: Judgement
  /// Whether it is of the whole run, not of the moment.
  var isWhole = false

  /// The most telling first. What is nothing on both sides from beginning to end is left out.
  private static let order: [Figure] = [
    .time, .done, .switches, .queueWait, .longQueueWait, .lockWaited, .lockWaits, .victims, .steals, .threads, .ready,
    .calls, .waiting, .running, .active, .handoffs,
  ]

  static func rows(_ compared: Comparison, say: Language) -> [CompareRow] {
    let same = compared.haveDoneTheSame
    let eras = compared.sides.map(\.run.era)
    var rows = order.filter { $0.isTold(under: eras) }.compactMap { figure -> CompareRow? in
      let ends = compared.sides.map { figure.value(in: $0.run.history.live) }
      if figure.isTotal, ends == [0, 0] { return nil }
      if figure == .calls,
        compared.sides.allSatisfy({ $0.run.history.live.statistics.count(of: .machineSyscallEnter) == 0 })
      {
        return nil
      }
      let now = figure == .time ? compared.times : compared.sides.map { figure.value(in: $0.cursor.state) }
      return CompareRow(
        label: say(.compare(.figure(figure))), left: now[0], right: now[1], isDuration: figure.isDuration,
        better: figure.better,
        judgement: Judgement(figure, now[0], now[1], haveDoneTheSame: same))
    }
    let whole: [(ComparePhrase, KeyPath<WholeRun, UInt64>, Bool)] = [
      (.wholeSwitches, \.kernelSwitches, false), (.wholeThreads, \.threads, false),
      (.wholeTime, \.wallNanoseconds, true),
    ]
    for (label, path, isDuration) in whole {
      let values = compared.sides.map { $0.run.whole[keyPath: path] }
      guard values != [0, 0] else { continue }
      rows.append(
        CompareRow(
          label: say(.compare(label)), left: values[0], right: values[1], isDuration: isDuration, better: nil,
          judgement: .differ,
          isWhole: true)
      )
    }
    return rows
  }
}

/// The figures of two runs, each under its own side: values and bars left and right of their names, and at the better one a sign
/// and a word.
struct CompareFigures {
  let rows: [CompareRow]
  let say: Language
  let note: String

  /// Cells of a value, of a verdict and of a bar at the least.
  private static let verdictWidth = 15
  private static let leastBar = 4

  func draw(_ canvas: inout Canvas, _ area: Area) {
    guard area.height > 0 else { return }
    StatsContext.title(&canvas, area, say(.compare(.figures)), note: note)
    // What is known of the whole run only has long names, and is the first to go.
    let rows = area.width < 96 ? rows.filter { !$0.isWhole } : rows
    let names = min((rows.map { Canvas.width(of: $0.label) }.max() ?? 0) + 2, area.width - 18)
    let half = (area.width - names) / 2
    for (number, row) in rows.prefix(max(area.height - 1, 0)).enumerated() {
      let y = area.y + 1 + number
      let middle = Area(x: area.x + half, y: y, width: area.width - 2 * half, height: 1)
      canvas.writeCentered(row.label, middle, y: y, Style(.text))
      draw(row, 0, &canvas, Area(x: area.x, y: y, width: half, height: 1))
      draw(row, 1, &canvas, Area(x: middle.right, y: y, width: half, height: 1))
    }
  }

  /// One side of a row: value, bar and verdict, from the name outwards.
  private func draw(_ row: CompareRow, _ side: Int, _ canvas: inout Canvas, _ area: Area) {
    let value = side == 0 ? row.left : row.right
    let isBetter = row.judgement == .better(side: side)
    let role: Role = isBetter ? .good : .text
    let text = row.isDuration ? Numbers.duration(value) : Numbers.grouped(value)
    let valueWidth = area.width >= 36 ? 11 : 9
    // Where there is no room for the words, the sign alone must do.
    let rest = area.width - valueWidth - 2
    let hasWords = rest >= CompareFigures.verdictWidth + CompareFigures.leastBar
    let verdictWidth = hasWords ? max(CompareFigures.verdictWidth, min(18, rest / 3)) : 1
    let length = max(rest - verdictWidth, 0)
    let verdict = verdict(row, side, inWords: hasWords)
    let most = max(row.left, row.right)
    let share = most == 0 ? 0 : Double(value) / Double(most)
    let style = Style(isBetter ? .good : .timer)
    if side == 0 {
      canvas.writeRight(text, right: area.right, y: area.y, Style(role, bold: isBetter))
      let end = area.right - valueWidth - 1
      canvas.barLeftwards(share, x: end - length, y: area.y, length: length, style)
      canvas.writeRight(verdict, right: end - length - 1, y: area.y, Style(isBetter ? .good : .dim, bold: isBetter))
    } else {
      canvas.write(text, x: area.x, y: area.y, Style(role, bold: isBetter), limit: valueWidth)
      let start = area.x + valueWidth + 1
      canvas.bar(share, x: start, y: area.y, length: length, style)
      canvas.write(
        verdict, x: start + length + 1, y: area.y, Style(isBetter ? .good : .dim, bold: isBetter), limit: verdictWidth)
    }
  }

  private func verdict(_ row: CompareRow, _ side: Int, inWords: Bool) -> String {
    switch row.judgement {
    case .better(let better) where better == side:
      guard inWords else { return "✓" }
      let least = min(row.left, row.right)
      let factor = least == 0 ? nil : Double(max(row.left, row.right)) / Double(least)
      return "✓ " + say(.compare(.better(row.better ?? .less, isDuration: row.isDuration, factor: factor)))
    case .alike where side == 1 && inWords: return say(.compare(.alike))
    default: return ""
    }
  }
}
