import Magpie
import MagpieScenarios

/// Scenarios of these tests alone: they call what only Magpie's own runtime has.
enum Storms {
  static let all: [any Scenario.Type] = [SelectStorm.self]
}

/// Fibers that select over the same channels, some of them impatient.
struct SelectStorm: Scenario {
  static let name = "select-storm"
  static let text = "selects over three channels, with timeouts"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable { let sent, received, timeouts: Counter }

  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(sent: system.makeCounter(), received: system.makeCounter(), timeouts: system.makeCounter())
  }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let channels = [0, 0, 2].map { Channel<Int>(capacity: $0) }, senders = WaitGroup()
    senders.add(3)
    for sender in 0..<3 {
      spawn(name: "sender") {
        for value in 0..<20 {
          var isSent = false
          while !isSent {
            isSent = select {
              for channel in sender == 0 ? channels : channels.reversed() { send(value, on: channel) { true } }
              if sender == 2 { timeout(after: .microseconds(5)) { false } }
            }
            system.add(1, to: isSent ? shared.sent : shared.timeouts)
          }
        }
        senders.done()
      }
    }
    for receiver in 0..<3 {
      spawn(name: "receiver") {
        var open = channels
        while !open.isEmpty {
          let closed: Int? = select {
            for (index, channel) in open.enumerated() {
              receive(from: channel) { value in
                if value != nil { system.add(1, to: shared.received) }
                return value == nil ? index : nil
              }
            }
            if receiver == 2 {
              timeout(after: .microseconds(4)) {
                system.add(1, to: shared.timeouts)
                return nil
              }
            }
          }
          if let closed { open.remove(at: closed) }
        }
      }
    }
    senders.wait()
    for channel in channels { channel.close() }
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let sent = system.value(of: shared.sent), received = system.value(of: shared.received)
    return ScenarioResult(
      ok: complete ? sent == received && sent % 60 == 0 && sent > 0 : received <= sent + 3,
      ["sent": sent, "received": received, "timeouts": system.value(of: shared.timeouts)])
  }
}
