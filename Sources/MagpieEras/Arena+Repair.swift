import Magpie
import MagpieTrace
import Synchronization

/// What a process that was killed in the middle of an operation has left half done, put right as far as others need it to go on.
///
/// The lock is held throughout. A task that was taken out of a line and not told so would wait for ever, and counts that disagree with
/// the slots would hide that from the look for a deadlock. What was lost for good, as a value on its way, stays lost: the log says so.
extension Arena {
  /// O(tasks and objects).
  /// - Parameter last: the last event that the dead one has written.
  func repair(after last: Event, at time: UInt64) {
    var isInLine: Set<Int> = []
    for index in 0..<header.pointee.channelCount {
      mend(&channels[index].senders, of: channels[index].id, &isInLine)
      mend(&channels[index].receivers, of: channels[index].id, &isInLine)
    }
    for index in 0..<header.pointee.mutexCount { mend(&mutexes[index].line, of: mutexes[index].id, &isInLine) }
    for index in 0..<header.pointee.groupCount { mend(&groups[index].line, of: groups[index].id, &isInLine) }
    let used = (0..<header.pointee.slotsMade).filter { slots[$0].state != .free }
    // What it has told, and not noted that it has; or noted, and not told.
    for slot in used where slots[slot].fiber == last.fiber {
      if last.kind == .fiberCreate { slots[slot].isToldOf = true }
      if last.kind == .fiberExit { slots[slot].isEndTold = true }
    }
    for slot in used where !slots[slot].isToldOf {
      tellOf(slot, by: used.first { slots[$0].process == slots[slot].maker }, at: time)
    }
    header.pointee.live = used.count
    header.pointee.parked = used.count { slots[$0].state == .parked }
    header.pointee.firstFree =
      (0..<header.pointee.slotsMade).first { slots[$0].state == .free } ?? header.pointee.slotsMade
    for slot in used where slots[slot].state == .parked && !isInLine.contains(slot) && slot != header.pointee.lonely {
      // Whoever took it out of its line meant to wake it; a sender's value is taken, or lost.
      if slots[slot].parkReason == ParkReason.channelSend.rawValue, !isClosed(slots[slot].object) {
        slots[slot].isGiven = true
      }
      cancel(slot, at: time)
    }
    for slot in used { rouse(slot) }
    // What is closed, or has come to zero, lets all go.
    for index in 0..<header.pointee.channelCount where channels[index].isClosed {
      while let slot = popFirst(&channels[index].receivers) ?? popFirst(&channels[index].senders) {
        cancel(slot, at: time)
      }
    }
    for index in 0..<header.pointee.groupCount where groups[index].count == 0 {
      while let slot = popFirst(&groups[index].line) { cancel(slot, at: time) }
    }
    for index in 0..<header.pointee.mutexCount where mutexes[index].holder == 0 {
      // One too many costs it one more look.
      if let heir = mutexes[index].line.first == 0 ? nil : Int(mutexes[index].line.first) - 1 {
        wakeHeir(of: index, heir, at: time)
      }
    }
    wakeLonely(by: nil, fiber: 0, at: time)
  }

  private func cancel(_ slot: Int, at time: UInt64) {
    ready(slot, by: slot, fiber: 0, at: time, cause: .cancelled, object: slots[slot].object)
  }

  private func isClosed(_ object: UInt32) -> Bool {
    (0..<header.pointee.channelCount).contains { channels[$0].id == object && channels[$0].isClosed }
  }

  /// Keeps those that wait for the object, in their order, each once.
  private func mend(_ line: inout TaskLine, of object: UInt32, _ isInLine: inout Set<Int>) {
    var waiting: [Int] = []
    var entry = line.first
    while entry != 0, Int(entry) <= header.pointee.slotsMade {
      let slot = Int(entry) - 1
      guard !waiting.contains(slot) else { break }
      if slots[slot].state == .parked, slots[slot].object == object { waiting.append(slot) }
      entry = slots[slot].next
    }
    line = TaskLine()
    for slot in waiting { append(slot, to: &line) }
    isInLine.formUnion(waiting)
  }
}
