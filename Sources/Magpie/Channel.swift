/// A queue between fibers: buffered, or a meeting point of sender and receiver (Go's chan).
///
/// A send to a waiting receiver goes straight to it, past the buffer. Waiters are served first come, first served.
public final class Channel<Element: Sendable>: Sendable {
  @usableFromInline nonisolated(unsafe) let core: ChannelRef
  /// Values that fit.
  public let capacity: Int
  /// The object's number in the trace, or 0.
  var id: UInt32 { core.pointee.id }

  /// - Parameter capacity: values that it holds before a sender waits; with 0 sender and receiver meet.
  @inlinable
  public init(capacity: Int = 0) {
    self.capacity = capacity
    core = .make(capacity: capacity, stride: MemoryLayout<Element>.stride, alignment: MemoryLayout<Element>.alignment)
  }

  @inlinable
  deinit {
    for number in 0..<core.count { core.place(number).assumingMemoryBound(to: Element.self).deinitialize(count: 1) }
    core.destroy()
  }

  /// Sends a value: to a waiting receiver, into the buffer, or the fiber waits until it is taken.
  /// - Precondition: the channel is open. Sending on a closed one is a programming error and traps.
  @inlinable
  public func send(_ value: Element) {
    let step = core.beginSend()
    if let place = step.place {
      place.initializeMemory(as: Element.self, to: value)
      core.endSend(step)
    } else {
      withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { slot in
        // The receiver moves it out.
        slot.baseAddress!.initialize(to: value)
        core.waitToSend(step, slot.baseAddress!)
      }
    }
  }

  /// Receives a value, waiting for one.
  /// - Returns: nil once the channel is closed and empty.
  @inlinable
  public func receive() -> Element? {
    let step = core.beginReceive()
    if step.place != nil {
      let value = moveOut(step)
      core.endReceive(step)
      return value
    }
    return withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { slot in
      core.waitToReceive(step, slot.baseAddress!) ? slot.baseAddress!.move() : nil
    }
  }

  /// Moves the value out of the place that was found, and up what waits for that place.
  @inlinable @inline(__always)
  func moveOut(_ step: ChannelObject.Step) -> Element {
    let place = step.place!.assumingMemoryBound(to: Element.self)
    let value = place.move()
    if step.partner != nil, let next = core.refill(step) {
      place.moveInitialize(from: next.assumingMemoryBound(to: Element.self), count: 1)
    }
    return value
  }

  /// Closes the channel: receivers get what is buffered, then nil.
  /// - Precondition: it is open, and nobody waits to send.
  public func close() { core.close() }
}

extension Channel: Sequence {
  /// Receives until the channel is closed.
  public func makeIterator() -> AnyIterator<Element> { AnyIterator { self.receive() } }
}
