import Testing

@testable import Magpie

extension RuntimeTests {
  /// A programming error ends the process, rather than leave a scheduler that goes wrong later; and says in words what it was. Each in
  /// a process of its own.
  @Suite("Misuse")
  struct MisuseTests {
    @Test("Each misuse ends the process, and says what it was", arguments: Misuse.all.indices)
    func words(number: Int) async throws {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [number] in
        try Misuse.all[number].body()
      }
      let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(said.contains("magpie: \(Misuse.all[number].words)"), "\(said)")
    }

    @Test("A runtime inside a blocking call is one of its own")
    func runtimeInsideBlocking() throws {
      let ran = Word()
      try run(processors: 2) {
        blocking { try? Runtime(Configuration(processors: 2)).run { ran.add() } }
        yield()
        ran.add()
      }
      #expect(ran.value == 2)
    }

    @Test("Errors of a run say what to do")
    func errors() {
      #expect("\(RuntimeError.startedTwice)".contains("make another"))
      #expect("\(RuntimeError.insideRuntime)".contains("blocking { }"))
      let waiters = [
        DeadlockReport.Waiter(fiber: 1, name: "main", wait: .parked(.join, object: 0)),
        DeadlockReport.Waiter(fiber: 2, name: "", wait: .parked(.lock, object: 3)),
      ]
      #expect(
        "\(RuntimeError.deadlock(DeadlockReport(waiters: waiters)))"
          .contains(#"fiber 1 "main" waits for all other fibers, fiber 2 waits for lock 3"#))
    }
  }
}

/// Something that must not be done, and what is said of it.
private struct Misuse: Sendable {
  let words: String
  let body: @Sendable () throws -> Void

  init(_ words: String, _ body: @escaping @Sendable () throws -> Void) {
    self.words = words
    self.body = body
  }

  /// The same on the first fiber of a runtime.
  static func inside(_ words: String, _ body: @escaping @Sendable () -> Void) -> Misuse {
    Misuse(words) { try Runtime(Configuration(processors: 1)).run(body) }
  }

  static let all = outside + insideBlocking + channels + locks + counts + values

  private static let outside = [
    Misuse("spawn was called outside a magpie runtime") { spawn {} },
    Misuse("yield was called outside a magpie runtime") { yield() },
    Misuse("sleep was called outside a magpie runtime") { sleep(for: .seconds(1)) },
    Misuse("checkpoint was called outside a magpie runtime") { checkpoint() },
    Misuse("blocking was called outside a magpie runtime") { blocking {} },
    Misuse("waitForAllOthers was called outside a magpie runtime") { waitForAllOthers() },
    Misuse("send was called outside a magpie runtime") { Channel<Int>().send(1) },
    Misuse("select was called outside a magpie runtime") { select { otherwise {} } },
    Misuse("lock was called outside a magpie runtime") { Mutex().lock() },
    Misuse("lock was called outside a magpie runtime") { RWMutex().lock() },
    Misuse("a wait group was called outside a magpie runtime") { WaitGroup().add() },
    Misuse("a semaphore was called outside a magpie runtime") { Semaphore(permits: 1).acquire() },
    Misuse("signal was called outside a magpie runtime") { Condition(Mutex()).signal() },
    Misuse("a ticker was called outside a magpie runtime") { _ = Ticker(every: .seconds(1)) },
    Misuse("pipe was called outside a magpie runtime") { _ = try makePipe() },
  ]

  private static let insideBlocking = [
    Misuse.inside("yield was called inside blocking { }, where a fiber has no processor") { blocking { yield() } },
    Misuse.inside("blocking was called inside blocking { }") { blocking { blocking {} } },
    Misuse.inside("checkpoint was called inside blocking { }") { blocking { checkpoint() } },
    Misuse.inside("spawn was called inside blocking { }") { blocking { spawn {} } },
    Misuse.inside("send was called inside blocking { }") { blocking { Channel<Int>(capacity: 1).send(1) } },
  ]

