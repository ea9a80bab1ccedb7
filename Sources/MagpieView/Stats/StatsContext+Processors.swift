import MagpieModel

extension StatsContext {
  /// How busy each processor was so far, and over time; of many, neighbours are taken together.
  func drawBusy(_ canvas: inout Canvas, _ area: Area) {
    StatsContext.title(&canvas, area, say(.statsBusyTitle), note: say(.statsSinceStart))
    let letter = letter
    // Where each machine has a queue, sysmon has none.
    let ids = (0..<max(scene.state.activeProcessorCount, 1)).filter {
      scene.state.era != .distributed || scene.state.owner(of: $0) != nil
    }
    let rows = max(area.height - 1, 1)
    let size = Statistics.groupSize(max(ids.count, 1), rows)
    let label = size > 1 ? 9 : 5
    let curve = max(min((area.width - label - 6) * 45 / 100, 40), 0)
    let bar = area.width - label - 6 - curve - (curve > 0 ? 1 : 0)
    let last = samples[samples.count - 1]
    for (row, start) in stride(from: 0, to: ids.count, by: size).enumerated() where row < rows {
      let y = area.y + 1 + row
      let group = ids[start..<min(start + size, ids.count)]
      let first = ids[start]
      func busy(_ sample: Sample) -> UInt64 {
        group.reduce(0) { $1 < sample.busy.count ? $0 &+ sample.busy[$1] : $0 }
      }
      let time = Double(scene.state.time) * Double(group.count)
      let share = time > 0 ? min(Double(busy(last)) / time, 1) : 0
      let name = group.count > 1 ? "\(letter)\(first)–\(group.last ?? first)" : "\(letter)\(first)"
      canvas.write(name, x: area.x, y: y, Style(.title, bold: true), limit: label - 1)
      if letter != "" { canvas.mark(.processor(first), Area(x: area.x, y: y, width: area.width, height: 1)) }
      canvas.bar(share, x: area.x + label, y: y, length: bar, Style(.running))
      canvas.writeRight("\(Int(share * 100)) %", right: area.x + label + bar + 6, y: y, Style(.text))
      guard curve > 3 else { continue }
      let part = time / Double(curve)
      level(growth(curve, busy).map { part > 0 ? $0 / part : 0 }, &canvas, x: area.right - curve, y: y)
    }
  }

  /// Small columns of shares, 1 being the full height.
  private func level(_ shares: [Double], _ canvas: inout Canvas, x: Int, y: Int) {
    for (index, share) in shares.enumerated() {
      let level = UInt32(min(max((share * 7).rounded(), 0), 7))
      guard let glyph = Glyph(rawValue: Glyph.bar1.rawValue + level) else { continue }
      canvas.put(glyph, x: x + index, y: y, Style(.running))
    }
  }

  /// Whose the totals of a processor are: the P's, or the machine's that has that queue for ever; a permit is nobody's.
  private var letter: String {
    switch scene.state.era {
    case .mpn: "P"
    case .global: ""
    case .serial, .nto1, .distributed, .processes, .threads: "M"
    }
  }

  /// The threads that have waited longest for the one queue's lock.
  func drawLock(_ canvas: inout Canvas, _ area: Area) {
    StatsContext.title(&canvas, area, say(.era(.statsLockTitle)), note: say(.era(.statsLockNote)))
    let columns = [(say(.statsWaited), 18), (say(.statsWaits), 27), (say(.era(.statsLongest)), 38)]
    for (text, right) in columns where right <= area.width {
      canvas.writeRight(text, right: area.x + right, y: area.y + 1, Style(.dim))
    }
    let waits = (0..<scene.state.machineCount).map { (id: $0, waits: scene.state.lockWaits(of: $0)) }
      .filter { $0.waits.count > 0 }.sorted { $0.waits.nanoseconds > $1.waits.nanoseconds }
    if waits.isEmpty {
      canvas.write(say(.era(.lockNeverWaitedFor)), x: area.x, y: area.y + 2, Style(.ghost), limit: area.width)
    }
    let most = waits.first?.waits.nanoseconds ?? 1
    for (row, one) in waits.prefix(max(area.height - 2, 0)).enumerated() {
      let y = area.y + 2 + row
      let machine = UInt16(truncatingIfNeeded: one.id)
      canvas.mark(.machine(machine), Area(x: area.x, y: y, width: area.width, height: 1))
      canvas.write(scene.machineName(machine), x: area.x, y: y, Style(.title, bold: true), limit: 7)
      let values = [
        Numbers.duration(one.waits.nanoseconds), Numbers.compact(Double(one.waits.count)),
        Numbers.duration(one.waits.longest),
      ]
      for ((_, right), value) in zip(columns, values) where right <= area.width {
        canvas.writeRight(value, right: area.x + right, y: y, Style(.text))
      }
      if area.width >= 46 {
        let share = Double(one.waits.nanoseconds) / Double(max(most, 1))
        canvas.bar(share, x: area.x + 40, y: y, length: area.width - 40, Style(.error))
      }
    }
  }

  /// Who stole how many fibers from whom.
  func drawSteals(_ canvas: inout Canvas, _ area: Area) {
    let groups = max(min(area.height - 2, (area.width - 8) / 6, area.height > 11 ? 64 : 8), 1)
    let cells = statistics.stolen(groups: groups)
    let size = Statistics.groupSize(statistics.processors.count, groups)
    StatsContext.title(&canvas, area, say(.statsStealTitle), note: say(.statsStealNote))
    let most = cells.joined().max() ?? 0
    let letter = letter
    func name(_ index: Int) -> String {
      size == 1 ? "\(letter)\(index)" : "\(letter)\(index * size)–"
    }
    let width = min(max((area.width - 7) / max(cells.count, 1), 1), 9)
    for (column, _) in cells.enumerated() {
      canvas.writeRight(name(column), right: area.x + 7 + (column + 1) * width - 1, y: area.y + 1, Style(.dim))
    }
    for (thief, row) in cells.enumerated() where area.y + 2 + thief < area.bottom {
      let y = area.y + 2 + thief
      canvas.write(name(thief), x: area.x, y: y, Style(.title, bold: true), limit: 6)
      if size == 1 { canvas.mark(.processor(thief), x: area.x, y: y, to: area.x + 6) }
      for (victim, count) in row.enumerated() {
        let right = area.x + 7 + (victim + 1) * width - 1
        guard count > 0 else {
          canvas.put(.middleDot, x: right - 1, y: y, Style(.ghost))
          continue
        }
        let level = UInt32(min(Double(count) * 7 / Double(most), 7))
        let start = canvas.writeRight(Numbers.compact(Double(count)), right: right, y: y, Style(.text))
        guard let glyph = Glyph(rawValue: Glyph.bar1.rawValue + level), start > right - width + 1 else { continue }
        canvas.put(glyph, x: start - 1, y: y, Style(.steal))
      }
    }
  }
}
