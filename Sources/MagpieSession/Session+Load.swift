import MagpieEras
public import MagpieScenarios

/// How much a scenario is given to do, changed while it runs: from its next round on, as what goes on was begun with another load.
extension Session {
  /// The most steps in either direction.
  private static let mostLoad = 10

  /// Whether it runs again and again, and has sizes that can be changed. A scenario that serves has its load from outside.
  public var canChangeLoad: Bool {
    guard request.repeats, !type(of: request.scenario).serves, let values = request.values else { return false }
    let parameters = type(of: request.scenario).parameters
    return values.loaded(by: 1, for: parameters) != values || values.loaded(by: -1, for: parameters) != values
  }

  /// Steps of the load: 0 as it was given, each further one twice as much, each lower one half.
  public var load: Int { loadSteps.withLock { $0 } }

  /// Sets the load of the rounds to come, as far as the scenario's ranges allow.
  /// - Returns: whether it has changed.
  @discardableResult
  public func setLoad(_ steps: Int) -> Bool {
    guard canChangeLoad, abs(steps) <= Session.mostLoad, values(at: steps) != values(at: load) else { return false }
    loadSteps.withLock { $0 = steps }
    scheduling.kernelProgram?.setLoad(steps)
    return true
  }

  /// The sizes of a round with a load; nil if nobody knows what the scenario was made of.
  public func values(at load: Int) -> ParameterValues? {
    request.values?.loaded(by: load, for: type(of: request.scenario).parameters)
  }

  /// The scenario with a load; the one that was asked for where that cannot be had.
  func scenario(at load: Int) -> any Scenario {
    guard load != 0, let values = values(at: load), let scenario = try? type(of: request.scenario).init(values) else {
      return request.scenario
    }
    return scenario
  }
}
