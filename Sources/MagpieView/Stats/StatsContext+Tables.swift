import MagpieModel
import MagpieTrace

extension StatsContext {
  /// How long fibers waited in queues: a bar for each power of two, its length the logarithm of the count.
  func drawWaits(_ canvas: inout Canvas, _ area: Area) {
    let waits = statistics.queueWait
    let note = say(.statsPercentiles(p50: waits.p50, p99: waits.p99, p999: waits.p999))
    StatsContext.title(&canvas, area, say(.statsWaitTitle), note: area.width >= 56 ? note : "")
    var y = area.y + 1
    if area.width < 56 {
      canvas.write(note, x: area.x, y: y, Style(.dim), limit: area.width)
      y += 1
    }
    let powers = waits.powersOfTwo
    guard let low = powers.firstIndex(where: { $0 > 0 }), let high = powers.lastIndex(where: { $0 > 0 }),
      y < area.bottom
    else {
      canvas.write(say(.nothingYet), x: area.x, y: y, Style(.ghost), limit: area.width)
      return
    }
    let rows = area.bottom - y
    let size = (high - low + rows) / rows
    let groups = stride(from: low, through: high, by: size).map { start in
      (start: start, count: powers[start...min(start + size - 1, high)].reduce(0, +))
    }
    let most = groups.map(\.count).max() ?? 1
    for (row, group) in groups.enumerated() {
      let from: UInt64 = group.start == 0 ? 0 : 1 &<< UInt64(group.start)
      let end: UInt64 = 1 &<< UInt64(group.start + size)
      let marks = [(waits.p50, "p50"), (waits.p99, "p99"), (waits.p999, "p999")]
        .filter { $0.0 >= from && $0.0 < end }.map(\.1).joined(separator: " ")
      canvas.writeRight("≥ " + Numbers.duration(from), right: area.x + 9, y: y + row, Style(.dim))
      let count = Numbers.compact(Double(group.count))
      let room = area.width - 10 - 6 - 13
      // One is more than none, so the scale begins below it.
      let share = group.count == 0 ? 0 : logarithm(group.count + 1) / logarithm(most + 1)
      if group.count > 0 {
        canvas.line(
          .heavyHorizontal, x: area.x + 10, y: y + row, length: max(Int(share * Double(room)), 1), Style(.runnable))
      }
      canvas.writeRight(count, right: area.x + 10 + room + 6, y: y + row, Style(group.count == 0 ? .ghost : .text))
      if !marks.isEmpty {
        canvas.put(.left, x: area.x + 18 + room - 1, y: y + row, Style(.title))
        canvas.write(
          marks, x: area.x + 18 + room + 1, y: y + row, Style(.title, bold: true), limit: area.width - 19 - room)
      }
    }
  }

  /// The logarithm to the base two, between whole ones in a straight line.
  private func logarithm(_ value: UInt64) -> Double {
    let whole = 63 - value.leadingZeroBitCount
    return Double(whole) + Double(value) / Double(UInt64(1) << UInt64(whole)) - 1
  }

  /// Events by kind: how many, how many a second, and what share.
  func drawKinds(_ canvas: inout Canvas, _ area: Area) {
    StatsContext.title(&canvas, area, say(.statsKindTitle), note: recent > 0 ? say(.statsRateOver(recent)) : "")
    var rows = EventKind.allCases.compactMap { kind in
      statistics.count(of: kind) == 0 ? nil : (kind: kind, count: statistics.count(of: kind), rate: rate(kind))
    }
    rows.sort { left, right in
      switch order {
      case .total where left.count != right.count: (left.count > right.count) != isReversed
      case .rate where left.rate != right.rate: (left.rate > right.rate) != isReversed
      default: (left.kind.rawValue < right.kind.rawValue) != (isReversed && order == .kind)
      }
    }
    let name = min(24, max(area.width - 18, 10))
    let bar = area.width - name - 18
    let arrow = isReversed == (order == .kind) ? " ▼" : " ▲"
    func heading(_ of: StatsView.Order, _ phrase: Phrase) -> (String, Style) {
      of == order ? (say(phrase) + arrow, Style(.title, bold: true)) : (say(phrase), Style(.dim))
    }
    let y = area.y + 1
    var (text, style) = heading(.kind, .statsKind)
    canvas.write(text, x: area.x, y: y, style, limit: name - 1)
    (text, style) = heading(.total, .statsCount)
    canvas.writeRight(text, right: area.x + name + 8, y: y, style)
    (text, style) = heading(.rate, .statsRate)
    canvas.writeRight(text, right: area.x + name + 17, y: y, style)
    let all = Double(max(scene.state.eventCount, 1))
    for (row, one) in rows.prefix(max(area.bottom - y - 1, 0)).enumerated() {
      let y = y + 1 + row
      canvas.write(one.kind.name, x: area.x, y: y, Style(.text), limit: name - 1)
      canvas.writeRight(Numbers.compact(Double(one.count)), right: area.x + name + 8, y: y, Style(.text))
      canvas.writeRight(Numbers.compact(one.rate), right: area.x + name + 17, y: y, Style(one.rate > 0 ? .dim : .ghost))
      if bar >= 4 { canvas.bar(Double(one.count) / all, x: area.x + name + 18, y: y, length: bar, Style(.title)) }
    }
    let hidden = rows.count - max(area.bottom - y - 1, 0)
    if hidden > 0 {
      let text = " " + say(.more(hidden))
      canvas.write(text, x: area.x + Canvas.width(of: say(.statsKindTitle)) + 1, y: area.y, Style(.dim))
    }
  }

  /// The locks, channels and other objects for which fibers have waited most.
  func drawContention(_ canvas: inout Canvas, _ area: Area) {
    StatsContext.title(&canvas, area, say(.statsContentionTitle))
    let by: SchedulerState.ContentionOrder =
      switch order {
      case .total: .waited
      case .rate: .waits
      case .kind: .waiters
      }
    let y = area.y + 1
    let columns: [(SchedulerState.ContentionOrder, Phrase, Int)] = [
      (.waited, .statsWaited, 26), (.waits, .statsWaits, 34), (.waiters, .statsWaitNow, 41),
    ]
    for (column, phrase, right) in columns where right <= area.width {
      let isSorted = column == by
      let text = say(phrase) + (isSorted ? (isReversed ? " ▲" : " ▼") : "")
      canvas.writeRight(text, right: area.x + right, y: y, Style(isSorted ? .title : .dim, bold: isSorted))
    }
    let objects = scene.state.contention(by: by, isReversed: isReversed, limit: max(area.bottom - y - 1, 0))
    if objects.isEmpty { canvas.write(say(.statsNoWaits), x: area.x, y: y + 1, Style(.ghost), limit: area.width) }
    for (row, object) in objects.enumerated() {
      let y = y + 1 + row
      canvas.mark(.object(object.id), Area(x: area.x, y: y, width: area.width, height: 1))
      canvas.write(say(.statsObject(object.kind, object.id)), x: area.x, y: y, Style(.text), limit: 16)
      let values = [
        Numbers.duration(object.waitedNanoseconds), Numbers.compact(Double(object.waits)),
        Numbers.grouped(object.waiters),
      ]
      for ((_, _, right), value) in zip(columns, values) where right <= area.width {
        canvas.writeRight(value, right: area.x + right, y: y, Style(.text))
      }
      if let holder = object.holder, area.width >= 54 {
        canvas.write(say(.statsHeldBy(holder)), x: area.x + 43, y: y, Style(.dim), limit: area.width - 43)
      }
    }
  }
}
