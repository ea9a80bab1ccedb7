import TestSupport
import Testing

@testable import MagpieTrace

/// Small rings written by hand, in which the stamps tell another story than the objects' numbers.
@Suite("Merge")
struct MergeTests {
  private func event(
    _ machine: UInt16, _ kind: EventKind, at time: UInt64, on processor: UInt16 = Event.noProcessor, fiber: UInt32 = 0,
    a: UInt32 = 0, b: UInt32 = 0, c: UInt32 = 0, d: UInt32 = 0
  ) -> Event {
    Event(time: time, machine: machine, kind: kind, processor: processor, fiber: fiber, a: a, b: b, c: c, d: d)
  }

  private func give(_ events: [Event], to merge: inout Merge) {
    for machine in Set(events.map(\.machine)).sorted() {
      let own = events.filter { $0.machine == machine }
      let room = merge.reserve(machine: Int(machine), count: own.count + 7)
      for (index, event) in own.enumerated() { room[index] = event }
      merge.commit(machine: Int(machine), count: own.count)
    }
  }

  private func drain(_ merge: inout Merge, before horizon: UInt64 = .max) -> [Event] {
    var events: [Event] = []
    while let event = merge.next(before: horizon) { events.append(event) }
    return events
  }

  @Test("Of equal stamps the lowest machine comes first, whichever was read on last")
  func ties() {
    let events = [event(1, .fiberExit, at: 5), event(1, .fiberExit, at: 10), event(0, .fiberExit, at: 10)]
    let wanted = [events[0], events[2], events[1]]
    var atOnce = Merge()
    give(events, to: &atOnce)
    #expect(drain(&atOnce) == wanted)
    var inParts = Merge()
    give([events[0]], to: &inParts)
    let first = drain(&inParts, before: 6)
    give(Array(events[1...]), to: &inParts)
    #expect(first + drain(&inParts) == wanted)
  }

  /// Events in the only order that their numbers allow, with stamps that contradict it; one case for each kind of number.
  private var contradictions: [(name: String, events: [Event])] {
    [
      (
        "a thief takes what was pushed",
        [
          event(0, .queuePush, at: 90, on: 0, fiber: 1, a: 0),
          event(1, .stealTook, at: 10, on: 1, fiber: 1, a: 0, b: 0, c: 1 | 1 << 16, d: 0),
        ]
      ),
      (
        "a timer fires for who has parked",
        [
          event(0, .fiberCreate, at: 90, fiber: 1),
          event(0, .timerArm, at: 91, fiber: 1, a: 7),
          event(0, .fiberPark, at: 92, fiber: 1, b: 1),
          event(1, .timerFire, at: 10, fiber: 1, a: 7, d: 1),
          event(1, .fiberReady, at: 11, fiber: 1, b: 1),
        ]
      ),
      (
        "a version of runnext",
        [
          event(0, .queueRunNextPut, at: 50, on: 0, fiber: 1, a: 1),
          event(1, .stealTookRunNext, at: 5, on: 1, fiber: 1, a: 0, b: 2),
          event(0, .queueRunNextPut, at: 51, on: 0, fiber: 2, a: 3),
          event(0, .queueRunNextTake, at: 52, on: 0, fiber: 2, a: 4),
        ]
      ),
      (
        "the global queue",
        [
          event(0, .globalPush, at: 40, fiber: 1, a: 0, b: 1), event(2, .globalPush, at: 3, fiber: 2, a: 1, b: 1),
          event(1, .globalTake, at: 1, on: 1, fiber: 1, a: 0, b: 2, c: 0),
        ]
      ),
      (
        "a park and its ready",
        [
          event(0, .fiberPark, at: 70, fiber: 9, a: 3, b: 1), event(1, .fiberReady, at: 7, fiber: 9, b: 1),
        ]
      ),
      (
        "the holder of a processor, and the idle lists",
        [
          event(0, .processorIdle, at: 60, on: 0, a: 1, b: 1), event(0, .machinePark, at: 61, a: 2),
          event(1, .machineWake, at: 6, a: 0 | 0 << 16, b: 3, c: 2), event(0, .processorAcquire, at: 62, on: 0, a: 3),
        ]
      ),
      (
        "a blocking call whose processor is retaken",
        [
          event(0, .machineSyscallEnter, at: 60, on: 0, fiber: 1, a: 1), event(1, .processorRetake, at: 6, on: 0, a: 2),
          event(1, .machineStart, at: 7, a: 2, b: 0, c: 3), event(2, .processorAcquire, at: 5, on: 0, a: 4),
        ]
      ),
      (
        "a fiber that runs on without its processor",
        [
          event(0, .fiberStart, at: 90, on: 0, fiber: 1),
          event(1, .processorDetach, at: 5, on: 0, fiber: 1, a: 1, b: 0, d: 1),
        ]
      ),
      (
        "and comes back",
        [
          event(0, .fiberStart, at: 1, on: 0, fiber: 1),
          event(1, .processorDetach, at: 50, on: 0, fiber: 1, a: 1, b: 0, d: 1),
          event(0, .machineRejoin, at: 2, on: 0, fiber: 1, a: 1),
        ]
      ),
      (
        "a channel's own number",
        [
          event(0, .channelSend, at: 30, a: 4, b: 1), event(1, .channelReceive, at: 3, a: 4, b: 2),
          event(2, .channelClose, at: 1, a: 4, b: 3),
        ]
      ),
      (
        "an overflow, before the thief who pushes after it",
        [
          event(0, .queueOverflow, at: 90, on: 0, a: 0, b: 0), event(0, .globalPush, at: 91, fiber: 3, a: 0, b: 1),
          event(1, .globalPush, at: 2, fiber: 5, a: 1, b: 1),
        ]
      ),
    ]
  }

