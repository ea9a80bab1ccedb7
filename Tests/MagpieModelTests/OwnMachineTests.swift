import MagpieTrace
import Testing

@testable import MagpieModel

/// The eras in which the kernel schedules: what their events add up to, and what the audit finds.
@Suite("Own machines")
struct OwnMachineTests {
  private static let none = UInt32(Event.noProcessor)

  private static func event(
    _ kind: EventKind, _ machine: UInt16, _ fiber: UInt32 = 0, detail: UInt8 = 0, a: UInt32 = 0, b: UInt32 = 0,
    c: UInt32 = 0, d: UInt32 = 0
  ) -> Event {
    Event(time: 1000, machine: machine, kind: kind, detail: detail, fiber: fiber, a: a, b: b, c: c, d: d)
  }

  /// G1 on M0 starts G2 on M1, which waits for a value and gets it, calls, and ends; its slot is G3's then.
  private static let life: [Event] = [
    event(.fiberCreate, 0, 1), event(.fiberStart, 0, 1, detail: StartSource.handoff.rawValue),
    event(.channelMake, 0, 1, a: 1), event(.machineStart, 0, 1, a: 1, b: none), event(.fiberCreate, 1, 2, a: 1),
    event(.fiberStart, 1, 2, detail: StartSource.handoff.rawValue),
    event(.fiberPark, 1, 2, detail: ParkReason.channelReceive.rawValue, a: 1, b: 1),
    event(.channelSend, 0, 1, detail: 1, a: 1, b: 1),
    event(.fiberReady, 0, 2, detail: ReadyCause.channel.rawValue, a: 1, b: 1, c: 1, d: 1),
    event(.machineSyscallEnter, 1, 2), event(.machineSyscallExit, 1, 2, detail: SyscallExit.fast.rawValue),
    event(.fiberYield, 1, 2), event(.kernelSample, 1, 2, detail: 83, a: 1, b: 2, c: 3, d: 4), event(.fiberExit, 1, 2),
    event(.machineExit, 1), event(.kernelSample, 1, 2, detail: 83, a: 1),
    event(.machineStart, 0, 1, a: 1, b: none), event(.fiberCreate, 1, 3, a: 1),
    event(.fiberStart, 1, 3, detail: StartSource.handoff.rawValue), event(.fiberExit, 1, 3), event(.machineExit, 1),
    event(.fiberExit, 0, 1), event(.machineExit, 0),
  ]

  @Test(
    "A task's life on its own machine breaks no rule, and the machine's number is used again",
    arguments: [
      Era.threads, .processes,
    ])
  func whole(era: Era) {
    var state = SchedulerState(processors: 1, era: era)
    for event in OwnMachineTests.life { state.apply(event) }
    state.finish()
    #expect(state.firstFinding?.text == nil)
    #expect(state.fibersCreated == 3 && state.fibersFinished == 3 && state.machineCount == 2)
    #expect(state.machine(1)?.activity == .ended)
  }

  @Test("A task that waits leaves its machine asleep, and goes on there")
  func places() {
    var state = SchedulerState(processors: 1, era: .threads)
    for event in OwnMachineTests.life[..<7] { state.apply(event) }
    #expect(state.fiber(2)?.place == .parked(reason: .channelReceive, object: 1))
    #expect(state.fiber(2)?.machine == 1)
    #expect(state.machine(1)?.activity == .idle)
    for event in OwnMachineTests.life[7..<9] { state.apply(event) }
    #expect(state.fiber(2)?.place == .running(machine: 1, processor: Event.noProcessor))
    #expect(state.machine(1)?.activity == .running)
    for event in OwnMachineTests.life[9..<13] { state.apply(event) }
    #expect(state.machine(1)?.sample?.involuntary == 3)
  }

  @Test("The lanes read from the events are those read from the state", arguments: [5, 7, 9, 10, 12, 15, 18, 23])
  func lanes(count: Int) {
    var history = History(processors: 1, era: .threads)
    var index = TimelineIndex()
    for event in OwnMachineTests.life[..<count] {
      history.append(event)
      index.advance(in: history, limit: 10)
    }
    var other = TimelineIndex()
    other.adopt(history.live)
    for machine in index.workers.indices { #expect(index.workers[machine].value == other.workers[machine].value) }
  }

  /// The event that goes wrong comes in place of the one of that number.
  private static let faults: [(place: Int, event: Event, rule: Rule)] = [
    // Another machine acts for the task.
    (7, event(.channelSend, 1, 1, detail: 1, a: 1, b: 1), .ownMachine),
    // The task acts while it waits.
    (7, event(.lockAcquire, 1, 2, a: 2, b: 1), .ownMachine),
    (7, event(.fiberExit, 1, 2), .onePlace),
    // It is woken by one that waits itself, twice, or for another wait.
    (8, event(.fiberReady, 1, 2, detail: 1, a: 1, b: 1, c: 1, d: 1), .ownMachine),
    (9, event(.fiberReady, 0, 2, detail: 1, a: 1, b: 1, c: 1, d: 1), .readyOfParked),
    (8, event(.fiberReady, 0, 2, detail: 1, a: 1, b: 7, c: 1, d: 1), .fiberSequence),
    // A channel's events out of order.
    (7, event(.channelSend, 0, 1, detail: 1, a: 1, b: 5), .objectSequence),
    // It runs on another's machine, or a second task begins on a machine.
    (5, event(.fiberStart, 0, 2), .startFromHands),
    (9, event(.fiberCreate, 1, 9), .ownMachine),
    // A machine ends with its task, acts after its end, or begins twice.
    (13, event(.machineExit, 1), .parkEmptyHanded),
    (15, event(.fiberYield, 1, 2), .machineLife),
    (9, event(.machineStart, 0, 1, a: 1, b: none), .machineLife),
  ]

  @Test("A planted fault is found", arguments: 0..<12)
  func planted(number: Int) {
    let fault = OwnMachineTests.faults[number]
    var state = SchedulerState(processors: 1, era: .threads)
    for event in OwnMachineTests.life[..<fault.place] { state.apply(event) }
    #expect(state.findingCount == 0)
    state.apply(fault.event)
    #expect(state.findings.map(\.rule).contains(fault.rule), "found \(state.findings.map(\.text))")
  }

  @Test("Two holders of a lock are found")
  func lock() {
    var state = SchedulerState(processors: 1, era: .threads)
    for event in OwnMachineTests.life[..<6] { state.apply(event) }
    state.apply(OwnMachineTests.event(.lockAcquire, 0, 1, a: 2, b: 1))
    state.apply(OwnMachineTests.event(.lockAcquire, 1, 2, a: 2, b: 2))
    #expect(state.findings.map(\.rule) == [.lockExclusive])
  }
}
