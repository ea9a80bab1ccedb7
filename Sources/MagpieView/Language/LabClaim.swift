/// A claim of the history that the lab measures, in the history's order.
public enum LabClaim: String, CaseIterable, Sendable {
  case memory
  case contextSwitch = "switch"
  case create
  case overhead
  case lockContention = "lock-contention"
  case coherence
  case stealScan = "steal-scan"
  case cacheScan = "cache-scan"
  case blocking
  case fairness
}
