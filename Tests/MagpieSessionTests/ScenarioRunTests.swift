import MagpieScenarios
import MagpieTrace
import Testing

@testable import MagpieSession

extension SessionTests {
  /// What a scenario counted itself, and what the model made of the events, are the same.
  @Suite("Scenarios")
  struct ScenarioRunTests {
    static let names = Scenarios.closed.map { $0.name }.filter { $0 != Deadlock.name }

    @Test("Every scenario runs clean, and its own counters are the model's", arguments: names, [1, 2, 4, 16])
    func clean(name: String, processors: Int) throws {
      let type = try #require(Scenarios.named(name))
      try withSmall(type) { scenario in
        let session = run(RunRequest(scenario: scenario, processors: processors))
        let summary = finish(session)
        #expect(summary.isComplete)
        #expect(summary.result.ok, "\(summary.result)")
        #expect(summary.audit.first == nil)
        #expect(summary.audit.findings == 0)
        #expect(summary.events.lost == 0)
        #expect(summary.losses.isEmpty)
        #expect(summary.deadlock.isEmpty)
        #expect(summary.exitStatus == 0)
        expectConsistent(Tally(session, summary))
        expectEqual(name, Tally(session, summary))
      }
    }

    @Test("The deadlock gives both fibers and what each waits on", arguments: [1, 2, 4, 16])
    func deadlock(processors: Int) throws {
      try withSmall(Deadlock.self) { scenario in
        let session = run(RunRequest(scenario: scenario, processors: processors))
        let summary = finish(session)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
        #expect(summary.exitStatus == 1)
        #expect(!summary.result.ok)
        #expect(summary.fibers.live == 2)
        #expect(summary.deadlock.map(\.name).sorted() == ["left", "right"])
        // Each waits on the lock that the other one holds, as the events tell.
        let tally = Tally(session, summary)
        for waiter in summary.deadlock {
          let other = try #require(summary.deadlock.first { $0.fiber != waiter.fiber })
          let held = try #require(tally.events.first { $0.kind == .lockAcquire && $0.fiber == other.fiber })
          #expect(waiter.waitsOn == "lock \(held.a)")
        }
      }
    }

    @Test("Who listens is told every event once, in order", arguments: [1, 4])
    func listener(processors: Int) throws {
      try withSmall(PingPong.self) { scenario in
        let told = ThreadMutex<[Int]>([])
        var request = RunRequest(scenario: scenario, processors: processors)
        request.onEvents = { history, numbers in
          told.withLock { $0 += numbers.filter { history.event(at: $0) != nil } }
        }
        let summary = finish(run(request))
        #expect(told.withLock { $0 } == Array(1...summary.events.total))
      }
    }

    @Test("A fiber that hogs the only processor loses it, and comes back", arguments: [1, 2])
    func hog(processors: Int) throws {
      try withSmall(HogScenario.self) { values in
        values["hogs"] = .integer(processors)
        values["length"] = .duration(.milliseconds(80))
      } _: { scenario in
        var request = RunRequest(scenario: scenario, processors: processors)
        // On the simulated clock, which knows no delays of a busy machine.
        request.isSimulated = true
        let session = run(request)
        let summary = finish(session)
        let tally = Tally(session, summary)
        #expect(summary.isComplete && summary.result.ok)
        #expect(summary.audit.first == nil)
        #expect(tally[.processorDetach] > 0)
        #expect(tally[.processorDetach] == tally[.machineRejoin])
        // While one of them ran on alone, others ran on what it had.
        let first = try #require(tally.events.firstIndex { $0.kind == .processorDetach })
        let back = try #require(tally.events[first...].firstIndex { $0.kind == .machineRejoin })
        #expect(tally.events[first..<back].contains { $0.kind == .fiberStart })
      }
    }

