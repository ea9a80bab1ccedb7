import CKernel
import MagpieTrace
import Synchronization
import TestSupport
import Testing

@testable import Magpie

/// A scheduler without threads: machines that hold processors, and a test that plays them.
private final class Stage: @unchecked Sendable {
  let scheduler: SchedulerRef
  let machines: [MachineRef]

  init(processors: Int, fibers: Int) {
    scheduler = .allocate(capacity: 1)
    scheduler.initialize(to: Scheduler(Configuration(processors: processors)))
    machines = (0..<processors).map { [scheduler] _ in
      let machine = (try! scheduler.makeMachine()).pointee.owner!
      machine.hold(scheduler.takeIdle()!.processor)
      return machine
    }
    for index in 0..<UInt32(fibers) {
      scheduler.pointee.fibers[index].initialize(to: Fiber(index: index))
      scheduler.pointee.fibers[index].pointee.id = index + 1
    }
  }

  deinit { scheduler.destroy() }

  func fiber(_ id: UInt32) -> FiberRef { scheduler.pointee.fibers[id - 1] }
  func processor(_ index: Int) -> ProcessorRef { machines[index].pointee.processor! }

  /// Lays fibers 1, 2, … into a processor's ring, the first at slot number `start`; runnext is empty.
  func lay(_ index: Int, start: UInt32, count: UInt32) {
    let processor = processor(index)
    processor.pointee.queue.head.store(start, .relaxed)
    processor.pointee.queue.tail.store(start &+ count, .relaxed)
    for offset in 0..<count {
      processor.pointee.queue.slot(start &+ offset).pointee.store(fiber(offset + 1).word, .relaxed)
    }
    processor.pointee.queue.runNext.store(0, .relaxed)
  }

  func ring(_ index: Int) -> [UInt32] {
    let processor = processor(index)
    let head = processor.pointee.queue.head.load(.relaxed)
    return (0..<processor.pointee.queue.length).map { offset in
      FiberRef(word: processor.pointee.queue.slot(head &+ offset).pointee.load(.relaxed)).pointee.id
    }
  }

  func runNext(_ index: Int) -> UInt32 {
    let next = UInt32(truncatingIfNeeded: processor(index).pointee.queue.runNext.load(.relaxed))
    return next == 0 ? 0 : scheduler.pointee.fibers[next - 1].pointee.id
  }

  /// Empties the global queue.
  func drainGlobal() -> [UInt32] {
    var ids: [UInt32] = []
    scheduler.pointee.lock.lock()
    while let fiber = scheduler.locked.pointee.global.pop() { ids.append(fiber.pointee.id) }
    scheduler.pointee.lock.unlock()
    return ids
  }
}

extension RuntimeTests {
  @Suite("Local queue")
  struct LocalQueueTests {
    /// Where a ring may begin: round the ends of its 256 slots, and of the 32 bits of its numbers.
    private static let starts: [UInt32] = [
      0, 1, 2, 127, 128, 129, 254, 255, 256, .max - 255, .max - 128, .max - 1, .max,
    ]

    @Test("Put, take and overflow, from every length at every wrap", arguments: starts)
    func owner(start: UInt32) throws {
      let stage = Stage(processors: 1, fibers: 300)
      let machine = stage.machines[0]
      for count in 0...256 as ClosedRange<UInt32> {
        stage.lay(0, start: start, count: count)
        var ring = Array(1..<count + 1)
        machine.putTail(stage.fiber(300))
        if count == 256 {
          // The older half, and the new one behind it.
          #expect(stage.drainGlobal() == Array(1...128) + [300])
          ring.removeFirst(128)
        } else {
          ring.append(300)
        }
        #expect(stage.ring(0) == ring)
        while let (fiber, inherits) = machine.takeLocal() {
          #expect(fiber.pointee.id == ring.removeFirst())
          #expect(!inherits)
        }
        #expect(ring.isEmpty)
        #expect(stage.drainGlobal().isEmpty)
      }
    }

    @Test("What comes into runnext pushes out what was there, to the tail", arguments: starts)
    func runNext(start: UInt32) throws {
      let stage = Stage(processors: 1, fibers: 300)
      let machine = stage.machines[0]
      for count in [0, 1, 128, 255, 256] as [UInt32] {
        stage.lay(0, start: start, count: count)
        machine.putNext(stage.fiber(299))
        #expect(stage.ring(0).count == Int(count))
        machine.putNext(stage.fiber(300))
        #expect(stage.runNext(0) == 300)
        if count == 256 {
          #expect(stage.drainGlobal() == Array(1...128) + [299])
        } else {
          #expect(stage.ring(0).last == 299)
        }
        let first = try #require(machine.takeLocal())
        #expect(first.fiber.pointee.id == 300)
        #expect(first.inherits, "who comes from runnext goes on with the slice")
        #expect(stage.runNext(0) == 0)
      }
    }

