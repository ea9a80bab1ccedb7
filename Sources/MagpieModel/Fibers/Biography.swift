import MagpieTrace

/// What became of one fiber: each place that it came to, by the events of a history.
///
/// It is read piece by piece: first the stretch of history around the moment from which it begins, then on to the newest event
/// and back until the fiber's creation or the beginning of what is kept.
public struct Biography: Sendable {
  /// A place and from when the fiber was there.
  public struct Stretch: Sendable, Hashable {
    /// The number of the event with which it began. Where a snapshot of the runtime told it, or where nothing before it is
    /// known: how many events there had been.
    public var event: Int
    /// When it came there, in virtual nanoseconds.
    public var since: UInt64
    /// Nil: it has ended.
    public var place: FiberState.Place?
    /// Whether `event` says how it came there.
    public var isTold = true
  }

  /// The most places that are kept; beyond, the earliest are not read.
  static let limit = 1 << 20

  public let fiber: UInt32
  /// Oldest first.
  public private(set) var stretches: [Stretch] = []
  /// The events in which it created others, oldest first.
  public private(set) var children: [Int] = []
  /// What has been read: the events after `readFrom`, up to `readTo`.
  public private(set) var readFrom: Int
  public private(set) var readTo: Int
  /// Whether the past has been read, as far as there is any.
  public private(set) var isPastRead = false

  private var track: FiberTrack
  private var segment: Int
  private var earlier: Piece?

  /// A stretch of history before all that has been read, which is being read.
  private struct Piece: Sendable {
    var start: Int
    var end: Int
    var next: Int
    var track: FiberTrack
    var opening: Stretch?
    var stretches: [Stretch] = []
    var children: [Int] = []
  }

  /// Begins with the stretch of history in which a moment is.
  public init(of fiber: UInt32, in history: History, at moment: Int) {
    self.fiber = fiber
    let first = history.segments[history.segmentIndex(containing: moment)]
    track = FiberTrack(fiber, in: first.keyframe)
    segment = first.id
    readFrom = first.start
    readTo = first.start
    if let opening = Biography.opening(track, first.start) { stretches = [opening] }
  }

  private static func opening(_ track: FiberTrack, _ start: Int) -> Stretch? {
    track.place.map { Stretch(event: start, since: track.since, place: $0, isTold: false) }
  }

  /// Whether its creation is known.
  public var isBegun: Bool { stretches.first?.isTold ?? false }
  /// Whether its end is known.
  public var isEnded: Bool { stretches.last.map { $0.place == nil } ?? false }
  /// Whether there is nothing left to read.
  public func isComplete(in history: History) -> Bool { isPastRead && (isEnded || readTo >= history.count) }

  /// Reads on.
  /// - Parameter budget: events that are looked at, at most.
  public mutating func advance(in history: History, budget: Int) {
    var left = budget
    while left > 0, !isEnded, readTo < history.count { left -= readForward(history, left) }
    while left > 0, !isPastRead { left -= max(readBack(history, left), 1) }
  }

  /// The place at a moment, by its index among the stretches; nil before the first.
  /// - Complexity: O(log stretches).
  public func index(at moment: Int) -> Int? {
    var low = 0
    var high = stretches.count
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].event <= moment { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }

  // MARK: reading

  private mutating func readForward(_ history: History, _ limit: Int) -> Int {
    // What is no longer kept cannot be caught up with.
    let index = history.segmentIndex(containing: max(readTo, history.firstAvailable))
    let current = history.segments[index]
    if current.id != segment {
      segment = current.id
      readTo = max(readTo, current.start)
      let fresh = FiberTrack(fiber, in: current.keyframe)
      // The snapshot of a runtime may have said otherwise, and events may have been lost.
      if fresh.place != track.place {
        stretches.append(
          Stretch(
            event: current.start, since: fresh.place == nil ? fresh.time : fresh.since, place: fresh.place,
            isTold: false))
      }
      track = fresh
      if isEnded { return 1 }
    }
    let end = index + 1 < history.segments.count ? history.segments[index + 1].start : history.count
    let stop = min(end, readTo + limit)
    let start = readTo
    Biography.read(history, index, from: start, to: stop, &track, &stretches, &children)
    readTo = stop
    if stretches.count > Biography.limit {
      stretches.removeFirst(stretches.count - Biography.limit / 2)
      isPastRead = true
      earlier = nil
    }
    return max(stop - start, 1)
  }

  private mutating func readBack(_ history: History, _ limit: Int) -> Int {
    if isBegun || stretches.count >= Biography.limit || readFrom <= history.firstAvailable {
      isPastRead = true
      earlier = nil
      return 0
    }
    let index = history.segmentIndex(containing: readFrom - 1)
    let segment = history.segments[index]
    if earlier?.start != segment.start {
      let track = FiberTrack(fiber, in: segment.keyframe)
      earlier = Piece(
        start: segment.start, end: readFrom, next: segment.start, track: track,
        opening: Biography.opening(track, segment.start))
    }
    guard var piece = earlier else { return 0 }
    earlier = nil
    let stop = min(piece.end, piece.next + limit)
    let read = stop - piece.next
    Biography.read(history, index, from: piece.next, to: stop, &piece.track, &piece.stretches, &piece.children)
    piece.next = stop
    if stop < piece.end { earlier = piece } else { prepend(piece) }
    return read
  }

  private mutating func prepend(_ piece: Piece) {
    var before = piece.stretches
    if let opening = piece.opening { before.insert(opening, at: 0) }
    // What the later stretch began with has a beginning now.
    if let first = stretches.first, !first.isTold, first.event == piece.end, let last = before.last,
      last.place == first.place
    {
      stretches.removeFirst()
    } else if stretches.isEmpty || stretches[0].isTold, let last = before.last, last.place != nil {
      // It was there, and a snapshot no longer knew it.
      before.append(Stretch(event: piece.end, since: piece.track.time, place: nil, isTold: false))
    }
    stretches = before + stretches
    children = piece.children + children
    readFrom = piece.start
  }

  private static func read(
    _ history: History, _ index: Int, from start: Int, to stop: Int, _ track: inout FiberTrack,
    _ stretches: inout [Stretch], _ children: inout [Int]
  ) {
    history.forEachEvent(in: index, from: start, to: stop) { number, event in
      if event.time > track.time { track.time = event.time }
      guard FiberTrack.concerns(event, track.fiber) else { return }
      if event.rawKind == EventKind.fiberCreate.rawValue, event.a == track.fiber { children.append(number) }
      if track.apply(event) { stretches.append(Stretch(event: number, since: track.since, place: track.place)) }
    }
  }
}
