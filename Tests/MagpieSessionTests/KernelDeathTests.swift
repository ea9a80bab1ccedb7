import CKernel
import Glibc
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieEras
@testable import MagpieSession

extension SessionTests {
  /// Processes that are killed at the worst moments: whoever is left knows what is true, and the run ends.
  @Suite("Deaths in the era of processes")
  struct KernelDeathTests {
    /// A program that is held before its first event, and in which something will break.
    private func start(
      _ type: any Scenario.Type, _ fault: Arena.Fault, at number: Int,
      _ change: (inout ParameterValues) -> Void = { _ in }
    ) throws -> Session {
      let session = Session(try KernelEras.request(type, .processes, change))
      session.program.arena.withLock {
        session.program.arena.header.pointee.fault = fault
        session.program.arena.header.pointee.faultAt = UInt64(number)
      }
      session.start()
      return session
    }

    /// The host: the parent of a task's process.
    private func host(of session: Session) -> Int32 {
      session.program.arena.header.pointee.host.load(ordering: .sequentiallyConsistent)
    }

    private func state(of process: Int32) -> UInt8? {
      var sample = ck_thread_sample()
      return ck_sample_thread(process, process, &sample) ? UInt8(bitPattern: sample.state) : nil
    }

    /// The owner of the arena's lock; 0 for none.
    private func owner(_ session: Session) -> Int32 {
      Int32(
        session.program.arena.header.pointee.lock.load(ordering: .acquiring)
          & ~(Arena.contended | Arena.viewersMark))
    }

    private func expectOneRepair(_ session: Session, _ summary: Summary, _ what: String) {
      #expect(summary.losses.count == 1, "\(what)")
      #expect(summary.audit.first == nil, "\(what)")
      #expect(summary.isComplete, "\(what)")
      #expect(summary.fibers.live == summary.deadlock.count, "\(what) \(summary.deadlock)")
      #expect(summary.exitStatus == 1, "\(what)")
      #expect(summary.troubles.contains { "\($0)".contains("signal 9") }, "\(what) \(summary.troubles)")
      #expect(!summary.troubles.contains { "\($0)".contains("host") }, "\(what) \(summary.troubles)")
      #expect(session.program.arena.header.pointee.crashCount == summary.troubles.count, "\(what)")
      #expect(owner(session) == 0, "\(what)")
    }

    @Test(
      "One that is killed in the middle of whatever it does is repaired after once, and the others go on",
      arguments: ["contention", "pipeline", "ping-pong", "fan-out"])
    func inTheMiddle(name: String) throws {
      let type = try #require(Scenarios.named(name))
      let events = finish(run(try KernelEras.request(type, .processes))).events.total
      // Samples are events too, but not the log's.
      let most = min(events / 2, 230)
      for number in stride(from: 2, through: most, by: max(1, most / 10)) {
        let session = try start(type, .killsWriter, at: number)
        let summary = finish(session)
        expectOneRepair(session, summary, "\(name), event \(number)")
      }
      #expect(KernelEras.processes(ofViewer: getpid()) == [])
    }

    @Test("Between the host's look and its taking over nobody takes the lock of a dead one")
    func nobodyElse() throws {
      let session = try start(Contention.self, .killsWriterStopsHost, at: 60) {
        $0["tasks"] = .integer(8)
        $0["additions"] = .integer(300)
      }
      wait("the host is stopped") { state(of: host(of: session)) == UInt8(ascii: "T") }
      let dead = owner(session)
      #expect(dead > 0 && [nil, UInt8(ascii: "Z")].contains(state(of: dead)))
      wait("the others wait for the lock") {
        KernelEras.processes(ofViewer: getpid()).count { state(of: $0) == UInt8(ascii: "S") } >= 2
      }
      // Longer than anybody's patience ever was.
      usleep(500_000)
      #expect(owner(session) == dead)
      kill(host(of: session), SIGCONT)
      expectOneRepair(session, finish(session), "the host went on")
    }

