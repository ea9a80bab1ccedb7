public import MagpieView

/// The claims of the history, measured on this machine.
public enum Lab {
  /// In the order of the claims.
  static let experiments: [any LabExperiment.Type] = [
    MemoryExperiment.self, SwitchExperiment.self, CreateExperiment.self, OverheadExperiment.self, LockExperiment.self,
    CoherenceExperiment.self, StealExperiment.self, CacheExperiment.self, BlockingExperiment.self,
    FairnessExperiment.self,
  ]

  /// How far it is.
  public struct Progress: Sendable {
    public let claim: LabClaim
    /// From 0 to 1, of all claims.
    public let part: Double
  }

  /// What came of a claim.
  public struct Report: Sendable {
    public let claim: LabClaim
    public let rows: [LabRow]
    public let findings: [LabFinding]
    /// What could not be measured, and why.
    public let obstacles: [(subject: LabSubject, obstacle: LabObstacle)]
    /// Whether the values are compared with each other, whatever they are of.
    let isOneScale: Bool

    /// Whether the machine bears the claim out; nil where something that it takes is not known.
    public var isBorneOut: Bool? {
      if findings.contains(where: { $0.holds == false }) { return false }
      return findings.contains { $0.holds == nil } ? nil : true
    }
  }

  /// What to measure.
  public struct Request: Sendable {
    public var claims: [LabClaim]
    /// Nil for the claims' own choice: fewer where there are many claims.
    public var repetitions: Int?
    /// Only so much of everything that it is known to work.
    public var isSmall = false

    public init(_ claims: [LabClaim] = LabClaim.allCases) { self.claims = claims }
  }

  /// Measures claims, one after the other.
  /// - Parameters:
  ///   - progress: called before each measurement.
  ///   - report: called with each claim as soon as all of it is known.
  public static func run(_ request: Request, progress: (Progress) -> Void, report: (Report) -> Void) {
    let chosen = experiments.filter { request.claims.contains($0.claim) }
    let series = chosen.map { LabSeries($0, request, isAlone: request.claims.count == 1) }
    let all = Double(series.reduce(0) { $0 + $1.measurements })
    var done = 0.0
    for var series in series {
      let claim = series.experiment.claim
      series.run {
        progress(Progress(claim: claim, part: done / all))
        done += 1
      }
      report(series.report)
    }
  }
}

/// The measurements of one claim. What is compared takes turns, so that a slow moment of the machine falls on all.
struct LabSeries {
  let experiment: any LabExperiment.Type
  private let cases: [LabCase]
  private let repetitions: Int
  private var values: [LabSubject: [Double]] = [:]
  private var obstacles: [Int: LabObstacle] = [:]

  init(_ experiment: any LabExperiment.Type, _ request: Lab.Request, isAlone: Bool) {
    self.experiment = experiment
    cases = experiment.cases(isSmall: request.isSmall)
    repetitions =
      request.repetitions ?? (isAlone ? experiment.repetitions.alone : experiment.repetitions.together)
  }

  /// How many there will be if nothing stands in the way.
  var measurements: Int { cases.reduce(0) { $0 + min($1.atMost, repetitions) } }

  mutating func run(before: () -> Void) {
    for repetition in 0..<repetitions {
      for (index, one) in cases.enumerated() where repetition < one.atMost {
        before()
        guard obstacles[index] == nil else { continue }
        do throws(LabObstacle) {
          let measured = try LabHost.measure(experiment.claim, one)
          for (subject, value) in zip(one.rows, measured) { values[subject, default: []].append(value) }
        } catch {
          obstacles[index] = error
        }
      }
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
