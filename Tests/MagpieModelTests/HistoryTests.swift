import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

/// Every moment that a history gives is the moment as it was.
@Suite("History")
struct HistoryTests {
  @Test(
    "state(at:) is the state recomputed from the start, at every n, also after the front was dropped",
    arguments: [1_000, 5_000, 1_000_000])
  func everyMoment(capacity: Int) {
    let player = Player.run(processors: 3, events: 5_000, seed: 4, fibers: 60)
    var history = History(processors: 3, capacity: capacity)
    for event in player.events { history.append(event) }
    #expect(history.count == player.events.count)
    #expect(history.count - history.firstAvailable >= min(capacity, history.count))
    #expect(capacity > 1_000 || history.firstAvailable > 2_000)
    var state = SchedulerState(processors: 3)
    var cursor = History.Cursor(history, at: 0)
    for n in 0...history.count {
      if n > 0 { state.apply(player.events[n - 1]) }
      guard n >= history.firstAvailable else { continue }
      #expect(history.state(at: n) == state)
      #expect(history.event(at: n) == (n > history.firstAvailable ? player.events[n - 1] : nil))
      cursor.move(to: n, in: history)
      #expect(cursor.state == state)
    }
    cursor.move(to: history.count + 1, in: history)
    #expect(cursor.position == history.count)
    #expect(history.event(at: history.count + 1) == nil)
    #expect(history.state(at: -5) == history.state(at: history.firstAvailable))
  }

  @Test("A cursor that steps back, and jumps, is where it says")
  func cursor() {
    let player = Player.run(processors: 2, events: 4_000, seed: 8, fibers: 60)
    var history = History(processors: 2, capacity: 3_000)
    for event in player.events { history.append(event) }
    var cursor = History.Cursor(history, at: history.count)
    for n in stride(from: history.count - 1, through: history.firstAvailable, by: -1) {
      cursor.move(to: n, in: history)
      #expect(cursor.position == n)
      if n % 7 == 0 { #expect(cursor.state == history.state(at: n)) }
    }
    cursor.move(to: history.firstAvailable - 1, in: history)
    #expect(cursor.position == history.firstAvailable)
    var random = Random(seed: 2)
    for _ in 0..<300 {
      let n = Int.random(in: history.firstAvailable...history.count, using: &random)
      cursor.move(to: n, in: history)
      #expect(cursor.state == history.state(at: n))
    }
  }

  @Test("Losses and snapshots are where they were, going back")
  func controls() {
    let player = Player.run(processors: 2, events: 3_000, seed: 6)
    let snapshot = player.now
    var history = History(processors: 2, capacity: 10_000)
    var moments: [SchedulerState] = [history.live]
    for (number, event) in player.events.enumerated() {
      history.append(event)
      if number == 700 || number == 1_500 { history.noteLoss(machine: 1, from: 5, to: 6, count: 3) }
      if number == 1_000 || number == 1_500 { history.load(snapshot) }
      moments.append(history.live)
    }
    #expect(history.losses.map(\.eventNumber) == [701, 1_501])
    #expect(history.live.lostEvents == 6)
    for n in 0...history.count { #expect(history.state(at: n) == moments[n]) }
    #expect(history.state(at: 700).isExact)
    #expect(!history.state(at: 701).isExact)
    #expect(history.state(at: 1_001).isExact)
    var cursor = History.Cursor(history, at: 900)
    for n in 901...history.count {
      cursor.move(to: n, in: history)
      #expect(cursor.state == moments[n])
    }
  }

  @Test("Control events count as no events")
  func control() {
    var history = History(processors: 1)
    history.append(Event(time: 1, machine: 0, kind: .controlGeneration, a: 1))
    history.append(Event(time: 9, machine: 2, kind: .controlLost, a: 4, c: 7))
    #expect(history.count == 0)
    #expect(history.losses == [History.Loss(machine: 2, from: 7, to: 9, count: 4, eventNumber: 0)])
    #expect(!history.live.isExact)
  }

  @Test("Many losses and many snapshots stay bounded")
  func bounded() {
    var history = History(processors: 1, capacity: 100)
    for _ in 0..<70_000 { history.noteLoss(machine: 0, from: 0, to: 1, count: 1) }
    #expect(history.losses.count <= 65_536)
    #expect(history.live.lostEvents == 70_000)
    #expect(history.state(at: 0) == history.live)
  }

  @Test("However much goes by, the memory stays within the budget, and as much stays within reach")
  func budget() {
    let player = Player.run(processors: 4, events: 30_000, seed: 5, fibers: 60)
    let capacity = 1_500
    var history = History(processors: 4, capacity: capacity)
    var excess = Int.min
    var least = Int.max
    for event in player.events {
      history.append(event)
      // The stretch that has been begun: as long as its keyframe is large, or a chunk.
      let stretch = history.live.bytes + history.chunkSize * 32
      excess = max(excess, history.bytes - history.budget - stretch)
      if history.count > capacity { least = min(least, history.count - history.firstAvailable) }
    }
    #expect(excess <= 0)
    #expect(least >= capacity)
    #expect(history.firstAvailable > 20_000)
  }

  @Test("Watched freely too, when nearly each event begins with a snapshot")
  func budgetOfWindows() {
    let player = Player.run(processors: 4, events: 3_000, seed: 5)
    let snapshot = player.now
    var history = History(processors: 4, capacity: 10_000)
    var excess = Int.min
    for event in player.events {
      history.append(event)
      history.noteLoss(machine: 0, from: 0, to: 1, count: 7)
      history.load(snapshot)
      excess = max(excess, history.bytes - history.budget)
    }
    #expect(excess <= 0)
    #expect(history.firstAvailable > 1_000)
    #expect(history.live.lostEvents == UInt64(player.events.count) * 7)
    let kept = history.segments.reduce(0) { $0 + $1.keyframe.bytes } + history.live.bytes
    #expect(history.bytes == kept + (history.count - history.firstAvailable) * 32)
  }

  @Test("Strings are kept as they came")
  func strings() {
    var history = History(processors: 1)
    history.define(3, "read\u{1b}[2J")
    #expect(history.string(3) == "read\u{1b}[2J")
    #expect(history.string(4) == nil)
  }
}
