import Glibc
import MagpieScenarios

@testable import Magpie

/// All that a fiber can do, drawn at random, by many fibers at once, until it is over. Then each of them comes to its end, and what
/// went in anywhere has come out.
///
/// What the runtime learns is added to `Deed`, and to `perform`.
struct GrandStorm: Scenario {
  static let name = "grand-storm"
  static let text = "everything that fibers do, at random"
  static let parameters: [Parameter] = []

  private enum Deed: Int, CaseIterable {
    case yield, compute, sleep, tick, block, spawn, tree
    case send, ask, select, lock, read, write, acquire, produce
    case pipe, socket
    case cancel, fail, pin, resize
  }

  struct Shared: BitwiseCopyable, Sendable {
    let deeds, spawned, ended, put, taken, wrong: Counter
  }

  /// What the fibers of one run use together.
  private final class Things: Sendable {
    let relay = Channel<Int>(capacity: 2)
    let questions = Channel<(Int, Channel<Int>)>()
    let mutex = Mutex(), lock = RWMutex(), permits = Semaphore(permits: 3)
    /// A bounded queue: its length, under its mutex.
    let queueMutex = Mutex(), length = Plain(0), isOver = Plain(false)
    let filled: Condition, emptied: Condition
    let ticker = Ticker(every: .microseconds(20))
    let pipe: (reader: PipeReader, writer: PipeWriter), pipeMutex = Mutex()
    /// Both ends of a connection over the loopback; one talks at a time.
    let client: TCPConnection?, peer: TCPConnection?, clientMutex = Mutex()
    let processors: Int

    init(processors: Int, usesSockets: Bool) throws(IOError) {
      self.processors = processors
      if usesSockets {
        let listener = try TCPListener()
        client = try TCPConnection.connect(port: listener.port)
        peer = try listener.accept()
        listener.close()
      } else {
        (client, peer) = (nil, nil)
      }
      filled = Condition(queueMutex)
      emptied = Condition(queueMutex)
      pipe = try makePipe()
    }
  }

  /// A plain variable, protected by what its user says.
  private final class Plain<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  /// Over the loopback, too: the kernel's own time, so that no two runs are alike.
  private let usesSockets: Bool
  /// Whether a storm of so many deeds is over.
  private let isOver: @Sendable (_ deeds: Int) -> Bool

  private static let workers = 12
  /// One box for all: the test library keeps a backtrace of each error ever thrown, so that new ones would look like a leak.
  private static let failure: any Error = ContextError.cancelled

  init(usesSockets: Bool, isOver: @escaping @Sendable (Int) -> Bool) {
    self.usesSockets = usesSockets
    self.isOver = isOver
  }

  init(_ values: ParameterValues) throws(ScenarioError) { self.init(usesSockets: false) { $0 >= 250 } }

