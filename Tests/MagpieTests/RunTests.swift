import CKernel
import Glibc
import MagpieTrace
import TestSupport
import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Runs")
  struct RunTests {
    @Test("A hundred thousand fibers run, each once", arguments: RuntimeTests.processorCounts)
    func manyFibers(processors: Int) throws {
      let count = rounds(100_000), ran = Word()
      let runtime = Runtime(Configuration(processors: processors))
      try run(runtime) { for _ in 0..<count { spawn { ran.add() } } }
      #expect(ran.value == count)
      #expect(runtime.fibersCreated == count + 1)
      #expect(runtime.fibersLive == 0)
      #expect(runtime.hasEnded)
    }

    @Test("Fibers that spawn, yield, sleep and block come to their end", arguments: RuntimeTests.processorCounts)
    func tree(processors: Int) throws {
      let leaves = Word()
      try run(processors: processors) { grow(7, leaves) }
      #expect(leaves.value == 128)
    }

    @Test("yield lets the others of a queue run first")
    func yieldTurns() throws {
      let log = Log<Int>()
      try run(processors: 1) {
        for fiber in 1...3 {
          spawn { for _ in 0..<3 { log.note(fiber); yield() } }
        }
      }
      // The last one spawned is in runnext; after that all take turns.
      #expect(log.entries == [3, 1, 2, 3, 1, 2, 3, 1, 2])
    }

    @Test("A fiber that waits for all others goes on when it is alone", arguments: RuntimeTests.processorCounts)
    func waitForAll(processors: Int) throws {
      try run(processors: processors) {
        waitForAllOthers()
        for round in 1...5 {
          let done = Word()
          for _ in 0..<40 {
            spawn {
              yield(); spawn { done.add() }; done.add()
            }
          }
          waitForAllOthers()
          #expect(done.value == 80, "round \(round)")
        }
      }
    }

    /// The last of the others may still be about to wake it when it has spawned more and waits again.
    @Test("Waiting for all others again and again never ends early", arguments: 1...60)
    func waitForAllAgain(seed: Int) throws {
      let early = Word()
      try run(Runtime(simulation(seed, 3))) {
        for _ in 0..<10 {
          let done = Word()
          for _ in 0..<2 { spawn { done.add() } }
          waitForAllOthers()
          if done.value != 2 { early.add() }
        }
      }
      #expect(early.value == 0)
    }

    @Test("stop() ends a run where it is, whatever its fibers do", arguments: [1, 2, 8])
    func stop(processors: Int) throws {
      let runtime = Runtime(Configuration(processors: processors))
      let started = Word()
      let stopper = Job {
        wait("all have started") { started.value == 20 }
        runtime.stop()
      }
      #expect {
        try run(runtime) {
          for _ in 0..<20 {
            spawn {
              started.add()
              while true { sleep(for: .milliseconds(1)) }
            }
          }
        }
      } throws: { if case RuntimeError.stopped = $0 { true } else { false } }
      stopper.join()
      #expect(runtime.fibersLive == 20)
    }

    @Test("A runtime runs once, and not on a fiber")
    func runsOnce() throws {
      let runtime = Runtime(Configuration(processors: 1))
      let inner = Word()
      try run(runtime) {
        do { try Runtime().run {} } catch RuntimeError.insideRuntime { inner.add() } catch {}
      }
      #expect(inner.value == 1)
      #expect { try runtime.run {} } throws: { if case RuntimeError.startedTwice = $0 { true } else { false } }
    }

    @Test("Two runtimes run beside each other")
    func two() throws {
      let ran = Word()
      let other = Job { try? run(processors: 2) { for _ in 0..<1000 { spawn { ran.add() } } } }
      try run(processors: 2) { for _ in 0..<1000 { spawn { ran.add() } } }
      other.join()
      #expect(ran.value == 2000)
    }

    /// In a process of its own, where no other test has threads.
    @Test("When a run is over all its threads are joined")
    func threads() async {
      await #expect(processExitsWith: .success) {
        for processors in [1, 2, 8, 32] {
          let leaves = Word()
          let runtime = Runtime(Configuration(processors: processors))
          try runtime.run { grow(7, leaves) }
          guard runtime.machinesMade >= 2, leaves.value == 128 else { exit(1) }
          // The kernel lets a joiner go on a moment before it takes the thread off its list.
          let end = ck_monotonic_ns() + 10_000_000_000
          while ProcessResources().threads > 0 { if ck_monotonic_ns() > end { exit(1) } }
        }
      }
    }

    @Test("Closures that fibers ran are released")
    func releases() throws {
      let alive = Word()
      try run(processors: 4) {
        for _ in 0..<500 {
          let token = Token(alive)
          spawn { withExtendedLifetime(token) { yield() } }
        }
      }
      #expect(alive.value == 0)
    }
  }
}

private func grow(_ depth: Int, _ leaves: Word) {
  guard depth > 0 else {
    leaves.add()
    return
  }
  for child in 0..<2 {
    spawn {
      switch (depth + child) % 4 {
      case 0: yield()
      case 1: sleep(for: .microseconds(300))
      case 2: _ = blocking { usleep(100) }
      default: break
      }
      grow(depth - 1, leaves)
    }
  }
}
