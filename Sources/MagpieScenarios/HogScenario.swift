public import Magpie

/// A task that computes without ever calling the scheduler, beside polite ones.
public struct HogScenario: Scenario {
  public static let name = "hog"
  public static let text = "a task that computes without a checkpoint, beside polite ones"
  public static let chineseText = "一个从不经过检查点的计算任务，旁边是守规矩的任务"
  public static let parameters: [Parameter] = [
    .integer("hogs", "tasks that hog", zh: "霸占处理器的任务数", default: 1, in: 0...1000, small: 1),
    .duration(
      "length", "how long a hog computes at a stretch", zh: "一口气计算多久", default: .milliseconds(50),
      in: .zero ... .seconds(60),
      small: .milliseconds(25)),
    .integer("stretches", "how often it does so", zh: "这样做多少次", default: 4, in: 1...100_000, small: 2),
    .integer("polite", "tasks that pass checkpoints", zh: "经过检查点的任务数", default: 4, in: 0...10_000, small: 3),
    .integer(
      "rounds", "milliseconds that each polite one computes", zh: "每个守规矩的任务计算多少毫秒", default: 40, in: 0...1_000_000,
      small: 10),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let hogged, polite: Counter
  }

  let hogs, stretches, polite, rounds: Int
  let length: Duration

  public init(_ values: ParameterValues) throws(ScenarioError) {
    hogs = values.integer("hogs")
    length = values.duration("length")
    stretches = values.integer("stretches")
    polite = values.integer("polite")
    rounds = values.integer("rounds")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(hogged: system.makeCounter(), polite: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (length, stretches, rounds) = (length, stretches, rounds)
    for _ in 0..<hogs {
      system.spawn(name: "hog") {
        for _ in 0..<stretches {
          system.hog(for: length)
          system.add(1, to: shared.hogged)
          system.yield()
        }
      }
    }
    for _ in 0..<polite {
      system.spawn(name: "polite") {
        for _ in 0..<rounds {
          system.compute(for: .milliseconds(1))
          system.add(1, to: shared.polite)
          system.yield()
        }
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let hogged = system.value(of: shared.hogged), served = system.value(of: shared.polite)
    let ok =
      complete
      ? hogged == hogs * stretches && served == polite * rounds
      : hogged <= hogs * stretches && served <= polite * rounds
    return ScenarioResult(ok: ok, ["hogged": hogged, "polite": served])
  }
}
