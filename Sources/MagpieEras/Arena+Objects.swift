import Magpie
import MagpieTrace

/// Channels, locks and wait groups: what one operation does to them. The task has passed the gate, and has the arena's lock.
extension Arena {
  func nextObject() -> UInt32 {
    header.pointee.lastObject += 1
    return header.pointee.lastObject
  }

  // MARK: channels

  func send(_ value: Int, on index: Int, _ slot: Int, at time: UInt64) {
    guard !channels[index].isClosed else { fatalError("magpie: send on a closed channel") }
    let fiber = slots[slot].fiber
    if let receiver = popFirst(&channels[index].receivers) {
      slots[receiver].value = value
      slots[receiver].isGiven = true
      tellOfChannel(.channelSend, index, slot, at: time, detail: 1)
      ready(receiver, by: slot, fiber: fiber, at: time, cause: .channel, object: channels[index].id)
    } else if channels[index].count < channels[index].capacity {
      push(value, index)
      tellOfChannel(.channelSend, index, slot, at: time)
    } else {
      slots[slot].value = value
      slots[slot].isGiven = false
      append(slot, to: &channels[index].senders)
      park(slot, .channelSend, object: channels[index].id, at: time)
      guard slots[slot].isGiven else {
        unlock()
        fatalError("magpie: send on a channel that was closed meanwhile")
      }
    }
  }

  func receive(from index: Int, _ slot: Int, at time: UInt64) -> Int? {
    if channels[index].count > 0 {
      let value = values[channels[index].firstValue + channels[index].head]
      channels[index].head = (channels[index].head + 1) % channels[index].capacity
      channels[index].count -= 1
      // First in, first out: a sender that waited goes behind the last.
      let sender = popFirst(&channels[index].senders)
      if let sender { push(slots[sender].value, index) }
      tellOfChannel(.channelReceive, index, slot, at: time, detail: sender == nil ? 0 : 1)
      if let sender { take(from: sender, index, slot, at: time) }
      return value
    }
    if let sender = popFirst(&channels[index].senders) {
      let value = slots[sender].value
      tellOfChannel(.channelReceive, index, slot, at: time, detail: 1)
      take(from: sender, index, slot, at: time)
      return value
    }
    if channels[index].isClosed {
      tellOfChannel(.channelReceive, index, slot, at: time, detail: 2)
      return nil
    }
    slots[slot].isGiven = false
    append(slot, to: &channels[index].receivers)
    park(slot, .channelReceive, object: channels[index].id, at: time)
    return slots[slot].isGiven ? slots[slot].value : nil
  }

  private func take(from sender: Int, _ index: Int, _ slot: Int, at time: UInt64) {
    slots[sender].isGiven = true
    ready(sender, by: slot, fiber: slots[slot].fiber, at: time, cause: .channel, object: channels[index].id)
  }

  private func push(_ value: Int, _ index: Int) {
    let place = (channels[index].head + channels[index].count) % channels[index].capacity
    values[channels[index].firstValue + place] = value
    channels[index].count += 1
  }

  func close(_ index: Int, _ slot: Int, at time: UInt64) {
    guard !channels[index].isClosed else { fatalError("magpie: close of a closed channel") }
    channels[index].isClosed = true
    channels[index].sequence &+= 1
    let waiters = channels[index].senders.count + channels[index].receivers.count
    emit(
      .channelClose, slot, at: time, fiber: slots[slot].fiber, a: channels[index].id, b: channels[index].sequence,
      c: waiters)
    while let waiter = popFirst(&channels[index].receivers) ?? popFirst(&channels[index].senders) {
      ready(waiter, by: slot, fiber: slots[slot].fiber, at: time, cause: .channel, object: channels[index].id)
    }
  }

  private func tellOfChannel(_ kind: EventKind, _ index: Int, _ slot: Int, at time: UInt64, detail: UInt8 = 0) {
    channels[index].sequence &+= 1
    emit(
      kind, slot, at: time, fiber: slots[slot].fiber, detail: detail, a: channels[index].id,
      b: channels[index].sequence,
      c: UInt32(clamping: channels[index].count))
  }

  // MARK: locks

  /// Takes the lock, or parks for it; whoever was woken for it competes with newcomers, as futexes have it.
  /// - Returns: whether it has it.
  func tryToTake(_ index: Int, _ slot: Int, at time: UInt64) -> Bool {
    let wasHeir = slots[slot].isHeir
    slots[slot].isHeir = false
    if mutexes[index].holder == 0 {
      mutexes[index].holder = slots[slot].fiber
      tellOfLock(.lockAcquire, index, slot, at: time)
      return true
    }
    if wasHeir { prepend(slot, to: &mutexes[index].line) } else { append(slot, to: &mutexes[index].line) }
    tellOfLock(.lockWait, index, slot, at: time)
    park(slot, .lock, object: mutexes[index].id, at: time)
    return false
  }

  func giveBack(_ index: Int, _ slot: Int, at time: UInt64) {
    mutexes[index].holder = 0
    tellOfLock(.lockRelease, index, slot, at: time)
    wakeHeir(of: index, slot, at: time)
  }

  func wakeHeir(of index: Int, _ slot: Int, at time: UInt64) {
    guard let heir = popFirst(&mutexes[index].line) else { return }
    slots[heir].isHeir = true
    ready(heir, by: slot, fiber: slots[slot].fiber, at: time, cause: .lock, object: mutexes[index].id)
  }

  private func tellOfLock(_ kind: EventKind, _ index: Int, _ slot: Int, at time: UInt64) {
    mutexes[index].sequence &+= 1
    emit(
      kind, slot, at: time, fiber: slots[slot].fiber, a: mutexes[index].id, b: mutexes[index].sequence,
      c: mutexes[index].line.count)
  }

  // MARK: wait groups

  func change(_ index: Int, by amount: Int, _ slot: Int, at time: UInt64) {
    groups[index].count += amount
    guard groups[index].count >= 0 else {
      unlock()
      fatalError("magpie: a wait group's count fell below zero: done was called more often than was added")
    }
    groups[index].sequence &+= 1
    emit(
      .waitGroupCount, slot, at: time, fiber: slots[slot].fiber, a: groups[index].id, b: groups[index].sequence,
      c: UInt32(clamping: groups[index].count))
    guard groups[index].count == 0 else { return }
    while let waiter = popFirst(&groups[index].line) {
      ready(waiter, by: slot, fiber: slots[slot].fiber, at: time, cause: .waitGroup, object: groups[index].id)
    }
  }
}
