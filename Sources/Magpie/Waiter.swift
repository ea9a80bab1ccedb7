/// A fiber in the line of one channel: who waits, and where its value is or goes (Go's sudog).
///
/// It lies on the waiting fiber's own stack, or for a select in its frame's memory, and is linked and unlinked under the
/// channel's lock. Rejected: linking fibers themselves, as locks do: a fiber that selects stands in several lines at once.
struct Waiter<M: Memory> {
  let fiber: FiberRef
  /// Where a receiver wants its value, or a sender has it.
  var slot: UnsafeMutableRawPointer
  /// Nil: the fiber waits here alone. Else what must be won to wake it, by the number of its case of a select, from 1.
  let claim: UnsafeMutablePointer<Claim<M>>?
  let number: UInt32
  /// What the waker says: a value was passed; else the channel was closed.
  var succeeded = false
  private(set) var isInLine = false
  private var next: UnsafeMutablePointer<Waiter>?
  private var previous: UnsafeMutablePointer<Waiter>?

  init(
    _ fiber: FiberRef, _ slot: UnsafeMutableRawPointer, claim: UnsafeMutablePointer<Claim<M>>? = nil, number: UInt32 = 0
  ) {
    self.fiber = fiber
    self.slot = slot
    self.claim = claim
    self.number = number
  }

  /// Whether who has taken the waiter out of its line may wake the fiber. Under the lock of that line.
  @inline(__always)
  func wins() -> Bool { claim?.pointee.win(number) ?? true }

  /// The waiters of one end of a channel, first come first.
  struct Line {
    private var first: UnsafeMutablePointer<Waiter>?
    private var last: UnsafeMutablePointer<Waiter>?

    var isEmpty: Bool { first == nil }

    mutating func append(_ waiter: UnsafeMutablePointer<Waiter>) {
      waiter.pointee.isInLine = true
      waiter.pointee.next = nil
      waiter.pointee.previous = last
      if let last { last.pointee.next = waiter } else { first = waiter }
      last = waiter
    }

    @inline(__always)
    mutating func popFirst() -> UnsafeMutablePointer<Waiter>? {
      guard let waiter = first else { return nil }
      first = waiter.pointee.next
      if let first { first.pointee.previous = nil } else { last = nil }
      waiter.pointee.isInLine = false
      return waiter
    }

    /// Takes a waiter out, wherever it stands. - Precondition: it is in this line.
    mutating func remove(_ waiter: UnsafeMutablePointer<Waiter>) {
      let (previous, next) = (waiter.pointee.previous, waiter.pointee.next)
      if let previous { previous.pointee.next = next } else { first = next }
      if let next { next.pointee.previous = previous } else { last = previous }
      waiter.pointee.isInLine = false
    }
  }
}

typealias WaiterRef = UnsafeMutablePointer<Waiter<RealMemory>>
