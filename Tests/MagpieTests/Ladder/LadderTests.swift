import CKernel
import Glibc
import Testing

@testable import Magpie

extension RuntimeTests {
  /// Every queue of the runtime on the same ladder: each thing that goes in comes out once, nobody starves, and nothing is left of
  /// the runtime: no fiber, no stack in use, no machine.
  @Suite("Ladder")
  struct LadderTests {
    @Test("On every rung each comes out once", arguments: QueueUnderTest.all, Rung.allCases)
    func climb(queue: QueueUnderTest, rung: Rung) {
      for processors in RuntimeTests.processorCounts {
        let ladder = Ladder(queue: queue, configuration: Configuration(processors: processors))
        #expect(ladder.climb(rung) == [], "on \(processors) P")
      }
    }

    @Test("So it is in any order of steps", arguments: QueueUnderTest.all)
    func simulated(queue: QueueUnderTest) {
      for seed in 1...4 {
        #expect(Ladder(queue: queue, configuration: simulation(seed)).climb(.stampede) == [], "seed \(seed)")
      }
    }

    /// The check can fail: the queue really loses something now and then.
    @Test("What is dropped is missed", arguments: QueueUnderTest.all)
    func dropped(queue: QueueUnderTest) {
      // It is the check that is tried here, not the runtime: under ThreadSanitizer once is enough.
      for processors in ck_under_tsan() ? [2] : RuntimeTests.processorCounts {
        var configuration = Configuration(processors: processors)
        configuration.fault = queue.fault
        // One climb may use the queue too seldom.
        let isMissed = (1...500).contains { seed in
          configuration.seed = UInt64(seed)
          return Ladder(queue: queue, configuration: configuration).climb(.stress) != []
        }
        #expect(isMissed, "on \(processors) P")
      }
    }

    @Test("What is left is seen while it is there")
    func remainsOfARun() throws {
      let seen = Log<[String]>()
      let runtime = Runtime(Configuration(processors: 1))
      try run(runtime) {
        spawn { sleep(for: .milliseconds(1)) }
        yield()
        seen.note(remains(of: runtime))
      }
      let expected = [
        "2 live fibers", "2 fibers that are not free", "2 stacks in use", "1 timers",
        "2 machines",
      ]
      #expect(seen.entries == [expected])
      #expect(remains(of: runtime) == [])
    }

    /// In a process of its own, where no other test has threads and files.
    @Test("No thread and no file is left", arguments: QueueUnderTest.all.map(\.name))
    func resources(name: String) async {
      await #expect(processExitsWith: .success) { [name] in
        let before = ProcessResources()
        guard before.threads == 0 else { exit(1) }
        for processors in RuntimeTests.processorCounts {
          let ladder = Ladder(queue: .named(name), configuration: Configuration(processors: processors))
          guard ladder.climb(.stress) == [] else { exit(2) }
          // The kernel lets a joiner go on a moment before it takes the thread off its list.
          let end = ck_monotonic_ns() + 10_000_000_000
          while ProcessResources().threads > 0 { if ck_monotonic_ns() > end { exit(3) } }
        }
        // The test's own side of the process opens a file or two when it likes; a runtime that leaves one leaves it each time.
        guard ProcessResources().files < before.files + RuntimeTests.processorCounts.count else { exit(4) }
      }
    }
  }
}
