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

  @Test("Timers that were taken back never come out, and are thrown away in time", arguments: 1...20)
  func removed(seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    var heap = TimerHeap()
    var model: [(deadline: UInt64, order: UInt64)] = []
    let fiber = FiberRef.allocate(capacity: 1)
    let side = PollSideRef.allocate(capacity: 1)
    defer {
      fiber.deallocate()
      side.deallocate()
    }
    for _ in 0..<4_000 {
      switch random.below(5) {
      case 0, 1, 2:
        let deadline = random.below(200)
        let order = heap.insert(fiber, deadline: deadline, side: side)
        model.insert((deadline, order), at: model.firstIndex { $0.deadline > deadline } ?? model.count)
      case 3 where !model.isEmpty:
        let gone = model.remove(at: Int(random.below(UInt64(model.count))))
        heap.remove(gone.order)
        // Once more, and one that is no timer at all: nothing happens.
        heap.remove(gone.order)
        heap.remove(.max)
      default:
        if let due = heap.takeDue(at: random.below(100)) {
          #expect(due.order == model.first?.order)
          model.removeFirst()
          heap.remove(due.order)
        }
      }
      #expect(heap.earliest == model.first?.deadline ?? .max)
      #expect(heap.timers.count <= model.count + model.count / 2 + 1)
    }
  }
}
