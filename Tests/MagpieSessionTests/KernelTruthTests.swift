import Glibc
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieEras
@testable import MagpieSession

extension SessionTests {
  /// What is said of the kernel is what /proc says, and what a run has made is gone when it is over, however that comes.
  @Suite("Kernel's truth")
  struct KernelTruthTests {
    private func held(_ era: Era) throws -> Session {
      let session = run(
        try KernelEras.request(Sleepers.self, era) {
          $0["tasks"] = .integer(20)
          $0["naps"] = .integer(1000)
        })
      wait("all tasks live") { session.engine.machineNotes.count { $0 != .ended } >= 20 }
      session.hold()
      wait("all wait") { !session.engine.machineNotes.contains(.computing) }
      return session
    }

    @Test("Threads, processes and switches are those of /proc", arguments: KernelEras.all)
    func figures(era: Era) throws {
      let session = try held(era)
      let tasks = session.program.processes.filter { $0 > 0 }
      let processes = KernelEras.processes(ofViewer: getpid())
      if era == .processes {
        #expect(processes.count == session.program.processCount.now)
        #expect(Set(tasks).isSubset(of: processes) && processes.count == tasks.count + 1)
      } else {
        #expect(processes == [])
      }
      // They stand still, but for this one's own threads: a little later the sum may be a little higher.
      func sum(_ label: String) -> Int {
        processes.reduce(0) { $0 + KernelEras.number(label, of: $1, thread: $1) }
      }
      let before = (sum("voluntary_ctxt_switches"), sum("nonvoluntary_ctxt_switches"))
      let ended = session.program.arena.header.pointee.voluntary.load(ordering: .relaxed)
      let switches = session.program.switches
      #expect(Int(switches.voluntary - ended) >= before.0 && Int(switches.voluntary - ended) <= before.0 + 20)
      #expect(Int(switches.involuntary) >= before.1)
      let threads = KernelEras.numbers(in: "/proc/self/task").count
      #expect(abs(session.kernelFacts.threads - threads - processes.count) <= 3)
      if era == .threads { #expect(threads > 20) }
      session.release()
      session.stop()
      let summary = finish(session)
      // This one, the host, twenty sleepers, and the first task if it still lived.
      #expect((era == .processes ? 22...23 : 1...1).contains(summary.kernel.processes))
      #expect(summary.kernel.threads >= 20)
      // With what the ended ones have used, nothing is lost.
      #expect(summary.kernel.voluntary >= before.0)
    }

    @Test("Samples say of a task's thread what the kernel says", arguments: KernelEras.all)
    func samples(era: Era) throws {
      let session = try held(era)
      // A sample of each that is as new as the moment at which it fell asleep.
      wait("each has been sampled") {
        session.withHistory { history in
          (0..<history.live.machineCount).filter { history.live.machine($0)?.activity != .ended }
            .allSatisfy { history.live.machine($0)?.sample?.letter == UInt8(ascii: "S") }
        }
      }
      let arena = session.program.arena
      for machine in 0..<arena.header.pointee.slotsMade {
        let (process, thread) = arena.withLock { (arena.slots[machine].process, arena.slots[machine].thread) }
        guard thread > 0, let sample = session.withHistory({ $0.live.machine(machine)?.sample }) else { continue }
        let now = KernelEras.number("voluntary_ctxt_switches", of: process, thread: thread)
        #expect(Int(sample.voluntary) <= now && Int(sample.voluntary) >= now - 2)
      }
      session.stop()
      _ = finish(session)
    }

    @Test("Nothing is left after a stop", arguments: KernelEras.all)
    func stops(era: Era) throws {
      let files = KernelEras.numbers(in: "/proc/self/fd").count
      let memory = KernelEras.number("RssShmem", of: getpid(), thread: getpid())
      for _ in 0..<4 {
        let session = try held(era)
        session.stop()
        _ = finish(session)
        #expect(session.program.arena.header.pointee.threadCount.load(ordering: .acquiring) == 0)
      }
      wait("no process is left") { KernelEras.processes(ofViewer: getpid()).isEmpty }
      wait("no file is left") { KernelEras.numbers(in: "/proc/self/fd").count <= files }
      // KiB: of a run's slots, counters and names some pages stay, of its log none.
      #expect(KernelEras.number("RssShmem", of: getpid(), thread: getpid()) < memory + 4 * 256)
    }

    @Test("Nothing is left of a viewer that a signal ends", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP])
    func killed(signal: Int32) throws {
      let path = try Products.magpie
      let words = ["run", "sleepers", "--tasks", "10", "--naps", "100000", "--era", "processes", "--headless"]
      var arguments: [UnsafeMutablePointer<CChar>?] = ([path] + words).map { strdup($0) }
      arguments.append(nil)
      defer { for argument in arguments { free(argument) } }
      var viewer: pid_t = 0
      // The tests' threads take no signals, and what they start would take none either.
      var attributes = posix_spawnattr_t()
      var none = sigset_t()
      sigemptyset(&none)
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      posix_spawnattr_setsigmask(&attributes, &none)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
      #expect(posix_spawn(&viewer, path, nil, &attributes, arguments, environ) == 0)
      wait("its tasks live") { KernelEras.processes(ofViewer: viewer).count >= 11 }
      kill(viewer, signal)
      waitpid(viewer, nil, 0)
      wait("its tasks are gone") { KernelEras.processes(ofViewer: viewer).isEmpty }
    }

