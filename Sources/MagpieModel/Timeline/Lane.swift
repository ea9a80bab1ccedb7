/// The life of one processor, machine or fiber as changes in order of time, with sums, so that any stretch of it can be
/// added up exactly without being walked through.
///
/// A change takes 16 bytes, and a block of 128 of them about 100 more for its sums.
public struct Lane: Sendable {
  /// What a stretch adds up to.
  public struct Totals: Sendable, Equatable {
    /// Nanoseconds in each state, by `LaneState.rawValue`.
    public var nanoseconds = SIMD8<UInt64>(repeating: 0)
    /// Signs, by `LaneMark.rawValue`; at 0 how often something began to run.
    public var counts = SIMD8<UInt32>(repeating: 0)

    public init() {}

    public func time(in state: LaneState) -> UInt64 { nanoseconds[Int(state.rawValue)] }
    public var starts: UInt32 { counts[0] }
    public func count(of mark: LaneMark) -> UInt32 { counts[Int(mark.rawValue)] }

    public static func - (later: Totals, earlier: Totals) -> Totals {
      var difference = Totals()
      difference.nanoseconds = later.nanoseconds &- earlier.nanoseconds
      difference.counts = later.counts &- earlier.counts
      return difference
    }
  }

  struct Change: Sendable {
    /// time 48 | mark 8 | is a sign only 1
    private let word: UInt64
    let value: LaneValue

    init(time: UInt64, _ value: LaneValue, _ mark: LaneMark, goesOn: Bool) {
      word = time &<< 16 | UInt64(mark.rawValue) &<< 1 | (goesOn ? 1 : 0)
      self.value = value
    }

    var time: UInt64 { word &>> 16 }
    var mark: Int { Int(word &>> 1 & 7) }
    /// Whether what was before goes on: only a sign stands here.
    var goesOn: Bool { word & 1 == 1 }
    var begins: Bool { value.index == Int(LaneState.running.rawValue) && !goesOn }
  }

  struct Block: Sendable {
    var start: UInt64
    /// Up to its start.
    var totals: Totals
    var changes: [Change]
  }

  static let blockLength = 128

  private(set) var blocks: [Block] = []
  private var totals = Totals()
  private var lastTime: UInt64 = 0
  /// What it is now.
  public private(set) var value = LaneValue.absent

  public init() {}

  /// One that is the same all the time.
  public init(_ value: LaneValue, from begin: UInt64) { append(begin, value) }

  /// Bytes that it takes.
  var bytes: Int { blocks.count * (MemoryLayout<Block>.stride + Lane.blockLength * MemoryLayout<Change>.stride) }

  /// When its first change was that is still kept.
  public var begin: UInt64? { blocks.first?.start }

  /// Notes what it is from `time` on. Times never go back.
  @inline(__always)
  mutating func append(_ time: UInt64, _ value: LaneValue, _ mark: LaneMark = .none) {
    if value == self.value, mark == .none { return }
    append(Change(time: time, value, mark, goesOn: value == self.value))
  }

  private mutating func append(_ change: Change) {
    totals.nanoseconds[value.index] &+= change.time &- lastTime
    lastTime = change.time
    if blocks.isEmpty || blocks[blocks.count - 1].changes.count >= Lane.blockLength {
      var block = Block(start: change.time, totals: totals, changes: [])
      block.changes.reserveCapacity(Lane.blockLength)
      blocks.append(block)
    }
    blocks[blocks.count - 1].changes.append(change)
    totals.counts[change.mark] &+= change.mark == 0 ? 0 : 1
    if change.begins { totals.counts[0] &+= 1 }
    value = change.value
  }

  /// Lets go of what was over before `time`.
  mutating func drop(before time: UInt64) {
    var count = 0
    while count + 1 < blocks.count, blocks[count + 1].start <= time { count += 1 }
    // Moving the rest costs as much as what is dropped.
    if count > 0, count * 4 >= blocks.count { blocks.removeFirst(count) }
  }

  /// The last block that begins before `time`, or the first.
  func block(before time: UInt64) -> Int {
    var low = 0
    var high = blocks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if blocks[middle].start < time { low = middle } else { high = middle }
    }
    return low
  }
}

extension Lane {
  /// Reads a lane from left to right.
  public struct Reader: Sendable {
    private let lane: Lane
    private var block: Int
    private var changes: [Change]
    private var next = 0
    private var sum: Totals
    private var time: UInt64
    /// What was before the moment: the value that the last change before it left.
    public private(set) var value = LaneValue.absent

    public init(_ lane: Lane) {
      self.lane = lane
      block = 0
      changes = lane.blocks.first?.changes ?? []
      sum = lane.blocks.first?.totals ?? Totals()
      time = lane.blocks.first?.start ?? 0
    }

    /// What all up to `moment` adds up to, signs at that very moment not counted. Moments must not go back.
    /// - Complexity: O(log blocks), and a block at most.
    public mutating func totals(at moment: UInt64) -> Totals {
      guard moment > time else { return sum }
      if block + 1 < lane.blocks.count, lane.blocks[block + 1].start < moment { enter(lane.block(before: moment)) }
      while next < changes.count, changes[next].time < moment { take(changes[next]) }
      var result = sum
      result.nanoseconds[value.index] &+= moment &- time
      return result
    }

    /// The next change after the moment, if it is in the same block.
    private mutating func take(_ change: Change) {
      sum.nanoseconds[value.index] &+= change.time &- time
      sum.counts[change.mark] &+= change.mark == 0 ? 0 : 1
      if change.begins { sum.counts[0] &+= 1 }
      time = change.time
      value = change.value
      next += 1
    }

    private mutating func enter(_ index: Int) {
      block = index
      changes = lane.blocks[index].changes
      sum = lane.blocks[index].totals
      time = lane.blocks[index].start
      value = .absent
      next = 0
    }
  }

  /// The stretch around a moment in which nothing changes: what it is there, since when, and until when if that is known.
  public func span(at moment: UInt64) -> (value: LaneValue, from: UInt64, to: UInt64?) {
    var index = block(before: moment == .max ? moment : moment + 1)
    guard index < blocks.count, blocks[index].start <= moment else { return (.absent, 0, begin) }
    let place = blocks[index].changes.lastIndex { $0.time <= moment } ?? 0
    let value = blocks[index].changes[place].value
    var end: UInt64?
    var after = (block: index, offset: place)
    while end == nil, let change = change(after: &after) { if !change.goesOn { end = change.time } }
    var start = blocks[index].changes[place]
    var offset = place
    while start.goesOn, offset > 0 || index > 0 {
      if offset == 0 {
        index -= 1
        offset = blocks[index].changes.count
      }
      offset -= 1
      start = blocks[index].changes[offset]
    }
    return (value, start.time, end)
  }

  private func change(after place: inout (block: Int, offset: Int)) -> Change? {
    place.offset += 1
    if place.offset >= blocks[place.block].changes.count { place = (place.block + 1, 0) }
    return place.block < blocks.count ? blocks[place.block].changes[place.offset] : nil
  }
}
