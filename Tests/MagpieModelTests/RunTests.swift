import MagpieTrace
import Testing

@testable import MagpieModel

/// What the model makes of whole runs that keep the rules.
@Suite("Whole runs")
struct RunTests {
  @Test("A run by the rules gives no finding, and the state that the runtime has", arguments: [1, 2, 4, 8])
  func exact(processors: Int) {
    for seed in 1...3 as ClosedRange<UInt64> {
      let player = Player.run(processors: processors, events: 30_000, seed: seed)
      var state = SchedulerState(processors: processors)
      for event in player.events { state.apply(event) }
      #expect(state.firstFinding?.text == nil)
      #expect(state.findingCount == 0)
      #expect(state.differences(from: player.now).prefix(5) == [])
    }
  }
}