    @Test("A thief takes half, rounded up, and runs the last of it", arguments: starts)
    func steal(start: UInt32) throws {
      let stage = Stage(processors: 2, fibers: 300)
      for own in [0, 200, .max - 100, .max] as [UInt32] {
        for count in stride(from: 0, through: 256, by: ck_under_tsan() ? 8 : 1) as StrideThrough<UInt32> {
          stage.lay(0, start: start, count: count)
          stage.lay(1, start: own, count: 0)
          let taken = stage.machines[1].steal(from: stage.processor(0), round: 1)
          guard count > 0 else {
            #expect(taken == nil)
            continue
          }
          let half = (count + 1) / 2
          #expect(taken?.fiber.pointee.id == half)
          #expect(taken?.source == .steal)
          #expect(stage.ring(1) == Array(1..<half))
          #expect(stage.ring(0) == Array(half + 1..<count + 1))
        }
      }
    }

    @Test("runnext is stolen in the fourth round only, and only when there is nothing else")
    func stealRunNext() {
      let stage = Stage(processors: 2, fibers: 300)
      stage.lay(0, start: 0, count: 1)
      stage.machines[0].putNext(stage.fiber(300))
      let (thief, victim) = (stage.machines[1], stage.processor(0))
      #expect(thief.steal(from: victim, round: 4)?.fiber.pointee.id == 1)
      for round in 1...3 { #expect(thief.steal(from: victim, round: round) == nil) }
      let stolen = thief.steal(from: victim, round: 4)
      #expect(stolen?.fiber.pointee.id == 300)
      #expect(stolen?.source == .stealRunNext)
      #expect(stage.runNext(0) == 0)
      #expect(thief.steal(from: victim, round: 4) == nil)
    }

    @Test("Random operations do what arrays do", arguments: 1...10)
    func random(seed: Int) {
      let stage = Stage(processors: 3, fibers: 2_000)
      var random = RandomSource(seed: UInt64(seed))
      var free = Array(1...2_000 as ClosedRange<UInt32>)
      var rings = Array(repeating: [UInt32](), count: 3), next = [0, 0, 0] as [UInt32], global: [UInt32] = []
      func push(_ id: UInt32, _ p: Int) {
        guard rings[p].count == 256 else { return rings[p].append(id) }
        global += rings[p].prefix(128) + [id]
        rings[p].removeFirst(128)
      }
      for _ in 0..<20_000 {
        let p = Int(random.below(3)), machine = stage.machines[p]
        switch random.below(10) {
        case 0..<5:
          guard let id = free.popLast() else { continue }
          machine.putTail(stage.fiber(id))
          push(id, p)
        case 5:
          guard let id = free.popLast() else { continue }
          machine.putNext(stage.fiber(id))
          if next[p] != 0 { push(next[p], p) }
          next[p] = id
        case 6, 7:
          let taken = machine.takeLocal()?.fiber.pointee.id
          let expected = next[p] != 0 ? next[p] : rings[p].isEmpty ? nil : rings[p].removeFirst()
          if next[p] != 0 { next[p] = 0 }
          #expect(taken == expected)
          if let taken { free.append(taken) }
        case 8:
          let victim = (p + 1) % 3
          guard rings[p].isEmpty else { continue }
          let taken = machine.steal(from: stage.processor(victim), round: 1)?.fiber.pointee.id
          let half = (rings[victim].count + 1) / 2
          #expect(taken == (half > 0 ? rings[victim][half - 1] : nil))
          if half > 0 {
            rings[p] = Array(rings[victim].prefix(half - 1))
            rings[victim].removeFirst(half)
          }
          if let taken { free.append(taken) }
        default:
          #expect(stage.drainGlobal() == global)
          free += global
          global = []
        }
        #expect(stage.runNext(p) == next[p])
      }
      for p in 0..<3 { #expect(stage.ring(p) == rings[p]) }
    }

    @Test("Of an owner and thieves that run at once each fiber is taken by one", arguments: [1, 3])
    func concurrent(thieves: Int) {
      let total: UInt32 = UInt32(rounds(200_000))
      let stage = Stage(processors: 1 + thieves, fibers: Int(total))
      let taken = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: Int(total))
      for index in 0..<Int(total) { (taken + index).initialize(to: Atomic(0)) }
      let counts = Unchecked(taken)
      let isOver = Word()
      @Sendable func count(_ fiber: FiberRef) {
        counts.value[Int(fiber.pointee.index)].wrappingAdd(1, ordering: .relaxed)
      }
      let jobs = (1...thieves).map { index in
        Job {
          let machine = stage.machines[index]
          // Once more after the owner has ended, for what it left.
          while true {
            let isLast = isOver.value == 1
            if let (fiber, _) = machine.steal(from: stage.processor(0), round: 4) {
              count(fiber)
              while let (fiber, _) = machine.takeLocal() { count(fiber) }
            } else if isLast {
              break
            }
          }
        }
      }
      let owner = stage.machines[0]
      for id in 1...total {
        if id % 3 == 0 { owner.putNext(stage.fiber(id)) } else { owner.putTail(stage.fiber(id)) }
        if id % 5 == 0, let (fiber, _) = owner.takeLocal() { count(fiber) }
      }
      isOver.value = 1
      for job in jobs { job.join() }
      while let (fiber, _) = owner.takeLocal() { count(fiber) }
      for id in stage.drainGlobal() { count(stage.fiber(id)) }
      let wrong = (0..<Int(total)).filter { taken[$0].load(ordering: .relaxed) != 1 }
      #expect(wrong.isEmpty)
      taken.deallocate()
    }
  }
}
