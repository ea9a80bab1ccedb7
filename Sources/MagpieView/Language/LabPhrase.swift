public import MagpieTrace

/// A figure that a claim stands or falls with.
public enum LabCriterion: Sendable, Hashable {
  case threadReserves, threadUses, fiberUses
  case threadSwitch, fiberSwitch, fiberSwitchSaves, processSwitch
  case processLife, threadLife
  case usefulShare(Era, tasks: Int)
  case lockWaits, ownQueuesGain(threads: Int)
  case atomicBounces, sharedQueueBounces, ownQueueDoesNot, globalMigrates
  case stealGrows(Era, blocked: Int)
  case cacheGrows(Era, blocked: Int)
  case cachesCost(blocked: Int)
  case othersProgress(Era)
  case worstWait(Era)
}

/// What the lab says.
public enum LabPhrase: Sendable, Hashable {
  /// What the history claims, in a sentence or two.
  case claim(LabClaim)
  case borneOut, notBorneOut, notKnown
  /// The columns of the rows.
  case era, what, at, value, spread
  /// Of no era.
  case noEra
  /// What the claim asks of a figure, such as `at least 5×`.
  case atLeast(String), atMost(String)
  /// What was measured of a figure, and what the claim asks of it.
  case finding(LabCriterion, measured: String, bound: String)
  case notMeasured
  case refused(made: Int, of: Int, why: String)
  case oneCPU
  case failed(String)
}
