/// By what two runs are laid side by side.
public enum Alignment: UInt8, Sendable, Hashable, CaseIterable {
  /// As many tasks have ended in both.
  case progress
  /// As much virtual time has gone by in both.
  case time

  /// The other one.
  public var next: Alignment { self == .progress ? .time : .progress }
}
