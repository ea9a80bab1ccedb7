import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

@Suite("Statistics")
struct StatisticsTests {
  @Test("A histogram is right to within 1/32, and never above the maximum")
  func histogram() {
    var histogram = WaitHistogram()
    for value in 1...10_000 as ClosedRange<UInt64> { histogram.record(value * 1_000) }
    for (part, exact) in [(0.5, 5_000_000.0), (0.99, 9_900_000), (0.999, 9_990_000), (1, 10_000_000)] {
      let value = Double(histogram.percentile(part))
      #expect(value >= exact * 0.999 && value <= exact * (1 + 1.0 / 31))
    }
    #expect(histogram.maximum == 10_000_000)
    #expect(histogram.percentile(.nan) > 0)
    histogram.record(.max)
    #expect(histogram.maximum == .max)
  }

  @Test("Every bucket's largest value falls into it, and the next does not")
  func buckets() {
    for bucket in 0..<WaitHistogram.bucketCount - 1 {
      let upper = WaitHistogram.upperBound(of: bucket)
      #expect(WaitHistogram.bucket(of: upper) == bucket)
      #expect(WaitHistogram.bucket(of: upper + 1) == bucket + 1)
    }
  }

  @Test("Steals, handoffs, runs and waits are counted")
  func counts() {
    var player = Player(processors: 2, machines: 2)
    for _ in 0..<5 { player.push(0, player.create(0)) }
    player.spinBegin(1, .search)
    let fiber = player.steal(1, from: 0)
    player.spinEnd(1, .found)
    player.start(1, fiber, .steal)
    player.yield(1)
    var state = SchedulerState(processors: 2)
    for event in player.events { state.apply(event) }
    #expect(state.findingCount == 0)
    #expect(state.statistics.stolen(by: 1, from: 0) == 3)
    #expect(state.statistics.fibersStolen == 3)
    #expect(state.statistics.stealAttempts == 1)
    #expect(state.statistics.switches == 1)
    #expect(state.processor(1).stole == 3)
    #expect(state.processor(0).stolenFrom == 3)
    #expect(state.processor(1).ran == 1)
    #expect(state.processor(1).busyNanoseconds == 10)
    #expect(state.statistics.queueWait.count == 1)
    #expect(state.fiber(fiber)?.ranNanoseconds == 10)
    #expect(state.statistics.count(of: .queuePush) == 5)
  }

  @Test("The table of numbers keeps what it has, whatever is added and removed")
  func table() {
    var table = IdentityTable(capacity: 4)
    var truth: [UInt32: Int] = [:]
    var random = Random(seed: 1)
    for step in 0..<60_000 {
      let id = UInt32.random(in: 1...(step < 30_000 ? 2_000 : UInt32.max), using: &random)
      if truth[id] == nil {
        let inserted = table.insert(id, index: step)
        #expect(inserted)
        truth[id] = step
      } else {
        table.remove(id)
        truth[id] = nil
      }
      if step > 30_000, let old = truth.keys.first {
        table.remove(old)
        truth[old] = nil
      }
      #expect(table.find(id) == truth[id] ?? -1)
    }
    #expect(table.count == truth.count)
    for (id, index) in truth { #expect(table.find(id) == index) }
  }
}
