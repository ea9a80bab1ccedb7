/// One run of a scenario on one system, its type forgotten.
public struct ScenarioRun: Sendable {
  /// The body of the first task.
  public let root: @Sendable () -> Void
  /// To be called once no task runs any more; its argument says whether the run came to its end.
  public let check: @Sendable (_ complete: Bool) -> ScenarioResult
}
