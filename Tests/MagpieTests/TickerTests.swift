import Testing

@testable import Magpie

extension RuntimeTests {
  /// On the simulated clock, which knows no delays of a busy machine: an operation costs a fraction of a microsecond.
  @Suite("Ticker")
  struct TickerTests {
    private let millisecond: UInt64 = 1_000_000

    @Test("It ticks once a period, from the first on", arguments: [1, 2, 8])
    func ticks(processors: Int) throws {
      let runtime = Runtime(simulation(processors, processors)), millisecond = millisecond
      try run(runtime) {
        let begin = runtime.virtualTime
        let ticker = Ticker(every: .milliseconds(1))
        for tick in 1...20 as ClosedRange<UInt64> {
          ticker.wait()
          let passed = runtime.virtualTime - begin
          #expect(passed >= tick * millisecond && passed < tick * millisecond + millisecond / 10)
        }
      }
    }

    @Test("Who is late finds one tick, and then the next at its time: what was missed is skipped")
    func skips() throws {
      let runtime = Runtime(simulation(4, 1)), millisecond = millisecond
      try run(runtime) {
        let begin = runtime.virtualTime
        let ticker = Ticker(every: .milliseconds(10))
        sleep(for: .milliseconds(35))
        ticker.wait()
        #expect(runtime.virtualTime - begin < 36 * millisecond)
        ticker.wait()
        let passed = runtime.virtualTime - begin
        #expect(passed >= 40 * millisecond && passed < 41 * millisecond)
      }
    }

    @Test("Each tick goes to one fiber", arguments: 1...10)
    func shared(seed: Int) throws {
      let runtime = Runtime(simulation(seed)), taken = Word(), millisecond = millisecond
      try run(runtime) {
        let ticker = Ticker(every: .milliseconds(1))
        for _ in 0..<5 { spawn { for _ in 0..<10 { ticker.wait(); taken.add() } } }
      }
      #expect(taken.value == 50)
      #expect(runtime.virtualTime >= 50 * millisecond)
      #expect(runtime.virtualTime < 52 * millisecond)
    }

    @Test("As a case of a select it ticks beside the others, and a busy channel does not hide it", arguments: 1...10)
    func selected(seed: Int) throws {
      let runtime = Runtime(simulation(seed)), ticks = Word(), values = Word(), timeouts = Word()
      try run(runtime) {
        let ticker = Ticker(every: .milliseconds(1)), busy = Channel<Int>(), idle = Channel<Int>()
        for _ in 0..<5 {
          select {
            receive(from: idle) { _ in _ = Issue.record("nothing comes") }
            tick(of: ticker) { _ = ticks.add() }
            timeout(after: .milliseconds(2)) { Issue.record("the ticker comes first") }
          }
        }
        #expect(ticks.value == 5)
        select {
          tick(of: ticker) { _ = Issue.record("the timeout comes first") }
          timeout(after: .microseconds(100)) { _ = timeouts.add() }
        }
        busy.close()
        while ticks.value < 10 {
          select {
            receive(from: busy) { _ in _ = values.add() }
            tick(of: ticker) { _ = ticks.add() }
          }
        }
        for index in 0..<runtime.processorCount {
          #expect(runtime.scheduler.processor(index).pointee.timers.pointee.timers.isEmpty)
        }
      }
      #expect(timeouts.value == 1)
      #expect(values.value > 0)
    }

    @Test("Many fibers, each with its own ticker, on real threads", arguments: RuntimeTests.processorCounts)
    func real(processors: Int) throws {
      let ticks = Word(), early = Word()
      let runtime = Runtime(Configuration(processors: processors))
      try run(runtime) {
        for _ in 0..<20 {
          spawn {
            let begin = runtime.virtualTime
            let ticker = Ticker(every: .milliseconds(1))
            for _ in 0..<5 {
              select {
                tick(of: ticker) { _ = ticks.add() }
                timeout(after: .seconds(30)) {}
              }
            }
            if runtime.virtualTime - begin < 4_900_000 { early.add() }
          }
        }
      }
      #expect(ticks.value == 100)
      #expect(early.value == 0)
    }
  }
}
