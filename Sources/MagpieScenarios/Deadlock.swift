public import Magpie

/// Two tasks take two locks in opposite order, each once it has the first: neither can ever go on.
public struct Deadlock: Scenario {
  public static let name = "deadlock"
  public static let text = "two tasks take two locks in opposite order: the run ends in a report of who waits on what"
  public static let chineseText = "两个任务以相反的次序取两把锁：运行以一份报告结束，说明谁在等什么"
  public static let parameters: [Parameter] = []
  public static let deadlocks = true

  public struct Shared: BitwiseCopyable, Sendable {
    let first, second: MutexHandle
    /// Where the two meet when each has its first lock. It holds nothing, so that neither passes alone.
    let meeting: ChannelHandle
    let holding, finished: Counter
  }

  public init(_ values: ParameterValues) throws(ScenarioError) {}

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      first: system.makeMutex(), second: system.makeMutex(), meeting: system.makeChannel(capacity: 0),
      holding: system.makeCounter(), finished: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    system.spawn(name: "left") {
      system.lock(shared.first)
      system.add(1, to: shared.holding)
      system.send(1, on: shared.meeting)
      system.lock(shared.second)
      system.add(1, to: shared.finished)
      system.unlock(shared.second)
      system.unlock(shared.first)
    }
    system.spawn(name: "right") {
      system.lock(shared.second)
      system.add(1, to: shared.holding)
      _ = system.receive(from: shared.meeting)
      system.lock(shared.first)
      system.add(1, to: shared.finished)
      system.unlock(shared.first)
      system.unlock(shared.second)
    }
  }

  /// Once both hold a lock there is no way out, so that the check fails even when the run is stopped by then.
  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let holding = system.value(of: shared.holding), finished = system.value(of: shared.finished)
    return ScenarioResult(ok: complete ? finished == 2 : holding < 2, ["holding": holding, "finished": finished])
  }
}
