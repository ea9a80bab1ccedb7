public import Magpie

/// One task floods its processor with short tasks: the local queue overflows, and the others steal.
public struct FanOut: Scenario {
  public static let name = "fan-out"
  public static let text = "one task floods its processor with short tasks, the others steal"
  public static let parameters: [Parameter] = [
    .integer("tasks", "tasks to spawn", default: 20_000, in: 1...5_000_000, small: 600),
    .duration(
      "work", "what each computes", default: .microseconds(5), in: .zero ... .seconds(1), small: .microseconds(5)),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let spawned, finished: Counter
  }

  let tasks: Int
  let work: Duration

  public init(_ values: ParameterValues) throws(ScenarioError) {
    tasks = values.integer("tasks")
    work = values.duration("work")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(spawned: system.makeCounter(), finished: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (tasks, work) = (tasks, work)
    system.spawn(name: "flood") {
      for _ in 0..<tasks {
        // Counted before the task exists, so that never more have finished than were spawned.
        system.add(1, to: shared.spawned)
        system.spawn(name: "task") {
          system.compute(for: work)
          system.add(1, to: shared.finished)
        }
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let finished = system.value(of: shared.finished), spawned = system.value(of: shared.spawned)
    let ok = complete ? spawned == tasks && finished == tasks : finished <= spawned && spawned <= tasks
    return ScenarioResult(ok: ok, ["spawned": spawned, "finished": finished])
  }
}
