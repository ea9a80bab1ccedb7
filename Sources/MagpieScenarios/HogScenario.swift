public import Magpie

/// A task that computes without ever calling the scheduler, beside polite ones.
public struct HogScenario: Scenario {
  public static let name = "hog"
  public static let text = "a task that computes without a checkpoint, beside polite ones"
  public static let parameters: [Parameter] = [
    .integer("hogs", "tasks that hog", default: 1, in: 0...1000, small: 1),
    .duration(
      "length", "how long a hog computes at a stretch", default: .milliseconds(50), in: .zero ... .seconds(60),
      small: .milliseconds(25)),
    .integer("stretches", "how often it does so", default: 4, in: 1...100_000, small: 2),
    .integer("polite", "tasks that pass checkpoints", default: 4, in: 0...10_000, small: 3),
    .integer("rounds", "milliseconds that each polite one computes", default: 40, in: 0...1_000_000, small: 10),
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
