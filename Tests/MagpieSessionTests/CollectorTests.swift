import Magpie
import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieSession

extension SessionTests {
  @Suite("Collector")
  struct CollectorTests {
    @Test(
      "What it keeps of sync objects grows with those that are alive, not with those that ever were", arguments: [1, 4])
    func endedObjects(processors: Int) throws {
      let count = 60_000
      var configuration = Configuration(processors: processors)
      configuration.trace = TraceConfiguration()
      let runtime = Runtime(configuration)
      let history = SharedHistory(History(processors: processors, capacity: 1 << 16))
      let collector = Collector(runtime, into: history, isFree: false)
      let program = BackgroundThread("test") {
        try? runtime.run {
          let kept = Channel<Int>(capacity: 1)
          for _ in 0..<4 {
            spawn {
              for number in 0..<count / 4 {
                let answer = Channel<Int>()
                spawn { answer.send(number) }
                if number % 64 == 0, answer.receive() == number { kept.send(number) } else { _ = answer.receive() }
              }
            }
          }
          for _ in 0..<(count / 4 + 63) / 64 * 4 { _ = kept.receive() }
        }
      }
      _ = collector.run()
      program?.join()
      #expect(collector.unmerged == 0)
      #expect(history.withLock { $0.live.firstFinding == nil })
      #expect(collector.mostObjects < count / 2, "of \(count) channels")
    }
  }
}
