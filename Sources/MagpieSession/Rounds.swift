import MagpieEras
import MagpieScenarios

/// The first task of a program whose tasks the kernel schedules.
enum Rounds {
  /// Virtual time between two rounds, whoever schedules.
  static let pause = Duration.milliseconds(300)

  /// Carries a scenario out, once or again and again, each time with the load that is wanted then.
  /// - Parameter prepared: told of each run before it begins.
  static func run(
    _ scenario: (_ load: Int) -> any Scenario, on tasks: KernelTasks, repeats: Bool,
    prepared: (ScenarioRun) -> Void = { _ in }
  ) {
    repeat {
      let run = scenario(tasks.beginRound()).prepare(on: tasks)
      prepared(run)
      run.root()
      if repeats {
        tasks.waitForAllOthers()
        tasks.sleep(for: pause)
      }
    } while repeats
  }
}
