import Magpie
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

/// Pairs of fibers that talk over the kernel: a call and its answer, now and then a deadline that passes.
private struct Talk: Scenario {
  static let name = "talk"
  static let text = "pairs that talk over pipes or sockets"
  static let parameters: [Parameter] = []

  var pairs = 6
  var rounds = 20
  var overTCP = true
  /// How long an answer may take; now and then asked for.
  var patience: Duration? = .seconds(3_600)

  init(_ values: ParameterValues) {}
  init(overTCP: Bool, pairs: Int = 6, rounds: Int = 20) {
    self.overTCP = overTCP
    self.pairs = pairs
    self.rounds = rounds
  }

  struct Shared: BitwiseCopyable, Sendable { let answered, late, failed: Counter }

  func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(answered: system.makeCounter(), late: system.makeCounter(), failed: system.makeCounter())
  }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    do throws(IOError) {
      if overTCP { try talkOverTCP(system, shared) } else { try talkOverPipes(system, shared) }
    } catch {
      system.add(1, to: shared.failed)
    }
  }

  private func talkOverTCP<System: TaskSystem>(_ system: System, _ shared: Shared) throws(IOError) {
    let listener = try TCPListener()
    let port = listener.port
    for _ in 0..<pairs {
      spawn(name: "server") {
        guard let connection = try? listener.accept() else {
          system.add(1, to: shared.failed)
          return
        }
        answer(connection, connection)
      }
      spawn(name: "client") {
        guard let connection = try? TCPConnection.connect(port: port) else {
          system.add(1, to: shared.failed)
          return
        }
        ask(system, shared, connection, connection)
      }
    }
  }

  private func talkOverPipes<System: TaskSystem>(_ system: System, _ shared: Shared) throws(IOError) {
    for _ in 0..<pairs {
      let there = try makePipe(), back = try makePipe()
      spawn(name: "server") { answer(there.reader, back.writer) }
      spawn(name: "client") { ask(system, shared, back.reader, there.writer) }
    }
  }

  private func answer(_ input: some ReadableStream, _ output: some WritableStream) {
    while let bytes = try? input.read(atMost: 64), !bytes.isEmpty { try? output.write(bytes.reversed()) }
    input.close()
    output.close()
  }

  private func ask<System: TaskSystem>(
    _ system: System, _ shared: Shared, _ input: some ReadableStream, _ output: some WritableStream
  ) {
    do throws(IOError) {
      for round in 0..<rounds {
        try input.setReadDeadline(after: round % 3 == 0 ? patience : nil)
        try output.write([UInt8(round), 1, 2])
        if try input.read(atMost: 64) == [2, 1, UInt8(round)] { system.add(1, to: shared.answered) }
      }
      try input.setReadDeadline(after: .milliseconds(2))
      if (try? input.read(atMost: 1)) == nil { system.add(1, to: shared.late) }
      output.close()
      input.close()
    } catch {
      system.add(1, to: shared.failed)
    }
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let answered = system.value(of: shared.answered), late = system.value(of: shared.late)
    let failed = system.value(of: shared.failed)
    let isDone = answered == pairs * rounds && late == pairs
    return ScenarioResult(
      ok: failed == 0 && (isDone || !complete), ["answered": answered, "late": late, "failed": failed])
  }
}

extension SessionTests {
  /// The poller's events through the merge, the model and its audit.
  @Suite("The network poller")
  struct NetpollRunTests {
    private func expectClean(_ session: Session) {
      let summary = finish(session)
      #expect(summary.isComplete)
      #expect(summary.result.ok, "\(summary.result)")
      #expect(summary.audit.first == nil)
      #expect(summary.events.lost == 0)
      #expect(summary.deadlock.isEmpty)
      let tally = Tally(session, summary)
      #expect(tally[.fiberPark] == tally[.fiberReady])
      // Each that was ready is readied once, and the deadlines that passed are.
      let ready = tally.events.reduce(0) { $0 + ($1.kind == .pollerNetpoll ? Int($1.a) : 0) }
      let readied = tally.count { $0.kind == .fiberReady && $0.detail == ReadyCause.netpoll.rawValue }
      #expect(ready > 0)
      #expect(readied >= ready)
      // A deadline that has passed before the fiber could park arms no timer.
      #expect(tally[.timerFire] <= tally["late"])
      #expect(tally[.timerArm] >= tally[.timerFire])
      #expect(tally.count { $0.kind == .searchFind && $0.detail == StartSource.netpoll.rawValue } > 0)
    }

    @Test("A run over TCP or pipes is clean", arguments: [1, 2, 4, 16], [false, true])
    func clean(processors: Int, overTCP: Bool) {
      expectClean(run(RunRequest(scenario: Talk(overTCP: overTCP), processors: processors)))
    }

    @Test("So it is with machines delayed between operation, stamp and record", arguments: [1, 2, 8])
    func delayed(processors: Int) {
      var request = RunRequest(scenario: Talk(overTCP: true), processors: processors)
      request.traceDelays = true
      expectClean(run(request))
    }

    @Test("So it is in slow motion, whose time deadlines follow", arguments: [1, 4])
    func slow(processors: Int) {
      var request = RunRequest(scenario: Talk(overTCP: true, pairs: 2, rounds: 4), processors: processors)
      request.tempo = 100
      expectClean(run(request))
    }

    @Test("At a held gate the model equals the runtime", arguments: [1, 2, 4], [false, true])
    func snapshots(processors: Int, overTCP: Bool) {
      var talk = Talk(overTCP: overTCP)
      // A step while all sleep takes the program to its next deadline, however far away that is.
      talk.patience = nil
      let session = SnapshotTests().compare(RunRequest(scenario: talk, processors: processors), rounds: 10)
      session.stop()
      let summary = finish(session)
      #expect(summary.audit.first == nil)
      #expect(summary.result.ok, "\(summary.result)")
    }

    /// In a process of its own: what other tests start here has the ends of all pipes, too, until it becomes another program, and until then
    /// a reader does not see that the writer has closed its end.
    @Test("Simulated over pipes, the same seed gives the same trace")
    func repeated() async {
      await #expect(processExitsWith: .success) {
        let scenario = Talk(overTCP: false, pairs: 3, rounds: 6)
        for seed in 1...3 as ClosedRange<UInt64> {
          let first = Simulation.run(scenario, seed: seed, processors: 3)
          let second = Simulation.run(scenario, seed: seed, processors: 3)
          #expect(first.traceHash == second.traceHash)
          #expect(first.events == second.events)
        }
      }
    }

    @Test("Simulated over pipes, all seeds are clean")
    func simulated() {
      let outcome = Simulation.run(Talk(overTCP: false, pairs: 3, rounds: 6), seeds: 1...40)
      #expect(outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
    }

    @Test("Simulated over TCP, all seeds are clean")
    func simulatedOverTCP() {
      let outcome = Simulation.run(Talk(overTCP: true, pairs: 3, rounds: 6), seeds: 1...40)
      #expect(outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
    }
  }
}
