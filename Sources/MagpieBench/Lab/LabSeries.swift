import CKernel
import MagpieView

/// The measurements of one claim. What is compared takes turns, so that a slow moment of the machine falls on all.
struct LabSeries {
  private let experiment: any LabExperiment.Type
  private let cases: [LabCase]
  private var values: [LabSubject: [Double]] = [:]
  private var obstacles: [Int: LabObstacle] = [:]

  init(_ experiment: any LabExperiment.Type, isSmall: Bool) {
    self.experiment = experiment
    cases = experiment.cases(isSmall: isSmall)
  }

  /// - Parameter before: called before each measurement with how far it is, from 0 to 1.
  mutating func run(_ effort: LabEffort, before: (Double) -> Void) {
    let begin = ck_monotonic_ns()
    for round in 0... {
      let open = cases.indices.filter { wants($0, effort, ck_monotonic_ns() - begin) }
      if open.isEmpty { return }
      for (place, index) in open.enumerated() {
        let rounds = Double(round) + Double(place) / Double(open.count)
        before(part(rounds, effort, ck_monotonic_ns() - begin))
        measure(index)
      }
    }
  }

  private func wants(_ index: Int, _ effort: LabEffort, _ time: UInt64) -> Bool {
    guard obstacles[index] == nil else { return false }
    let samples = cases[index].rows.compactMap { LabSample(values[$0] ?? []) }
    return (samples.first?.count ?? 0) < cases[index].atMost && effort.wants(after: samples, time: time)
  }

  private mutating func measure(_ index: Int) {
    do throws(LabObstacle) {
      let measured = try LabHost.measure(experiment.claim, cases[index])
      for (subject, value) in zip(cases[index].rows, measured) { values[subject, default: []].append(value) }
    } catch {
      obstacles[index] = error
    }
  }

  /// The rounds that all take are the first half; how many more are needed only time tells.
  private func part(_ rounds: Double, _ effort: LabEffort, _ time: UInt64) -> Double {
    let fewest = rounds / Double(effort.fewest)
    if effort.most == effort.fewest { return fewest }
    return fewest < 1 ? fewest / 2 : 0.5 + min(Double(time) / Double(effort.time), 1) / 2
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