  private static let channels = [
    Misuse.inside("send on a closed channel") {
      let channel = Channel<Int>(capacity: 1)
      channel.close()
      channel.send(1)
    },
    Misuse.inside("close of a closed channel") {
      let channel = Channel<Int>(capacity: 1)
      channel.close()
      channel.close()
    },
    Misuse.inside("send on a channel that was closed meanwhile") {
      let channel = Channel<Int>()
      spawn { channel.send(1) }
      yield()
      channel.close()
      yield()
    },
    Misuse.inside("send on a closed channel") {
      let channel = Channel<Int>(capacity: 1)
      channel.close()
      select {
        send(1, on: channel) {}
        receive(from: Channel<Int>()) { _ in }
      }
    },
    Misuse.inside("send on a channel that was closed meanwhile") {
      let channel = Channel<Int>()
      spawn {
        select {
          send(1, on: channel) {}
          receive(from: Channel<Int>()) { _ in }
        }
      }
      yield()
      channel.close()
      yield()
    },
  ]

  private static let locks = [
    Misuse.inside("unlock of an unlocked mutex") { Mutex().unlock() },
    Misuse.inside("unlock of an unlocked mutex") {
      let mutex = Mutex()
      mutex.withLock {}
      mutex.unlock()
    },
    Misuse.inside("unlock of a read-write lock that no writer holds") { RWMutex().unlock() },
    Misuse.inside("readUnlock of a lock that no reader holds") { RWMutex().readUnlock() },
    Misuse.inside("unlock of a read-write lock that no writer holds") {
      let lock = RWMutex()
      lock.readLock()
      lock.unlock()
    },
    Misuse.inside("readUnlock of a lock that no reader holds") {
      let lock = RWMutex()
      lock.lock()
      lock.readUnlock()
    },
    Misuse.inside("unlock of an unlocked mutex") { Condition(Mutex()).wait() },
  ]

  private static let counts = [
    Misuse.inside("a wait group's count fell below zero") { WaitGroup().done() },
    Misuse.inside("a wait group's count fell below zero") { WaitGroup().add(.min) },
    Misuse.inside("a wait group counts to 4294967295 at most") { WaitGroup().add(.max) },
    Misuse.inside("a wait group counts to 4294967295 at most") {
      let group = WaitGroup()
      group.add(Int(UInt32.max))
      group.add()
    },
    Misuse.inside("a semaphore was given back more permits than can be counted") {
      Semaphore(permits: .max).release()
    },
    Misuse.inside("two fibers wait for all others") {
      spawn { waitForAllOthers() }
      waitForAllOthers()
    },
  ]

  private static let values = [
    Misuse("a channel's capacity is not negative: -1") { _ = Channel<Int>(capacity: -1) },
    Misuse("a semaphore has no fewer than 0 permits: -1") { _ = Semaphore(permits: -1) },
    Misuse.inside("a semaphore's permits were asked for by a negative number") { Semaphore(permits: 1).acquire(-1) },
    Misuse.inside("a semaphore's permits were asked for by a negative number") { Semaphore(permits: 1).release(-1) },
    Misuse.inside("a ticker's period is longer than nothing") { _ = Ticker(every: .zero) },
    Misuse("a runtime has 1 to 256 processors, not 0") { _ = Runtime(Configuration(processors: 0)) },
    Misuse("a runtime has 1 to 256 processors, not -1") { _ = Runtime(Configuration(processors: -1)) },
    Misuse("a runtime has 1 to 256 processors, not 257") { _ = Runtime(Configuration(processors: 257)) },
    Misuse("maximumMachines is 2 to 65000, not 1") { _ = limited(1) },
    Misuse("maximumMachines is 2 to 65000, not 65001") { _ = limited(65_001) },
  ]

  private static func limited(_ machines: Int) -> Runtime {
    var configuration = Configuration(processors: 1)
    configuration.maximumMachines = machines
    return Runtime(configuration)
  }
}
