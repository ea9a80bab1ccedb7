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
    /// Nil for as many as the claims need: see `LabEffort`.
    public var repetitions: Int?
    /// Only so much of everything that it is known to work.
    public var isSmall = false

    public init(_ claims: [LabClaim] = LabClaim.allCases) { self.claims = claims }

    var effort: LabEffort {
      if let repetitions { return LabEffort(fewest: repetitions, most: repetitions) }
      return claims.count == 1 ? .alone : .together
    }
  }

  /// Measures claims, which take turns.
  /// - Parameters:
  ///   - progress: called before each measurement.
  ///   - report: called with each claim, in their order, as soon as all of it is known.
  public static func run(_ request: Request, progress: (Progress) -> Void, report: (Report) -> Void) {
    var all = experiments.filter { request.claims.contains($0.claim) }
      .map { LabSeries($0, request.effort, isSmall: request.isSmall) }
    let count = all.count
    var reported = 0
    while reported < count {
      for index in all.indices where !all[index].isOver {
        let claim = all[index].claim
        let others = all.indices.filter { $0 != index }.reduce(0) { $0 + all[$1].part }
        all[index].takeTurn { part in
          progress(Progress(claim: claim, part: (others + part) / Double(count)))
        }
        while reported < count, all[reported].isOver {
          report(all[reported].report)
          reported += 1
        }
      }
    }
  }
}
