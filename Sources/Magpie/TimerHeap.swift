/// The timers of a processor: a 4-ary heap of deadlines, the earliest on top; equal deadlines in the order of arming.
///
/// A sleeper's timer always fires. That of a wait with a deadline is mostly taken back: it then stays in the heap, void, until it
/// comes to the top or void ones are more than a quarter (Go's zombies), for it would have to be searched for.
struct TimerHeap {
  struct Timer {
    var deadline: UInt64
    var order: UInt64
    /// A sleeping fiber, or, with bit 0 set, the side on which one waits. One word: the heap is moved about a lot.
    private let target: UInt

    init(deadline: UInt64, order: UInt64, fiber: FiberRef, side: PollSideRef?) {
      self.deadline = deadline
      self.order = order
      target = side.map { UInt(bitPattern: $0) | 1 } ?? UInt(bitPattern: fiber)
    }

    var isRevocable: Bool { target & 1 != 0 }
    /// Of a sleeper.
    var fiber: FiberRef? { isRevocable ? nil : FiberRef(bitPattern: target) }
    /// Of a wait with a deadline.
    var side: PollSideRef? { isRevocable ? PollSideRef(bitPattern: target & ~1) : nil }

    func isBefore(_ other: Timer) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : order < other.order
    }
  }

  private(set) var timers: [Timer] = []
  private var armed: UInt64 = 0
  /// The orders of the timers that can be taken back, and were not.
  private var revocable: Set<UInt64> = []
  private var voidCount = 0

  /// Never that of a void timer.
  var earliest: UInt64 { timers.first?.deadline ?? .max }

  /// O(log n). - Returns: what `remove` wants.
  @discardableResult
  mutating func insert(_ fiber: FiberRef, deadline: UInt64, side: PollSideRef? = nil) -> UInt64 {
    armed += 1
    timers.append(Timer(deadline: deadline, order: armed, fiber: fiber, side: side))
    if side != nil { revocable.insert(armed) }
    var child = timers.count - 1
    while child > 0 {
      let parent = (child - 1) / 4
      guard timers[child].isBefore(timers[parent]) else { break }
      timers.swapAt(child, parent)
      child = parent
    }
    return armed
  }

  /// Takes a wait's timer back, if it has not fired. O(log n), amortised.
  mutating func remove(_ order: UInt64) {
    guard revocable.remove(order) != nil else { return }
    voidCount += 1
    if voidCount > timers.count / 4 {
      timers.removeAll(where: isVoid)
      // What is sorted is a heap.
      timers.sort { $0.isBefore($1) }
      voidCount = 0
    }
    dropVoid()
  }

  /// Takes the earliest timer if it is due. O(log n).
  mutating func takeDue(at now: UInt64) -> Timer? {
    guard let first = timers.first, first.deadline <= now else { return nil }
    removeFirst()
    if first.isRevocable { revocable.remove(first.order) }
    dropVoid()
    return first
  }

  private func isVoid(_ timer: Timer) -> Bool { timer.isRevocable && !revocable.contains(timer.order) }

  private mutating func dropVoid() {
    while voidCount > 0, let first = timers.first, isVoid(first) {
      voidCount -= 1
      removeFirst()
    }
  }

  private mutating func removeFirst() {
    let last = timers.removeLast()
    guard !timers.isEmpty else { return }
    timers[0] = last
    var parent = 0
    while true {
      let children = 4 * parent + 1
      guard children < timers.count else { break }
      var least = children
      for child in children..<min(children + 4, timers.count) where timers[child].isBefore(timers[least]) {
        least = child
      }
      guard timers[least].isBefore(timers[parent]) else { break }
      timers.swapAt(parent, least)
      parent = least
    }
  }
}