    @Test("A task's process that is killed is told of, and harms no other")
    func crash() throws {
      let session = run(
        try KernelEras.request(Contention.self, .processes) {
          $0["tasks"] = .integer(8)
          $0["additions"] = .integer(3000)
        })
      // One that has the lock, or is about to; the others want it too.
      wait("somebody has the lock") {
        let arena = session.program.arena
        return arena.withLock {
          guard arena.header.pointee.mutexCount > 0, arena.mutexes[0].holder != 0,
            let slot = (0..<arena.header.pointee.slotsMade).first(where: {
              arena.slots[$0].fiber == arena.mutexes[0].holder
            }), arena.slots[slot].process > 0
          else { return session.engine.hasEnded }
          kill(arena.slots[slot].process, SIGKILL)
          return true
        }
      }
      let summary = finish(session)
      #expect(summary.audit.first == nil)
      #expect(summary.isComplete && summary.fibers.live == 0)
      #expect(summary.exitStatus == 1)
      #expect(summary.troubles.contains { "\($0)".contains("signal 9") }, "\(summary.troubles)")
    }

    @Test("Where a killed task was waited for, the others' deadlock is told")
    func crashAndDeadlock() throws {
      let session = run(
        try KernelEras.request(PingPong.self, .processes) { $0["rounds"] = .integer(1_000_000) })
      wait("they play") { session.told.count > 200 }
      let process = session.program.arena.withLock {
        (1..<3).map { session.program.arena.slots[$0].process }.first { $0 > 0 }
      }
      kill(try #require(process), SIGKILL)
      let summary = finish(session)
      #expect(summary.deadlock.count == 1 && summary.exitStatus == 1)
      #expect(summary.audit.first == nil)
    }

    @Test("Processes that are killed at any moment leave no lock held, no finding, and a run that ends")
    func storm() throws {
      for round in 0..<6 {
        let session = run(
          try KernelEras.request(Contention.self, .processes) {
            $0["tasks"] = .integer(12)
            $0["additions"] = .integer(400)
          })
        wait("some are gone") {
          // Without the lock, so that some have it.
          let slots = session.program.arena.slots
          let process = (1..<13).map { slots[($0 + round) % 12 + 1].process }.first { $0 > 0 }
          if let process { kill(process, SIGKILL) }
          usleep(300)
          return session.engine.hasEnded || session.program.arena.header.pointee.crashCount >= 4
        }
        let summary = finish(session)
        #expect(summary.isComplete && summary.fibers.live == 0)
        #expect(summary.audit.first == nil)
        #expect(summary.exitStatus == 1 && !summary.troubles.isEmpty)
      }
    }
  }
}
