import Testing

@testable import Magpie

/// A kind of queue as the ladder sees it: what is put there comes out, sometime, once.
struct QueueUnderTest: Sendable, CustomTestStringConvertible {
  /// A queue in a run, used by its fibers.
  struct Open {
    /// Puts an item; may wait for room.
    let put: @Sendable (Int) -> Void
    /// Nothing more is put: who takes ends once all has come out.
    let end: @Sendable () -> Void
  }

  let name: String
  /// Whether what one fiber puts comes out to one that takes in the order in which it was put.
  let isOrdered: Bool
  /// What loses something in a queue of this kind.
  let fault: Fault
  /// Opens one, with so many fibers that take, where somebody must; each tells of what it takes.
  let open: @Sendable (_ takers: Int, _ taken: @escaping @Sendable (Int) -> Void) -> Open

  var testDescription: String { name }

  static let all = [
    local, global, timers, unbuffered, buffered, mutex, semaphore, readWriteLock, condition, netpoll,
  ]

  static func named(_ name: String) -> QueueUnderTest { all.first { $0.name == name }! }

  // MARK: Queues of fibers that can run: to come out is to run

  static let local = QueueUnderTest(name: "local queue", isOrdered: false, fault: .losesSlot) { _, taken in
    Open(put: { item in spawn { taken(item) } }, end: {})
  }

  static let global = QueueUnderTest(name: "global queue", isOrdered: false, fault: .losesGlobal) { _, taken in
    Open(
      put: { item in
        let machine = beginOperation("put", .spawn)
        machine.pushGlobal(machine.makeFiber(name: 0, site: SpawnSite(), stackSize: nil) { taken(item) })
        machine.wakeOne()
        machine.leave()
      }, end: {})
  }

  static let timers = QueueUnderTest(name: "timers", isOrdered: false, fault: .losesWaiter) { _, taken in
    Open(
      put: { item in
        spawn {
          sleep(for: .microseconds(1 + item * 37 % 200))
          taken(item)
        }
      }, end: {})
  }

  // MARK: Channels

  static let unbuffered = channel("unbuffered channel", capacity: 0)
  static let buffered = channel("buffered channel", capacity: 3)

  private static func channel(_ name: String, capacity: Int) -> QueueUnderTest {
    QueueUnderTest(name: name, isOrdered: true, fault: .losesWaiter) { takers, taken in
      let channel = Channel<Int>(capacity: capacity)
      for _ in 0..<takers { spawn { for item in channel { taken(item) } } }
      return Open(put: { channel.send($0) }, end: { channel.close() })
    }
  }

  // MARK: Lines of fibers that wait: to come out is to have had what it waits for

  /// A holder that lets others run now and then makes the line.
  private static func line(
    _ name: String, _ make: @escaping @Sendable () -> @Sendable (Int, () -> Void) -> Void
  ) -> QueueUnderTest {
    QueueUnderTest(name: name, isOrdered: false, fault: .losesWaiter) { _, taken in
      let hold = make()
      return Open(
        put: { item in
          spawn {
            hold(item) {
              if item % 3 == 0 { yield() }
              taken(item)
            }
          }
        }, end: {})
    }
  }

  static let mutex = line("mutex") {
    let mutex = Mutex()
    return { _, body in mutex.withLock(body) }
  }

  static let semaphore = line("semaphore") {
    let permits = Semaphore(permits: 3)
    return { item, body in
      permits.acquire(1 + item % 3)
      body()
      permits.release(1 + item % 3)
    }
  }

  static let readWriteLock = line("read-write lock") {
    let lock = RWMutex()
    return { item, body in item % 4 == 0 ? lock.withLock(body) : lock.withReadLock(body) }
  }

  /// Those that take wait for the condition; each signal is for one item.
  static let condition = QueueUnderTest(name: "condition", isOrdered: true, fault: .losesWaiter) { takers, taken in
    let mutex = Mutex(), items = Plain([Int]()), isOver = Plain(false)
    let filled = Condition(mutex)
    for _ in 0..<takers {
      spawn {
        while true {
          let item: Int? = mutex.withLock {
            filled.wait { !items.value.isEmpty || isOver.value }
            return items.value.isEmpty ? nil : items.value.removeFirst()
          }
          guard let item else { break }
          taken(item)
        }
      }
    }
    return Open(
      put: { item in
        mutex.withLock {
          items.value.append(item)
          filled.signal()
        }
      },
      end: {
        mutex.withLock {
          isOver.value = true
          filled.broadcast()
        }
      })
  }

  // MARK: The network poller

  /// A pipe for each who takes; who puts writes to one of them. All that is ever put has room there, so that only readers wait.
  static let netpoll = QueueUnderTest(name: "netpoll", isOrdered: true, fault: .losesReadiness) { takers, taken in
    let lanes = (0..<takers).compactMap { _ in expectNoError { () throws(IOError) in try makePipe() } }
    let turns = lanes.map { _ in Mutex() }
    @Sendable func read(_ reader: PipeReader, into item: inout Int) -> Bool {
      withUnsafeMutableBytes(of: &item) { bytes in
        expectNoError { () throws(IOError) in try reader.readAll(into: bytes) } == bytes.count
      }
    }
    for lane in lanes {
      spawn {
        var item = 0
        while read(lane.reader, into: &item) { taken(item) }
        lane.reader.close()
      }
    }
    return Open(
      put: { item in
        let lane = item % lanes.count
        turns[lane].withLock {
          withUnsafeBytes(of: item) { bytes in
            _ = expectNoError { () throws(IOError) in try lanes[lane].writer.write(bytes) }
          }
        }
      }, end: { for lane in lanes { lane.writer.close() } })
  }
}
