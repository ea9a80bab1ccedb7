import Glibc
import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieEras
@testable import MagpieSession

extension SessionTests {
  /// A thread or a process a task: the same scenarios, the same control, nothing left behind.
  @Suite("Kernel eras")
  struct KernelEraTests {
    static let names = Scenarios.closed.map { $0.name }

    @Test("Every scenario ends as it should, without a finding", arguments: names, KernelEras.all)
    func clean(name: String, era: Era) throws {
      let type = try #require(Scenarios.named(name))
      let tree = type == Grep.self ? SmallTree() : nil
      defer { tree?.remove() }
      for processors in [1, 2, 8] {
        let request = try KernelEras.request(type, era, processors: processors) { values in
          for parameter in type.parameters where parameter.kind == .paths {
            values[parameter] = .paths([Array(tree!.path.utf8)])
          }
        }
        let summary = finish(run(request))
        #expect(summary.audit.first == nil)
        #expect(summary.isComplete)
        #expect(summary.processorCount == 1)
        #expect(summary.events.total == summary.events.byKind.values.reduce(0, +) && summary.events.lost == 0)
        if type.deadlocks {
          #expect(summary.exitStatus == 1)
          #expect(summary.deadlock.map(\.name).sorted() == ["left", "right"])
          #expect(summary.fibers.live == 2)
        } else {
          #expect(summary.exitStatus == 0, "\(summary.result)")
          #expect(summary.fibers.live == 0)
        }
      }
      #expect(KernelEras.processes(ofViewer: getpid()) == [])
    }

    @Test("A log that is full makes its writers wait, and loses nothing", arguments: KernelEras.all)
    func fullLog(era: Era) throws {
      var request = try KernelEras.request(Contention.self, era) {
        $0["tasks"] = .integer(20)
        $0["additions"] = .integer(200)
      }
      request.ring = 1024
      request.onEvents = { _, numbers in if numbers.lowerBound % 7 == 0 { usleep(3000) } }
      let summary = finish(run(request))
      #expect(summary.exitStatus == 0, "\(summary.audit) \(summary.result)")
      #expect(summary.events.total > 3 * 1024)
    }

    // MARK: the gate

    @Test("A held program records nothing, and goes on when it is released", arguments: KernelEras.all)
    func holds(era: Era) throws {
      var request = try KernelEras.request(Contention.self, era)
      request.repeats = true
      let session = run(request)
      for _ in 0..<5 {
        let begin = session.told.count
        wait("the program has got on") { session.told.count > begin + 20 }
        session.hold()
        session.waitUntilQuiet()
        #expect(session.status == .held)
        let (count, time) = (session.told.count, session.engine.virtualTime)
        usleep(20_000)
        #expect(session.told.count == count)
        #expect(session.engine.virtualTime == time)
        session.release()
      }
      session.stop()
      let summary = finish(session)
      #expect(summary.audit.first == nil && summary.result.ok)
    }

    @Test("A step is one operation of one task", arguments: KernelEras.all)
    func steps(era: Era) throws {
      let session = Session(try KernelEras.request(PingPong.self, era))
      session.hold()
      session.start()
      wait("the first task is at the gate") { session.engine.machineNotes == [.atGate] }
      // That it was made has been told, too, and counts as no step's.
      session.waitUntilQuiet()
      var steps = 0
      wait("it has been stepped to its end") {
        guard !session.engine.hasEnded else { return true }
        let before = session.told.count
        guard session.engine.step(machine: nil) != nil else {
          session.waitUntilQuiet()
          return session.engine.hasEnded
        }
        session.waitUntilQuiet()
        steps += 1
        let events = session.told[before...]
        #expect(!events.isEmpty && Set(events.map(\.machine)).count <= 2, "\(events.map { $0.kind! })")
        // All that one operation did, it did at one moment.
        #expect(Set(events.map(\.time)).count == 1, "\(events)")
        return false
      }
      let summary = finish(session)
      #expect(steps > 20)
      #expect(summary.exitStatus == 0, "\(summary.result) \(summary.audit)")
    }

    @Test("Slower virtual time makes a run longer, but not in its own time", arguments: KernelEras.all)
    func tempo(era: Era) throws {
      var request = try KernelEras.request(Sleepers.self, era)
      request.tempo = 20
      let summary = finish(run(request))
      #expect(summary.exitStatus == 0, "\(summary.result)")
      #expect(summary.wallNanoseconds > 10 * summary.virtualNanoseconds)
    }

