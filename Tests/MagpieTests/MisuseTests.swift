import Testing

@testable import Magpie

extension RuntimeTests {
  /// A programming error ends the process, rather than leave a scheduler that goes wrong later. Each in a process of its own.
  @Suite("Misuse")
  struct MisuseTests {
    @Test("Calling the runtime outside one")
    func outside() async {
      await #expect(processExitsWith: .failure) { spawn {} }
      await #expect(processExitsWith: .failure) { yield() }
      await #expect(processExitsWith: .failure) { Channel<Int>().send(1) }
      await #expect(processExitsWith: .failure) { Mutex().lock() }
      await #expect(processExitsWith: .failure) { WaitGroup().add() }
      await #expect(processExitsWith: .failure) { Semaphore(permits: 1).acquire() }
      await #expect(processExitsWith: .failure) { RWMutex().lock() }
      await #expect(processExitsWith: .failure) { Condition(Mutex()).signal() }
      await #expect(processExitsWith: .failure) { _ = Ticker(every: .seconds(1)) }
      await #expect(processExitsWith: .failure) { select { otherwise {} } }
      await #expect(processExitsWith: .failure) { blocking {} }
    }

    @Test("Calling the runtime inside a blocking call")
    func insideBlocking() async throws {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        try Runtime().run { blocking { yield() } }
      }
      #expect(result?.said("yield was called inside blocking { }") == true)
      await #expect(processExitsWith: .failure) { try Runtime().run { blocking { blocking {} } } }
      await #expect(processExitsWith: .failure) { try Runtime().run { blocking { checkpoint() } } }
      await #expect(processExitsWith: .failure) { try Runtime().run { blocking { spawn {} } } }
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

    @Test("Using a closed channel")
    func channels() async {
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          let channel = Channel<Int>(capacity: 1)
          channel.close()
          channel.send(1)
        }
      }
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          let channel = Channel<Int>(capacity: 1)
          channel.close()
          channel.close()
        }
      }
      await #expect(processExitsWith: .failure) {
        try Runtime(Configuration(processors: 1)).run {
          let channel = Channel<Int>()
          spawn { channel.send(1) }
          yield()
          channel.close()
        }
      }
      await #expect(processExitsWith: .failure) { _ = Channel<Int>(capacity: -1) }
    }

    @Test("Sending on a closed channel by a select")
    func selects() async {
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          let channel = Channel<Int>(capacity: 1)
          channel.close()
          select {
            send(1, on: channel) {}
            receive(from: Channel<Int>()) { _ in }
          }
        }
      }
      await #expect(processExitsWith: .failure) {
        try Runtime(Configuration(processors: 1)).run {
          let channel = Channel<Int>()
          spawn {
            select {
              send(1, on: channel) {}
              receive(from: Channel<Int>()) { _ in }
            }
          }
          yield()
          channel.close()
        }
      }
    }

    @Test("Giving back what was not taken")
    func locks() async {
      await #expect(processExitsWith: .failure) { try Runtime().run { Mutex().unlock() } }
      await #expect(processExitsWith: .failure) { try Runtime().run { WaitGroup().done() } }
      await #expect(processExitsWith: .failure) { try Runtime().run { RWMutex().unlock() } }
      await #expect(processExitsWith: .failure) { try Runtime().run { RWMutex().readUnlock() } }
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          let lock = RWMutex()
          lock.readLock()
          lock.unlock()
        }
      }
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          let lock = RWMutex()
          lock.lock()
          lock.readUnlock()
        }
      }
      await #expect(processExitsWith: .failure) { try Runtime().run { Condition(Mutex()).wait() } }
    }

    @Test("Permits that cannot be")
    func permits() async {
      await #expect(processExitsWith: .failure) { _ = Semaphore(permits: -1) }
      await #expect(processExitsWith: .failure) { try Runtime().run { Semaphore(permits: 1).acquire(-1) } }
      await #expect(processExitsWith: .failure) { try Runtime().run { Semaphore(permits: 1).release(-1) } }
    }

    @Test("A ticker without a period")
    func tickers() async {
      await #expect(processExitsWith: .failure) { try Runtime().run { _ = Ticker(every: .zero) } }
    }

    @Test("Two fibers that wait for all others")
    func twoLonely() async {
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          spawn { waitForAllOthers() }
          waitForAllOthers()
        }
      }
    }

    @Test("A number of processors that cannot be", arguments: [0, -1, 257])
    func processors(count: Int) async {
      await #expect(processExitsWith: .failure) { [count] in _ = Runtime(Configuration(processors: count)) }
    }
  }
}

extension ExitTest.Result {
  /// Whether the process said this on standard error.
  func said(_ words: String) -> Bool { String(decoding: standardErrorContent, as: UTF8.self).contains(words) }
}
