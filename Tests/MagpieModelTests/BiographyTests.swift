import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

/// A biography is what one would write who looked at the whole state after each event.
@Suite("Biography")
struct BiographyTests {
  private struct Entry: Equatable {
    var event: Int
    var since: UInt64
    var place: FiberState.Place?
  }

  /// Every change of place of every fiber, from the states themselves.
  private func naive(_ history: History) -> [UInt32: [Entry]] {
    var lives: [UInt32: [Entry]] = [:]
    var cursor = History.Cursor(history, at: history.firstAvailable)
    for n in history.firstAvailable...history.count {
      cursor.move(to: n, in: history)
      var live: Set<UInt32> = []
      for fiber in cursor.state.liveFibers {
        live.insert(fiber.id)
        let last = lives[fiber.id]?.last
        // Anew in the same place: only an event about the fiber itself can tell.
        let isNew = last?.place != fiber.place || last?.since != fiber.since
        if isNew { lives[fiber.id, default: []].append(Entry(event: n, since: fiber.since, place: fiber.place)) }
      }
      for (id, life) in lives where !live.contains(id) && life.last?.place != nil {
        lives[id]?.append(Entry(event: n, since: cursor.state.time, place: nil))
      }
    }
    return lives
  }

  @Test(
    "A biography is the list of all places that the states show, wherever the reading begins, however little it reads at once",
    arguments: [(1, 600, 3), (2, 1_200, 4), (3, 100_000, 2)], [29, 1_000_000])
  func exact(run: (seed: UInt64, capacity: Int, processors: Int), budget: Int) {
    let player = Player.run(processors: run.processors, events: 4_000, seed: run.seed, fibers: 900)
    var history = History(processors: run.processors, capacity: run.capacity)
    for event in player.events { history.append(event) }
    #expect(history.live.findingCount == 0)
    #expect(run.capacity > 4_000 || history.firstAvailable > 0)
    let lives = naive(history)
    #expect(lives.count > 50)
    var random = Random(seed: run.seed)
    for (id, life) in lives where id % 5 == 1 {
      let moment = Int.random(in: history.firstAvailable...history.count, using: &random)
      var biography = Biography(of: id, in: history, at: moment)
      for _ in 0..<10_000 where !biography.isComplete(in: history) { biography.advance(in: history, budget: budget) }
      #expect(biography.isComplete(in: history))
      let found = biography.stretches.map { Entry(event: $0.event, since: $0.since, place: $0.place) }
      #expect(found == life, "G\(id)")
      #expect(biography.isBegun == (life[0].event > history.firstAvailable))
      let children = (history.firstAvailable + 1...history.count).filter {
        guard let event = history.event(at: $0), event.kind == .fiberCreate else { return false }
        return event.a == id
      }
      let firstRead = biography.isBegun ? life[0].event : history.firstAvailable
      #expect(biography.children == children.filter { $0 > firstRead })
    }
  }

  @Test("Events that come later are read when they are there, and the totals add up to the life")
  func goesOn() {
    let player = Player.run(processors: 3, events: 4_000, seed: 5, fibers: 80)
    var history = History(processors: 3, capacity: 2_000)
    var biography: Biography?
    for (number, event) in player.events.enumerated() {
      history.append(event)
      guard number > 300 else { continue }
      if biography == nil { biography = Biography(of: 1, in: history, at: history.count) }
      biography?.advance(in: history, budget: 50)
    }
    guard var biography else { return #expect(Bool(false)) }
    while !biography.isComplete(in: history) { biography.advance(in: history, budget: 50) }
    let state = history.live
    #expect(biography.stretches.last?.place == state.fiber(1)?.place)
    guard let index = biography.index(at: history.count) else { return #expect(Bool(false)) }
    #expect(index == biography.stretches.count - 1)
    let totals = biography.totals(at: history.count, time: state.time)
    let end = biography.isEnded ? biography.stretches[index].since : state.time
    #expect(totals.sum == end - biography.stretches[0].since)
    if let fiber = state.fiber(1) { #expect(totals.running >= state.ranNanoseconds(of: fiber)) }
  }

  @Test("A loss and a snapshot that says otherwise are no gap and no trap")
  func losses() {
    let player = Player.run(processors: 2, events: 3_000, seed: 6)
    var history = History(processors: 2, capacity: 100_000)
    for (number, event) in player.events.enumerated() {
      history.append(event)
      if number == 1_500 { history.noteLoss(machine: 1, from: 5, to: 6, count: 3) }
      if number == 1_600 { history.load(player.now) }
    }
    for id in UInt32(0)...400 {
      for moment in [0, 1_550, history.count] {
        var biography = Biography(of: id, in: history, at: moment)
        for _ in 0..<1_000 where !biography.isComplete(in: history) { biography.advance(in: history, budget: 100) }
        #expect(biography.isComplete(in: history))
        #expect(zip(biography.stretches, biography.stretches.dropFirst()).allSatisfy { $0.event <= $1.event })
      }
    }
  }
}
