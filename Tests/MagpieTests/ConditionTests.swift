import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Condition and once")
  struct ConditionTests {
    /// A queue of two places between fibers that put and fibers that take: a lost signal leaves them all waiting.
    private func queue(_ configuration: Configuration, values: Int) throws {
      let log = Log<Int>()
      try run(Runtime(configuration)) {
        let mutex = Mutex(), queue = Plain<[Int]>([])
        let filled = Condition(mutex), emptied = Condition(mutex)
        for producer in 0..<4 {
          spawn {
            for value in 0..<values {
              mutex.withLock {
                emptied.wait { queue.value.count < 2 }
                queue.value.append(producer * values + value)
              }
              filled.signal()
            }
          }
        }
        for _ in 0..<4 {
          spawn {
            for _ in 0..<values {
              mutex.withLock {
                filled.wait { !queue.value.isEmpty }
                log.note(queue.value.removeFirst())
              }
              emptied.signal()
            }
          }
        }
      }
      #expect(log.entries.sorted() == Array(0..<(4 * values)))
    }

    @Test("No signal is lost between who waits and who changes", arguments: RuntimeTests.processorCounts)
    func boundedQueue(processors: Int) throws {
      try queue(Configuration(processors: processors), values: rounds(300))
    }

    @Test("So it is in any order of steps", arguments: 1...30)
    func simulated(seed: Int) throws { try queue(simulation(seed), values: 6) }

    @Test("A signal wakes one, in the order of the line; a broadcast all; none is kept")
    func wakes() throws {
      let log = Log<Int>()
      try run(processors: 1) {
        let mutex = Mutex(), condition = Condition(mutex)
        condition.signal()
        condition.broadcast()
        for fiber in 1...5 {
          spawn {
            mutex.withLock {
              condition.wait()
              log.note(fiber)
            }
          }
          for _ in 0..<10 { yield() }
        }
        #expect(log.entries == [])
        for count in 1...2 {
          condition.signal()
          for _ in 0..<20 { yield() }
          #expect(log.entries == Array(1...count))
        }
        condition.broadcast()
      }
      #expect(log.entries.sorted() == Array(1...5))
    }

    @Test("It is done once, and whoever comes goes on only then", arguments: RuntimeTests.processorCounts)
    func once(processors: Int) throws {
      let runs = Word(), early = Word(), went = Word()
      try run(processors: processors) {
        let once = Once(), ready = Word()
        for _ in 0..<50 {
          spawn {
            once.perform {
              for _ in 0..<5 { yield() }
              ready.add()
              runs.add()
            }
            if ready.value != 1 { early.add() }
            went.add()
          }
        }
      }
      #expect(runs.value == 1)
      #expect(early.value == 0)
      #expect(went.value == 50)
    }

    @Test("A deadlock names the condition")
    func deadlock() throws {
      do {
        try run(processors: 2) {
          let mutex = Mutex()
          mutex.lock()
          Condition(mutex).wait()
        }
        Issue.record("the run should have ended in a deadlock")
      } catch RuntimeError.deadlock(let report) {
        #expect(report.waiters.map(\.waitsOn) == ["condition 0"])
      }
    }
  }
}
