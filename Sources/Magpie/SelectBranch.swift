/// What a select is told of a case, but for what is done when it was chosen.
@usableFromInline
enum SelectKind {
  /// A channel, and a virtual time from which the case can go on without it.
  case channel(any SelectBranch, until: UInt64 = .max)
  case timeout(Duration)
  case tick(Ticker)
}

/// What a case on a channel does with its value: `Selection` decides, this moves. It knows nothing of the select's result, so that
/// all else is compiled once. Rejected: a protocol constrained to the result, whose metadata cost microseconds a select.
@usableFromInline
protocol SelectBranch: AnyObject {
  var core: ChannelRef { get }
  var sends: Bool { get }
  /// The case can go on at once: moves the value. The caller ends the step.
  func move(_ step: ChannelObject.Step)
  /// Room for the value while the fiber waits; the value itself, where it is to be sent.
  func makeSlot() -> UnsafeMutableRawPointer
  /// The fiber no longer waits. The slot ends.
  /// - Parameter hasMoved: whether the other side has moved a value into it, or out of it.
  func endSlot(_ slot: UnsafeMutableRawPointer, hasMoved: Bool)
}

@usableFromInline
final class ReceiveBranch<Element: Sendable>: SelectBranch {
  @usableFromInline let channel: Channel<Element>
  /// What was received; nil from a closed channel.
  @usableFromInline var value: Element?

  @inlinable
  init(_ channel: Channel<Element>) { self.channel = channel }

  @inlinable var core: ChannelRef { channel.core }
  @inlinable var sends: Bool { false }

  @inlinable
  func move(_ step: ChannelObject.Step) { value = channel.moveOut(step) }

  @inlinable
  func makeSlot() -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(UnsafeMutablePointer<Element>.allocate(capacity: 1))
  }

  @inlinable
  func endSlot(_ slot: UnsafeMutableRawPointer, hasMoved: Bool) {
    let slot = slot.assumingMemoryBound(to: Element.self)
    if hasMoved { value = slot.move() }
    slot.deallocate()
  }

  /// Gives the value away: the branch does not keep it.
  @inlinable
  func takeValue() -> Element? {
    let taken = value
    value = nil
    return taken
  }
}

@usableFromInline
final class SendBranch<Element: Sendable>: SelectBranch {
  @usableFromInline let channel: Channel<Element>
  /// Nil once it has gone.
  @usableFromInline var value: Element?

  @inlinable
  init(_ channel: Channel<Element>, _ value: Element) {
    self.channel = channel
    self.value = value
  }

  @inlinable var core: ChannelRef { channel.core }
  @inlinable var sends: Bool { true }

  @inlinable
  func move(_ step: ChannelObject.Step) {
    step.place!.initializeMemory(as: Element.self, to: value!)
    value = nil
  }

  @inlinable
  func makeSlot() -> UnsafeMutableRawPointer {
    let slot = UnsafeMutablePointer<Element>.allocate(capacity: 1)
    slot.initialize(to: value!)
    value = nil
    return UnsafeMutableRawPointer(slot)
  }

  @inlinable
  func endSlot(_ slot: UnsafeMutableRawPointer, hasMoved: Bool) {
    let slot = slot.assumingMemoryBound(to: Element.self)
    // Kept for the next wait of the same select.
    if !hasMoved { value = slot.move() }
    slot.deallocate()
  }
}
