import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieView

extension Language {
  /// A summary for people: a few lines, what went wrong last, where it is seen. Ends without a line break.
  func text(of summary: Summary) -> String {
    var rows: [[String]] = []
    func row(_ label: SummaryPhrase.Label?, _ phrase: SummaryPhrase) {
      rows.append(["  " + (label.map { self(.label($0)) } ?? ""), self(phrase)])
    }
    // Where the kernel schedules, it alone knows what is stolen, handed on and run where.
    let hasFibers = summary.era.hasFibers
    row(hasFibers ? .fibers : .tasks, .fibers(created: summary.fibers.created, live: summary.fibers.live))
    row(.events, .events(summary.events.total, lost: summary.events.lost, hash: summary.traceHashText))
    for loss in summary.losses.prefix(3) { row(nil, .lost(loss)) }
    if summary.losses.count > 3 { row(nil, .moreLosses(summary.losses.count - 3)) }
    if hasFibers {
      row(.steals, .steals(summary.steals, searches: summary.searches))
      row(.handoffs, .handoffs(summary.handoffs, machines: summary.machines))
    }
    if summary.lock.takings > 0 { row(.lock, .lock(summary.lock)) }
    row(.queueWait, .queueWait(summary.queueWait))
    row(.kernel, .kernel(summary.kernel))
    let processors = hasFibers ? summary.processors : []
    for processor in processors.prefix(16) { rows.append(["  P\(processor.id)", self(.processor(processor))]) }
    if processors.count > 16 { row(nil, .moreProcessors(processors.count - 16)) }
    row(
      .audit,
      .audit(findings: summary.audit.findings, events: summary.audit.eventsChecked, first: summary.audit.first))
    for waiter in summary.deadlock.prefix(16) { row(.deadlock, .waits(waiter)) }
    if summary.deadlock.count > 16 { row(nil, .more(summary.deadlock.count - 16)) }
    row(.check, .check(summary.result))
    return ([self(.head(summary))] + Table.lines(rows)).joined(separator: "\n")
  }

  /// Two runs for people: a figure a line, what went wrong last. Ends without a line break.
  func text(of report: ComparisonReport) -> String {
    let sides = [report.left.summary, report.right.summary]
    var rows = [[""] + sides.map { self(.side($0)) } + [""]]
    for row in report.rows where row.values != [0, 0] {
      let values = row.values.map { row.subject.isDuration ? Numbers.duration($0) : Numbers.grouped($0) }
      rows.append([words(row.subject)] + values + [verdict(row, sides)])
    }
    rows.append([self(.label(.check))] + sides.map { self(.check(ScenarioResult(ok: $0.result.ok))) } + [""])
    var lines = [self(.comparison(report.left.summary))] + Table.lines(rows, numbers: 1...2).map { "  " + $0 }
    for summary in sides {
      if let first = summary.audit.first { lines.append("  " + self(.ofSide(summary, .defect(first)))) }
      for waiter in summary.deadlock { lines.append("  " + self(.ofSide(summary, .defect(.deadlock(waiter))))) }
      for trouble in summary.troubles { lines.append("  " + self(.ofSide(summary, .trouble(trouble)))) }
      if !summary.isComplete { lines.append("  " + self(.ofSide(summary, .defect(.unended)))) }
    }
    return lines.joined(separator: "\n")
  }

  private func words(_ subject: ComparisonReport.Subject) -> String {
    switch subject {
    case .figure(let figure): self(.compare(.figure(figure)))
    case .wallTime: self(.compare(.wholeTime))
    case .lockTakings: self(.label(.lockTakings))
    case .kernelProcesses: self(.label(.kernelProcesses))
    case .kernelThreads: self(.label(.kernelThreads))
    case .kernelVoluntary: self(.label(.kernelVoluntary))
    case .kernelInvoluntary: self(.label(.kernelInvoluntary))
    }
  }

  private func verdict(_ row: ComparisonReport.Row, _ sides: [Summary]) -> String {
    switch row.judgement {
    case .better(let side):
      guard case .figure(let figure) = row.subject, let better = figure.better else { return "" }
      let (least, most) = (row.values.min() ?? 0, row.values.max() ?? 0)
      let factor = least > 0 ? Double(most) / Double(least) : nil
      return self(.verdict(.better(better, isDuration: row.subject.isDuration, factor: factor), side: sides[side]))
    case .alike: return self(.compare(.alike))
    case .equal, .differ: return ""
    }
  }
}
