import MagpieTrace
import Testing

@testable import MagpieModel

/// The index says of every lane and every stretch what going through all events says.
@Suite("Timeline index")
struct TimelineIndexTests {
  /// What each lane is after each event, by the state.
  struct Naive {
    var times: [UInt64] = []
    var processors: [[LaneValue]] = []
    var machines: [[LaneValue]] = []

    init(_ player: Player, processors count: Int) {
      var state = SchedulerState(processors: count)
      note(state)
      for event in player.events {
        state.apply(event)
        note(state)
      }
    }

    private mutating func note(_ state: SchedulerState) {
      times.append(state.time)
      processors.append((0..<state.processorCount).map { Naive.value(state.processor($0), state) })
      machines.append((0..<state.machineCount).map { state.machine($0).map(Naive.value) ?? .absent })
    }

    private static func value(_ processor: ProcessorState, _ state: SchedulerState) -> LaneValue {
      let machine = processor.machine.flatMap { state.machine(Int($0)) }
      switch processor.status {
      case .idle: return LaneValue(.idle)
      case .retired: return .absent
      case .given, .inHands: return LaneValue(.searching, detail: 1)
      case .held:
        if let fiber = processor.fiber { return LaneValue(.running, fiber: fiber) }
        return LaneValue(machine?.activity == .spinning ? .spinning : .searching)
      case .blocked: return LaneValue(.blocked, fiber: machine?.fiber ?? 0)
      }
    }

    private static func value(_ machine: MachineState) -> LaneValue {
      switch machine.activity {
      case .running: LaneValue(.running, fiber: machine.fiber ?? 0)
      case .searching: LaneValue(.searching)
      case .spinning: LaneValue(.spinning)
      case .idle: LaneValue(.idle, detail: MachineParkReason.idle.rawValue)
      case .timerWait: LaneValue(.idle, detail: MachineParkReason.timer.rawValue)
      case .lockedWait: LaneValue(.idle, detail: MachineParkReason.locked.rawValue)
      case .blocked: LaneValue(.blocked, fiber: machine.fiber ?? 0)
      case .detached: LaneValue(.detached, fiber: machine.fiber ?? 0)
      case .sysmon: LaneValue(.idle, detail: MachineParkReason.sysmon.rawValue)
      case .ended: .absent
      }
    }

    /// Nanoseconds of a lane in each state between two times, and how often it began to run.
    func totals(_ lane: (Int) -> LaneValue, from: UInt64, to: UInt64) -> (SIMD8<UInt64>, UInt32) {
      var sum = SIMD8<UInt64>(repeating: 0)
      var starts: UInt32 = 0
      for n in times.indices {
        let begin = max(times[n], from)
        let end = min(n + 1 < times.count ? times[n + 1] : .max, to)
        if begin < end { sum[lane(n).index] += end - begin }
        if n > 0, from <= times[n], times[n] < to, lane(n).state == .running, lane(n) != lane(n - 1) { starts += 1 }
      }
      return (sum, starts)
    }
  }

  private func history(_ player: Player, processors: Int, capacity: Int = 1_000_000) -> History {
    var history = History(processors: processors, capacity: capacity)
    for event in player.events { history.append(event) }
    return history
  }

  @Test("Each stretch of each lane adds up to what all events add up to", arguments: [1, 3, 8], [2, 7] as [UInt64])
  func sums(processors: Int, seed: UInt64) {
    let player = Player.run(processors: processors, events: 5_000, seed: seed, fibers: 60)
    let history = history(player, processors: processors)
    var index = TimelineIndex()
    while index.next < history.count { index.advance(in: history, limit: 777) }
    let naive = Naive(player, processors: processors)
    #expect(index.time == history.live.time)
    for width in [history.live.time, history.live.time / 7 + 1, history.live.time / 60 + 1, 777] {
      for (p, lane) in index.processors.enumerated() {
        check(lane, naive, width) { p < naive.processors[$0].count ? naive.processors[$0][p] : .absent }
      }
      for (m, lane) in index.machines.enumerated() {
        check(lane, naive, width) { m < naive.machines[$0].count ? naive.machines[$0][m] : .absent }
      }
    }
  }

  private func check(_ lane: Lane, _ naive: Naive, _ width: UInt64, _ value: (Int) -> LaneValue) {
    var reader = Lane.Reader(lane)
    var from: UInt64 = naive.times[naive.times.count - 1] / 3
    var before = reader.totals(at: from)
    for _ in 0..<6 {
      let to = min(from + width, naive.times[naive.times.count - 1])
      let after = reader.totals(at: to)
      let wanted = naive.totals(value, from: from, to: to)
      var found = (after - before).nanoseconds
      // Before a lane begins, there is nothing; the state says so too.
      found[0] = wanted.0[0]
      #expect(found == wanted.0)
      #expect((after - before).starts == wanted.1)
      before = after
      from = to
    }
  }

