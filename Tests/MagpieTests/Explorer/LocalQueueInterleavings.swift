import Testing

@testable import Magpie

extension RuntimeTests {
  /// A local queue of few slots, under its owner and thieves, in every interleaving.
  @Suite("Interleavings of the local queue", Explorer.isWorthwhile)
  struct LocalQueueInterleavings {
    typealias Queue = LocalQueue<ExploredMemory>

    /// What an owner does.
    enum Step {
      /// A new fiber, to the tail or into runnext.
      case put, putNext
      /// Runnext, else the oldest.
      case take
    }

    /// Queues, the fibers that are put there, and who has taken what.
    final class Stage {
      let world: Explorer
      let queues: [UnsafeMutablePointer<Queue>]
      /// Its owner writes it, and whoever takes the fiber does: so taking must come after putting.
      let fibers: [UnsafeMutablePointer<PlainMemory<ExploredMemory>>]
      var count = 0
      /// Taken, by thread; what overflows counts as taken.
      var taken: [[UInt64]]
      /// The versions that each thread gave to runnext.
      var versions: [[UInt32]]

      init(_ world: Explorer, queues count: Int, fibers: Int, start: UInt32) {
        self.world = world
        queues = (0..<count).map { world.make(Queue(start: $0 == 0 ? start : 0)) }
        self.fibers = (0..<fibers).map { _ in world.make(PlainMemory("fiber")) }
        taken = Array(repeating: [], count: count)
        versions = Array(repeating: [], count: count)
      }

      private func note(_ thread: Int, _ fiber: UInt64) {
        world.expect((1...UInt64(count)).contains(fiber), "a fiber that nobody put: \(fiber)")
        fibers[Int(fiber) - 1].pointee.write()
        taken[thread].append(fiber)
      }

      private func makeFiber() -> UInt64 {
        count += 1
        fibers[count - 1].pointee.write()
        return UInt64(count)
      }

      /// As `Machine.putTail`.
      func putTail(_ fiber: UInt64) {
        while true {
          switch queues[0].pointee.fill(fiber) {
          case .slot(let slot): return queues[0].pointee.publish(to: slot &+ 1)
          case .full(let head):
            var batch: [UInt64] = []
            if queues[0].pointee.takeHalf(from: head, { batch.append($1) }) {
              for fiber in batch + [fiber] { note(0, fiber) }
              return
            }
          }
        }
      }

      /// As `Machine.putNext`.
      func putNext() {
        let (version, displaced) = queues[0].pointee.putNext(UInt32(makeFiber()))
        versions[0].append(version)
        if displaced != 0 { putTail(UInt64(displaced)) }
      }

      func own(_ steps: [Step]) {
        for step in steps {
          switch step {
          case .put: putTail(makeFiber())
          case .putNext: putNext()
          case .take: take(0)
          }
        }
      }

      /// As `Machine.takeLocal`.
      func take(_ thread: Int) {
        if let (fiber, version) = queues[thread].pointee.takeNext() {
          versions[thread].append(version)
          note(thread, UInt64(fiber))
        } else if let (fiber, _) = queues[thread].pointee.take() {
          note(thread, fiber)
        }
      }

      /// As `Machine.steal` in the last round; what was stolen besides is then taken by its new owner.
      func steal(_ thread: Int, runNext: Bool) {
        while true {
          let loot = queues[thread].pointee.steal(from: queues[0].pointee, share: { $0 &- $0 / 2 }, pause: {})
          if let loot {
            note(thread, loot.fiber)
            for _ in 1..<loot.count { take(thread) }
            return
          }
          guard runNext else { return }
          switch queues[0].pointee.stealNext(pause: {}) {
          case .nothing: return
          case .taken(let fiber, let version):
            versions[thread].append(version)
            return note(thread, UInt64(fiber))
          case .changed: continue
          }
        }
      }

      /// At the end: each fiber was taken once or is still there, and the versions of runnext were given once each.
      func check() {
        var found = taken.flatMap { $0 }
        for queue in queues {
          while let (fiber, _) = queue.pointee.take() { found.append(fiber) }
          let next = UInt32(truncatingIfNeeded: queue.pointee.runNext.load(.relaxed))
          if next != 0 { found.append(UInt64(next)) }
        }
        world.expect(found.sorted() == (0..<UInt64(count)).map { $0 + 1 }, "of \(count) fibers were found \(found)")
        let given = versions.flatMap { $0 }.sorted()
        world.expect(given == (0..<UInt32(given.count)).map { $0 + 1 }, "versions of runnext: \(given)")
      }
    }

    private func explore(
      _ steps: [Step], thieves: Int, steals: Int = 1, runNext: Bool = false, slots: UInt32, start: UInt32 = 0,
      isFirstInFirstOut: Bool = false, mutation: Mutation? = nil
    ) -> Explorer.Result {
      Explorer.explore(slotCount: slots, mutation: mutation) { world in
        let stage = Stage(world, queues: thieves + 1, fibers: steps.count, start: start)
        world.thread("owner") { stage.own(steps) }
        for thief in 0..<thieves {
          world.thread("thief \(thief + 1)") { for _ in 0..<steals { stage.steal(thief + 1, runNext: runNext) } }
        }
        world.atEnd {
          stage.check()
          if isFirstInFirstOut {
            world.expect(stage.taken[0] == stage.taken[0].sorted(), "out of order: \(stage.taken[0])")
          }
        }
      }
    }

