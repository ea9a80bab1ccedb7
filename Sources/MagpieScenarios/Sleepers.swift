public import Magpie

/// Many tasks sleep, each several times: timers, and nothing else to do meanwhile.
public struct Sleepers: Scenario {
  public static let name = "sleepers"
  public static let text = "many tasks sleep between 1 and 10 ms, several times each"
  public static let chineseText = "许多任务各睡几次，每次 1 到 10 毫秒"
  public static let parameters: [Parameter] = [
    .integer("tasks", "tasks that sleep", zh: "睡眠的任务数", default: 100, in: 1...1_000_000, small: 20),
    .integer("naps", "how often each sleeps", zh: "每个任务睡多少次", default: 10, in: 1...1_000_000, small: 4),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let slept, woken: Counter
  }

  let tasks, naps: Int

  public init(_ values: ParameterValues) throws(ScenarioError) {
    tasks = values.integer("tasks")
    naps = values.integer("naps")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(slept: system.makeCounter(), woken: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let naps = naps
    for task in 0..<tasks {
      system.spawn(name: "sleeper") {
        for nap in 0..<naps {
          system.add(1, to: shared.slept)
          system.sleep(for: .milliseconds(1 + (task &* 7 &+ nap &* 3) % 10))
          system.add(1, to: shared.woken)
        }
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let woken = system.value(of: shared.woken), slept = system.value(of: shared.slept)
    let expected = tasks * naps
    let ok = complete ? slept == expected && woken == expected : woken <= slept && slept <= expected
    return ScenarioResult(ok: ok, ["slept": slept, "woken": woken])
  }
}
