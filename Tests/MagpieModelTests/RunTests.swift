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

  @Test("A processor may retire before the trace tells of the thief that emptied its queue")
  func lateThief() {
    var player = Player(processors: 2, machines: 2)
    player.push(1, player.create(1))
    let begin = player.events.count, idle = player.now.idleSequence
    player.emit(1, .processorCountChanged, a: 1, b: idle + 1, c: 2)
    player.emit(1, .processorRelease, a: player.now.processors[1].version + 1, b: idle + 2)
    player.emit(0, .machineSpinBegin, detail: SpinReason.search.rawValue, a: 0, b: 2)
    player.emit(0, .stealTook, 1, detail: 1, a: 1, b: 0, c: 1 | 1 << 16, d: 0)
    var state = SchedulerState(processors: 2)
    for event in player.events { state.apply(event) }
    #expect(state.firstFinding?.text == nil)
    #expect(state.eventCount == begin + 4)
    #expect(state.processor(1).status == .retired && state.processor(1).queueLength == 0)
  }
}
