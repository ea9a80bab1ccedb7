import CKernel
import Magpie
import MagpieScenarios

/// The number of processors changes all the time, under fibers of every kind, some of them locked to their machines.
struct ResizeStorm: Scenario {
  static let name = "resize-storm"
  static let text = "more and fewer processors under sleeping, blocking, computing and locked fibers"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable { let done, passed, wrong: Counter }

  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(done: system.makeCounter(), passed: system.makeCounter(), wrong: system.makeCounter())
  }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    for fiber in 0..<10 {
      spawn(name: "worker") {
        for round in 0..<12 {
          switch (fiber + round) % 5 {
          case 0: sleep(for: .microseconds(5 + round))
          case 1: blocking {}
          case 2: yield()
          case 3: compute(for: .microseconds(10))
          default: spawn(name: "child") { system.add(1, to: shared.done) }
          }
        }
        system.add(1, to: shared.done)
      }
    }
    // Two that are locked talk to each other: every value wakes another machine.
    let there = Channel<Int>(), back = Channel<Int>()
    spawn(name: "locked") {
      lockToMachine {
        let home = ck_thread_id()
        while let value = there.receive() {
          if ck_thread_id() != home { system.add(1, to: shared.wrong) }
          back.send(value + 1)
        }
      }
      back.close()
    }
    spawn(name: "locked") {
      lockToMachine {
        let home = ck_thread_id()
        for value in 0..<10 {
          there.send(value)
          if back.receive() != value + 1 || ck_thread_id() != home { system.add(1, to: shared.wrong) }
          if value % 4 == 0 { blocking {} }
          if value % 3 == 0 { sleep(for: .microseconds(4)) }
          system.add(1, to: shared.passed)
        }
      }
      there.close()
    }
    let before = setProcessorCount(1)
    for count in [4, 2, 8, 1, 3, 1, 6] {
      setProcessorCount(count)
      sleep(for: .microseconds(7))
      yield()
    }
    setProcessorCount(before)
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let done = system.value(of: shared.done), passed = system.value(of: shared.passed)
    return ScenarioResult(
      ok: system.value(of: shared.wrong) == 0 && (!complete || done > 0 && done % 34 == 0 && passed % 10 == 0),
      ["done": done, "passed": passed])
  }
}