    @Test("A task that was stopped while it had the lock does not keep the run from being stopped")
    func stoppedInside() throws {
      let session = try start(Contention.self, .stopsWriter, at: 60) { $0["additions"] = .integer(300) }
      wait("it is stopped") { state(of: owner(session)) == UInt8(ascii: "T") }
      session.stop()
      let summary = finish(session)
      #expect(!summary.isComplete)
      #expect(summary.losses == [])
      #expect(summary.audit.first == nil)
      wait("no process is left") { KernelEras.processes(ofViewer: getpid()).isEmpty }
    }

    @Test("Where the host is killed the run ends, and says so, whoever had the lock", arguments: [false, true])
    func hostKilled(isInside: Bool) throws {
      let session = try start(Contention.self, isInside ? .stopsWriter : .none, at: 60) {
        $0["tasks"] = .integer(8)
        $0["additions"] = .integer(100_000)
      }
      if isInside {
        wait("a task is stopped inside") { state(of: owner(session)) == UInt8(ascii: "T") }
      } else {
        wait("they add") { session.told.count > 200 }
      }
      kill(host(of: session), SIGKILL)
      let summary = finish(session)
      #expect(!summary.isComplete && summary.exitStatus == 1)
      #expect(summary.troubles == [.hostEnded(.signal(SIGKILL))])
      // All that the viewer may be asked for is answered.
      #expect(session.engine.machineNotes.count > 0)
      wait("no process is left") {
        KernelEras.processes(ofViewer: getpid()).allSatisfy { state(of: $0) == UInt8(ascii: "Z") }
      }
    }

    @Test("The lock of a viewer that is gone is the host's")
    func viewerKilled() throws {
      let viewer = try Arena(events: 1024, hasFile: true)
      viewer.lock()
      // In a host whose parent is another process than the one that made the arena.
      let host = try Arena(file: dup(viewer.file), viewer: 1)
      #expect(host.lockInHost() == 0, "it was no task's")
      #expect(host.header.pointee.lock.load(ordering: .relaxed) & Arena.viewersMark == 0)
      host.unlock()
      #expect(viewer.tryLock())
    }

    // MARK: a slot without a process

    @Test(
      "A task whose maker is killed while it makes it is told of, and the run ends",
      arguments: [Arena.Fault.killsBeforeFork, .killsAfterFork], 2...5)
    func makerKilled(fault: Arena.Fault, fiber: Int) throws {
      let session = try start(Contention.self, fault, at: fiber) { $0["tasks"] = .integer(4) }
      let summary = finish(session)
      #expect(summary.isComplete && summary.fibers.live == 0 && summary.exitStatus == 1)
      #expect(summary.audit.first == nil && summary.losses.isEmpty)
      // After the fork both may happen: it had said that it was there, or it had not.
      let unborn = summary.troubles.map { "\($0)" }.filter { $0.hasPrefix("G\(fiber) ") && $0.contains("never began") }
      if fault == .killsBeforeFork { #expect(unborn.count == 1, "\(summary.troubles)") }
      #expect(summary.troubles.contains { "\($0)".hasPrefix("the process of G1 ") }, "\(summary.troubles)")
      #expect(summary.troubles.count == 1 + unborn.count, "\(summary.troubles)")
    }

    @Test("A process that is killed before it has said whose it is, is its task's all the same", arguments: 2...5)
    func newbornKilled(fiber: Int) throws {
      let session = try start(Contention.self, .killsNewborn, at: fiber) { $0["tasks"] = .integer(4) }
      let summary = finish(session)
      #expect(summary.isComplete && summary.fibers.live == 0 && summary.exitStatus == 1)
      #expect(summary.audit.first == nil && summary.losses.isEmpty)
      #expect(summary.troubles.count == 1, "\(summary.troubles)")
      #expect(summary.troubles.allSatisfy { "\($0)".hasPrefix("the process of G\(fiber) ") }, "\(summary.troubles)")
    }

    @Test("Where there may be no more processes the run ends, and names the limit", arguments: [3])
    func refused(fiber: Int) throws {
      let session = try start(Sleepers.self, .refusesFork, at: fiber) {
        $0["tasks"] = .integer(4)
        $0["naps"] = .integer(100_000)
      }
      let summary = finish(session)
      #expect(!summary.isComplete && session.limit?.kind == .threads)
      wait("no process is left") { KernelEras.processes(ofViewer: getpid()).isEmpty }
    }
  }
}
