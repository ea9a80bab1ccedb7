public import Magpie
import MagpieTrace

/// Tasks make system calls that really block their thread, while others compute: the processors change hands.
public struct Blockers: Scenario {
  public static let name = "blockers"
  public static let text = "tasks block in system calls while others compute: processors change hands"
  public static let chineseText = "任务在系统调用中阻塞，其他任务照常计算：处理器换手"
  public static let parameters: [Parameter] = [
    .integer("tasks", "tasks that block", zh: "会阻塞的任务数", default: 12, in: 1...10_000, small: 4),
    .integer("calls", "blocking calls of each", zh: "每个任务的阻塞调用次数", default: 10, in: 1...1_000_000, small: 3),
    .duration(
      "longest", "the longest call; the shortest is a twelfth of it", zh: "最长的调用；最短的是它的十二分之一",
      default: .milliseconds(12),
      in: .microseconds(12) ... .seconds(10), small: .microseconds(600)),
    .integer("thinkers", "tasks that compute", zh: "做计算的任务数", default: 4, in: 0...10_000, small: 2),
    .integer(
      "rounds", "half milliseconds that each thinker computes", zh: "每个计算任务计算多少个半毫秒", default: 60, in: 0...1_000_000,
      small: 8),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let called, returned, thought: Counter
  }

  let tasks, calls, thinkers, rounds: Int
  let longest: Duration

  public init(_ values: ParameterValues) throws(ScenarioError) {
    tasks = values.integer("tasks")
    calls = values.integer("calls")
    longest = values.duration("longest")
    thinkers = values.integer("thinkers")
    rounds = values.integer("rounds")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(called: system.makeCounter(), returned: system.makeCounter(), thought: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (calls, longest, rounds) = (calls, Int(longest.nanoseconds), rounds)
    for task in 0..<tasks {
      system.spawn(name: "blocker") {
        for call in 0..<calls {
          let length = longest / 12 * (1 + (task &* 5 &+ call &* 7) % 12)
          system.add(1, to: shared.called)
          system.blocking("sleep") { SystemCall.sleep(nanoseconds: length) }
          system.add(1, to: shared.returned)
        }
      }
    }
    for _ in 0..<thinkers {
      system.spawn(name: "thinker") {
        for _ in 0..<rounds {
          system.compute(for: .microseconds(500))
          system.add(1, to: shared.thought)
          system.yield()
        }
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let returned = system.value(of: shared.returned), called = system.value(of: shared.called)
    let thought = system.value(of: shared.thought)
    let expected = tasks * calls
    let ok =
      complete
      ? called == expected && returned == expected && thought == thinkers * rounds
      : returned <= called && called <= expected && thought <= thinkers * rounds
    return ScenarioResult(ok: ok, ["called": called, "returned": returned, "thought": thought])
  }
}
