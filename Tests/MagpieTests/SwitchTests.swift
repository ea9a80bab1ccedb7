import CKernel
import Glibc
import Testing

@testable import Magpie

extension RuntimeTests {
  /// A fiber leaves its stack and comes back, on another thread perhaps: what it had is still there.
  @Suite("Switching fibers")
  struct SwitchTests {
    private final class Box {
      var number = 0
      var array = [0]
      var other: Box?
    }

    /// Accesses that are open across a yield belong to the fiber, whichever thread it comes back on.
    @Test("Fibers yield inside nested inout accesses and migrate", arguments: [1, 2, 8])
    func exclusivity(processors: Int) throws {
      let migrations = Word(), failures = Word(), wanted = 50
      try run(processors: processors) {
        let mutex = Mutex()
        for _ in 0..<12 {
          spawn {
            let box = Box()
            box.other = Box()
            var expected = 0
            // Until enough have changed their thread while three accesses were open.
            while migrations.value < wanted && expected < (processors == 1 ? 200 : .max) {
              expected += 1
              modify(&box.number, mutex, on: migrations) {
                modify(&box.other!.number, mutex, on: migrations) { modify(&box.array[0], mutex, on: migrations) {} }
              }
              if box.number != expected || box.other!.number != expected || box.array != [expected] { failures.add() }
            }
          }
        }
      }
      #expect(failures.value == 0)
      #expect(processors == 1 || migrations.value >= wanted)
    }

    @Test("An access that overlaps another one of the same fiber is still found")
    func overlap() async {
      await #expect(processExitsWith: .failure) {
        try Runtime().run {
          let box = Box()
          withUnsafeMutablePointer(to: &box.number) { _ in
            yield()
            withUnsafeMutablePointer(to: &box.number) { $0.pointee += 1 }
          }
        }
      }
    }

    @Test("A fiber always finds the machine that runs it, and the kernel's errors are its own", arguments: [1, 2, 8])
    func threadLocals(processors: Int) throws {
      let wrong = Word(), places = Log<[Int]>(), word = Unchecked(UnsafeMutablePointer<UInt32>.allocate(capacity: 1))
      word.value.initialize(to: 7)
      defer { word.value.deallocate() }
      try run(processors: processors) {
        for _ in 0..<10 {
          spawn {
            let fiber = MachineRef.current!.pointee.fiber!
            for _ in 0..<rounds(2_000) {
              yield()
              let machine = MachineRef.current!
              if machine.pointee.fiber != fiber || fiber.pointee.place != .running { wrong.add() }
              places.note([Int(machine.pointee.id), Int(ck_thread_id())])
              if ck_futex_wait(word.value, 8, -1, false) != -EAGAIN { wrong.add() }
            }
          }
        }
      }
      #expect(wrong.value == 0)
      // One thread a machine, and one machine a thread.
      let pairs = Set(places.entries)
      #expect(Set(pairs.map { $0[0] }).count == pairs.count)
      #expect(Set(pairs.map { $0[1] }).count == pairs.count)
    }

    @Test("Registers, integer and floating, survive a switch", arguments: [1, 4])
    func registers(processors: Int) throws {
      let wrong = Word()
      try run(processors: processors) {
        for seed in 1...12 {
          spawn {
            var (a, b, c, d, e, f) = (seed, seed + 1, seed + 2, seed + 3, seed + 4, seed + 5)
            var (x, y, z) = (Double(seed), Double(seed) / 3, 1e300)
            for _ in 0..<rounds(2_000) {
              (a, b, c, d, e, f) = (b, c, d, e, f, a)
              (x, y) = (y, x)
              z = z / 2 * 2
              yield()
            }
            let turn = rounds(2_000) % 6
            let sum = a + b + c + d + e + f
            if sum != 6 * seed + 15 || a != seed + turn || x * 3 != Double(seed) * (rounds(2_000) % 2 == 0 ? 3 : 1)
              || z != 1e300
            {
              wrong.add()
            }
          }
        }
      }
      #expect(wrong.value == 0)
    }

    @Test("A big stack holds a deep recursion, and is given back")
    func bigStack() throws {
      try run(processors: 2) {
        for _ in 0..<20 {
          let depth = Channel<Int>()
          spawn(stackSize: 8 << 20) { depth.send(descend(4_000)) }
          #expect(depth.receive() == 4_000)
        }
      }
    }

    @Test("Past the end of its stack a fiber ends the process, and overwrites nothing")
    func overflow() async {
      await #expect(processExitsWith: .failure) { try Runtime().run { _ = descend(100_000_000) } }
    }
  }
}

/// Has an access to `value` open while others run, and notes whether the fiber changed its thread meanwhile.
@inline(never)
private func modify(_ value: inout Int, _ mutex: Mutex, on migrations: Word, _ body: () -> Void) {
  let before = ck_thread_id()
  // Whoever waits comes back where the one runs who wakes it. Fibers that only sleep or yield may stay where they are for ever,
  // if all processors have enough of them.
  mutex.lock()
  sleep(for: .microseconds(20))
  yield()
  mutex.unlock()
  body()
  yield()
  value += 1
  if ck_thread_id() != before { migrations.add() }
}

/// Uses some hundred bytes of stack a level.
@inline(never)
private func descend(_ levels: Int) -> Int {
  withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { bytes in
    bytes.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: levels))
    let below = levels > 1 ? descend(levels - 1) : 0
    return bytes[0] == UInt8(truncatingIfNeeded: levels) ? below + 1 : -1_000_000_000
  }
}
