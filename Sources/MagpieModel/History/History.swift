public import MagpieTrace

/// All moments of a run that are still reachable: events, keyframes between them, and the live state at their end.
///
/// Events are kept in chunks, chunks in segments that begin with a keyframe; the oldest segment goes when those after it
/// hold `capacity` events, or when all take more than `budget`. Keyframes stand the further apart the larger the state is, so
/// that they take about the memory of the events, but never so far that replaying from one takes longer than some 20 ms. Before
/// replaying, the keyframe is copied: with a million live fibers that alone is 100 MB.
public struct History: Sendable {
  /// Events that were not seen.
  public struct Loss: Sendable, Hashable {
    public var machine: UInt16
    /// Virtual nanoseconds between which they are missing.
    public var from: UInt64
    public var to: UInt64
    public var count: UInt64
    /// After which event it became known.
    public var eventNumber: Int
  }

  /// The most events between two keyframes: what can be replayed in 20 ms or so.
  static let maximumSpacing = 400_000
  static let maximumLosses = 1 << 16

  /// The state after the last event.
  public private(set) var live: SchedulerState
  /// Losses, oldest first; at most 65,536 are kept.
  public private(set) var losses: [Loss] = []
  /// Losses that are no longer in `losses`.
  private(set) var lossesDropped = 0

  let capacity: Int
  let chunkSize: Int
  private(set) var segments: [Segment] = []
  /// The chunk of the last segment that is being filled.
  private(set) var open: [Event] = []
  private var nextSegment = 0
  private(set) var samplesTaken = Samples()
  /// What a case of each kind must exceed to be one of the worst of the last segment.
  private var leastWorst: (wait: UInt64, run: UInt64, call: UInt64) = (0, 0, 0)
  /// What the keyframes of all segments take.
  private var keyframeBytes = 0
  var strings = Strings()

  /// - Parameters:
  ///   - processors: how many the run begins with.
  ///   - era: the scheduler that made the events.
  ///   - capacity: events that stay reachable, at 32 bytes each, with as much for the keyframes.
  ///   - fiberLimit: live fibers beyond these are not followed.
  public init(processors: Int, era: Era = .mpn, capacity: Int = 1_000_000, fiberLimit: Int = 1 << 22) {
    live = SchedulerState(processors: processors, era: era, fiberLimit: fiberLimit)
    self.capacity = max(capacity, 1)
    chunkSize = min(8192, max(64, self.capacity / 8))
    beginSegment()
  }

  /// Events ever, control events not counted.
  public var count: Int { live.eventCount }
  /// The oldest n that `state(at:)` can give.
  public var firstAvailable: Int { segments[0].start }

  /// About how much memory the reachable moments take: events, and what keyframes do not share.
  /// - Complexity: O(1).
  public var bytes: Int { (count - firstAvailable) * MemoryLayout<Event>.stride + keyframeBytes + live.bytes }
  /// The most that `bytes` is when a segment begins; it grows by one segment's events until the next does. Beside what `capacity`
  /// stands for, there is room for the live state and three keyframes: without them nobody could go back in a large one.
  public var budget: Int { 2 * capacity * MemoryLayout<Event>.stride + 4 * live.bytes }

  // MARK: growing

  /// Applies an event to the live state, and keeps it.
  /// - Complexity: O(1) but for what `SchedulerState.apply` takes and a keyframe now and then.
  public mutating func append(_ event: Event) {
    let raw = event.rawKind
    if raw == EventKind.controlLost.rawValue {
      noteLoss(machine: event.machine, from: event.cd, to: event.time, count: event.ab)
    } else if raw != EventKind.controlGeneration.rawValue {
      live.apply(event)
      open.append(event)
      if live.lastDuration > 0 { noteDuration(event) }
      if live.time >= samplesTaken.due { samplesTaken.take(live) }
      if open.count >= chunkSize { closeChunk() }
    }
  }

  /// Replaces the live state by a snapshot of the runtime; going back, the moment stays what it was before and after.
  public mutating func load(_ snapshot: Snapshot) {
    live.load(snapshot)
    beginSegment()
    prune()
  }

  /// Events are missing here: until the next snapshot the state may be wrong.
  public mutating func noteLoss(machine: UInt16, from: UInt64, to: UInt64, count: UInt64) {
    let loss = Loss(machine: machine, from: from, to: to, count: count, eventNumber: self.count)
    live.apply(Self.event(of: loss))
    losses.append(loss)
    guard losses.count > Self.maximumLosses else { return }
    beginSegment()
    losses.removeFirst(Self.maximumLosses / 2)
    lossesDropped += Self.maximumLosses / 2
    while segments.count > 1, segments[0].losses < lossesDropped { dropOldest() }
  }

  /// The run is complete: audits what is left (`SchedulerState.finish`).
  public mutating func finish() { live.finish() }

  /// Keeps how long what the last event brought to an end took, if that is one of the worst cases.
  @inline(__always)
  private mutating func noteDuration(_ event: Event) {
    let duration = live.lastDuration
    switch event.kind {
    case .fiberStart: if duration > leastWorst.wait { leastWorst.wait = keep(.wait, duration) }
    case .machineSyscallExit: if duration > leastWorst.call { leastWorst.call = keep(.call, duration) }
    default: if duration > leastWorst.run { leastWorst.run = keep(.run, duration) }
    }
  }

  @inline(never)
  private mutating func keep(_ kind: WorstCase.Kind, _ nanoseconds: UInt64) -> UInt64 {
    segments[segments.count - 1].worst.record(WorstCase(kind: kind, nanoseconds: nanoseconds, event: live.eventCount))
  }

  static func event(of loss: Loss) -> Event {
    Event(
      time: loss.to, machine: loss.machine, kind: .controlLost,
      a: UInt32(truncatingIfNeeded: loss.count), b: UInt32(truncatingIfNeeded: loss.count &>> 32),
      c: UInt32(truncatingIfNeeded: loss.from), d: UInt32(truncatingIfNeeded: loss.from &>> 32))
  }

  private mutating func closeChunk() {
    storeOpen()
    let spacing = min(max(live.bytes / 32, chunkSize), Self.maximumSpacing)
    if live.eventCount - segments[segments.count - 1].start >= spacing {
      beginSegment()
      prune()
    }
  }

  private mutating func storeOpen() {
    segments[segments.count - 1].chunks.append(open)
    open = []
    open.reserveCapacity(chunkSize)
  }

  /// Begins a segment at the live state. One that has no events yet is replaced.
  private mutating func beginSegment() {
    if !open.isEmpty { storeOpen() }
    if let last = segments.last, last.start == live.eventCount {
      keyframeBytes -= last.keyframe.bytes
      segments.removeLast()
    }
    segments.append(
      Segment(id: nextSegment, start: live.eventCount, keyframe: live, losses: lossesDropped + losses.count))
    keyframeBytes += live.bytes
    nextSegment += 1
    leastWorst = (0, 0, 0)
    open.reserveCapacity(chunkSize)
  }

  /// Lets go of the oldest segments that are not needed for `capacity`, or for which there is no memory.
  private mutating func prune() {
    while segments.count > 1, live.eventCount - segments[1].start >= capacity { dropOldest() }
    while segments.count > 2, bytes > budget { dropOldest() }
  }

  private mutating func dropOldest() { keyframeBytes -= segments.removeFirst().keyframe.bytes }
}
