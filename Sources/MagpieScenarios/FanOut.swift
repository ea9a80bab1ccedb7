public import Magpie

/// One task floods its processor with short tasks, wave by wave: the local queue overflows, and once the global queue is
/// empty the others steal. Without waves the global queue would feed them to the end.
public struct FanOut: Scenario {
  public static let name = "fan-out"
  public static let text = "one task floods its processor with short tasks, the others steal"
  public static let parameters: [Parameter] = [
    .integer("tasks", "tasks to spawn", default: 20_000, in: 1...5_000_000, small: 600),
    .duration(
      "work", "what each computes", default: .microseconds(5), in: .zero ... .seconds(1), small: .microseconds(5)),
    .integer(
      "wave", "tasks that it spawns before it waits for them", default: 500, in: 1...5_000_000, small: 300),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let spawned, finished: Counter
    let wave: WaitGroupHandle
  }

  let tasks: Int
  let wave: Int
  let work: Duration

  public init(_ values: ParameterValues) throws(ScenarioError) {
    tasks = values.integer("tasks")
    wave = values.integer("wave")
    work = values.duration("work")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(spawned: system.makeCounter(), finished: system.makeCounter(), wave: system.makeWaitGroup())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (tasks, wave, work) = (tasks, wave, work)
    system.spawn(name: "flood") {
      var left = tasks
      while left > 0 {
        let count = min(wave, left)
        left -= count
        system.add(count, to: shared.wave)
        for _ in 0..<count {
          // Counted before the task exists, so that never more have finished than were spawned.
          system.add(1, to: shared.spawned)
          system.spawn(name: "task") {
            system.compute(for: work)
            system.add(1, to: shared.finished)
            system.done(shared.wave)
          }
        }
        system.wait(for: shared.wave)
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let finished = system.value(of: shared.finished), spawned = system.value(of: shared.spawned)
    let ok = complete ? spawned == tasks && finished == tasks : finished <= spawned && spawned <= tasks
    return ScenarioResult(ok: ok, ["spawned": spawned, "finished": finished])
  }
}
