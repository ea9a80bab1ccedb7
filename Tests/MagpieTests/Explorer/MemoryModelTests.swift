import Testing

@testable import Magpie

extension RuntimeTests {
  /// The explorer itself, on the small programs by which memory models are told apart.
  @Suite("Explorer")
  struct ExplorerTests {
    typealias Cell = AtomicWord<UInt32, ExploredMemory>

    /// The pairs of values with which two threads can end.
    private func outcomes(
      _ threads: @escaping (UnsafeMutablePointer<Cell>, UnsafeMutablePointer<Cell>) -> (() -> UInt32, () -> UInt32)
    ) -> (pairs: Set<[UInt32]>, result: Explorer.Result) {
      var pairs: Set<[UInt32]> = []
      let result = Explorer.explore { world in
        let x = world.make(Cell(0, "x")), y = world.make(Cell(0, "y"))
        let (first, second) = threads(x, y)
        var seen: [UInt32] = [9, 9]
        world.thread("first") { seen[0] = first() }
        world.thread("second") { seen[1] = second() }
        world.atEnd { pairs.insert(seen) }
      }
      #expect(result.failure == nil)
      return (pairs, result)
    }

    /// Each stores into its own word, then loads the other's.
    private func storeBuffering(_ store: Ordering, _ load: Ordering) -> Set<[UInt32]> {
      outcomes { x, y in
        (
          {
            x.pointee.store(1, store); return y.pointee.load(load)
          },
          {
            y.pointee.store(1, store); return x.pointee.load(load)
          }
        )
      }.pairs
    }

    @Test("Stores are buffered, unless all is sequentially consistent")
    func storeBuffering() {
      let all: Set<[UInt32]> = [[0, 0], [0, 1], [1, 0], [1, 1]]
      #expect(storeBuffering(.releasing, .acquiring) == all)
      #expect(storeBuffering(.sequentiallyConsistent, .acquiring) == all)
      #expect(storeBuffering(.releasing, .sequentiallyConsistent) == all)
      #expect(storeBuffering(.sequentiallyConsistent, .sequentiallyConsistent) == all.subtracting([[0, 0]]))
    }

    /// One writes x, then y; the other reads y, then x.
    private func messagePassing(_ store: Ordering, _ load: Ordering) -> Set<[UInt32]> {
      outcomes { x, y in
        (
          {
            x.pointee.store(1, .relaxed); y.pointee.store(1, store); return 0
          },
          { y.pointee.load(load) * 10 + x.pointee.load(.relaxed) }
        )
      }.pairs
    }

    @Test("What was written before a release is seen after its acquire, and only then")
    func messagePassing() {
      #expect(messagePassing(.releasing, .acquiring) == [[0, 0], [0, 1], [0, 11]])
      #expect(messagePassing(.relaxed, .acquiring) == [[0, 0], [0, 1], [0, 10], [0, 11]])
      #expect(messagePassing(.releasing, .relaxed) == [[0, 0], [0, 1], [0, 10], [0, 11]])
    }

    @Test("A word never goes back, and changes read the last value")
    func coherence() {
      #expect(
        outcomes { x, _ in
          (
            {
              x.pointee.store(1, .relaxed); x.pointee.store(2, .relaxed); return 0
            },
            { x.pointee.load(.relaxed) * 10 + x.pointee.load(.relaxed) }
          )
        }.pairs == [[0, 0], [0, 1], [0, 2], [0, 11], [0, 12], [0, 22]])
      #expect(
        outcomes { x, _ in ({ x.pointee.add(1, .relaxed) }, { x.pointee.add(1, .relaxed) }) }.pairs == [
          [0, 1], [1, 0],
        ])
    }

    /// Two threads of n changes each of words of their own: (2n)! / (n!)² interleavings, in (n + 1)² states.
    @Test("Every interleaving is counted, every state entered once")
    func counts() {
      let (_, result) = outcomes { x, y in
        (
          {
            for _ in 0..<10 { x.pointee.add(1, .relaxed) }; return 0
          },
          {
            for _ in 0..<10 { y.pointee.add(1, .relaxed) }; return 0
          }
        )
      }
      #expect(result.interleavings == 184_756)
      #expect(result.states == 121)
    }

    private func race(_ store: Ordering, _ load: Ordering) -> Explorer.Failure? {
      Explorer.explore { world in
        let flag = world.make(Cell(0, "flag")), data = world.make(PlainMemory<ExploredMemory>("data"))
        world.thread("writer") {
          data.pointee.write()
          flag.pointee.store(1, store)
        }
        world.thread("reader") { if flag.pointee.load(load) == 1 { data.pointee.read() } }
      }.failure
    }

    @Test("A data race is found, and none where there is none")
    func races() throws {
      #expect(race(.releasing, .acquiring) == nil)
      #expect(race(.relaxed, .acquiring)?.text == "reader reads data while writer writes it")
      let failure = try #require(race(.releasing, .relaxed))
      #expect(failure.steps == ["writer stores 1 into flag (releasing)", "reader loads flag: 1 (relaxed)"])
    }

    @Test("A wake-up that comes before the sleep is lost, if the sleeper does not look")
    func futex() {
      func sleeps(looks: Bool) -> Bool {
        Explorer.explore { world in
          let word = world.make(Cell(0, "word"))
          world.thread("sleeper") {
            if !looks { word.pointee.store(0, .relaxed) }
            ExploredMemory.wait(word.pointee, 0, -1)
          }
          world.thread("waker") {
            word.pointee.store(1, .relaxed)
            ExploredMemory.wakeOne(word.pointee)
          }
          world.atEnd { world.expect(!world.isAsleep("sleeper"), "asleep for ever") }
        }.failure != nil
      }
      #expect(!sleeps(looks: true))
      #expect(sleeps(looks: false))
    }
  }
}
