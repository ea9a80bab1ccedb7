import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

/// What took longest, samples, and waits for objects: the same as counted by hand.
@Suite("Worst cases, samples, contention")
struct WorstCaseTests {
  @Test(
    "The worst cases are those of all events that are kept, as a look at each state gives them",
    arguments: [700, 100_000])
  func worst(capacity: Int) {
    let player = Player.run(processors: 3, events: 5_000, seed: 9, fibers: 60)
    var history = History(processors: 3, capacity: capacity)
    for event in player.events { history.append(event) }
    #expect((history.firstAvailable > 0) == (capacity < 5_000))
    var naive: [WorstCase.Kind: [WorstCase]] = [:]
    var state = SchedulerState(processors: 3)
    for (offset, event) in player.events.enumerated() {
      let before = state
      state.apply(event)
      guard offset >= history.firstAvailable else { continue }
      func note(_ kind: WorstCase.Kind, since: UInt64?) {
        guard let since, state.time > since else { return }
        naive[kind, default: []].append(WorstCase(kind: kind, nanoseconds: state.time - since, event: offset + 1))
      }
      let machine = before.machine(Int(event.machine))
      switch event.kind {
      case .fiberStart:
        guard event.detail != StartSource.syscall.rawValue, event.detail != StartSource.rejoin.rawValue else {
          continue
        }
        note(.wait, since: before.fiber(event.fiber)?.runnableSince)
      case .machineSyscallExit:
        if case .blocked(_, let since)? = machine?.activity { note(.call, since: since) }
      case .fiberYield, .fiberPreempt, .fiberPark, .fiberExit, .machineSyscallEnter, .processorDetach:
        // What ran stops: its run is in the totals of its processor.
        for p in 0..<before.processorCount
        where before.processor(p).fiber == event.fiber && state.processor(p).fiber == nil {
          let runs = state.statistics.processors[p].busyNanoseconds - before.statistics.processors[p].busyNanoseconds
          note(.run, since: state.time - runs)
        }
      default: break
      }
    }
    for kind in WorstCase.Kind.allCases {
      let sorted = (naive[kind] ?? []).sorted { ($0.nanoseconds, $1.event) > ($1.nanoseconds, $0.event) }
      #expect(sorted.count > 20, "\(kind)")
      #expect(history.worstCases(kind, limit: 16) == Array(sorted.prefix(16)), "\(kind)")
      #expect(history.worstCases(kind, limit: 3) == Array(sorted.prefix(3)))
    }
  }

  @Test("Samples are totals of their moments, in order, from the beginning, and never too many")
  func samples() {
    let player = Player.run(processors: 3, events: 5_000, seed: 9, fibers: 60)
    var history = History(processors: 3)
    for event in player.events { history.append(event) }
    let samples = history.samples
    #expect(samples.count > 50 && samples.count < 512)
    for sample in samples { #expect(sample == Sample(history.state(at: sample.event))) }
    #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.time < $1.time })
    #expect(samples[0].event < 500 && samples[samples.count - 1].event > 4_500)
  }

  @Test("Waits for objects are counted with their times, and those with most come first")
  func contention() {
    var random = Random(seed: 7)
    var state = SchedulerState(processors: 1)
    var waits: [UInt32: (count: UInt64, time: UInt64)] = [:]
    var time: UInt64 = 0
    func emit(_ kind: EventKind, detail: UInt8 = 0, a: UInt32 = 0, b: UInt32 = 0) {
      state.apply(Event(time: time, machine: 0, kind: kind, detail: detail, processor: 0, fiber: 1, a: a, b: b))
    }
    emit(.processorAcquire, detail: AcquireSource.idleList.rawValue, a: 1, b: 1)
    emit(.fiberCreate)
    emit(.fiberStart, detail: StartSource.handoff.rawValue)
    for number in UInt32(1)...500 {
      // Object 0 is none: the fiber sleeps.
      let object = UInt32(random.next() % 20)
      let length = random.next() % 10_000
      emit(.fiberPark, detail: ParkReason.lock.rawValue, a: object, b: number)
      if object != 0 { #expect(state.object(object)?.waiters == 1) }
      time += length
      emit(.fiberReady, detail: ReadyCause.lock.rawValue, b: number)
      emit(.fiberStart, detail: StartSource.handoff.rawValue)
      guard object != 0 else { continue }
      waits[object, default: (0, 0)].count += 1
      waits[object, default: (0, 0)].time += length
    }
    #expect(waits.count > 1)
    let all = state.contention(by: .waits, limit: 1_000)
    #expect(all.count == waits.count)
    for object in all {
      #expect(object.waits == waits[object.id]?.count)
      #expect(object.waitedNanoseconds == waits[object.id]?.time)
    }
    #expect(all.map(\.waits) == waits.values.map(\.count).sorted(by: >))
    let longest = state.contention(by: .waited, limit: 2)
    #expect(longest.map(\.waitedNanoseconds) == Array(waits.values.map(\.time).sorted(by: >).prefix(2)))
    let least = state.contention(by: .waited, isReversed: true, limit: 2)
    #expect(least.map(\.waitedNanoseconds) == Array(waits.values.map(\.time).sorted().prefix(2)))
  }

  @Test("The steal matrix keeps its sum, however many processors make a group", arguments: [1, 2, 3, 8])
  func matrix(groups: Int) {
    let player = Player.run(processors: 5, events: 6_000, seed: 3)
    var state = SchedulerState(processors: 5)
    for event in player.events { state.apply(event) }
    let cells = state.statistics.stolen(groups: groups)
    #expect(cells.count <= groups && cells.allSatisfy { $0.count == cells.count })
    #expect(cells.joined().reduce(0, +) == state.statistics.fibersStolen && state.statistics.fibersStolen > 0)
    if groups == 8 { #expect(cells[1][0] == state.statistics.stolen(by: 1, from: 0)) }
  }
}
