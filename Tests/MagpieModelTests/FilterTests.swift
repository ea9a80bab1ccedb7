import MagpieTrace
import TestSupport
import Testing

@testable import MagpieModel

/// The filter language: what is read, what matches, what is refused.
@Suite("Filter")
struct FilterTests {
  private func event(
    _ kind: EventKind, at time: UInt64 = 0, machine: UInt16 = 0, processor: UInt16 = Event.noProcessor,
    fiber: UInt32 = Event.noFiber
  ) -> Event {
    Event(time: time, machine: machine, kind: kind, processor: processor, fiber: fiber)
  }

  @Test(
    "A filter finds what it says, and nothing else",
    arguments: [
      ("kind:steal", "steal.took steal.tookRunNext steal.failed"),
      ("steal", "steal.took steal.tookRunNext steal.failed"),
      ("kind:steal.took", "steal.took"), ("KIND:TOOK", "steal.took"), ("start", "fiber.start machine.start"),
      ("park,ready", "fiber.park fiber.ready machine.park"),
    ])
  func kinds(text: String, names: String) throws {
    let filter = try Filter(text)
    let found = EventKind.allCases.filter { filter.matches(event($0)) }.map(\.name)
    #expect(found.sorted() == names.split(separator: " ").map(String.init).sorted())
  }

  @Test("Every name of a kind is a filter for that kind alone", arguments: EventKind.allCases)
  func names(kind: EventKind) throws {
    let filter = try Filter(kind.name)
    #expect(EventKind.allCases.filter { filter.matches(event($0)) } == [kind])
  }

  @Test(
    "What is about to happen is asked for as what has happened: one of the events that may follow must answer to all")
  func upcoming() throws {
    func matches(_ text: String, fiber: UInt32? = 17) throws -> Bool {
      try Filter(text).matches(
        kinds: [.stealTook, .fiberStart], processor: 1, machine: 2, fiber: fiber, time: 5_000)
    }
    for text in ["steal", "start", "p:1 m:2", "g:17 start", "-kind:steal", "time>4us", "-g:18", "time<1ms -p:0 took"] {
      #expect(try matches(text), "\(text)")
    }
    for text in ["park", "p:0", "m:1", "g:18", "-kind:steal,start", "time>5us", "steal -start -took"] {
      #expect(try !matches(text), "\(text)")
    }
    #expect(try !matches("g:17", fiber: nil) && matches("-g:17", fiber: nil), "nobody knows which")
    #expect(try !Filter("-park").matches(kinds: [], processor: 1, machine: 2, fiber: nil, time: 0), "nothing follows")
  }

  @Test("All terms must hold, each number may be one of several, and a minus asks for the opposite")
  func terms() throws {
    let starts = event(.fiberStart, at: 1_500_000, machine: 3, processor: 0, fiber: 17)
    for text in [
      "p:0", "p:P0", "m:3", "g:17", "g:G17", "g:4,17", "start p:0 g:17", "-kind:steal", "-p:1", "time>1.4ms",
      "time<2ms",
      "time>1499999", "-time>1.5ms", "time>1us time<1s",
    ] {
      #expect(try Filter(text).matches(starts), "\(text)")
    }
    for text in ["p:1", "m:0", "g:1", "start p:1", "-start", "time>1.5ms", "time<1.5ms", "-g:17 p:0"] {
      #expect(try !Filter(text).matches(starts), "\(text)")
    }
    // What has no processor or fiber is on none.
    #expect(try !Filter("p:0").matches(event(.sysmon)))
    #expect(try Filter("-p:0 -g:1").matches(event(.sysmon)))
  }

