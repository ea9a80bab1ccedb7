import TestSupport
import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Mutex and wait group")
  struct LockTests {
    @Test(
      "One at a time holds a mutex, though holders yield, and nobody is forgotten",
      arguments: RuntimeTests.processorCounts)
    func mutualExclusion(processors: Int) throws {
      let sum = Plain(0), inside = Plain(0), broken = Word(), rounds = rounds(1_000)
      try run(processors: processors) {
        let mutex = Mutex()
        for fiber in 0..<20 {
          spawn {
            for round in 0..<rounds {
              mutex.withLock {
                inside.value += 1
                if inside.value != 1 { broken.add() }
                let seen = sum.value
                if (fiber + round) % 4 == 0 { yield() }
                sum.value = seen + 1
                inside.value -= 1
              }
            }
          }
        }
      }
      #expect(sum.value == 20 * rounds)
      #expect(broken.value == 0)
    }

    @Test("Who waits for a mutex gets it in the order of the line")
    func line() throws {
      let log = Log<Int>()
      try run(processors: 1) {
        let mutex = Mutex()
        mutex.lock()
        for fiber in 1...6 {
          spawn { mutex.withLock { log.note(fiber) } }
          for _ in 0..<20 { yield() }
        }
        mutex.unlock()
      }
      #expect(log.entries == Array(1...6))
    }

    /// No end by number of rounds: everybody goes on until the last has had its turns.
    @Test("Nobody starves while others fight for a mutex", arguments: [1, 2, 8])
    func noStarvation(processors: Int) throws {
      let turns = (0..<8).map { _ in Word() }, wanted = rounds(200)
      try run(processors: processors) {
        let mutex = Mutex()
        for own in turns {
          spawn {
            while turns.contains(where: { $0.value < wanted }) {
              mutex.withLock {
                own.add()
                yield()
              }
            }
          }
        }
      }
      #expect(turns.allSatisfy { $0.value >= wanted })
    }

    @Test("withLock gives the lock back when its body throws, and gives its result")
    func throwing() throws {
      struct Failure: Error {}
      try run(processors: 1) {
        let mutex = Mutex()
        #expect(throws: Failure.self) { try mutex.withLock { () throws(Failure) in throw Failure() } }
        #expect(mutex.withLock { 5 } == 5)
      }
    }

    @Test("A snapshot may be taken while objects end")
    func objectsEnd() throws {
      var configuration = Configuration(processors: 2)
      configuration.trace = TraceConfiguration()
      configuration.trace?.isLossless = false
      let runtime = Runtime(configuration)
      let isOver = Word()
      let reader = Job { while isOver.value == 0 { _ = runtime.snapshot() } }
      try run(runtime) {
        for _ in 0..<rounds(2_000) {
          let mutex = Mutex()
          withExtendedLifetime((mutex, Condition(mutex), WaitGroup(), RWMutex(), Semaphore(permits: 1))) {}
        }
      }
      isOver.value = 1
      reader.join()
    }

    @Test("All who wait for a group go on when the last is done", arguments: RuntimeTests.processorCounts)
    func waitGroup(processors: Int) throws {
      let done = Word(), early = Word(), waited = Word()
      try run(processors: processors) {
        let group = WaitGroup()
        group.wait()
        group.add(50)
        for _ in 0..<20 {
          spawn {
            group.wait()
            if done.value != 50 { early.add() }
            waited.add()
          }
        }
        for index in 0..<50 {
          spawn {
            if index % 3 == 0 { sleep(for: .microseconds(200)) }
            done.add()
            group.done()
          }
        }
      }
      #expect(early.value == 0)
      #expect(waited.value == 20)
    }

    /// The last of a round may still be about to wake when the next round has begun.
    @Test("A group that is used again never lets its waiter go on early", arguments: 1...60)
    func roundsOfAGroup(seed: Int) throws {
      let early = Word()
      try run(Runtime(simulation(seed, 3))) {
        let group = WaitGroup()
        for _ in 0..<10 {
          let done = Word()
          group.add(2)
          for _ in 0..<2 {
            spawn {
              done.add()
              group.done()
            }
          }
          group.wait()
          if done.value != 2 { early.add() }
        }
      }
      #expect(early.value == 0)
    }
  }
}
