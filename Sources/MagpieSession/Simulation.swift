public import MagpieScenarios
public import MagpieTrace

/// Many seeds of one scenario, each run one machine at a time and audited.
public struct Simulation: Sendable {
  public struct Outcome: Sendable {
    public var seeds = 0
    /// Seeds in which something was found.
    public var findings = 0
    /// The first of them, with its processors and what was found.
    public var first: (seed: UInt64, processors: Int, defect: Defect)?
  }

  /// Processors of a seed, when nobody says: every number from 1 to 4, two or more most often.
  public static func processors(for seed: UInt64) -> Int { [4, 2, 3, 1, 2][Int(seed % 5)] }

  /// Runs all seeds.
  public static func run(
    _ scenario: any Scenario, seeds: ClosedRange<UInt64>, era: Era = .mpn, processors: Int? = nil,
    isDisturbed: Bool = false, progress: (UInt64) -> Void = { _ in }
  ) -> Outcome {
    var outcome = Outcome()
    for seed in seeds {
      let summary = run(
        scenario, seed: seed, era: era, processors: processors ?? Simulation.processors(for: seed),
        isDisturbed: isDisturbed)
      outcome.seeds += 1
      if let defect = defect(in: summary, deadlocks: type(of: scenario).deadlocks(in: era)) {
        outcome.findings += 1
        if outcome.first == nil { outcome.first = (seed, summary.processorCount, defect) }
      }
      progress(seed)
    }
    return outcome
  }

  /// Runs one seed.
  public static func run(
    _ scenario: any Scenario, seed: UInt64, era: Era = .mpn, processors: Int, isDisturbed: Bool = false
  ) -> Summary {
    var request = RunRequest(scenario: scenario, processors: processors)
    request.era = era
    request.seed = seed
    request.isSimulated = true
    request.isDisturbed = isDisturbed
    request.historyCapacity = 1_024
    let session = Session(request)
    session.start()
    session.waitUntilEnded()
    return session.summary()
  }

  /// What is wrong with a run; nil if nothing is.
  static func defect(in summary: Summary, deadlocks: Bool) -> Defect? {
    if let first = summary.audit.first { return first }
    if summary.events.lost > 0 { return .lost(summary.events.lost) }
    if deadlocks { return summary.deadlock.isEmpty ? .noDeadlock : nil }
    if let waiter = summary.deadlock.first { return .deadlock(waiter) }
    if !summary.isComplete { return .unended }
    return summary.result.ok ? nil : .failedCheck
  }

  /// One line for a machine to read.
  /// - Parameter replay: the command line that runs the first seed again in which something was found.
  public static func json(scenario: String, era: Era, _ outcome: Outcome, replay: String?) -> String {
    var json = JSONWriter()
    json.object { json in
      json.field("scenario", scenario)
      json.field("seeds", outcome.seeds)
      json.field("findings", outcome.findings)
      json.field("replay", replay)
      json.field("era", era.rawValue)
    }
    return json.text
  }
}

extension Scenario {
  /// Whether it ends in a deadlock under that scheduler, and is right to.
  public static func deadlocks(in era: Era) -> Bool { era == .serial ? waitsForLater : deadlocks }
}
