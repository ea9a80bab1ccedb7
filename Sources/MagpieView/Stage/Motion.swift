import MagpieModel
import MagpieTrace

/// What is on its way on the Stage: made from the events between the last frame and this one.
///
/// While the program runs, a flight arrives and its trace fades. While what is shown stands still, the flights of the
/// last step stay where they landed, so that they can be read.
struct Motion {
  private(set) var flights: [Flight] = []
  /// What machines did lately, by processor: the event, and when it was first drawn.
  private(set) var notes: [Int: (event: Event, born: UInt64)] = [:]
  /// The last search that looked at other queues, in the era in which they are very many: the event, and when it was first drawn.
  private(set) var sweep: Search?
  /// The number of the event up to which flights were made.
  private var upTo: Int?
  /// Flights of events after this one belong to the last step.
  private var stepBegan = 0
  private var isStill = false
  private var now: UInt64 = 0

  struct Search {
    let event: Event
    let number: Int
    let born: UInt64
  }

  /// Between two frames, at most so many events are looked at, and so many flights made.
  static let eventLimit = 50_000
  static let flightLimit = 24
  static let noteLife: UInt64 = 900_000_000

  /// Whether something moves or fades.
  var isMoving: Bool {
    flights.contains { !isResting($0) || age($0) < Flight.travel }
      || sweep.map { now &- $0.born < Flight.travel } ?? false
      || !isStill && notes.values.contains { now &- $0.born < Motion.noteLife }
  }

  private func age(_ flight: Flight) -> UInt64 { now &- flight.born }

  /// Whether it stays after it has landed.
  func isResting(_ flight: Flight) -> Bool { isStill && flight.event > stepBegan }

  /// 0 at the start, 1 on arrival.
  func progress(_ flight: Flight) -> Double { min(Double(age(flight)) / Double(Flight.travel), 1) }

  /// How much of the queues that it looked at a thief has passed, 0 to 1.
  func progress(_ search: Search) -> Double { min(Double(now &- search.born) / Double(Flight.travel), 1) }

  /// How far the trace has faded, 0 to `Style.fadeLevels`.
  func fade(_ flight: Flight) -> Int {
    guard !isResting(flight), age(flight) > Flight.travel else { return 0 }
    let part = Double(age(flight) - Flight.travel) / Double(Flight.life - Flight.travel)
    return min(Int(part * Double(Style.fadeLevels + 1)), Style.fadeLevels)
  }

  /// Fibers that have just come to a processor by stealing.
  func isFresh(_ fiber: UInt32, on processor: Int) -> Bool {
    flights.contains {
      ($0.what == .steal || $0.what == .stealNext) && $0.to == .processor(processor) && $0.fibers.contains(fiber)
        && progress($0) >= 1
    }
  }

  /// Whether a processor has a part in a steal just now.
  func stealRole(of processor: Int) -> (isThief: Bool, isVictim: Bool) {
    var result = (isThief: false, isVictim: false)
    for flight in flights where flight.what == .steal || flight.what == .stealNext {
      if flight.to == .processor(processor) { result.isThief = true }
      if flight.from == .processor(processor) { result.isVictim = true }
    }
    return result
  }

  mutating func advance(_ scene: Scene) {
    now = scene.now
    isStill = scene.isStill
    flights = flights.filter { isResting($0) || age($0) < Flight.life }
    if let sweep, isStill ? sweep.number <= stepBegan : now &- sweep.born >= Flight.life { self.sweep = nil }
    if !isStill {
      let now = now
      notes = notes.filter { now &- $0.value.born < Motion.noteLife }
    }
    defer { upTo = scene.shown }
    guard let last = upTo, last <= scene.shown else {
      // The first frame, or back in time: only the present event, as it landed.
      flights.removeAll()
      notes.removeAll()
      sweep = nil
      stepBegan = max(scene.shown - 1, 0)
      if scene.isStill { absorb(scene, from: scene.shown, born: now &- Flight.travel) }
      return
    }
    guard last < scene.shown else { return }
    stepBegan = last
    if isStill {
      notes.removeAll()
      sweep = nil
    }
    absorb(scene, from: max(last + 1, scene.shown - Motion.eventLimit + 1), born: now)
  }

  mutating func setLane(_ lane: Int, of index: Int) { flights[index].lane = lane }

  private mutating func absorb(_ scene: Scene, from first: Int, born: UInt64) {
    guard first > 0, first <= scene.shown else { return }
    for number in first...scene.shown {
      guard let event = scene.history.event(at: number) else { continue }
      note(event)
      if scene.state.era == .distributed, event.kind == .searchFind, event.c > 0 {
        sweep = Search(event: event, number: number, born: born)
      }
      if let flight = Flight(event, number: number, now: born, stolen: { Motion.stolen($0, scene) }) { add(flight) }
    }
  }

  private mutating func add(_ flight: Flight) {
    if let index = flights.firstIndex(where: { $0.isSame(as: flight) }) {
      // On its way, it takes in what follows it; its fading trace makes room.
      if age(flights[index]) < Flight.travel / 2 {
        flights[index].times += 1
        flights[index].count += flight.count
        flights[index].event = flight.event
        flights[index].fibers = flight.fibers
      } else {
        let lane = flights[index].lane
        flights[index] = flight
        flights[index].lane = lane
      }
      return
    }
    if flights.count < Motion.flightLimit { flights.append(flight) }
  }

  private mutating func note(_ event: Event) {
    switch event.kind {
    case .machineSpinEnd, .processorRetake, .processorDetach, .processorHandoff, .fiberPreempt, .machineHog,
      .machineSyscallExit:
      if event.processor != Event.noProcessor { notes[Int(event.processor)] = (event, now) }
    default: break
    }
  }

  /// The fibers of a steal, as far as they can be seen: those that went to the thief's queue, and the one that runs.
  private static func stolen(_ event: Event, _ scene: Scene) -> [UInt32] {
    let count = Int(event.c & 0xFFFF)
    let processor = Int(event.processor)
    let head = scene.state.processor(processor).head
    var fibers: [UInt32] = []
    for offset in 0..<min(max(count - 1, 0), 6) {
      let place = Int(Int32(bitPattern: event.d &+ UInt32(offset) &- head))
      if let fiber = scene.state.queuedFiber(processor, at: place) { fibers.append(fiber) }
    }
    if count <= 6, event.fiber != 0 { fibers.append(event.fiber) }
    return fibers
  }
}
