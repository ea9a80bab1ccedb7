import MagpieTrace
import Testing

@testable import MagpieModel

/// Pages of the table of fibers: what a sort of all of them would give.
@Suite("FiberQuery")
struct FiberQueryTests {
  private func history(_ seed: UInt64 = 3) -> History {
    let player = Player.run(processors: 4, events: 6_000, seed: seed, fibers: 500)
    var history = History(processors: 4)
    for event in player.events { history.append(event) }
    var number: UInt32 = 100
    for name in ["work", "Worker", "alpha", "work", "zeta"] {
      history.define(number, name)
      number += 1
    }
    for (place, fiber) in history.live.liveFibers.enumerated() where place % 3 != 0 {
      history.append(
        Event(
          time: history.live.time, machine: 1, kind: .fiberName, fiber: fiber.id, a: 100 + fiber.id % 5))
    }
    return history
  }

  /// What a fiber is sorted by, said anew in other words.
  private func key(_ fiber: FiberState, _ order: FiberOrder, _ history: History) -> (Double, String)? {
    let state = history.live
    switch order {
    case .number: return (Double(fiber.id), "")
    case .name: return fiber.name == 0 ? nil : history.string(fiber.name).map { (0, $0) }
    case .since: return (-Double(state.time - fiber.since), "")
    case .wait: return state.waitNanoseconds(of: fiber).map { (-Double($0), "") }
    case .ran: return (-Double(state.ranNanoseconds(of: fiber)), "")
    case .starts: return (-Double(fiber.starts), "")
    case .wokenBy: return fiber.wokenBy == 0 ? nil : (Double(fiber.wokenBy), "")
    case .parent: return fiber.parent == 0 ? nil : (Double(fiber.parent), "")
    case .deadline: return fiber.deadline.map { (Double($0), "") }
    case .state:
      let rank: Double =
        switch fiber.place {
        case .running: 0
        case .detached: 1
        case .runNext: 2
        case .queued: 3
        case .hands: 4
        case .global: 5
        case .blocked: 6
        case .parked(let reason, _): 7 + Double(reason?.rawValue ?? 0)
        case .unknown: 31
        }
      return (rank * 1e15 + Double(fiber.since), "")
    }
  }

  private func sorted(_ fibers: [FiberState], _ order: FiberOrder, isReversed: Bool, _ history: History) -> [UInt32] {
    fibers.map { (fiber: $0.id, key: key($0, order, history)) }.sorted { left, right in
      guard let first = left.key, let second = right.key, first != second else {
        if (left.key == nil) != (right.key == nil) { return left.key != nil }
        return left.key == nil || order != .number || !isReversed ? left.fiber < right.fiber : left.fiber > right.fiber
      }
      return isReversed ? first > second : first < second
    }
    .map(\.fiber)
  }

  @Test("Every page is that part of all fibers sorted", arguments: FiberOrder.allCases, [false, true])
  func pages(order: FiberOrder, isReversed: Bool) {
    let history = history()
    let all = sorted(Array(history.live.liveFibers), order, isReversed: isReversed, history)
    #expect(all.count > 200)
    var query = FiberQuery()
    query.order = order
    query.isReversed = isReversed
    for first in [0, 1, 37, all.count - 20, all.count, 10_000] {
      var request = FiberPageRequest(rows: 20)
      request.first = first
      let page = query.page(history.live, history, request, isStill: true)
      #expect(page.count == all.count)
      #expect(page.first == min(first, all.count - 20))
      #expect(page.rows.map(\.id) == Array(all[page.first..<page.first + 20]))
      #expect(page.cursor == nil)
    }
  }

  @Test("The cursor keeps its fiber and its line, and moves by rows")
  func cursor() {
    let history = history()
    var query = FiberQuery()
    query.order = .ran
    let all = sorted(Array(history.live.liveFibers), .ran, isReversed: false, history)
    var request = FiberPageRequest(rows: 20)
    request.cursor = all[100]
    request.line = 7
    var page = query.page(history.live, history, request, isStill: true)
    #expect(page.first == 93 && page.cursor == 7 && page.rows[7].id == all[100])
    for (move, row, line) in [
      (1, 101, 8), (-3, 97, 4), (40, 140, 19), (-40, 60, 0), (-400, 0, 0), (9_999, all.count - 1, 19),
    ] {
      request.move = move
      page = query.page(history.live, history, request, isStill: true)
      #expect(page.cursor == line && page.rows[line].id == all[row])
    }
    // What has ended has no row: the page stays where it was.
    request.cursor = 1_000_000
    request.first = 50
    page = query.page(history.live, history, request, isStill: true)
    #expect(page.cursor == nil && page.first == 50)
  }

