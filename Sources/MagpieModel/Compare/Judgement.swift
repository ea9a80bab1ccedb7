/// What a figure of two runs says.
public enum Judgement: Sendable, Hashable {
  /// Exactly the same.
  case equal
  /// Nearer to each other than one run tells: less than a tenth apart.
  case alike
  /// They differ, and that is neither good nor bad, or one cannot tell here.
  case differ
  /// One side is better: 0 is left, 1 is right.
  case better(side: Int)

  /// - Parameter haveDoneTheSame: whether as many tasks have ended in both: else what adds up tells nothing.
  public init(_ figure: Figure, _ left: UInt64, _ right: UInt64, haveDoneTheSame: Bool) {
    if left == right {
      self = .equal
    } else if figure.better == nil || figure.isTotal && !haveDoneTheSame {
      self = .differ
    } else if Double(max(left, right)) < Double(min(left, right)) * 1.1 {
      self = .alike
    } else {
      self = .better(side: (left < right) == (figure.better == .less) ? 0 : 1)
    }
  }
}
