import CKernel
import MagpieView

/// The measurements of one claim. What is compared takes turns, so that a slow moment of the machine falls on all.
struct LabSeries {
  private let experiment: any LabExperiment.Type
  private let cases: [LabCase]
  private let effort: LabEffort
  private var values: [LabSubject: [Double]] = [:]
  private var obstacles: [Int: LabObstacle] = [:]
  /// Rounds so far, the one that goes on in part, and what they took in nanoseconds.
  private var rounds = 0.0
  private var time: UInt64 = 0

  init(_ experiment: any LabExperiment.Type, _ effort: LabEffort, isSmall: Bool) {
    self.experiment = experiment
    self.effort = effort.weighted(by: experiment.weight)
    cases = experiment.cases(isSmall: isSmall)
  }

  var claim: LabClaim { experiment.claim }
  var isOver: Bool { open.isEmpty }
  /// The cases that are worth one more measurement.
  private var open: [Int] { cases.indices.filter(wants) }

  /// Measures for the time of a turn, a round at least. - Parameter before: called before each measurement with how far it is, from 0 to 1.
  mutating func takeTurn(before: (Double) -> Void) {
    let (end, isEndless) = time.addingReportingOverflow(effort.turn)
    repeat {
      let open = open
      let whole = rounds
      for (place, index) in open.enumerated() {
        rounds = whole + Double(place) / Double(open.count)
        before(part)
        let begin = ck_monotonic_ns()
        measure(index)
        time += ck_monotonic_ns() - begin
      }
      rounds = whole + 1
    } while !isOver && (isEndless || time < end)
  }

  private func wants(_ index: Int) -> Bool {
    guard obstacles[index] == nil else { return false }
    let samples = cases[index].rows.compactMap { LabSample(values[$0] ?? []) }
    return (samples.first?.count ?? 0) < cases[index].atMost && effort.wants(after: samples, time: time)
  }

  /// How far it is, from 0 to 1. The rounds that all take are the first half; how many more are needed only time tells.
  var part: Double {
    if isOver { return 1 }
    let fewest = rounds / Double(effort.fewest)
    if effort.most == effort.fewest { return fewest }
    return fewest < 1 ? fewest / 2 : 0.5 + min(Double(time) / Double(effort.time), 1) / 2
  }

  private mutating func measure(_ index: Int) {
    do throws(LabObstacle) {
      let measured = try LabHost.measure(experiment.claim, cases[index])
      for (subject, value) in zip(cases[index].rows, measured) { values[subject, default: []].append(value) }
    } catch {
      obstacles[index] = error
    }
  }

  var report: Lab.Report {
    let rows = cases.flatMap(\.rows).map { subject in
      LabRow(claim: experiment.claim, subject: subject, sample: LabSample(values[subject] ?? []))
    }
    return Lab.Report(
      claim: experiment.claim, rows: rows, findings: experiment.findings(LabTable(rows: rows)),
      obstacles: cases.indices.compactMap { index in obstacles[index].map { (cases[index].rows[0], $0) } },
      isOneScale: experiment.claim == .contextSwitch)
  }
}
