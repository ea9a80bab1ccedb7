/// The timers of a processor: a 4-ary heap of deadlines, the earliest on top; equal deadlines in the order of arming.
struct TimerHeap {
  /// What a fiber waits for besides its time.
  enum Kind: UInt {
    /// Nothing: the timer always fires.
    case sleep = 0
    /// A case of a select.
    case select = 1
    /// A file.
    case netpoll = 2
  }

  struct Timer {
    var deadline: UInt64
    var order: UInt64
    /// The fiber, with the kind in its low bits: the heap is moved about a lot.
    private let word: UInt

    init(_ fiber: FiberRef, deadline: UInt64, order: UInt64, _ kind: Kind) {
      self.deadline = deadline
      self.order = order
      word = UInt(bitPattern: fiber) | kind.rawValue
    }

    var fiber: FiberRef { FiberRef(bitPattern: word & ~3)! }
    var kind: Kind { Kind(rawValue: word & 3)! }
    /// It may be taken back: its fiber is told where it is.
    var isRemovable: Bool { word & 3 != 0 }

    func isBefore(_ other: Timer) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : order < other.order
    }
  }

  private(set) var timers: [Timer] = []
  private var armed: UInt64 = 0

  var earliest: UInt64 { timers.first?.deadline ?? .max }

  /// O(log n).
  mutating func insert(_ fiber: FiberRef, deadline: UInt64, _ kind: Kind = .sleep) {
    armed += 1
    let timer = Timer(fiber, deadline: deadline, order: armed, kind)
    timers.append(timer)
    rise(timer, from: timers.count - 1)
  }

  /// Takes the earliest timer if it is due. O(log n).
  mutating func takeDue(at now: UInt64) -> Timer? {
    guard let first = timers.first, first.deadline <= now else { return nil }
    remove(at: 0)
    return first
  }

  /// O(log n).
  mutating func remove(at index: Int) {
    if timers[index].isRemovable { timers[index].fiber.pointee.timerIndex = -1 }
    let last = timers.removeLast()
    guard index < timers.count else { return }
    // The last one takes its place, which may be too deep for it or too high.
    if index > 0, last.isBefore(timers[(index - 1) / 4]) { rise(last, from: index) } else { sink(last, from: index) }
  }

  /// Puts a timer where it belongs, on the way up from an index that is free for it.
  private mutating func rise(_ timer: Timer, from index: Int) {
    var child = index
    while child > 0 {
      let parent = (child - 1) / 4
      guard timer.isBefore(timers[parent]) else { break }
      put(timers[parent], at: child)
      child = parent
    }
    put(timer, at: child)
  }

  /// The same on the way down.
  private mutating func sink(_ timer: Timer, from index: Int) {
    var parent = index
    while true {
      let children = 4 * parent + 1
      guard children < timers.count else { break }
      var least = children
      for child in children..<min(children + 4, timers.count) where timers[child].isBefore(timers[least]) {
        least = child
      }
      guard timers[least].isBefore(timer) else { break }
      put(timers[least], at: parent)
      parent = least
    }
    put(timer, at: parent)
  }

  @inline(__always)
  private mutating func put(_ timer: Timer, at index: Int) {
    timers[index] = timer
    if timer.isRemovable { timer.fiber.pointee.timerIndex = index }
  }
}
