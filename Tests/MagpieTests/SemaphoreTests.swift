import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Semaphore")
  struct SemaphoreTests {
    private func bounded(_ configuration: Configuration, rounds: Int) throws {
      let inside = Word(), broken = Word(), done = Word()
      try run(Runtime(configuration)) {
        let permits = Semaphore(permits: 5)
        for fiber in 0..<12 {
          spawn {
            let count = fiber % 4 + 1
            for round in 0..<rounds {
              permits.acquire(count)
              if inside.add(count) > 5 { broken.add() }
              if (fiber + round) % 3 == 0 { yield() }
              inside.add(-count)
              permits.release(count)
            }
            done.add()
          }
        }
      }
      #expect(done.value == 12)
      #expect(broken.value == 0)
      #expect(inside.value == 0)
    }

    @Test("No more permits are out than there are, and everybody gets his", arguments: RuntimeTests.processorCounts)
    func bounded(processors: Int) throws {
      try bounded(Configuration(processors: processors), rounds: rounds(300))
    }

    @Test("So it is in any order of steps", arguments: 1...20)
    func simulated(seed: Int) throws {
      try bounded(simulation(seed), rounds: 5)
    }

    @Test("First come, first served: who wants many is not overtaken by who wants few")
    func line() throws {
      let log = Log<Int>()
      try run(processors: 1) {
        let permits = Semaphore(permits: 2)
        permits.acquire(2)
        for count in [3, 1, 2, 0] {
          spawn {
            permits.acquire(count)
            log.note(count)
          }
          for _ in 0..<20 { yield() }
        }
        #expect(!permits.tryAcquire(0), "nobody passes those in line")
        permits.release(2)
        for _ in 0..<20 { yield() }
        #expect(log.entries == [], "two are free, the first wants three")
        permits.release(2)
        for _ in 0..<20 { yield() }
        #expect(log.entries.sorted() == [1, 3])
        permits.release(2)
      }
      #expect(log.entries.sorted() == [0, 1, 2, 3])
    }

    @Test("tryAcquire takes what is free, and never waits")
    func tries() throws {
      try run(processors: 1) {
        let permits = Semaphore(permits: 2)
        #expect(!permits.tryAcquire(3))
        #expect(permits.tryAcquire(2))
        #expect(!permits.tryAcquire())
        permits.release()
        #expect(permits.tryAcquire())
      }
    }

    @Test("A deadlock names the semaphore")
    func deadlock() throws {
      do {
        try run(processors: 2) { Semaphore(permits: 0).acquire() }
        Issue.record("the run should have ended in a deadlock")
      } catch RuntimeError.deadlock(let report) {
        #expect(report.waiters.map(\.waitsOn) == ["semaphore 0"])
      }
    }
  }
}