  @Test("All live fibers are counted by what they do, whatever the filter")
  func counts() throws {
    let history = history()
    var query = FiberQuery()
    query.filter = try FiberFilter("g:1")
    let counts = query.page(history.live, history, FiberPageRequest(rows: 5), isStill: true).counts
    #expect(counts.running + counts.ready + counts.blocked + counts.waiting == history.live.liveFiberCount)
    #expect(counts.ready == history.live.liveFibers.filter { history.live.waitNanoseconds(of: $0) != nil }.count)
    #expect(counts.waiting > 0)
  }

  // MARK: filters

  private func found(_ text: String, _ history: History) throws -> Set<UInt32> {
    var query = FiberQuery()
    query.filter = try FiberFilter(text)
    return Set(query.page(history.live, history, FiberPageRequest(rows: 10_000), isStill: true).rows.map(\.id))
  }

  @Test("A filter finds what it says, and nothing else")
  func filters() throws {
    let history = history()
    let state = history.live
    func expect(_ text: String, _ holds: (FiberState) -> Bool) throws {
      let wanted = Set(state.liveFibers.filter(holds).map(\.id))
      let found = try found(text, history)
      #expect(found == wanted, "\(text)")
      let opposite = try self.found("-" + text, history)
      #expect(opposite.union(found).count == state.liveFiberCount && opposite.isDisjoint(with: found), "-\(text)")
    }
    try expect("g:1,G17,18") { [1, 17, 18].contains($0.id) }
    try expect("by:1") { $0.parent == 1 }
    try expect("state:waiting") { if case .parked = $0.place { true } else { false } }
    try expect("state:sleep,lock") {
      guard case .parked(let reason, _) = $0.place else { return false }
      return [.sleep, .lock, .readLock, .writeLock].contains(reason)
    }
    try expect("state:Ready") { state.waitNanoseconds(of: $0) != nil }
    try expect("state:queue") { if case .queued = $0.place { true } else { false } }
    try expect("state:running") {
      switch $0.place {
      case .running, .detached: true
      default: false
      }
    }
    try expect("p:P2") {
      switch $0.place {
      case .queued(2), .runNext(2), .running(_, 2): true
      default: false
      }
    }
    try expect("m:3") {
      switch $0.place {
      case .hands(3), .running(3, _), .blocked(3), .detached(3): true
      default: false
      }
    }
    try expect("object:2") { if case .parked(_, 2) = $0.place { true } else { false } }
    try expect("wait>10us") { state.waitNanoseconds(of: $0).map { $0 > 10_000 } ?? false }
    try expect("since<1ms") { state.time - $0.since < 1_000_000 }
    try expect("ran>5us") { state.ranNanoseconds(of: $0) > 5_000 }
    try expect("WORK") { ["work", "Worker"].contains(history.string($0.name)) }
    try expect("name:work") { ["work", "Worker"].contains(history.string($0.name)) }
    let both = try found("work state:waiting -g:1", history)
    #expect(
      both
        == (try found("name:work", history)).intersection(
          try found("state:parked -g:1".replacing("parked", with: "waiting"), history)))
    #expect(!both.isEmpty)
  }

  @Test(
    "What cannot be read is said by name",
    arguments: [
      ("", FiberFilterError.empty), ("  ", .empty), ("-", .empty), ("color:red", .unknownField("color")),
      ("state:asleep", .unknownState("asleep")), ("state:", .unknownState("")),
      ("state>ready", .notANumber(field: "state", value: "ready")),
      ("g:x", .notANumber(field: "g", value: "x")), ("by:x", .notANumber(field: "by", value: "x")),
      ("p:70000", .notANumber(field: "p", value: "70000")), ("g>3", .notANumber(field: "g", value: "3")),
      ("wait>soon", .notATime(field: "wait", value: "soon")), ("ran:3ms", .notATime(field: "ran", value: "3ms")),
    ])
  func refused(text: String, error: FiberFilterError) {
    #expect(throws: error) { try FiberFilter(text) }
  }

  @Test("Every state has a name that finds it", arguments: FiberFilter.State.allCases)
  func states(state: FiberFilter.State) throws {
    #expect(state.codes != 0)
    #expect(try FiberFilter("state:\(state.rawValue)").terms.count == 1)
  }
}
