import Glibc
import MagpieEras
import MagpieScenarios

/// What the host process of the era `processes` is told: which scenario, with which values, in words of its command line.
public enum TaskHostProgram {
  /// The first word after the program's name.
  public static let word = "task-host"

  /// What the viewer starts it with, after the program's path.
  static func words(_ scenario: any Scenario.Type, _ values: ParameterValues, load: Int, repeats: Bool) -> [String] {
    [word, "\(getpid())", scenario.name, "\(load)", repeats ? "again" : "once"]
      + values.exactWords(for: scenario.parameters)
  }

  /// Carries out what the viewer has asked for; nobody else knows the words.
  /// - Parameter words: those after the program's name.
  /// - Returns: the exit status; nil if they are not for the host.
  public static func run(_ words: [String]) -> Int32? {
    guard words.first == word else { return nil }
    guard words.count >= 5, let viewer = Int32(words[1]), let type = Scenarios.named(words[2]) else { return 2 }
    let repeats = words[4] == "again"
    let base: ParameterValues
    do { base = try ParameterValues(exactWords: Array(words[5...]), for: type.parameters) } catch { return 2 }
    return TaskHost.run(viewer: viewer) { tasks in
      Rounds.run({ load in scenario(type, base, at: load) }, on: tasks, repeats: repeats)
    }
  }

  private static func scenario(_ type: any Scenario.Type, _ base: ParameterValues, at load: Int) -> any Scenario {
    let values = load == 0 ? base : base.loaded(by: load, for: type.parameters)
    guard let scenario = (try? type.init(values)) ?? (try? type.init(base)) else {
      fatalError("magpie: the scenario \(type.name) has changed its mind about its values")
    }
    return scenario
  }
}
