public import Magpie

/// Two tasks hand a value back and forth over channels that hold nothing: every send is a meeting.
public struct PingPong: Scenario {
  public static let name = "ping-pong"
  public static let text = "two tasks hand a value to and fro over unbuffered channels"
  public static let waitsForLater = true
  public static let chineseText = "两个任务经无缓冲通道来回传递一个值"
  public static let parameters: [Parameter] = [
    .integer("rounds", "round trips", zh: "往返次数", default: 50_000, in: 1...1_000_000_000, small: 200)
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let sent, received, wrong: Counter
    let forth, back: ChannelHandle
  }

  let rounds: Int

  public init(_ values: ParameterValues) throws(ScenarioError) {
    rounds = values.integer("rounds")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      sent: system.makeCounter(), received: system.makeCounter(), wrong: system.makeCounter(),
      forth: system.makeChannel(capacity: 0), back: system.makeChannel(capacity: 0))
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let rounds = rounds
    system.spawn(name: "ping") {
      for round in 0..<rounds {
        system.add(1, to: shared.sent)
        system.send(round, on: shared.forth)
        let answer = system.receive(from: shared.back)
        system.add(1, to: shared.received)
        if answer != round + 1 { system.add(1, to: shared.wrong) }
      }
      system.close(shared.forth)
    }
    system.spawn(name: "pong") {
      while let value = system.receive(from: shared.forth) { system.send(value + 1, on: shared.back) }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let received = system.value(of: shared.received), sent = system.value(of: shared.sent)
    let matches = complete ? sent == rounds && received == rounds : received <= sent && sent <= rounds
    return ScenarioResult(
      ok: matches && system.value(of: shared.wrong) == 0, ["sent": sent, "received": received])
  }
}
