public import Magpie

/// Many tasks add to one number under one mutex. The number is a plain cell, so that an addition is lost when two tasks are
/// ever inside together.
public struct Contention: Scenario {
  public static let name = "contention"
  public static let text = "many tasks add to one number under one mutex"
  public static let chineseText = "许多任务在一个互斥锁下给同一个数做加法"
  public static let parameters: [Parameter] = [
    .integer("tasks", "tasks that add", zh: "做加法的任务数", default: 100, in: 1...1_000_000, small: 12),
    .integer("additions", "additions of each", zh: "每个任务加多少次", default: 200, in: 1...100_000_000, small: 10),
    .duration(
      "work", "what is computed inside the lock", zh: "在锁内的计算量", default: .microseconds(1), in: .zero ... .seconds(1),
      small: .microseconds(1)),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let mutex: MutexHandle
    let sum: Cell
    let inside, broken: Counter
  }

  let tasks, additions: Int
  let work: Duration

  public init(_ values: ParameterValues) throws(ScenarioError) {
    tasks = values.integer("tasks")
    additions = values.integer("additions")
    work = values.duration("work")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      mutex: system.makeMutex(), sum: system.makeCell(0), inside: system.makeCounter(), broken: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (additions, work) = (additions, work)
    for task in 0..<tasks {
      system.spawn(name: "adder") {
        for addition in 0..<additions {
          system.lock(shared.mutex)
          system.add(1, to: shared.inside)
          if system.value(of: shared.inside) != 1 { system.add(1, to: shared.broken) }
          let sum = system.load(shared.sum)
          system.compute(for: work)
          // Now and then the holder lets others run, who then find the lock taken: so it is fought for on one processor, too.
          if (task &+ addition) % 8 == 0 { system.yield() }
          system.store(sum + 1, in: shared.sum)
          system.add(-1, to: shared.inside)
          system.unlock(shared.mutex)
        }
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let added = system.load(shared.sum), expected = tasks * additions
    let ok = (complete ? added == expected : added <= expected) && system.value(of: shared.broken) == 0
    return ScenarioResult(ok: ok, ["added": added, "expected": expected])
  }
}