  @Test("The span at a moment is as long as nothing changes")
  func spans() {
    let player = Player.run(processors: 2, events: 3_000, seed: 5, fibers: 40)
    let history = history(player, processors: 2)
    var index = TimelineIndex()
    index.advance(in: history, limit: .max)
    let naive = Naive(player, processors: 2)
    for n in stride(from: 10, to: naive.times.count - 1, by: 37) where naive.times[n + 1] > naive.times[n] {
      let span = index.processors[1].span(at: naive.times[n])
      let value = naive.processors[n][1]
      #expect(span.value == value)
      let first = (0...n).last { $0 == 0 || naive.processors[$0 - 1][1] != value } ?? 0
      #expect(span.from == naive.times[first])
      let end = (n..<naive.times.count).first { naive.processors[$0][1] != value }
      #expect(span.to == end.map { naive.times[$0] })
    }
  }

  @Test("What the history lets go of, the index lets go of; what is left is the same")
  func pruning() {
    let player = Player.run(processors: 2, events: 20_000, seed: 3, fibers: 60)
    var history = History(processors: 2, capacity: 2_000)
    var index = TimelineIndex()
    for (number, event) in player.events.enumerated() {
      history.append(event)
      if number % 97 == 0 { index.advance(in: history, limit: 1_000) }
    }
    index.advance(in: history, limit: .max)
    #expect(index.next == history.count)
    #expect(index.begin == history.state(at: history.firstAvailable).time)
    #expect(index.bytes < 400_000)
    for lane in index.processors + index.machines {
      // Of what is over, less than a quarter of what is kept stays.
      let over = lane.blocks.dropFirst().filter { $0.start <= index.begin }.count
      #expect(over == 0 || over * 4 < lane.blocks.count)
    }
    var late = TimelineIndex()
    late.advance(in: history, limit: .max)
    for (lane, other) in zip(index.processors + index.machines, late.processors + late.machines) {
      var a = Lane.Reader(lane)
      var b = Lane.Reader(other)
      let middle = (index.begin + index.time) / 2
      let first = (a.totals(at: index.begin), b.totals(at: index.begin))
      #expect((a.totals(at: middle) - first.0).nanoseconds == (b.totals(at: middle) - first.1).nanoseconds)
      #expect(lane.value == other.value)
    }
  }

  @Test("Another history is read anew; a loss makes the time unknown until the next snapshot")
  func losses() {
    let player = Player.run(processors: 2, events: 3_000, seed: 6, fibers: 40)
    var history = history(player, processors: 2)
    var index = TimelineIndex()
    index.advance(in: history, limit: .max)
    #expect(index.unknown.isEmpty && index.knowsNow)
    let time = history.live.time
    history.noteLoss(machine: 0, from: time - 50, to: time, count: 12)
    index.advance(in: history, limit: .max)
    #expect(index.unknown == [time - 50...time])
    #expect(!index.knowsNow)
    var snapshot = player.now
    snapshot.time = time + 400
    history.load(snapshot)
    index.advance(in: history, limit: .max)
    #expect(index.unknown == [time - 50...time + 400])
    #expect(index.knowsNow)
    let other = self.history(Player.run(processors: 2, events: 5_000, seed: 9, fibers: 40), processors: 2)
    index.advance(in: other, limit: .max)
    #expect(index.time == other.live.time && index.unknown.isEmpty)
  }

  @Test("A live edge far away is gone to at once; when the program stands, the gap is closed")
  func gaps() {
    let event = Event(time: 5, machine: 0, kind: .userAnnotation)
    var history = History(processors: 1)
    for _ in 0...1_000 { history.append(event) }
    var index = TimelineIndex(skipLimit: 1_000)
    index.advance(in: history, limit: 10, runsOn: true)
    #expect(index.next == history.count && index.gaps.count == 1)
    index.advance(in: history, limit: 10)
    #expect(index.next == 10 && index.gaps.isEmpty)
  }

  @Test("A fiber's lane is what the state says of the fiber", arguments: [1, 4])
  func fibers(processors: Int) {
    let player = Player.run(processors: processors, events: 4_000, seed: 11, fibers: 40)
    let history = history(player, processors: processors)
    var lanes = FiberLanes()
    let fibers = Array(1...30 as ClosedRange<UInt32>)
    let start = 1_500
    lanes.follow(fibers, from: start, in: history)
    while lanes.next < history.count { lanes.advance(in: history, upTo: .max, limit: 501) }
    var state = SchedulerState(processors: processors)
    for (number, event) in player.events.enumerated() {
      state.apply(event)
      let nextTime = number + 1 < player.events.count ? player.events[number + 1].time : .max
      guard number > start, state.time < nextTime else { continue }
      for fiber in fibers {
        guard let lane = lanes.lanes[fiber], lane.begin != nil else { continue }
        let shown = lane.span(at: state.time).value.state
        guard let place = state.fiber(fiber)?.place else {
          #expect(shown == .absent)
          continue
        }
        switch place {
        case .queued, .runNext, .global, .hands: #expect(shown == .runnable || shown == .running)
        case .running: #expect(shown == .running)
        case .blocked: #expect(shown == .blocked)
        case .detached: #expect(shown == .detached)
        case .parked: #expect(shown == .idle)
        case .unknown: break
        }
      }
    }
  }
}
