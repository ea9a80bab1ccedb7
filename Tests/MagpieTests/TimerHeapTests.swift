import MagpieTrace
import Testing

@testable import Magpie

@Suite("Timer heap")
struct TimerHeapTests {
  @Test("Timers come out as from a sorted array, equal ones in the order of arming", arguments: 1...20)
  func sorted(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    var heap = TimerHeap()
    var model: [(deadline: UInt64, order: Int)] = []
    // Fibers are only named here, by the order of arming.
    let fibers = FiberRef.allocate(capacity: 4_000)
    defer { fibers.deallocate() }
    var armed = 0
    for _ in 0..<4_000 {
      if random.below(5) < 3 {
        let deadline = random.below(200)
        heap.insert(fibers + armed, deadline: deadline)
        let place = model.firstIndex { $0.deadline > deadline } ?? model.count
        model.insert((deadline, armed), at: place)
        armed += 1
      } else {
        let now = random.below(200)
        let due = heap.takeDue(at: now)
        if let first = model.first, first.deadline <= now {
          #expect(due?.deadline == first.deadline)
          #expect(due?.fiber == fibers + first.order)
          model.removeFirst()
        } else {
          #expect(due == nil)
        }
      }
      #expect(heap.earliest == model.first?.deadline ?? .max)
      #expect(heap.timers.count == model.count)
    }
  }

  @Test("Timers that are removed, wherever they are, leave the others in order", arguments: 1...20)
  func removal(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    var heap = TimerHeap()
    let count = 500
    let fibers = FiberRef.allocate(capacity: count)
    for index in 0..<count { (fibers + index).initialize(to: Fiber(index: UInt32(index))) }
    defer {
      fibers.deinitialize(count: count)
      fibers.deallocate()
    }
    var deadlines: [Int: UInt64] = [:]
    for index in 0..<count {
      let deadline = random.below(100)
      heap.insert(fibers + index, deadline: deadline, index % 3 == 0 ? .sleep : index % 3 == 1 ? .select : .netpoll)
      if index % 3 == 0 || random.below(4) > 0 { deadlines[index] = deadline }
      if index % 7 == 6 {
        for old in 0...index where deadlines[old] == nil && (fibers + old).pointee.timerIndex >= 0 {
          #expect(heap.timers[(fibers + old).pointee.timerIndex].fiber == fibers + old)
          heap.remove(at: (fibers + old).pointee.timerIndex)
          #expect((fibers + old).pointee.timerIndex == -1)
        }
      }
    }
    var order: [UInt64] = []
    while let due = heap.takeDue(at: .max - 1) {
      let index = Int(due.fiber.pointee.index)
      if let deadline = deadlines[index] {
        #expect(deadline == due.deadline)
        order.append(deadline)
      }
    }
    #expect(order == deadlines.values.sorted())
  }
}
