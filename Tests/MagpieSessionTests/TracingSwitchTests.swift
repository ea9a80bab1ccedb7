import Magpie
import MagpieModel
import MagpieTrace
import Synchronization
import TestSupport
import Testing

@testable import MagpieSession

extension SessionTests {
  /// Recording that begins and ends while the program runs.
  @Suite("Tracing switched on and off")
  struct TracingSwitchTests {
    /// Reads what the rings hold from a snapshot on, into a state that began with it.
    private struct Reader: ~Copyable {
      let runtime: Runtime
      var merge = Merge()
      var state: SchedulerState
      var positions: [UInt64]

      init(_ runtime: Runtime, _ snapshot: Snapshot) {
        self.runtime = runtime
        state = SchedulerState(processors: snapshot.processors.count)
        state.load(snapshot)
        merge.reset(to: snapshot)
        positions = snapshot.cursors
      }

      mutating func read() {
        for (machine, ring) in runtime.rings.enumerated() {
          while positions.count <= machine { positions.append(0) }
          let room = merge.reserve(machine: machine, count: 4_096)
          let reading = ring.read(from: positions[machine], into: room)
          #expect(reading.lost == 0)
          merge.commit(machine: machine, count: reading.count)
          positions[machine] = reading.next
          runtime.didRead(machine: machine, to: reading.next)
        }
        while let event = merge.next() { state.apply(event) }
      }
    }

    private func configuration(_ processors: Int) -> Configuration {
      var configuration = Configuration(processors: processors)
      configuration.trace = TraceConfiguration()
      configuration.trace?.ringCapacity = 256
      configuration.trace?.startsAtOnce = false
      return configuration
    }

    /// Fibers of every kind, until `isOver`.
    private func work(_ isOver: Flag) {
      let channel = Channel<Int>(capacity: 2), mutex = Mutex(), permits = Semaphore(permits: 2)
      for fiber in 0..<8 {
        spawn(name: "worker") {
          var round = fiber
          while !isOver.isSet {
            round += 1
            switch round % 6 {
            case 0: sleep(for: .microseconds(20))
            case 1: mutex.withLock { yield() }
            case 2:
              permits.acquire()
              blocking {}
              permits.release()
            case 3: spawn(name: "child") { yield() }
            case 4:
              select {
                send(round, on: channel) {}
                receive(from: channel) { _ in }
                timeout(after: .microseconds(5)) {}
              }
            default: yield()
            }
          }
        }
      }
    }

    @Test(
      "From the moment it is on, the model follows without a finding; off, nothing is written", arguments: [1, 2, 8])
    func onAndOff(processors: Int) throws {
      let runtime = Runtime(configuration(processors))
      let isOver = Flag()
      let program = BackgroundThread("test") { try? runtime.run { work(isOver) } }
      wait("there is something to see") { runtime.fibersCreated > 20 }
      #expect(runtime.rings.allSatisfy { $0.published == 0 })
      for _ in 0..<5 {
        var reader = Reader(runtime, runtime.startTracing())
        #expect(reader.state.liveFiberCount > 0)
        wait("enough has happened") {
          reader.read()
          return reader.state.eventCount > 3_000
        }
        #expect(reader.state.firstFinding == nil)
        runtime.stopTracing()
        reader.read()
        #expect(reader.merge.waiting == 0)
        let written = runtime.rings.map(\.published)
        #expect(written.reduce(0, +) == reader.positions.reduce(0, +))
        let made = runtime.fibersCreated
        wait("it has gone on unseen") { runtime.fibersCreated > made + 20 }
        #expect(runtime.rings.prefix(written.count).map(\.published) == written)
        #expect(reader.state.firstFinding == nil)
      }
      isOver.set()
      program?.join()
    }

    @Test("A machine that waits for room goes on when tracing ends")
    func room() throws {
      let runtime = Runtime(configuration(2))
      let isOver = Flag()
      let program = BackgroundThread("test") { try? runtime.run { work(isOver) } }
      wait("there is something to see") { runtime.fibersCreated > 20 }
      _ = runtime.startTracing()
      // Nobody reads: all come to stand.
      wait("a ring is full") { runtime.machineNotes.contains(.atGate) }
      runtime.stopTracing()
      let made = runtime.fibersCreated
      wait("it goes on") { runtime.fibersCreated > made + 20 }
      isOver.set()
      program?.join()
    }
  }
}

/// Set once, seen by all.
private final class Flag: Sendable {
  private let word = Atomic<Bool>(false)
  var isSet: Bool { word.load(ordering: .acquiring) }
  func set() { word.store(true, ordering: .releasing) }
}
