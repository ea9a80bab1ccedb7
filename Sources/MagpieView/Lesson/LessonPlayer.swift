import MagpieModel
import MagpieTrace

/// Goes through a lesson: the run has ended, and the view moves through its history from stop to stop.
///
/// What is shown did happen: a simulated run of the runtime, the same each time. So going back is exact, and needs nothing.
public struct LessonPlayer: Sendable {
  private enum Phase {
    /// The run goes on, or was not looked at yet.
    case preparing
    /// On the way to the present stop. `offsets`: real nanoseconds from `start` to each event after `from`.
    case playing(from: Int, start: UInt64, offsets: [UInt64])
    /// At the present stop, since when.
    case reading(since: UInt64)
  }

  /// Between two events, in real nanoseconds: at least, so that each is seen; at most, for nothing happens meanwhile.
  private static let shortest: UInt64 = 90_000_000
  private static let longest: UInt64 = 500_000_000
  /// The longest way from stop to stop.
  private static let longestWay: UInt64 = 6_000_000_000
  /// A way of more events is shown in equal steps.
  private static let mostOffsets = 4_000

  public let lesson: Lesson
  /// Whether it goes on by itself, and ends.
  public let isAuto: Bool
  /// The present stop, from 0; the one that is on its way to be shown while it plays.
  public private(set) var index = 0
  /// The events of the stops, once the run has ended.
  public private(set) var numbers: [Int] = []
  /// The stop that the run never reached, from 0.
  public private(set) var missing: Int?
  private var phase = Phase.preparing
  private var wantsToPlay = true
  private var wantsToArrive = false

  public init(_ lesson: Lesson, isAuto: Bool = false) {
    self.lesson = lesson
    self.isAuto = isAuto
  }

  public var stop: Lesson.Stop { lesson.stops[index] }
  public var isPlaying: Bool { if case .playing = phase { true } else { wantsToPlay } }
  var isPrepared: Bool { if case .preparing = phase { false } else { true } }
  /// Whether the last stop has been read.
  public private(set) var isOver = false
  /// Whether the next frame differs although no key was pressed.
  public var isMoving: Bool { missing == nil && !isOver && (isAuto || isPlaying || wantsToArrive) }

  /// On to the next stop; while on the way to one, to it at once.
  mutating func next() {
    if case .playing = phase {
      wantsToArrive = true
    } else if index + 1 < numbers.count {
      index += 1
      wantsToPlay = true
    }
  }

  /// Back to the stop before, at once.
  mutating func previous() {
    if case .reading = phase { index = max(index - 1, 0) } else if index > 0, isPrepared { index -= 1 }
    wantsToPlay = false
    wantsToArrive = true
  }

  /// Goes on with time.
  /// - Parameters:
  ///   - hasEnded: whether the history is complete.
  ///   - shown: the event that is shown last.
  /// - Returns: the number of the event to show, when that is the lesson's to say.
  mutating func advance(_ history: History, hasEnded: Bool, shown: Int, language: Language, now: UInt64) -> Int? {
    if case .preparing = phase {
      guard hasEnded else { return nil }
      numbers = lesson.stops(in: history)
      phase = .reading(since: now)
      guard numbers.count == lesson.stops.count else {
        missing = numbers.count
        return nil
      }
      return play(history, from: 0, now)
    }
    guard missing == nil else { return nil }
    if wantsToArrive { return arrive(now) }
    switch phase {
    case .preparing: return nil
    case .playing(let from, let start, let offsets): return play(from, start, offsets, now)
    case .reading(let since):
      if wantsToPlay { return play(history, from: shown, now) }
      guard isAuto, now >= since, now - since >= readingTime(language) else { return nil }
      if index + 1 < numbers.count { next() } else { isOver = true }
      return nil
    }
  }

  private mutating func arrive(_ now: UInt64) -> Int {
    wantsToArrive = false
    wantsToPlay = false
    phase = .reading(since: now)
    return numbers[index]
  }

  /// Begins the way to the present stop.
  private mutating func play(_ history: History, from: Int, _ now: UInt64) -> Int {
    wantsToPlay = false
    let target = numbers[index]
    guard from < target else { return arrive(now) }
    phase = .playing(from: from, start: now, offsets: offsets(history, from: from, to: target))
    return from
  }

  private mutating func play(_ from: Int, _ start: UInt64, _ offsets: [UInt64], _ now: UInt64) -> Int {
    let elapsed = now > start ? now - start : 0
    guard elapsed < offsets[offsets.count - 1] else { return arrive(now) }
    // How many of them are over.
    var low = 0
    var high = offsets.count
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] <= elapsed { low = middle + 1 } else { high = middle }
    }
    return from + low * (numbers[index] - from) / offsets.count
  }

  /// When each event comes: by its virtual time at the lesson's tempo, neither rushed nor with long pauses.
  private func offsets(_ history: History, from: Int, to target: Int) -> [UInt64] {
    let count = min(target - from, LessonPlayer.mostOffsets)
    var offsets: [UInt64] = []
    offsets.reserveCapacity(count)
    var sum: UInt64 = 0
    var last = history.event(at: max(from, 1))?.time ?? 0
    for step in 1...count {
      var pause = LessonPlayer.shortest
      if count == target - from, let time = history.event(at: from + step)?.time {
        let virtual = Double(time > last ? time - last : 0) * Double(lesson.tempo)
        pause = UInt64(min(max(virtual, Double(LessonPlayer.shortest)), Double(LessonPlayer.longest)))
        last = time
      }
      sum += pause
      offsets.append(sum)
    }
    guard sum > LessonPlayer.longestWay else { return offsets }
    return offsets.map { UInt64(Double($0) * Double(LessonPlayer.longestWay) / Double(sum)) }
  }

  /// How long the present words take to be read.
  private func readingTime(_ language: Language) -> UInt64 {
    let cells = lesson.words(stop, language).reduce(0) { $0 + Canvas.width(of: $1) }
    return 2_500_000_000 + UInt64(cells) * 35_000_000
  }

  /// What the present stop points at.
  func pointed(_ history: History) -> Subject? {
    guard let point = stop.point, numbers.indices.contains(index) else { return nil }
    let number = numbers[index]
    guard let event = history.event(at: number) else { return nil }
    switch point {
    case .subject(let subject): return subject
    case .event: return .event(number)
    case .fiber: return event.fiber == Event.noFiber ? nil : .fiber(event.fiber)
    case .processor: return event.processor == Event.noProcessor ? nil : .processor(Int(event.processor))
    case .machine: return .machine(event.machine)
    case .victim: return event.kind == .stealTook || event.kind == .stealTookRunNext ? .processor(Int(event.a)) : nil
    }
  }
}