  @Test(
    "What cannot be read is said by name",
    arguments: [
      ("", FilterError.empty), ("   ", .empty), ("color:red", .unknownField("color")),
      ("kind:stael", .unknownKind("stael")),
      ("kind:", .unknownKind("")), ("steal,", .unknownKind("")), ("-", .unknownKind("")),
      ("p:x", .notANumber(field: "p", value: "x")), ("p:", .notANumber(field: "p", value: "")),
      ("p:-1", .notANumber(field: "p", value: "-1")), ("p:70000", .notANumber(field: "p", value: "70000")),
      ("g>3", .notANumber(field: "g", value: "3")), ("g:4294967296", .notANumber(field: "g", value: "4294967296")),
      ("time>soon", .notATime(field: "time", value: "soon")), ("time:3ms", .notATime(field: "time", value: "3ms")),
      ("time>-1s", .notATime(field: "time", value: "-1s")),
      ("time>nan", .notATime(field: "time", value: "nan")), ("time>1e300", .notATime(field: "time", value: "1e300")),
      ("time>1e12s", .notATime(field: "time", value: "1e12s")),
    ])
  func refused(text: String, error: FilterError) {
    #expect(throws: error) { try Filter(text) }
  }

  @Test("A wait, a run and a call are told by the event that ends them, and by nothing before it")
  func durations() throws {
    for (text, kind) in [
      ("wait>1ms", EventKind.fiberStart), ("call>1ms", .machineSyscallExit), ("ran>1ms", .fiberPark),
    ] {
      let filter = try Filter(text)
      #expect(filter.asksForDurations)
      #expect(filter.matches(event(kind), duration: 1_000_001) && !filter.matches(event(kind), duration: 1_000_000))
      #expect(!filter.matches(event(kind)))
      let other: EventKind = kind == .fiberStart ? .machineSyscallExit : .fiberStart
      #expect(!filter.matches(event(other), duration: 2_000_000))
      let upcoming = filter.matches(kinds: [kind], processor: 0, machine: 0, fiber: nil, time: 5)
      #expect(!upcoming)
    }
    #expect(try Filter("wait<1ms").matches(event(.fiberStart), duration: 5))
    #expect(try !Filter("wait<1ms").matches(event(.fiberStart), duration: 0))
    #expect(try !Filter("start p:1 time>1ms").asksForDurations)
  }

  @Test("Any text is read or refused", arguments: 1...200)
  func garbage(seed: Int) {
    var random = Random(seed: UInt64(seed))
    let pieces = [
      ":", "<", ">", "-", ",", " ", "kind", "p", "g", "time", "steal", "9", "ms", ".", "é", "\u{1B}", "infinity",
    ]
    let text = (0..<Int(random.next() % 12)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
    if let filter = try? Filter(text) { _ = filter.matches(event(.fiberStart)) }
  }

  @Test(
    "A search finds the same events as a look at each, to and fro, however little a call may look at",
    arguments: [1, 7, 10_000], ["start p:1", "wait>1us", "ran>300ns p:0", "start wait<8us", "-wait>1us start"])
  func search(limit: Int, text: String) throws {
    let player = Player.run(processors: 3, events: 4_000, seed: 4, fibers: 60)
    var history = History(processors: 3, capacity: 1_000)
    for event in player.events { history.append(event) }
    #expect(history.firstAvailable > 0)
    let filter = try Filter(text)
    var state = history.state(at: history.firstAvailable)
    let wanted = (history.firstAvailable + 1...history.count).filter { number in
      let event = history.event(at: number)!
      state.apply(event)
      return filter.matches(event, duration: state.lastDuration)
    }
    #expect(wanted.count > 3 && wanted.count < history.count - history.firstAvailable)
    func all(isForward: Bool) -> [Int] {
      var found: [Int] = []
      var next: Int? = isForward ? 0 : .max
      while let start = next {
        let step = history.find(filter, from: start, isForward: isForward, limit: limit)
        if let number = step.found { found.append(number) }
        next = step.found.map { $0 + (isForward ? 1 : -1) } ?? step.rest
      }
      return found
    }
    #expect(all(isForward: true) == wanted)
    #expect(all(isForward: false) == wanted.reversed())
  }

  @Test("A handoff is also a P that sysmon takes from a blocking call")
  func handoff() throws {
    let filter = try Filter("handoff")
    for kind in EventKind.allCases {
      let event = Event(time: 1, machine: 0, kind: kind)
      #expect(filter.matches(event) == [.processorHandoff, .processorRetake].contains(kind))
    }
  }
}
