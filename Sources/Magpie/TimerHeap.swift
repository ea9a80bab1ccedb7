/// The timers of a processor: a 4-ary heap of deadlines, the earliest on top; equal deadlines in the order of arming.
struct TimerHeap {
  struct Timer {
    var deadline: UInt64
    var order: UInt64
    var fiber: FiberRef

    func isBefore(_ other: Timer) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : order < other.order
    }
  }

  private(set) var timers: [Timer] = []
  private var armed: UInt64 = 0

  var earliest: UInt64 { timers.first?.deadline ?? .max }

  /// O(log n).
  mutating func insert(_ fiber: FiberRef, deadline: UInt64) {
    armed += 1
    timers.append(Timer(deadline: deadline, order: armed, fiber: fiber))
    var child = timers.count - 1
    while child > 0 {
      let parent = (child - 1) / 4
      guard timers[child].isBefore(timers[parent]) else { break }
      timers.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the earliest timer if it is due. O(log n).
  mutating func takeDue(at now: UInt64) -> Timer? {
    guard let first = timers.first, first.deadline <= now else { return nil }
    let last = timers.removeLast()
    guard !timers.isEmpty else { return first }
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
    return first
  }
}
