/// All scenarios, in the order in which they are listed.
public enum Scenarios {
  public static let all: [any Scenario.Type] = [
    Tour.self, FanOut.self, PingPong.self, Pipeline.self, Sleepers.self, Blockers.self, HogScenario.self,
    Contention.self,
    Deadlock.self, Grep.self, Serve.self, Echo.self,
  ]

  /// Those that know no clients from outside: they end by themselves, and can be simulated.
  public static let closed = all.filter { !$0.serves }

  /// The scenario of that name.
  public static func named(_ name: String) -> (any Scenario.Type)? { all.first { $0.name == name } }

  /// The name of a scenario that was probably meant.
  public static func nearest(to name: String) -> String? { nearestName(to: name, among: all.map { $0.name }) }
}
