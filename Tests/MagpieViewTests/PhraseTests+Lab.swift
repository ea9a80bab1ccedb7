@testable import MagpieView

extension PhraseTests {
  /// What the lab says.
  static let lab: [Phrase] = {
    var lab: [LabPhrase] = LabClaim.allCases.map { .claim($0) }
    let criteria: [LabCriterion] = [
      .threadReserves, .threadUses, .fiberUses, .threadSwitch, .fiberSwitch, .fiberSwitchSaves, .processSwitch,
      .processLife, .threadLife, .usefulShare(.mpn, tasks: 1000), .lockWaits, .ownQueuesGain(threads: 8),
      .atomicBounces,
      .sharedQueueBounces, .ownQueueDoesNot, .globalMigrates, .stealGrows(.distributed, blocked: 1000),
      .cacheGrows(.distributed, blocked: 1000), .cachesCost(blocked: 1000), .othersProgress(.nto1),
      .worstWait(.threads),
    ]
    lab += criteria.map { .finding($0, measured: "5×", bound: "2×") }
    lab += [
      .borneOut, .notBorneOut, .notKnown, .era, .what, .at, .value, .spread, .noEra, .atLeast("5×"), .atMost("5×"),
      .notMeasured, .refused(made: 7312, of: 10_000, why: "x"), .oneCPU, .failed("x"),
    ]
    return lab.map { .lab($0) }
  }()
}