  func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      deeds: system.makeCounter(), spawned: system.makeCounter(), ended: system.makeCounter(),
      put: system.makeCounter(), taken: system.makeCounter(), wrong: system.makeCounter())
  }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    // Asked for by setting what it should be for a moment.
    let processors = setProcessorCount(2)
    setProcessorCount(processors)
    guard let things = try? Things(processors: processors, usesSockets: usesSockets) else {
      system.add(1, to: shared.wrong)
      return
    }
    let servers = serve(system, shared, things)
    let workers = WaitGroup()
    workers.add(GrandStorm.workers)
    for number in 0..<GrandStorm.workers {
      spawn(name: "worker") {
        var random = RandomSource(seed: UInt64(number))
        while !isOver(system.value(of: shared.deeds)) {
          let deed = Deed(rawValue: Int(random.below(UInt64(Deed.allCases.count))))!
          perform(deed, &random, system, shared, things)
          system.add(1, to: shared.deeds)
        }
        workers.done()
      }
    }
    workers.wait()
    things.relay.close()
    things.questions.close()
    things.pipe.writer.close()
    things.client?.close()
    things.queueMutex.withLock {
      things.isOver.value = true
      things.filled.broadcast()
    }
    servers.wait()
    setProcessorCount(processors)
  }

  /// Those that take what the workers put.
  private func serve<System: TaskSystem>(_ system: System, _ shared: Shared, _ things: Things) -> WaitGroup {
    let servers = WaitGroup()
    func server(_ name: String, _ body: @escaping @Sendable () -> Void) {
      servers.add()
      spawn(name: name) {
        body()
        servers.done()
      }
    }
    for _ in 0..<2 {
      server("relay") { for value in things.relay { system.add(value, to: shared.taken) } }
      server("server") { for (number, answer) in things.questions { answer.send(number + 1) } }
    }
    server("consumer") {
      while true {
        let isOver = things.queueMutex.withLock {
          things.filled.wait { things.length.value > 0 || things.isOver.value }
          system.add(things.length.value, to: shared.taken)
          things.length.value = 0
          things.emptied.broadcast()
          return things.isOver.value
        }
        if isOver { break }
      }
    }
    server("reader") {
      var buffer = [UInt8](repeating: 0, count: 64)
      while let count = try? buffer.withUnsafeMutableBytes({ bytes throws(IOError) in
        try things.pipe.reader.read(into: bytes)
      }), count > 0 {
        system.add(count, to: shared.taken)
      }
      things.pipe.reader.close()
    }
    if let peer = things.peer {
      server("peer") {
        while let bytes = try? peer.read(atMost: 64), !bytes.isEmpty, (try? peer.write(bytes)) != nil {}
        peer.close()
      }
    }
    return servers
  }

  private func child<System: TaskSystem>(
    _ system: System, _ shared: Shared, _ body: @escaping @Sendable () -> Void
  ) {
    system.add(1, to: shared.spawned)
    spawn(name: "child") {
      body()
      system.add(1, to: shared.ended)
    }
  }

  private func perform<System: TaskSystem>(
    _ deed: Deed, _ random: inout RandomSource, _ system: System, _ shared: Shared, _ things: Things
  ) {
    let amount = 1 + Int(random.below(5))
    func expect(_ condition: Bool) { if !condition { system.add(1, to: shared.wrong) } }
    switch deed {
    case .yield: for _ in 0..<amount { yield() }
    case .compute: compute(for: .microseconds(amount))
    case .sleep: sleep(for: .microseconds(10 * amount))
    case .tick: things.ticker.wait()
    case .block: blocking { if amount == 1 { _ = usleep(20) } }
    case .spawn: for _ in 0..<8 * amount { child(system, shared) {} }
    case .tree:
      child(system, shared) { for _ in 0..<amount { child(system, shared) { yield() } } }
    case .send:
      system.add(amount, to: shared.put)
      things.relay.send(amount)
    case .ask:
      let answer = Channel<Int>()
      things.questions.send((amount, answer))
      expect(answer.receive() == amount + 1)
    case .select:
      let isSent = select {
        send(amount, on: things.relay) { true }
        tick(of: things.ticker) { false }
        timeout(after: .microseconds(5 * amount)) { false }
      }
      if isSent { system.add(amount, to: shared.put) }
    case .lock: things.mutex.withLock { if amount == 1 { yield() } }
    case .read: things.lock.withReadLock { if amount == 1 { yield() } }
    case .write: things.lock.withLock { if amount == 1 { yield() } }
    case .acquire:
      let permits = min(amount, 3)
      things.permits.acquire(permits)
      if amount == 1 { yield() }
      things.permits.release(permits)
    case .produce:
      things.queueMutex.withLock {
        things.emptied.wait { things.length.value < 10 }
        things.length.value += amount
        system.add(amount, to: shared.put)
        things.filled.signal()
      }
    case .pipe:
      system.add(amount, to: shared.put)
      let isWritten = things.pipeMutex.withLock {
        (try? things.pipe.writer.write([UInt8](repeating: 1, count: amount))) != nil
      }
      expect(isWritten)
    case .socket:
      guard let client = things.client else { break }
      let message = (0..<amount).map { UInt8($0) }
      let answer = things.clientMutex.withLock {
        (try? client.write(message)) == nil ? nil : try? client.read(atMost: 64)
      }
      expect(answer == message)
    case .cancel:
      let context = Context(timeout: amount == 1 ? .microseconds(15) : nil), inner = Context(parent: context)
      let told = WaitGroup()
      told.add(amount)
      for _ in 0..<amount {
        child(system, shared) {
          inner.wait()
          told.done()
        }
      }
      if amount == 2 { yield() }
      if amount > 1 { context.cancel() }
      told.wait()
      expect(context.error == (amount > 1 ? .cancelled : .deadlineExceeded))
    case .fail:
      let group = FiberGroup(limit: 2)
      for number in 0..<3 {
        group.spawn(name: "member") { context in
          if number == 1 { throw GrandStorm.failure }
          if amount == 1 { context.wait() }
        }
      }
      expect((try? group.wait()) == nil)
    case .pin: lockToMachine { if amount == 1 { yield() } }
    case .resize: if amount == 1 { setProcessorCount(1 + Int(random.below(UInt64(things.processors) + 2))) }
    }
  }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    func value(_ counter: Counter) -> Int { system.value(of: counter) }
    let isEven = value(shared.spawned) == value(shared.ended) && value(shared.put) == value(shared.taken)
    return ScenarioResult(
      ok: value(shared.wrong) == 0 && (!complete || isEven && value(shared.deeds) > 0),
      [
        "deeds": value(shared.deeds), "spawned": value(shared.spawned), "ended": value(shared.ended),
        "put": value(shared.put), "taken": value(shared.taken), "wrong": value(shared.wrong),
      ])
  }
}
