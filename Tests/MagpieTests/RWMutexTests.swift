import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Read-write lock")
  struct RWMutexTests {
    private func exclude(_ configuration: Configuration, rounds: Int) throws {
      let sum = Plain(0), readers = Word(), writers = Word(), broken = Word(), together = Word()
      try run(Runtime(configuration)) {
        let lock = RWMutex()
        for fiber in 0..<12 {
          spawn {
            for round in 0..<rounds {
              if fiber % 4 == 0 {
                lock.withLock {
                  if writers.add() != 1 || readers.value != 0 { broken.add() }
                  let seen = sum.value
                  if round % 3 == 0 { yield() }
                  sum.value = seen + 1
                  writers.add(-1)
                }
              } else {
                lock.withReadLock {
                  if readers.add() > 1 { together.add() }
                  if writers.value != 0 { broken.add() }
                  let seen = sum.value
                  if (fiber + round) % 3 == 0 { yield() }
                  if sum.value != seen { broken.add() }
                  readers.add(-1)
                }
              }
            }
          }
        }
      }
      #expect(sum.value == 3 * rounds)
      #expect(broken.value == 0)
      #expect(together.value > 0, "readers read at the same time")
    }

    @Test("Readers exclude writers, writers everybody", arguments: RuntimeTests.processorCounts)
    func exclusion(processors: Int) throws {
      try exclude(Configuration(processors: processors), rounds: rounds(300))
    }

    @Test("So it is in any order of steps", arguments: 1...20)
    func simulated(seed: Int) throws { try exclude(simulation(seed), rounds: 6) }

    /// One fiber after the other comes to a lock that is read.
    @Test("A writer in line stops new readers; when it is done, all that came meanwhile read, then the next writes")
    func turns() throws {
      let log = Log<String>()
      try run(processors: 1) {
        let lock = RWMutex()
        func come(_ name: String) {
          spawn {
            if name.hasPrefix("w") {
              lock.lock()
              log.note(name)
              for _ in 0..<30 { yield() }
              lock.unlock()
            } else {
              lock.readLock()
              log.note(name)
              for _ in 0..<30 { yield() }
              lock.readUnlock()
            }
          }
          for _ in 0..<10 { yield() }
        }
        lock.readLock()
        come("r1")
        come("w1")
        come("r2")
        come("w2")
        come("r3")
        #expect(log.entries == ["r1"])
        lock.readUnlock()
      }
      let order = log.entries
      #expect(Array(order.prefix(2)) == ["r1", "w1"])
      #expect(Set(order[2...3]) == ["r2", "r3"])
      #expect(order.last == "w2")
    }

    @Test("The lock is given back when a body throws")
    func throwing() throws {
      struct Failure: Error {}
      try run(processors: 1) {
        let lock = RWMutex()
        #expect(throws: Failure.self) { try lock.withLock { () throws(Failure) in throw Failure() } }
        #expect(throws: Failure.self) { try lock.withReadLock { () throws(Failure) in throw Failure() } }
        #expect(lock.withLock { 5 } == 5)
      }
    }
  }
}