    /// What holds of every run that came to its end.
    private func expectConsistent(_ tally: Tally) {
      let summary = tally.summary
      #expect(summary.events.byKind.values.reduce(0, +) == summary.events.total - summary.events.lost)
      #expect(tally.events.count == summary.events.total)
      #expect(summary.audit.eventsChecked == summary.events.total)
      #expect(summary.fibers.created == tally[.fiberCreate])
      #expect(summary.fibers.finished == tally[.fiberExit])
      #expect(summary.fibers.created == summary.fibers.finished)
      #expect(summary.fibers.live == 0)
      // Whoever starts stops again.
      let slow = tally.count { $0.kind == .machineSyscallExit && $0.detail == SyscallExit.slow.rawValue }
      let stops = [.fiberYield, .fiberPreempt, .fiberPark, .fiberExit].reduce(0) { $0 + tally[$1] }
      #expect(tally[.fiberStart] == stops + slow + tally[.machineRejoin])
      #expect(tally[.processorDetach] == tally[.machineRejoin])
      #expect(tally[.fiberPark] == tally[.fiberReady])
      #expect(tally[.timerArm] == tally[.timerFire])
      #expect(tally[.machineSyscallEnter] == tally[.machineSyscallExit])
      #expect(tally[.lockAcquire] == tally[.lockRelease])
      // The rows of the processors add up to the totals.
      #expect(summary.processors.count == summary.processorCount)
      #expect(summary.processors.reduce(0) { $0 + $1.ran } == tally[.fiberStart])
      #expect(summary.processors.reduce(0) { $0 + $1.stole } == summary.steals.fibers)
      #expect(summary.processors.reduce(0) { $0 + $1.stolenFrom } == summary.steals.fibers)
      #expect(summary.steals.succeeded == tally[.stealTook] + tally[.stealTookRunNext])
      #expect(summary.steals.attempts == summary.steals.succeeded + tally[.stealFailed])
      #expect(summary.searches == tally[.searchFind])
      #expect(summary.handoffs == tally[.processorRetake] + tally[.processorHandoff])
      #expect(summary.machines == 1 + tally[.machineStart], "all but the first were started by another")
    }

    /// What holds of one scenario.
    private func expectEqual(_ name: String, _ tally: Tally) {
      switch name {
      case FanOut.name:
        #expect(tally["spawned"] + 3 == tally[.fiberCreate], "the tasks, a flood for each of two waves, and the root")
        #expect(tally["finished"] + 3 == tally[.fiberExit])
      case PingPong.name:
        #expect(tally.sends == tally["sent"] + tally["received"])
        #expect(tally.receives == tally.sends)
        #expect(tally[.fiberCreate] == 3)
        #expect(tally[.channelClose] == 1)
      case Pipeline.name:
        // Four stages between source and sink: five channels.
        #expect(tally.sends == 5 * tally["sent"])
        #expect(tally.receives == 5 * tally["received"])
        #expect(tally[.channelClose] == 5)
        #expect(tally[.channelMake] == 5)
      case Sleepers.name:
        #expect(tally[.timerArm] == tally["slept"])
        #expect(tally[.timerFire] == tally["woken"])
      case Blockers.name:
        #expect(tally[.machineSyscallEnter] == tally["called"])
        #expect(tally[.machineSyscallExit] == tally["returned"])
        #expect(tally[.fiberYield] == tally["thought"])
      case HogScenario.name:
        #expect(tally[.fiberYield] == tally["hogged"] + tally["polite"])
      case Contention.name:
        #expect(tally[.lockAcquire] == tally["added"])
        #expect(tally["added"] == tally["expected"])
      case Grep.name:
        #expect(tally["matches"] == SmallTree.matches)
        #expect(tally["files"] == SmallTree.files)
        #expect(
          (5...tally["files"] + 2).contains(tally[.fiberCreate]),
          "a reader a file, but for those that the walk searches while three read; the walk and the root")
      case Tour.name:
        #expect(tally["spawned"] + 1 == tally[.fiberCreate])
        #expect(tally["finished"] + 1 == tally[.fiberExit])
        #expect(tally.sends == tally["read"])
        #expect(tally.receives == tally["handled"])
        #expect(tally[.lockAcquire] == tally["handled"])
      default:
        Issue.record("no equalities are known for \(name)")
      }
    }
  }
}
