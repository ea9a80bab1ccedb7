public import Magpie

/// One task floods its processor with short tasks, wave by wave: the local queue overflows, and once the global queue is
/// empty the others steal. Without waves the global queue would feed them to the end.
public struct FanOut: Scenario {
  public static let name = "fan-out"
  public static let text = "one task floods its processor with short tasks, the others steal"
  public static let chineseText = "一个任务用短任务淹没自己的处理器，其他处理器来窃取"
  public static let parameters: [Parameter] = [
    .integer("tasks", "tasks to spawn", zh: "要创建的任务数", default: 20_000, in: 1...5_000_000, small: 600),
    .duration(
      "work", "what each computes", zh: "每个任务的计算量", default: .microseconds(5), in: .zero ... .seconds(1),
      small: .microseconds(5)),
    .integer(
      "wave", "tasks of a wave, whose last has the next spawned", zh: "一波有多少个任务，最后一个结束时创建下一波", default: 500,
      in: 1...5_000_000,
      small: 300),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let spawned, finished: Counter
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
    Shared(spawned: system.makeCounter(), finished: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) { flood(on: system, shared, from: 0) }

  /// Has one wave spawned. Nobody waits for it: its last task has the next one spawned.
  private func flood<System: TaskSystem>(on system: System, _ shared: Shared, from first: Int) {
    let end = min(first + wave, tasks)
    system.spawn(name: "flood") { [self] in
      for _ in first..<end {
        // Counted before the task exists, so that never more have finished than were spawned.
        system.add(1, to: shared.spawned)
        system.spawn(name: "task") { [self] in
          system.compute(for: work)
          if system.add(1, to: shared.finished) == end, end < tasks { flood(on: system, shared, from: end) }
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