  @Test("Numbers decide, not stamps")
  func numbersDecide() {
    for (name, events) in contradictions {
      var merge = Merge()
      give(events, to: &merge)
      #expect(drain(&merge) == events, "\(name)")
      #expect(merge.waiting == 0)
      var byStamps = Merge(order: .stamps)
      give(events, to: &byStamps)
      let wrong = drain(&byStamps)
      #expect(wrong != events, "\(name): the stamps must contradict, or the test shows nothing")
      #expect(wrong.count == events.count)
    }
  }

  @Test("Whatever order the rings are given in, and however few at a time, the result is the same")
  func piecemeal() {
    for (name, events) in contradictions {
      for skew in 0..<3 {
        var merge = Merge()
        var result: [Event] = []
        // One ring after the other, and after each as much as is ready.
        for machine in 0..<3 {
          give(events.filter { Int($0.machine) == (machine + skew) % 3 }, to: &merge)
          result += drain(&merge)
        }
        #expect(result == events, "\(name), beginning with ring \(skew)")
      }
    }
  }

  @Test("Among events that do not depend on each other the stamp decides")
  func stampsBreakTies() {
    var merge = Merge()
    var events: [Event] = []
    for index in 0..<30 as Range<UInt32> {
      events.append(event(UInt16(index % 3), .sysmon, at: UInt64(1 + index * 7 % 31), a: index))
    }
    events.sort { $0.time < $1.time }
    give(events, to: &merge)
    #expect(drain(&merge) == events)
  }

  @Test("A full queue waits for its taker: slot 256 is filled after slot 0 was emptied")
  func fullQueue() {
    var merge = Merge()
    let events = (0...256 as ClosedRange<UInt32>).map { slot in
      event(0, .queuePush, at: UInt64(1 + slot), on: 0, fiber: 1 + slot, a: slot)
    }
    give(events, to: &merge)
    #expect(drain(&merge).count == 256, "the 257th does not fit")
    #expect(merge.waiting == 1)
    give([event(1, .stealTook, at: 900, on: 1, fiber: 1, a: 0, b: 0, c: 1 | 256 << 16, d: 0)], to: &merge)
    #expect(drain(&merge).map(\.kind) == [.stealTook, .queuePush])
  }

  @Test("Numbers wrap at 2³²")
  func wrap() {
    var snapshot = Snapshot()
    snapshot.processors = [Snapshot.Processor(), Snapshot.Processor()]
    snapshot.processors[0].head = .max
    snapshot.processors[0].queue = [1, 2]
    snapshot.processors[0].runNextVersion = .max
    snapshot.globalHead = .max
    snapshot.global = [3]
    snapshot.idleSequence = .max
    var merge = Merge()
    merge.reset(to: snapshot)
    let events = [
      event(0, .queuePush, at: 9, on: 0, fiber: 5, a: 1), event(0, .queueRunNextPut, at: 10, on: 0, fiber: 6, a: 0),
      event(0, .globalPush, at: 11, fiber: 8, a: 0, b: 1), event(0, .processorIdle, at: 12, on: 0, a: 1, b: 1),
      event(1, .stealTook, at: 1, on: 1, fiber: 2, a: 0, b: .max, c: 2 | 3 << 16, d: 0),
      event(1, .globalTake, at: 2, on: 1, fiber: 3, a: .max, b: 2, c: 1),
      event(1, .processorAcquire, at: 3, on: 0, a: 2, b: 2),
    ]
    give(events, to: &merge)
    let merged = drain(&merge)
    #expect(merged.count == events.count)
    #expect(merge.waiting == 0)
  }

