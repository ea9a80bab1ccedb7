import MagpieTrace

/// Who ran what, when: a lane for each processor and each machine, read from a history some events at a time.
///
/// It costs the history nothing; who looks lets it catch up. Where the history lets go of its beginning, so does the index.
/// A lane's change takes 17 bytes; a run of short fibers has one for two events or so.
public struct TimelineIndex: Sendable {
  /// How busy the processors were up to a moment.
  public struct Point: Sendable, Hashable {
    public var time: UInt64
    /// After which event.
    public var number: Int
    /// Nanoseconds that fibers ran, on all processors together.
    public var busy: UInt64
  }

  static let pointDistance = 256

  /// Beyond so many events behind a live edge that runs on, it goes there at once, and leaves a gap.
  let skipLimit: Int

  public private(set) var processors: [Lane] = []
  public private(set) var machines: [Lane] = []
  /// A point each 256 events, from which the whole can be sketched.
  public private(set) var points: [Point] = []
  /// Stretches of which not all is known, for events were lost, in order of time; the last may go on.
  public private(set) var unknown: [ClosedRange<UInt64>] = []
  /// A stretch that was jumped over; all is read again when there is time.
  public private(set) var gaps: [ClosedRange<UInt64>] = []
  /// Events that have been read.
  public private(set) var next = 0
  /// When the first and the last of them were.
  public private(set) var begin: UInt64 = 0
  public private(set) var time: UInt64 = 0

  var era = Era.mpn
  var holders: [Holder] = []
  var workers: [Worker] = []
  /// Each machine has a processor of its own.
  var isDistributed = false
  private var segment = -1
  private var losses = 0
  private var isExact = true
  private var lastEvent: Event?
  private var busy: UInt64 = 0
  private var running = 0

  public init() { self.init(skipLimit: 4_000_000) }

  init(skipLimit: Int) { self.skipLimit = skipLimit }

  /// Where the reading is now, as a point.
  public var now: Point { Point(time: time, number: next, busy: busy) }

  /// About how much memory it takes.
  public var bytes: Int {
    (processors + machines).reduce(points.count * MemoryLayout<Point>.stride) { $0 + $1.bytes }
  }

  /// Reads on in a history, at most so many events.
  /// - Parameter runsOn: whether more events are coming, so that a live edge far away is gone to at once.
  public mutating func advance(in history: History, limit: Int, runsOn: Bool = false) {
    let isOther = lastEvent != nil && next > history.firstAvailable && history.event(at: next) != lastEvent
    if isOther || next < history.firstAvailable || segment < 0 || !gaps.isEmpty && !runsOn { restart(history) }
    if runsOn, history.count - next > skipLimit { skip(history) }
    losses = max(losses, history.lossesDropped)
    var left = limit
    while left > 0 {
      let index = history.segmentIndex(containing: next)
      let place = history.segments[index]
      if place.id != segment, place.start == next { seed(place) }
      segment = place.id
      noteLosses(history)
      let end = index + 1 < history.segments.count ? history.segments[index + 1].start : history.count
      let stop = min(end, next + min(left, history.count - next), nextLoss(history))
      guard next < stop else {
        if next >= history.count { break }
        continue
      }
      left -= stop - next
      read(history, place, upTo: stop)
    }
    drop(before: history)
  }

  /// The event after which the next loss became known.
  private func nextLoss(_ history: History) -> Int {
    let index = losses - history.lossesDropped
    return history.losses.indices.contains(index) ? max(history.losses[index].eventNumber, next) : .max
  }

  private mutating func read(_ history: History, _ place: Segment, upTo stop: Int) {
    while next < stop {
      let offset = next - place.start
      let chunk = offset / history.chunkSize
      let events = chunk < place.chunks.count ? place.chunks[chunk] : history.open
      let first = offset % history.chunkSize
      let last = min(first + stop - next, events.count)
      guard first < last else { return next = stop }
      for index in first..<last {
        next &+= 1
        apply(events[index])
        if next % Self.pointDistance == 0 { points.append(Point(time: time, number: next, busy: busy)) }
      }
      lastEvent = events[last - 1]
    }
  }

  // MARK: beginnings

  /// Begins again at the oldest moment that there is.
  private mutating func restart(_ history: History) {
    self = TimelineIndex(skipLimit: skipLimit)
    let first = history.segments[0]
    next = first.start
    begin = first.keyframe.time
    time = begin
    losses = first.losses
    isExact = first.keyframe.isExact
    if !isExact { unknown = [time...time] }
    seed(first)
    segment = first.id
    points = [Point(time: time, number: next, busy: 0)]
  }

  /// Goes on at the live edge.
  private mutating func skip(_ history: History) {
    let from = time
    next = history.count
    lastEvent = history.event(at: next)
    losses = history.lossesDropped + history.losses.count
    adopt(history.live)
    gaps.append(from...time)
    segment = history.segments[history.segments.count - 1].id
    points.append(Point(time: time, number: next, busy: busy))
  }

  private mutating func seed(_ place: Segment) {
    adopt(place.keyframe)
    if place.keyframe.isExact, !isExact {
      isExact = true
      endUnknown()
    }
    losses = max(losses, place.losses)
  }

  private mutating func noteLosses(_ history: History) {
    while history.losses.indices.contains(losses - history.lossesDropped) {
      let loss = history.losses[losses - history.lossesDropped]
      guard loss.eventNumber <= next else { return }
      losses += 1
      endUnknown()
      isExact = false
      let from = min(loss.from, loss.to)
      if let last = unknown.last, last.upperBound >= from {
        unknown[unknown.count - 1] = min(last.lowerBound, from)...max(last.upperBound, loss.to)
      } else {
        unknown.append(from...max(from, loss.to))
      }
    }
  }

  /// Whether the present is known exactly: no loss since the last snapshot.
  public var knowsNow: Bool { isExact }

  private mutating func endUnknown() {
    guard let last = unknown.last else { return }
    unknown[unknown.count - 1] = last.lowerBound...max(last.upperBound, time)
  }

  private mutating func drop(before history: History) {
    let first = history.segments[0].keyframe.time
    guard first > begin else { return }
    begin = first
    for index in processors.indices { processors[index].drop(before: first) }
    for index in machines.indices { machines[index].drop(before: first) }
    let old = (points.firstIndex { $0.time >= first } ?? points.count) - 1
    if old > 0, old * 4 >= points.count { points.removeFirst(old) }
    unknown.removeAll { $0.upperBound < first }
  }

  // MARK: lanes

  mutating func moveTime(to later: UInt64) {
    guard later > time else { return }
    busy &+= (later &- time) &* UInt64(running)
    time = later
  }

  /// Notes what a processor is now.
  @inline(__always)
  mutating func show(processor p: Int, _ mark: LaneMark = .none) {
    guard p < holders.count else { return }
    let value = holders[p].value(workers)
    running &+= (value.state == .running ? 1 : 0) - (processors[p].value.state == .running ? 1 : 0)
    processors[p].append(time, value, mark)
  }

  /// Notes what a machine is now.
  @inline(__always)
  mutating func show(machine m: Int, _ mark: LaneMark = .none) {
    machines[m].append(time, workers[m].value, mark)
  }

  mutating func addLanes(processors count: Int) {
    while holders.count < count {
      holders.append(Holder())
      processors.append(Lane())
    }
  }

  mutating func addLanes(machines count: Int) {
    while workers.count < count {
      workers.append(Worker())
      machines.append(Lane())
    }
  }
}
