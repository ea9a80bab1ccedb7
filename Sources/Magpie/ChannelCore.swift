/// What of a channel two fibers may want at once: its lock, who waits, and which places of the buffer are filled (Go's hchan).
///
/// ### The argument
/// 1. All but the lock is touched only with the lock held. Each operation finds its place, moves its value, and gives the lock back.
/// 2. A receiver waits only while no value is buffered and no sender waits, a sender only while the buffer is full and no receiver
///    waits; whoever comes looks at those who wait before it waits itself, with the lock held. So of a sender and a receiver that
///    both wait, one came second, and has seen the first.
/// 3. Who waits goes into line, and leaves its stack, before the lock is given back: whoever finds it there finds it parked.
/// 4. A waker takes a waiter out of its line, and wakes it only if its `Claim` is won: a select stands in several lines.
///
/// Methods of a pointer, and lists that are taken out, changed and put back: a change in place counts, for ThreadSanitizer, as one of
/// all that is there, and so as a race with whoever tries the lock.
///
/// All interleavings of few senders, receivers, a close, and a select with two senders or a timer are tried by the tests.
///
/// Rejected: a lock-free buffer, which would still need the lines and their lock, and could not keep both ends in order.
struct ChannelCore<M: Memory>: ~Copyable {
  typealias WaiterRef = UnsafeMutablePointer<Waiter<M>>

  /// Where a value goes to, or comes from.
  enum Place {
    /// A place of the buffer. When receiving, the waiting sender whose value goes to the place that is left.
    case buffer(Int, sender: WaiterRef?)
    /// The other side waits; its waiter is out of its line.
    case waiter(WaiterRef)
    case closed
    /// The caller must wait.
    case none
  }

  // The lock stays the first field: its address is the core's. All that changes fits into one line of the cache, what does not
  // begins the next.
  let lock = Lock<M>()
  /// For all that follows.
  let memory = PlainMemory<M>("channel")
  var head = 0
  var count = 0
  var receivers = Waiter<M>.Line()
  var senders = Waiter<M>.Line()
  /// Raised by each operation: orders the channel's events in the trace.
  var sequence: UInt32 = 0
  var isClosed = false
  let capacity: Int

  init(capacity: Int) { self.capacity = capacity }
}

/// With the lock held.
extension UnsafeMutablePointer where Pointee: ~Copyable {
  /// The place of the n-th buffered value, the oldest being 0.
  @inline(__always)
  func index<M: Memory>(_ number: Int) -> Int where Pointee == ChannelCore<M> {
    // Head and number are at most the capacity.
    let index = pointee.head &+ number
    return index >= pointee.capacity ? index &- pointee.capacity : index
  }

  @inline(__always)
  func placeToSend<M: Memory>() -> ChannelCore<M>.Place where Pointee == ChannelCore<M> {
    pointee.memory.write()
    if pointee.isClosed { return .closed }
    if let receiver = popReceiver() {
      receiver.pointee.succeeded = true
      return .waiter(receiver)
    }
    guard pointee.count < pointee.capacity else { return .none }
    let place = index(pointee.count)
    pointee.count = pointee.count &+ 1
    return .buffer(place, sender: nil)
  }

  @inline(__always)
  func placeToReceive<M: Memory>() -> ChannelCore<M>.Place where Pointee == ChannelCore<M> {
    pointee.memory.write()
    guard pointee.count > 0 else {
      guard let sender = popSender() else { return pointee.isClosed ? .closed : .none }
      sender.pointee.succeeded = true
      return .waiter(sender)
    }
    let place = index(0)
    pointee.head = pointee.head &+ 1 == pointee.capacity ? 0 : pointee.head &+ 1
    let sender = popSender()
    if let sender { sender.pointee.succeeded = true } else { pointee.count = pointee.count &- 1 }
    return .buffer(place, sender: sender)
  }

  /// Puts a waiter into one of both lines.
  @inline(__always)
  func append<M: Memory>(_ waiter: UnsafeMutablePointer<Waiter<M>>, sends: Bool) where Pointee == ChannelCore<M> {
    changeLine(sends: sends) { $0.append(waiter) }
  }

  /// Takes a waiter out of its line, if it is still there.
  @inline(__always)
  func remove<M: Memory>(_ waiter: UnsafeMutablePointer<Waiter<M>>, sends: Bool) where Pointee == ChannelCore<M> {
    if waiter.pointee.isInLine { changeLine(sends: sends) { $0.remove(waiter) } }
  }

  /// Closes it, if it is open. Waiters that `popReceiver` and `popSender` then bring say that nothing was passed.
  func close<M: Memory>() -> Bool where Pointee == ChannelCore<M> {
    pointee.memory.write()
    if pointee.isClosed { return false }
    pointee.isClosed = true
    return true
  }

  /// The first in line whom no other waker was quicker to wake.
  @inline(__always)
  func popReceiver<M: Memory>() -> UnsafeMutablePointer<Waiter<M>>? where Pointee == ChannelCore<M> {
    var receivers = pointee.receivers
    defer { pointee.receivers = receivers }
    while let waiter = receivers.popFirst() { if waiter.pointee.wins() { return waiter } }
    return nil
  }

  @inline(__always)
  func popSender<M: Memory>() -> UnsafeMutablePointer<Waiter<M>>? where Pointee == ChannelCore<M> {
    var senders = pointee.senders
    defer { pointee.senders = senders }
    while let waiter = senders.popFirst() { if waiter.pointee.wins() { return waiter } }
    return nil
  }

  @inline(__always)
  private func changeLine<M: Memory>(sends: Bool, _ body: (inout Waiter<M>.Line) -> Void)
  where Pointee == ChannelCore<M> {
    pointee.memory.write()
    var line = sends ? pointee.senders : pointee.receivers
    body(&line)
    if sends { pointee.senders = line } else { pointee.receivers = line }
  }
}
