import MagpieModel

@testable import MagpieView

extension ProgramFacts {
  static func sample(_ status: ProgramStatus = .running) -> ProgramFacts {
    var facts = ProgramFacts()
    facts.scenario = "fan-out"
    facts.status = status
    facts.tempo = 200
    facts.cpus = 2
    facts.rate = 12_400
    facts.slowdown = 3.2
    facts.kernel = KernelFacts(threads: 9, voluntary: 1204, involuntary: 33)
    return facts
  }
}

extension App {
  static func sample(theme: String = "dark", language: Language = .english, isASCII: Bool = false) throws -> App {
    let themes = try Theme.embedded()
    return App(themes: themes, theme: try Theme.named(theme, among: themes), language: language, isASCII: isASCII)
  }

  mutating func observe(_ facts: ProgramFacts, _ history: History) {
    _ = update(.observed(Observation(facts, history)))
  }

  @discardableResult
  mutating func press(_ keys: Key...) -> [ProgramCommand] {
    keys.flatMap { update(.key($0)) }
  }
}

/// A frame's time: seconds since some beginning.
func seconds(_ value: Double) -> UInt64 { UInt64(10_000_000_000) + UInt64(value * 1e9) }