    private func more(_ steps: [Step]) -> [Step] { Explorer.isThorough ? steps : [] }

    @Test("Put and take while one steals: each fiber goes to one, in order", arguments: [0, .max - 1] as [UInt32])
    func oneThief(start: UInt32) {
      expectSound(
        "an owner puts 4 and takes 2, a thief steals twice",
        explore(
          [.put, .put, .put, .take, .put, .take] + more([.put, .take, .put]), thieves: 1, steals: 2, slots: 4,
          start: start, isFirstInFirstOut: true
        ))
    }

    @Test("Put and take while two steal: each fiber goes to one")
    func twoThieves() {
      expectSound(
        "an owner puts 3 and takes 1, two thieves steal",
        explore([.put, .put, .take, .put] + more([.put, .take]), thieves: 2, slots: 4, isFirstInFirstOut: true))
    }

    @Test("A ring that wraps: a slot is filled again only when it was read", arguments: [0, .max] as [UInt32])
    func wraps(start: UInt32) {
      expectSound(
        "an owner fills 2 slots again and again, a thief steals twice",
        explore(
          [.put, .put, .take, .put, .take, .put] + more([.take, .put]), thieves: 1, steals: 2, slots: 2, start: start))
    }

    @Test("A full ring overflows while one steals from it", arguments: [2, 4] as [UInt32])
    func overflow(slots: UInt32) {
      expectSound(
        "an owner overflows a ring of \(slots), a thief steals twice",
        explore(Array(repeating: .put, count: Int(slots) + 2), thieves: 1, steals: 2, slots: slots))
    }

    @Test("Runnext is taken by its owner or a thief, and what it displaces is not lost")
    func runNext() {
      expectSound(
        "an owner puts 3 into runnext and takes 2, a thief steals twice",
        explore(
          [.putNext, .putNext, .take, .putNext, .take] + more([.putNext, .putNext]), thieves: 1, steals: 2,
          runNext: true, slots: 2))
      expectSound(
        "an owner puts 2 into runnext and takes 1, two thieves steal",
        explore([.putNext, .putNext, .take] + more([.putNext, .take]), thieves: 2, runNext: true, slots: 2))
    }

    /// The fiber moves from runnext into the ring, and another is taken from runnext: there is always one.
    @Test("A queue that is never empty never seems so")
    func isEmpty() {
      expectSound(
        "an owner displaces and takes, one looks whether it is empty",
        Explorer.explore(slotCount: 2) { world in
          let queue = world.make(Queue())
          _ = queue.pointee.putNext(1)
          world.thread("owner") {
            _ = queue.pointee.putNext(2)
            if case .slot(let slot) = queue.pointee.fill(1) { queue.pointee.publish(to: slot &+ 1) }
            _ = queue.pointee.takeNext()
            _ = queue.pointee.putNext(3)
          }
          world.thread("looker") { world.expect(!queue.pointee.isEmpty, "it seems empty") }
        })
    }

    /// The owner takes a fiber from runnext and puts the same one there again, while a thief looks and then takes.
    private func sameAgain(mutation: Mutation? = nil) -> Explorer.Result {
      Explorer.explore(slotCount: 2, mutation: mutation) { world in
        let queue = world.make(Queue())
        var given: [UInt32] = [], stolen: UInt32?
        world.thread("owner") {
          given.append(queue.pointee.putNext(1).version)
          if let (_, version) = queue.pointee.takeNext() {
            given += [version, queue.pointee.putNext(1).version]
          }
        }
        world.thread("thief") {
          if case .taken(_, let version) = queue.pointee.stealNext(pause: {}) { stolen = version }
        }
        world.atEnd {
          if let stolen { given.append(stolen) }
          world.expect(Set(given).count == given.count, "versions given twice: \(given)")
        }
      }
    }

    @Test("A thief takes the fiber that it saw, not the same one put there again")
    func version() throws {
      expectSound("the same fiber comes into runnext twice, a thief takes it", sameAgain())
      try expectFound(.ignoresVersion("runNext"), [sameAgain(mutation: .ignoresVersion("runNext"))])
    }

    @Test(
      "Broken queues are found out",
      arguments: [
        .weakens("tail", .store, .relaxed), .weakens("tail", .load, .relaxed), .tears("head"), .tears("runNext"),
        .weakens("runNext", .compareExchange, .relaxed),
      ] as [Mutation])
    func mutants(_ mutation: Mutation) throws {
      try expectFound(
        mutation,
        [
          explore([.put, .put, .take], thieves: 1, slots: 4, mutation: mutation),
          explore([.putNext, .take, .putNext, .take], thieves: 1, runNext: true, slots: 2, mutation: mutation),
        ])
    }
  }
}
