public import Magpie

/// Values pass through a row of stages joined by buffered channels, which are closed one after the other.
public struct Pipeline: Scenario {
  public static let name = "pipeline"
  public static let text = "values pass through a row of stages joined by buffered channels"
  public static let waitsForLater = true
  public static let chineseText = "值依次通过由缓冲通道连接的各级"
  public static let parameters: [Parameter] = [
    .integer("stages", "stages between source and sink", zh: "源与汇之间的级数", default: 8, in: 0...1000, small: 4),
    .integer("buffer", "values that a channel holds", zh: "一个通道能容纳的值", default: 16, in: 0...100_000, small: 4),
    .integer("values", "values to send through", zh: "要送过去的值", default: 10_000, in: 1...100_000_000, small: 60),
  ]

  public struct Shared: BitwiseCopyable, Sendable {
    let sent, received, wrong: Counter
    let first: ChannelHandle
  }

  let stages, buffer, values: Int

  public init(_ values: ParameterValues) throws(ScenarioError) {
    stages = values.integer("stages")
    buffer = values.integer("buffer")
    self.values = values.integer("values")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      sent: system.makeCounter(), received: system.makeCounter(), wrong: system.makeCounter(),
      first: system.makeChannel(capacity: buffer))
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (stages, values) = (stages, values)
    system.spawn(name: "source") {
      for value in 0..<values {
        system.add(1, to: shared.sent)
        system.send(value, on: shared.first)
      }
      system.close(shared.first)
    }
    var input = shared.first
    for _ in 0..<stages {
      let output = system.makeChannel(capacity: buffer)
      system.spawn(name: "stage") { [input] in
        while let value = system.receive(from: input) { system.send(value + 1, on: output) }
        system.close(output)
      }
      input = output
    }
    system.spawn(name: "sink") { [input] in
      var expected = stages
      while let value = system.receive(from: input) {
        system.add(1, to: shared.received)
        if value != expected { system.add(1, to: shared.wrong) }
        expected += 1
      }
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let received = system.value(of: shared.received), sent = system.value(of: shared.sent)
    let matches = complete ? sent == values && received == values : received <= sent && sent <= values
    return ScenarioResult(
      ok: matches && system.value(of: shared.wrong) == 0, ["sent": sent, "received": received])
  }
}
