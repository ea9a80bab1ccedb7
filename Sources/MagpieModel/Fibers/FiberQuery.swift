/// Which live fibers are asked for, and in what order; gives pages of them.
///
/// A page costs a look at each live fiber, and puts in order only what is on it: 100,000 fibers take some milliseconds.
/// What is known of names is kept from page to page.
public struct FiberQuery: Sendable {
  public var order = FiberOrder.number
  public var isReversed = false
  public var filter: FiberFilter? {
    didSet { matches = [:] }
  }

  /// The places of names in their order, by string id.
  private var ranks: [UInt32: UInt64] = [:]
  private var rankedCount = 0
  /// Whether the filter asks for a name, by string id.
  private var matches: [UInt32: Bool] = [:]

  public init() {}

  /// The greatest comes first, as the order has it or reversed.
  public var isDescending: Bool { order.isDescending != isReversed }

  struct Entry {
    var key: UInt64
    var id: UInt32
    var index: UInt32

    @inline(__always)
    static func < (left: Entry, right: Entry) -> Bool {
      left.key == right.key ? left.id < right.id : left.key < right.key
    }
  }

  /// The rows that are asked for.
  /// - Parameters:
  ///   - history: gives the names.
  ///   - isStill: whether the moment stays, so that new names are worth a sort.
  /// - Complexity: O(live fibers), and O(rows · log rows) for the order; new names take O(names · log names) now and then.
  public mutating func page(
    _ state: SchedulerState, _ history: History, _ request: FiberPageRequest, isStill: Bool
  ) -> FiberPage {
    if order == .name { rank(history, isStill: isStill) }
    var page = FiberPage()
    var entries = entries(state, history, &page.counts)
    page.count = entries.count
    let rows = max(request.rows, 0)
    var first = request.first
    let cursor = request.cursor.flatMap { place(of: $0, entries) }
    var target: Int?
    if let cursor {
      let wanted = min(max(cursor + request.move, 0), entries.count - 1)
      first = wanted - min(max(request.line + wanted - cursor, 0), max(rows - 1, 0))
      target = wanted
    }
    first = max(min(first, entries.count - rows), 0)
    let end = min(first + rows, entries.count)
    FiberQuery.order(&entries, first..<end)
    page.first = first
    page.rows = entries[first..<end].map { state.fiberState(at: Int($0.index)) }
    page.cursor = target.flatMap { (first..<end).contains($0) ? $0 - first : nil }
    return page
  }

  private mutating func entries(
    _ state: SchedulerState, _ history: History, _ counts: inout FiberPage.Counts
  ) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(filter == nil ? state.liveFiberCount : 1024)
    var lastName: (id: UInt32, rank: UInt64?) = (0, nil)
    for index in state.fibers.indices where state.fibers[index].place != .none {
      let record = state.fibers[index]
      switch record.stateCode {
      case 0, 1: counts.running &+= 1
      case 2...5: counts.ready &+= 1
      case 6: counts.blocked &+= 1
      case 31: counts.unknown &+= 1
      default: counts.waiting &+= 1
      }
      if let filter, !filter.matches(record, state, index, history, &matches) { continue }
      var key = record.key(order, state, index: index)
      if order == .name {
        if lastName.id != record.name { lastName = (record.name, ranks[record.name]) }
        key = record.name == 0 ? nil : lastName.rank
      }
      let value = key.map { isReversed ? UInt64.max &- 1 &- $0 : $0 } ?? .max
      entries.append(Entry(key: value, id: record.id, index: UInt32(truncatingIfNeeded: index)))
    }
    return entries
  }

  /// How many come before a fiber; nil if it is not among them.
  private func place(of id: UInt32, _ entries: [Entry]) -> Int? {
    guard let wanted = entries.first(where: { $0.id == id }) else { return nil }
    var count = 0
    for entry in entries where entry < wanted { count &+= 1 }
    return count
  }

  /// Puts the names in order again when there are new ones: at once when the moment stays, else when they are many.
  private mutating func rank(_ history: History, isStill: Bool) {
    let count = history.strings.count
    guard count != rankedCount, isStill || count - rankedCount > rankedCount / 8 else { return }
    rankedCount = count
    ranks = [:]
    var last: (text: String, rank: UInt64)?
    for (id, text) in history.strings.all.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      // Equal names have one rank, whatever their ids.
      let rank = last.map { $0.text == text ? $0.rank : $0.rank + 1 } ?? 0
      ranks[id] = rank
      last = (text, rank)
    }
  }

  /// Puts what belongs into a range of places there, in order; what is before and after stays in any order.
  static func order(_ entries: inout [Entry], _ wanted: Range<Int>) {
    var open = [entries.startIndex..<entries.endIndex]
    var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    while let range = open.popLast() {
      guard range.overlaps(wanted), range.count > 1 else { continue }
      if range.count <= 24 {
        entries[range].sort(by: <)
        continue
      }
      // A drawn pivot: no arrangement of fibers makes it slow.
      random ^= random &<< 13
      random ^= random &>> 7
      random ^= random &<< 17
      let pivot = entries[range.lowerBound + Int(truncatingIfNeeded: random &>> 33) % range.count]
      var low = range.lowerBound
      var high = range.upperBound - 1
      while low <= high {
        while entries[low] < pivot { low &+= 1 }
        while pivot < entries[high] { high &-= 1 }
        if low <= high {
          entries.swapAt(low, high)
          low &+= 1
          high &-= 1
        }
      }
      if range.lowerBound < high + 1 { open.append(range.lowerBound..<high + 1) }
      if low < range.upperBound { open.append(low..<range.upperBound) }
    }
  }
}
