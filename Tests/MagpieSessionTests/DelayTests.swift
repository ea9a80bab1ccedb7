import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import Testing

@testable import MagpieSession

/// What every machine of a run recorded, in memory: to be merged in more than one way.
private struct Recording {
  let processors: Int
  let rings: [[Event]]

  /// Runs a scenario with machines delayed at random between an operation, its stamp and its record.
  init(_ scenario: any Scenario, processors: Int, seed: UInt64) throws {
    self.processors = processors
    var configuration = Configuration(processors: processors)
    configuration.seed = seed
    configuration.traceDelays = true
    var trace = TraceConfiguration()
    trace.isLossless = false
    trace.ringCapacity = 1 << 17
    configuration.trace = trace
    let runtime = Runtime(configuration)
    let watch = try #require(
      BackgroundThread("watch") { if !runtime.waitForEnd(atMost: 60_000_000_000) { runtime.stop() } })
    defer { watch.join() }
    let tasks = MagpieTasks()
    try runtime.run { scenario.prepare(on: tasks).root() }
    rings = try runtime.rings.map { ring in
      var events = Array(repeating: Event(word0: 0, word1: 0, word2: 0, word3: 0), count: Int(ring.published))
      let reading = events.withUnsafeMutableBufferPointer { ring.read(from: 0, into: $0) }
      try #require(reading.lost == 0, "the rings are large enough")
      #expect(reading.count == events.count)
      return events
    }
  }

  var count: Int { rings.reduce(0) { $0 + $1.count } }

  /// Merges, and audits what comes out.
  func audit(_ order: Merge.Order) -> (merged: Int, findings: Int, first: String?) {
    var merge = Merge(order: order)
    for (machine, events) in rings.enumerated() {
      let room = merge.reserve(machine: machine, count: events.count)
      for (index, event) in events.enumerated() { room[index] = event }
      merge.commit(machine: machine, count: events.count)
    }
    var state = SchedulerState(processors: processors)
    while let event = merge.next() { state.apply(event) }
    state.finish()
    return (count - merge.waiting, state.findingCount, state.firstFinding?.text)
  }
}

extension SessionTests {
  @Suite("Delayed machines")
  struct DelayTests {
    @Test("Merged by numbers a run is clean, merged by stamps the very same run is not")
    func delays() throws {
      var wrong = 0, events = 0
      for (round, name) in ["fan-out", "ping-pong", "pipeline", "fan-out", "pipeline", "contention"].enumerated() {
        for processors in [2, 4, 16] {
          try withSmall(#require(Scenarios.named(name))) { values in
            if name == "pipeline" { values["values"] = .integer(20) }
            if name == "ping-pong" { values["rounds"] = .integer(60) }
            if name == "contention" { values["additions"] = .integer(4) }
          } _: { scenario in
            let recording = try Recording(scenario, processors: processors, seed: UInt64(round + 1))
            let causal = recording.audit(.causal)
            #expect(causal.first == nil, "\(name) on \(processors) P")
            #expect(causal.findings == 0)
            #expect(causal.merged == recording.count, "\(name) on \(processors) P")
            let stamps = recording.audit(.stamps)
            #expect(stamps.merged == recording.count)
            wrong += stamps.findings
            events += recording.count
          }
        }
      }
      #expect(wrong > 0, "the stamps of \(events) events told a true story by chance")
    }
  }
}
