import Magpie
import MagpieScenarios

/// Scenarios of these tests alone: they call what only Magpie's own runtime has.
enum Storms {
  static let all: [any Scenario.Type] = [SelectStorm.self, LockStorm.self, ResizeStorm.self, GrandStorm.self]
}

/// Fibers that select over the same channels, some of them impatient.
struct SelectStorm: Scenario {
  static let name = "select-storm"
  static let text = "selects over three channels, with timeouts and a ticker"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable { let sent, received, timeouts: Counter }

  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(sent: system.makeCounter(), received: system.makeCounter(), timeouts: system.makeCounter())
  }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let channels = [0, 0, 2].map { Channel<Int>(capacity: $0) }, senders = WaitGroup()
    let ticker = Ticker(every: .microseconds(20))
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
            // Where a wait costs more than the timeout, who is impatient would be next for ever.
            if !isSent { yield() }
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
            if receiver > 0 {
              tick(of: ticker) { nil }
            }
            if receiver == 2 {
              timeout(after: .microseconds(4)) {
                system.add(1, to: shared.timeouts)
                yield()
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

/// Semaphore, read-write lock, condition and once, all at the same time.
struct LockStorm: Scenario {
  static let name = "lock-storm"
  static let text = "a bounded queue, readers and writers, permits"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable { let put, taken, wrong, first: Counter }

  init(_ values: ParameterValues) throws(ScenarioError) {}

  func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      put: system.makeCounter(), taken: system.makeCounter(), wrong: system.makeCounter(), first: system.makeCounter())
  }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let mutex = Mutex(), permits = Semaphore(permits: 3), lock = RWMutex(), once = Once()
    let filled = Condition(mutex), emptied = Condition(mutex)
    let queue = system.makeCell(0), inside = system.makeCounter()
    for _ in 0..<3 {
      spawn(name: "producer") {
        once.perform {
          yield()
          system.add(1, to: shared.first)
        }
        if system.value(of: shared.first) == 0 { system.add(1, to: shared.wrong) }
        for _ in 0..<10 {
          mutex.withLock {
            emptied.wait { system.load(queue) < 2 }
            system.store(system.load(queue) + 1, in: queue)
            system.add(1, to: shared.put)
            filled.signal()
          }
        }
      }
      spawn(name: "consumer") {
        for round in 0..<10 {
          mutex.withLock {
            filled.wait { system.load(queue) > 0 }
            system.store(system.load(queue) - 1, in: queue)
            system.add(1, to: shared.taken)
            if round % 3 == 0 { emptied.broadcast() } else { emptied.signal() }
          }
        }
      }
    }
    for fiber in 0..<4 {
      spawn(name: fiber == 0 ? "writer" : "reader") {
        for round in 0..<12 {
          permits.acquire(fiber == 0 ? 3 : 1)
          permits.release(fiber == 0 ? 3 : 1)
          if fiber == 0 || round == 5 {
            lock.withLock {
              system.add(100, to: inside)
              if system.value(of: inside) != 100 { system.add(1, to: shared.wrong) }
              if round % 2 == 0 { yield() }
              system.add(-100, to: inside)
            }
          } else {
            lock.withReadLock {
              system.add(1, to: inside)
              if system.value(of: inside) > 4 { system.add(1, to: shared.wrong) }
              if round % 3 == 0 { yield() }
              system.add(-1, to: inside)
            }
          }
        }
      }
    }
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let put = system.value(of: shared.put), taken = system.value(of: shared.taken)
    return ScenarioResult(
      ok: system.value(of: shared.wrong) == 0 && (complete ? put == taken && put > 0 : taken <= put),
      ["put": put, "taken": taken])
  }
}
