public import MagpieView

/// A figure that the claim stands or falls with, and what was measured.
public struct LabFinding: Sendable {
  /// What the claim asks of the figure.
  enum Limit: Sendable {
    case atLeast(Double)
    case atMost(Double)
  }

  public let criterion: LabCriterion
  let limit: Limit
  let unit: LabUnit
  /// Nil where it could not be measured.
  let measured: Double?

  init(_ criterion: LabCriterion, _ measured: Double?, _ limit: Limit, _ unit: LabUnit = .times) {
    self.criterion = criterion
    self.measured = measured
    self.limit = limit
    self.unit = unit
  }

  /// Nil where it is not known.
  public var holds: Bool? {
    guard let measured else { return nil }
    return switch limit {
    case .atLeast(let bound): measured >= bound
    case .atMost(let bound): measured <= bound
    }
  }
}
