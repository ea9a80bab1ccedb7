import Testing

@testable import Magpie

extension RuntimeTests {
  /// Who has a processor, in every interleaving.
  @Suite("Interleavings of the ownership of processors", Explorer.isWorthwhile)
  struct OwnershipInterleavings {
    typealias Guarded = PlainMemory<ExploredMemory>

    /// Machines that block, with one processor between them, and sysmon, which takes it and gives it to the next machine.
    private func blockingCalls(takes: Int, mutation: Mutation? = nil) -> Explorer.Result {
      Explorer.explore(mutation: mutation) { world in
        let ownership = world.make(Ownership<ExploredMemory>(.held)), data = world.make(Guarded("processor"))
        let given = world.make(AtomicWord<UInt64, ExploredMemory>(0, "given"))
        let parker = world.make(Parker<ExploredMemory>())
        var versions: [[UInt32]] = [[], [], []]
        /// A call, with the processor in hand.
        func call(_ machine: Int) {
          data.pointee.write()
          let version = ownership.pointee.set(.blocked)
          versions[machine].append(version)
          guard let version = ownership.pointee.takeBlocked(Ownership.Seen(.blocked, version)) else { return }
          versions[machine].append(version)
          data.pointee.write()
        }
        world.thread("machine 1") { call(0) }
        world.thread("sysmon") {
          for _ in 0..<takes {
            let seen = ownership.pointee.seen
            guard let version = ownership.pointee.takeBlocked(seen) else { continue }
            versions[2].append(version)
            data.pointee.write()
            guard given.pointee.load(.relaxed) == 0 else { return }
            versions[2].append(ownership.pointee.set(.held))
            given.pointee.store(1, .releasing)
            _ = parker.pointee.wake()
          }
        }
        world.thread("machine 2") {
          while given.pointee.load(.relaxed) == 0 { _ = parker.pointee.sleep { -1 } }
          _ = given.pointee.exchange(2, .acquiring)
          versions[1].append(ownership.pointee.set(.held))
          call(1)
        }
        world.atEnd {
          let all = versions.flatMap { $0 }.sorted()
          world.expect(all == (0..<UInt32(all.count)).map { $0 + 1 }, "versions \(versions)")
        }
      }
    }

    @Test("A processor left in a call goes to one: its machine or sysmon, and on from there")
    func blockingCalls() {
      expectSound("two block, sysmon takes three times", blockingCalls(takes: 3))
    }

    @Test(
      "Broken ownership is found out",
      arguments: [
        .weakens("status", .store, .relaxed), .relaxes("status"), .tears("status"),
        .ignoresVersion("status"),
      ] as [Mutation])
    func broken(_ mutation: Mutation) throws {
      try expectFound(mutation, [blockingCalls(takes: 2, mutation: mutation)])
    }

    /// A fiber that calls the runtime now and then, and sysmon, which takes its processor if it finds it outside.
    private func detach(calls: Int, mutation: Mutation? = nil) -> Explorer.Result {
      Explorer.explore(mutation: mutation, locksBlock: true) { world in
        let entrance = world.make(Entrance<ExploredMemory>(.outside)), gate = world.make(Lock<ExploredMemory>())
        let data = world.make(Guarded("processor")), state = world.make(Guarded("state of the gate"))
        entrance.pointee.open(upTo: .max)
        var isTaken = false
        world.thread("machine") {
          for _ in 0..<calls {
            // As `enterRuntime`.
            entrance.pointee.set(.inside)
            if !entrance.pointee.isOpen(upTo: 1) {
              gate.pointee.lock()
              state.pointee.read()
              let hasLost = isTaken
              if !hasLost { entrance.pointee.open(upTo: .max) }
              gate.pointee.unlock()
              if hasLost { return }
            }
            data.pointee.write()
            entrance.pointee.set(.outside)
          }
        }
        world.thread("sysmon") {
          // As `Gate.detach`.
          gate.pointee.lock()
          if entrance.pointee.closeAndLook() == .outside {
            state.pointee.write()
            isTaken = true
            data.pointee.write()
          } else {
            entrance.pointee.open(upTo: .max)
          }
          gate.pointee.unlock()
          // Once more, for another processor, which is not to be taken after all.
          gate.pointee.lock()
          state.pointee.read()
          if !isTaken || world.leavesOut("the gate of one who has lost its processor is left alone") {
            _ = entrance.pointee.closeAndLook()
            entrance.pointee.open(upTo: .max)
          }
          gate.pointee.unlock()
        }
        world.atEnd {
          world.expect(!world.isAsleep("machine") && !world.isAsleep("sysmon"), "one waits for ever")
        }
      }
    }

    @Test("A machine that comes into the runtime has its processor, or knows that it has lost it")
    func detach() { expectSound("a machine calls three times, sysmon detaches it and looks again", detach(calls: 3)) }

    @Test(
      "A broken entrance is found out",
      arguments: [
        .omitsBarriers, .weakens("activity", .store, .relaxed), .weakens("activity", .load, .relaxed),
        .leavesOut("the gate of one who has lost its processor is left alone"),
      ] as [Mutation])
    func brokenEntrance(_ mutation: Mutation) throws {
      try expectFound(mutation, [detach(calls: 2, mutation: mutation)])
    }
  }
}
