import Magpie
import MagpieModel
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// The eras in which all that can run stands in one queue: serial, nto1, global.
  @Suite("Eras with one queue")
  struct OneQueueTests {
    static let eras: [Era] = [.serial, .nto1, .global]
    static let names = Scenarios.closed.map { $0.name }

    private func request(
      _ scenario: any Scenario, _ era: Era, processors: Int = 1, seed: UInt64? = nil
    ) -> RunRequest {
      var request = RunRequest(scenario: scenario, processors: processors)
      request.era = era
      request.isSimulated = seed != nil
      request.seed = seed ?? 1
      return request
    }

    /// What the table says of an exit status.
    private func expectStatus(_ type: any Scenario.Type, _ era: Era, _ summary: Summary) {
      let waits = [PingPong.name, Pipeline.name, Tour.name].contains(type.name)
      let status: Int32 = type == Deadlock.self || waits && era == .serial ? 1 : 0
      #expect(summary.exitStatus == status)
      #expect(summary.isComplete)
      #expect(summary.result.ok == (status == 0), "\(summary.result)")
      #expect(summary.deadlock.isEmpty == (status == 0))
      #expect(summary.audit.first == nil)
      #expect(summary.events.lost == 0)
      #expect(summary.era == era)
    }

    @Test("Every scenario ends as it should, on real threads", arguments: names, eras)
    func real(name: String, era: Era) throws {
      let type = try #require(Scenarios.named(name))
      try withSmall(type) { scenario in
        for processors in [1, 2, 8] {
          let session = run(request(scenario, era, processors: processors))
          let summary = finish(session)
          expectStatus(type, era, summary)
          #expect(summary.processorCount == (era == .global ? processors : 1))
          let tally = Tally(session, summary)
          // All goes through the queue, one at a time.
          #expect(tally.count { $0.kind == .globalPush && $0.b != 1 || $0.kind == .globalTake && $0.b != 1 } == 0)
          for kind in [EventKind.queuePush, .queueRunNextPut, .stealFailed, .machineSpinBegin] {
            #expect(tally[kind] == 0)
          }
          if era.isOneThread {
            #expect(summary.machines == 1 && summary.lock.takings == 0)
            #expect(tally.count { $0.machine != 0 } == 0)
          } else {
            #expect(summary.lock.takings >= tally[.globalPush] + tally[.globalTake] + tally[.fiberExit])
            #expect(summary.lock.contended == tally[.globalLock])
          }
        }
      }
    }

    @Test("And one machine at a time, in any order, with what a kernel may do and without", arguments: names, eras)
    func simulated(name: String, era: Era) throws {
      let type = try #require(Scenarios.named(name))
      try withSmall(type) { scenario in
        for isDisturbed in [false, true] {
          let outcome = Simulation.run(scenario, seeds: 1...6, era: era, isDisturbed: isDisturbed)
          #expect(outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0)")
        }
        for processors in [1, 2, 8] {
          let first = Simulation.run(scenario, seed: 3, era: era, processors: processors)
          expectStatus(type, era, first)
          #expect(first.traceHash == Simulation.run(scenario, seed: 3, era: era, processors: processors).traceHash)
        }
      }
    }

    @Test("Storms on sync objects are clean", arguments: StormTests.names, [Era.nto1, .global])
    func storms(name: String, era: Era) throws {
      try withSmall(#require(Storms.all.first { $0.name == name })) { scenario in
        for isDisturbed in [false, true] {
          let outcome = Simulation.run(scenario, seeds: 1...25, era: era, isDisturbed: isDisturbed)
          #expect(
            outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
        }
        for processors in [1, 2, 8] {
          let summary = finish(run(request(scenario, era, processors: processors)))
          #expect(summary.result.ok, "\(summary.result)")
          #expect(summary.audit.first == nil)
          #expect(summary.exitStatus == 0)
        }
      }
    }

    @Test("Files are waited for: on the spot, between fibers, or by an idle machine", arguments: eras)
    func files(era: Era) throws {
      // A pipe that holds all that is written: under serial nobody reads meanwhile.
      struct Drip: Scenario {
        static let name = "drip"
        static let text = "a pipe from outside"
        static let parameters: [Parameter] = []
        struct Shared: BitwiseCopyable, Sendable { let read, late: Counter }
        init() {}
        init(_ values: ParameterValues) throws(ScenarioError) {}
        func share<System: TaskSystem>(on system: System) -> Shared {
          Shared(read: system.makeCounter(), late: system.makeCounter())
        }
        func root<System: TaskSystem>(on system: System, _ shared: Shared) {
          for _ in 0..<3 {
            spawn(name: "reader") {
              guard let (reader, writer) = try? makePipe() else { return }
              try? reader.setReadDeadline(after: .milliseconds(2))
              if (try? reader.read(atMost: 1)) == nil { system.add(1, to: shared.late) }
              try? reader.setReadDeadline(after: nil)
              try? writer.write([1, 2, 3])
              if let bytes = try? reader.read(atMost: 8) { system.add(bytes.count, to: shared.read) }
              reader.close()
              writer.close()
            }
          }
        }
        func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
          let (read, late) = (system.value(of: shared.read), system.value(of: shared.late))
          return ScenarioResult(ok: read == 9 && late == 3, ["read": read, "late": late])
        }
      }
      for seed in [nil, 1, 2, 3, 4] as [UInt64?] {
        let session = run(request(Drip(), era, processors: 2, seed: seed))
        let summary = finish(session)
        #expect(summary.isComplete && summary.result.ok, "\(summary.result)")
        #expect(summary.audit.first == nil)
        let tally = Tally(session, summary)
        #expect(tally[.timerFire] == 3)
        guard era == .serial else { continue }
        // Each to its end before the next.
        let begun = tally.events.filter { $0.kind == .fiberStart }.map(\.fiber)
        #expect(begun == begun.sorted())
      }
    }

    // MARK: serial

    @Test(
      "Under serial a task is over before the next begins, in order of arrival", arguments: [nil, 1, 2] as [UInt64?])
    func oneAfterTheOther(seed: UInt64?) throws {
      for type in [Sleepers.self, Blockers.self, Contention.self, FanOut.self] as [any Scenario.Type] {
        try withSmall(type) { scenario in
          let session = run(request(scenario, .serial, seed: seed))
          let summary = finish(session)
          var begun: UInt32?
          var order: [UInt32] = []
          for event in Tally(session, summary).events {
            if event.kind == .fiberStart {
              #expect(begun == nil || begun == event.fiber)
              if begun == nil { order.append(event.fiber) }
              begun = event.fiber
            } else if event.kind == .fiberExit {
              begun = nil
            }
          }
          #expect(order == Array(1...UInt32(summary.fibers.created)))
          #expect(summary.events.byKind[.fiberYield] == nil)
        }
      }
    }

    @Test("What a serial run waits for in vain, and for whom, is told at once", arguments: [nil, 7] as [UInt64?])
    func whoWaitsForWhom(seed: UInt64?) throws {
      try withSmall(PingPong.self) { scenario in
        let session = run(request(scenario, .serial, seed: seed))
        let summary = finish(session)
        try #require(summary.deadlock.count == 2)
        let (ping, pong) = (summary.deadlock[0], summary.deadlock[1])
        #expect(ping.waitsOn.contains("channel") && ping.waitsFor == [pong.fiber])
        #expect(pong.waitsOn == "its turn to begin" && pong.waitsFor == [ping.fiber])
        let state = session.withHistory { $0.live }
        #expect(state.deadlockedFibers == 2)
        #expect(state.fiber(pong.fiber)?.starts == 0)
        #expect(summary.json.contains("\"waits_for\":[\(pong.fiber)]"))
      }
    }

    @Test("Round after round goes on, though nobody can wait for all others", arguments: eras)
    func again(era: Era) throws {
      try withSmall(FanOut.self) { scenario in
        var request = request(scenario, era, processors: 2)
        request.repeats = true
        let session = run(request)
        // 600 tasks, two floods and the root make a round.
        wait("three rounds are over") { session.runtime.fibersCreated > 3 * 603 || session.runtime.hasEnded }
        #expect(!session.runtime.hasEnded)
        session.stop()
        #expect(finish(session).audit.first == nil)
      }
    }

    // MARK: nto1

    @Test("Under nto1 a blocking call stops all", arguments: [nil, 1, 2] as [UInt64?])
    func blockingStopsAll(seed: UInt64?) throws {
      try withSmall(Blockers.self) { scenario in
        let session = run(request(scenario, .nto1, processors: 8, seed: seed))
        let tally = Tally(session, finish(session))
        #expect(tally[.machineSyscallEnter] == 12)
        for (event, next) in zip(tally.events, tally.events.dropFirst()) where event.kind == .machineSyscallEnter {
          #expect(next.kind == .machineSyscallExit && next.detail == SyscallExit.fast.rawValue)
        }
      }
    }

    // MARK: global

    @Test("Under global a blocked machine's permit is passed on at once", arguments: [nil, 1, 2] as [UInt64?])
    func permitsPassOn(seed: UInt64?) throws {
      try withSmall(Blockers.self) { scenario in
        let session = run(request(scenario, .global, processors: 1, seed: seed))
        let summary = finish(session)
        let tally = Tally(session, summary)
        #expect(tally[.processorHandoff] == 12 && tally[.processorRetake] == 0)
        #expect(summary.handoffs == 12)
        // While one is in a call another runs, with the only permit: at least once, as a call may end before a busy kernel lets any
        // other thread run.
        let isPassedOn = tally.events.indices.contains { enter in
          let machine = tally.events[enter].machine
          guard tally.events[enter].kind == .machineSyscallEnter,
            let exit = tally.events[enter...].firstIndex(where: {
              $0.kind == .machineSyscallExit && $0.machine == machine
            })
          else { return false }
          return tally.events[enter..<exit].contains { $0.kind == .fiberStart && $0.machine != machine }
        }
        #expect(isPassedOn)
      }
    }

    @Test("Who waits for the lock tells how long, and who had it")
    func lockIsContended() throws {
      try withSmall(FanOut.self) {
        $0["tasks"] = .integer(20_000)
        $0["work"] = .duration(.zero)
      } _: { scenario in
        var waits: [Event] = []
        for _ in 0..<20 where waits.count < 2 {
          let session = run(request(scenario, .global, processors: 8))
          let summary = finish(session)
          let tally = Tally(session, summary)
          #expect(summary.audit.first == nil)
          let own = tally.events.filter { $0.kind == .globalLock }
          #expect(summary.lock.contended == own.count)
          #expect(summary.lock.waitedNanoseconds == own.reduce(0) { $0 + UInt64($1.a) })
          #expect(summary.lock.longestNanoseconds == own.map { UInt64($0.a) }.max() ?? 0)
          let state = session.withHistory { $0.live }
          for machine in 0..<UInt16(summary.machines) {
            let waits = own.filter { $0.machine == machine }
            #expect(state.lockWaits(of: Int(machine)).count == waits.count)
            #expect(state.lockWaits(of: Int(machine)).nanoseconds == waits.reduce(0) { $0 + UInt64($1.a) })
          }
          waits += own
        }
        #expect(waits.count >= 2, "nobody ever had to wait")
        #expect(waits.allSatisfy { $0.b >= 1 && ($0.c == UInt32(Event.noMachine) || $0.c != UInt32($0.machine)) })
      }
    }

    // MARK: What is broken is found

    @Test(
      "A planted fault is found",
      arguments: [
        (Fault.takesSecond, Era.nto1, Rule.globalContent), (.takesSecond, .global, .globalContent),
        (.breaksEra, .nto1, .oneThread), (.breaksEra, .serial, .oneTaskAtATime), (.losesGlobal, .nto1, .leftInHands),
      ])
    func faults(fault: Fault, era: Era, rule: Rule) throws {
      // A call is what brings a second machine where there should be one.
      let type: any Scenario.Type = rule == .oneThread ? Blockers.self : Sleepers.self
      try withSmall(type) { scenario in
        let found = (1...100 as ClosedRange<UInt64>).first { seed in
          var request = request(scenario, era, processors: 2, seed: seed)
          request.fault = fault
          request.passageLimit = 200_000
          let session = run(request)
          finish(session)
          return session.withHistory { $0.live.findings.contains { $0.rule == rule } }
        }
        #expect(found != nil)
      }
    }

    // MARK: Watched, held, stepped

    @Test(
      "At a held gate the model equals the runtime, object by object", arguments: eras,
      ["blockers", "sleepers", "fan-out"])
    func snapshots(era: Era, name: String) throws {
      try withSmall(#require(Scenarios.named(name))) { scenario in
        for processors in era == .global ? [1, 4] : [1] {
          let session = SnapshotTests().compare(request(scenario, era, processors: processors), rounds: 6)
          session.stop()
          let summary = finish(session)
          #expect(summary.audit.first == nil)
          #expect(summary.events.lost == 0)
        }
      }
    }

    @Test("So it does after losses, and the audit knows the era still", arguments: eras)
    func free(era: Era) throws {
      try withSmall(Contention.self) { scenario in
        var request = request(scenario, era, processors: 2)
        request.isFree = true
        request.ring = 64
        let session = SnapshotTests().compare(request, rounds: 6)
        session.stop()
        let summary = finish(session)
        #expect(summary.events.lost > 0)
        #expect(summary.audit.first == nil)
        #expect(session.withHistory { $0.live.era } == era)
      }
    }

    @Test("A step is one operation, and what stands at the gate says what it is", arguments: eras, [false, true])
    func steps(era: Era, isSimulated: Bool) throws {
      try withSmall(Blockers.self) { scenario in
        let session = Session(request(scenario, era, processors: 2, seed: isSimulated ? 3 : nil))
        session.hold()
        session.start()
        session.stepUntil("a hundred events have happened") { session.recorded.reduce(0, +) > 100 }
        // What was certain came.
        for _ in 0..<40 where !session.runtime.hasEnded {
          session.waitUntilHeld()
          guard let next = session.upcoming.first(where: \.isCertain) else {
            session.step()
            continue
          }
          let before = session.events.count
          guard session.step(machine: next.machine) else { continue }
          session.waitUntilHeld()
          let came = session.events.dropFirst(before).filter { $0.machine == next.machine }.map(\.kind)
          #expect(Array(came.prefix(next.certain.count)) == next.certain, "\(next)")
        }
        session.release()
        let summary = finish(session)
        #expect(summary.isComplete && summary.result.ok)
        #expect(summary.audit.first == nil)
      }
    }

    @Test("A breakpoint stops before each push on the one queue", arguments: eras)
    func breakpoints(era: Era) throws {
      try withSmall(FanOut.self) { scenario in
        let session = Session(request(scenario, era, processors: 2))
        session.setBreakpoint(try Filter("global.push"))
        session.start()
        for _ in 0..<10 {
          session.waitUntilHeld()
          let next = try #require(session.stoppedBefore)
          #expect(next.kinds.contains(.globalPush))
          session.release()
        }
        session.waitUntilHeld()
        session.setBreakpoint(nil)
        session.release()
        let summary = finish(session)
        #expect(summary.isComplete && summary.result.ok)
        #expect(summary.audit.first == nil)
      }
    }

    @Test("Slow motion is slow", arguments: eras)
    func tempo(era: Era) throws {
      try withSmall(Sleepers.self) { values in
        values["tasks"] = .integer(2)
      } _: { scenario in
        var request = request(scenario, era, processors: 2)
        request.tempo = 10
        let summary = finish(run(request))
        #expect(summary.isComplete && summary.result.ok)
        #expect(summary.wallNanoseconds > 9 * summary.virtualNanoseconds)
        #expect(summary.audit.first == nil)
      }
    }

    @Test("A frozen fiber parks, and goes on when it is thawed", arguments: eras, [nil, 1, 2] as [UInt64?])
    func freezes(era: Era, seed: UInt64?) throws {
      try withSmall(Blockers.self) { scenario in
        let session = Session(request(scenario, era, processors: 2, seed: seed))
        session.hold()
        session.start()
        session.stepUntil("its fibers are there") { session.runtime.fibersCreated >= 7 }
        // The first of them to be run.
        let fiber: UInt32 = 2
        try session.freeze(fiber: fiber)
        session.release()
        wait("it has parked") {
          session.withHistory { $0.live.fiber(fiber)?.place } == .parked(reason: .frozen, object: 0)
        }
        if era != .serial { wait("all others have ended") { session.runtime.fibersLive == 1 } }
        #expect(!session.runtime.hasEnded && session.deadlock == nil)
        if era.isOneThread { #expect(throws: ControlError.meansNothing(era)) { try session.setProcessors(3) } }
        try session.thaw(fiber: fiber)
        let summary = finish(session)
        #expect(summary.isComplete && summary.result.ok)
        #expect(summary.audit.first == nil)
      }
    }

    @Test(
      "Frozen, thawed and resized again and again, nothing is lost", arguments: [Era.nto1, .global],
      [nil, 1, 2, 3] as [UInt64?])
    func storm(era: Era, seed: UInt64?) throws {
      try withSmall(Blockers.self) { values in
        values["calls"] = .integer(12)
      } _: { scenario in
        let session = run(request(scenario, era, processors: 3, seed: seed))
        session.freezeAndThaw(fibers: 2..<7, rounds: 200)
        let summary = finish(session)
        #expect(summary.isComplete && summary.result.ok)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
      }
    }
  }
}