  @Test("After a loss what waits is given back, and a snapshot makes the merge go on")
  func discardAndReset() {
    var merge = Merge()
    give([event(0, .queuePush, at: 1, on: 0, fiber: 1, a: 0)], to: &merge)
    #expect(drain(&merge).count == 1)
    // Slots 1 to 9 were overwritten: what comes after them can never become ready.
    let late = [
      event(0, .queuePush, at: 20, on: 0, fiber: 11, a: 10), event(0, .sysmon, at: 21),
      event(1, .stealTook, at: 22, on: 1, fiber: 3, a: 0, b: 3, c: 1 | 1 << 16, d: 0),
    ]
    give(late, to: &merge)
    #expect(drain(&merge).isEmpty)
    #expect(merge.waiting == 3)
    #expect(merge.discard() == [2, 1])
    #expect(merge.waiting == 0)
    var snapshot = Snapshot()
    snapshot.processors = [Snapshot.Processor(), Snapshot.Processor()]
    snapshot.processors[0].head = 10
    var parked = Snapshot.Fiber(id: 4)
    parked.place = .parked(.channelReceive, object: 2)
    parked.sequence = 7
    snapshot.fibers = [parked]
    snapshot.objects = [Snapshot.Object(id: 2, kind: .channel, sequence: 5, occupancy: 0, capacity: 1)]
    merge.reset(to: snapshot)
    let after = [
      event(0, .queuePush, at: 20, on: 0, fiber: 11, a: 10), event(0, .channelSend, at: 21, a: 2, b: 6),
      event(1, .fiberReady, at: 1, fiber: 4, b: 7),
    ]
    give(after, to: &merge)
    #expect(Set(drain(&merge)) == Set(after))
  }

  @Test("The number of an object that has ended is kept until its last event is merged, and others' are kept for good")
  func endedObjects() {
    var merge = Merge()
    give([event(0, .channelSend, at: 1, a: 7, b: 1), event(0, .channelSend, at: 2, a: 8, b: 1)], to: &merge)
    #expect(drain(&merge).count == 2)
    // Both are followed; 8 ends with an event that was published and not read.
    let ended = merge.endedObjects(live: { [7, 9] }, cursors: { [3] })
    var isForgotten = merge.forget(ended)
    #expect(!isForgotten && merge.objectCount == 2)
    give([event(0, .channelReceive, at: 3, a: 8, b: 2)], to: &merge)
    #expect(drain(&merge).count == 1)
    isForgotten = merge.forget(ended)
    #expect(isForgotten && merge.objectCount == 1)
    give([event(0, .channelSend, at: 4, a: 7, b: 3), event(1, .channelSend, at: 5, a: 7, b: 2)], to: &merge)
    #expect(drain(&merge).map(\.b) == [2, 3])
  }

  @Test("Before the horizon only")
  func horizon() {
    var merge = Merge()
    give([event(0, .sysmon, at: 1), event(0, .sysmon, at: 10), event(1, .sysmon, at: 5)], to: &merge)
    #expect(drain(&merge, before: 1).isEmpty)
    #expect(drain(&merge, before: 10).map(\.time) == [1, 5])
    #expect(drain(&merge).map(\.time) == [10])
  }

  @Test("A horizon that moves on between two events does not change their order")
  func movingHorizon() {
    var merge = Merge()
    give([event(0, .sysmon, at: 1), event(0, .sysmon, at: 10), event(1, .sysmon, at: 5)], to: &merge)
    #expect(merge.next(before: 3)?.time == 1)
    #expect(merge.next()?.time == 5)
    #expect(merge.next()?.time == 10)
    #expect(merge.next() == nil)
  }

  @Test("Any bytes are an event, and no event makes the merge trap", arguments: 1...4)
  func garbage(seed: Int) {
    var random = Random(seed: UInt64(seed))
    var merge = Merge()
    let kinds = EventKind.allCases
    let events = (0..<20_000).map { (index: Int) -> Event in
      var event = Event(word0: random.next(), word1: random.next(), word2: random.next(), word3: random.next())
      event.word0 = event.word0 & ~0xFFFF | UInt64(index % 5)
      // Half of them of a known kind.
      if index % 2 == 0 { event.word1 = event.word1 & ~0xFF | UInt64(kinds[index / 2 % kinds.count].rawValue) }
      return event
    }
    give(events, to: &merge)
    let count = drain(&merge).count
    #expect(count + merge.waiting == events.count)
    #expect(merge.discard().reduce(0, +) == events.count - count)
  }
}