    @Test("A breakpoint stops the program before what it names", arguments: KernelEras.all)
    func breakpoint(era: Era) throws {
      let session = Session(try KernelEras.request(Contention.self, era))
      session.setBreakpoint(try Filter("kind:lock.release"))
      session.start()
      var stops = 0
      for _ in 0..<5 {
        wait("it is stopped") { session.stoppedBefore != nil && session.status == .held }
        session.waitUntilQuiet()
        let upcoming = try #require(session.stoppedBefore)
        #expect(upcoming.kinds.contains(.lockRelease))
        let count = session.told.count { $0.kind == .lockRelease }
        #expect(count == stops)
        stops += 1
        if stops % 2 == 0 {
          // Stepped instead, it is as far; the next one is asked about again.
          #expect(session.engine.step(machine: nil) == upcoming.machine)
          session.waitUntilQuiet()
          #expect(session.stoppedBefore == nil)
          #expect(session.told.count { $0.kind == .lockRelease } == stops)
        }
        if stops == 5 { session.setBreakpoint(nil) }
        session.release()
        if stops < 5 { wait("it goes on") { session.told.count { $0.kind == .lockRelease } == stops } }
      }
      #expect(finish(session).exitStatus == 0)
    }

    @Test("A frozen task stands still while the others go on", arguments: KernelEras.all)
    func freezes(era: Era) throws {
      let session = Session(
        try KernelEras.request(Blockers.self, era) {
          $0["tasks"] = .integer(3)
          $0["calls"] = .integer(6)
        })
      session.hold()
      session.start()
      wait("a task is made") {
        session.step()
        session.waitUntilQuiet()
        return session.told.contains { $0.kind == .fiberStart && $0.fiber == 2 }
      }
      try session.freeze(fiber: 2)
      #expect(session.frozenFibers == [2] && session.frozenMachines == [1])
      session.release()
      wait("all others have ended") { session.engine.machineNotes.count { $0 != .ended } == 1 }
      #expect(!session.told.contains { $0.kind == .fiberExit && $0.fiber == 2 })
      #expect(throws: ControlError.noSuchFiber) { try session.thaw(fiber: 3) }
      #expect(throws: ControlError.meansNothing(era)) { try session.setProcessors(2) }
      try session.thaw(fiber: 2)
      #expect(finish(session).exitStatus == 0)
    }

    @Test("A sleep is ended by hand", arguments: KernelEras.all)
    func wakes(era: Era) throws {
      let session = Session(try KernelEras.request(Sleepers.self, era))
      session.hold()
      session.start()
      // The clock stands, so its sleep does not end by itself.
      wait("it sleeps") {
        session.step()
        session.waitUntilQuiet()
        return session.told.contains { $0.kind == .timerArm && $0.fiber == 2 }
      }
      #expect(throws: ControlError.noSuchFiber) { try session.wake(fiber: 4_711) }
      try session.wake(fiber: 2)
      session.release()
      #expect(finish(session).exitStatus == 0)
      let ready = session.told.first { $0.kind == .fiberReady && $0.fiber == 2 }
      #expect(ready?.detail == ReadyCause.byHand.rawValue)
    }

    @Test("Rounds follow each other until the program is stopped", arguments: KernelEras.all)
    func repeats(era: Era) throws {
      var request = try KernelEras.request(Contention.self, era)
      request.repeats = true
      let session = run(request)
      wait("the third round has begun") {
        session.told.count { $0.kind == .fiberPark && $0.detail == ParkReason.join.rawValue } >= 2
      }
      session.stop()
      let summary = finish(session)
      #expect(!summary.isComplete && summary.audit.first == nil && summary.result.ok)
    }

    @Test("Whatever is done to it in whatever order, a run ends as it should", arguments: KernelEras.all, 0..<3)
    func storm(era: Era, seed: UInt64) throws {
      for name in ["contention", "pipeline", "tour", "sleepers"] {
        let session = run(try KernelEras.request(#require(Scenarios.named(name)), era))
        var random = seed &* 2_654_435_761 &+ 1
        for _ in 0..<60 where !session.engine.hasEnded {
          random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let machine = UInt16(truncatingIfNeeded: random >> 40) % 8
          switch random >> 60 {
          case 0, 1, 2: session.hold()
          case 3, 4, 5, 6: session.step()
          case 7, 8: session.step(machine: machine)
          case 9: try? session.freeze(machine: machine)
          case 10, 11: for frozen in session.frozenMachines { try? session.thaw(machine: frozen) }
          case 12: session.setTempo(random >> 50 & 1 == 0 ? 1 : 3)
          case 13: session.setBreakpoint(random >> 50 & 1 == 0 ? nil : try Filter("kind:fiber.ready"))
          case 14: if let fiber = session.told.last?.fiber { try? session.wake(fiber: fiber) }
          default: session.release()
          }
          usleep(UInt32(random >> 33 & 255))
        }
        session.setBreakpoint(nil)
        session.setTempo(1)
        // One that was frozen is thawed; one that has ended meanwhile needs no thaw.
        for frozen in session.frozenMachines { try? session.thaw(machine: frozen) }
        session.release()
        let summary = finish(session)
        #expect(summary.audit.first == nil)
        #expect(summary.exitStatus == 0, "\(name) \(summary.result) \(summary.deadlock)")
      }
    }
  }
}
