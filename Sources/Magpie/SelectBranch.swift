/// What a case on a channel does with its value. `Selection` decides; this moves.
protocol SelectBranch<Result> {
  associatedtype Result
  var core: ChannelRef { get }
  var sends: Bool { get }
  /// The case can go on at once: moves the value, gives the channel's lock back, and runs the case's closure.
  func finish(_ step: ChannelCore.Step) -> Result
  /// Room for the value while the fiber waits; the value itself, where it is to be sent.
  func makeSlot() -> UnsafeMutableRawPointer
  /// A waker has chosen this case. The slot ends.
  func resume(_ waiter: Waiter) -> Result
  /// Another case was chosen. The slot ends.
  func discard(_ slot: UnsafeMutableRawPointer)
}

struct ReceiveBranch<Element: Sendable, Result>: SelectBranch {
  let channel: Channel<Element>
  let body: (Element?) -> Result

  var core: ChannelRef { channel.core }
  var sends: Bool { false }

  func finish(_ step: ChannelCore.Step) -> Result {
    guard let value = channel.finishReceive(step) else {
      core.endClosed(step.machineRef)
      return body(nil)
    }
    return body(value)
  }

  func makeSlot() -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(UnsafeMutablePointer<Element>.allocate(capacity: 1))
  }

  func resume(_ waiter: Waiter) -> Result {
    let slot = waiter.slot.assumingMemoryBound(to: Element.self)
    let value = waiter.succeeded ? slot.move() : nil
    slot.deallocate()
    return body(value)
  }

  func discard(_ slot: UnsafeMutableRawPointer) { slot.deallocate() }
}

struct SendBranch<Element: Sendable, Result>: SelectBranch {
  let channel: Channel<Element>
  let value: Element
  let body: () -> Result

  var core: ChannelRef { channel.core }
  var sends: Bool { true }

  func finish(_ step: ChannelCore.Step) -> Result {
    step.place!.initializeMemory(as: Element.self, to: value)
    core.endSend(step)
    return body()
  }

  func makeSlot() -> UnsafeMutableRawPointer {
    let slot = UnsafeMutablePointer<Element>.allocate(capacity: 1)
    slot.initialize(to: value)
    return UnsafeMutableRawPointer(slot)
  }

  func resume(_ waiter: Waiter) -> Result {
    guard waiter.succeeded else { misuse("send on a channel that was closed meanwhile") }
    // The receiver has moved the value out.
    waiter.slot.deallocate()
    return body()
  }

  func discard(_ slot: UnsafeMutableRawPointer) {
    slot.assumingMemoryBound(to: Element.self).deinitialize(count: 1)
    slot.deallocate()
  }
}
