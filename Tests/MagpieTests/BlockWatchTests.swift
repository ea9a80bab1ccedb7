import Glibc
import Synchronization
import Testing

@testable import Magpie

extension RuntimeTests {
  /// What must not be done in a fiber, seen from outside.
  @Suite("Fibers that block their threads")
  struct BlockWatchTests {
    /// Blocks the first of two fibers until the warning comes, and gives that.
    private func warning(
      processors: Int, _ block: @escaping @Sendable (_ untilTold: Int32) -> Void,
      release: @escaping @Sendable (Int32) -> Void
    ) throws -> [String] {
      var ends: [Int32] = [-1, -1]
      try #require(pipe(&ends) == 0)
      defer { for end in ends { close(end) } }
      let (input, output) = (ends[0], ends[1])
      let warnings = Log<String>()
      try run(
        processors: processors,
        {
          $0.warnsOfBlocking = true
          $0.onWarning = { line in
            warnings.note(line)
            release(output)
          }
        }
      ) {
        spawn(name: "blocker") { block(input) }
        // Others go on, and are not accused.
        for _ in 0..<20 { sleep(for: .milliseconds(1)) }
        waitForAllOthers()
      }
      return warnings.entries
    }

    @Test("A fiber that waits for a thread's semaphore is named, with what to use instead", arguments: [1, 2])
    func semaphore(processors: Int) throws {
      let semaphore = Unchecked(UnsafeMutablePointer<sem_t>.allocate(capacity: 1))
      sem_init(semaphore.value, 0, 0)
      defer { semaphore.value.deallocate() }
      let lines = try warning(processors: processors, { _ in sem_wait(semaphore.value) }) { _ in
        sem_post(semaphore.value)
      }
      #expect(lines.count == 1)
      let line = try #require(lines.first)
      #expect(line.hasPrefix(#"magpie: warning: fiber 2 "blocker" keeps machine "#) && line.hasSuffix("\n"))
      #expect(line.contains("in futex, on a thread's lock") && line.contains("use Magpie's Mutex"))
      #expect(line.contains(#"created by fiber 1 "main" at MagpieTests/BlockWatchTests.swift:"#))
    }

    @Test("A fiber that reads from a pipe is named, with the call")
    func read() throws {
      let lines = try warning(
        processors: 2,
        { input in
          var byte: UInt8 = 0
          _ = Glibc.read(input, &byte, 1)
        }
      ) { _ = write($0, "x", 1) }
      #expect(lines.count == 1)
      #expect(try #require(lines.first).contains("in read: use Magpie's files and connections, or make the call"))
    }

    @Test("In a blocking call, parked or computing nobody is accused")
    func innocent() throws {
      let lines = try warning(
        processors: 2,
        { input in
          let gate = Channel<Void>()
          spawn(name: "innocent") {
            var byte: UInt8 = 0
            _ = blocking { Glibc.read(input, &byte, 1) }
            gate.send(())
          }
          // Until the watch has seen this one, which is guilty.
          let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
          sem_init(semaphore, 0, 0)
          guilty.store(UInt(bitPattern: semaphore), ordering: .releasing)
          sem_wait(semaphore)
          _ = gate.receive()
          semaphore.deallocate()
        }
      ) { output in
        sem_post(UnsafeMutablePointer<sem_t>(bitPattern: guilty.load(ordering: .acquiring))!)
        _ = write(output, "x", 1)
      }
      #expect(lines.count == 1)
      #expect(try #require(lines.first).contains("blocker"))
    }
  }
}

private let guilty = Atomic<UInt>(0)
