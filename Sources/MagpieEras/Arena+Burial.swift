import MagpieTrace
import Synchronization

/// A process that ended before its time, taken out of the world. In the host, which has reaped it.
///
/// *A slot without a process.* A task gets its slot before it gets its process, for its events are told in order. Its maker may be
/// killed between the two, and nobody can know whether it had forked already. So a slot says who makes it, until the one who is made
/// says its own number under the lock; and when a maker dies, those of its slots of which no process is known are buried with it. A
/// process that comes to such a slot then finds that it is no longer its own, and ends (`KernelTasks.runTask`).
extension Arena {
  /// Takes the task of a process out of the world, and those that it was about to make: what they held is free, what they waited for
  /// waits no longer. Others that wait for what they would have done may end in a deadlock, which is told.
  /// - Returns: false if it may have been a task's whose slot nobody can tell yet.
  func bury(process: Int32, signal: Int32, status: Int32) -> Bool {
    lockAndRepair(after: process)
    defer { unlock() }
    guard header.pointee.ended.load(ordering: .relaxed) == 0 else { return true }
    let used = (0..<header.pointee.slotsMade).filter { slots[$0].state != .free }
    for unborn in used where slots[unborn].process == 0 && slots[unborn].maker == process {
      bury(unborn, signal: signal, status: status, isUnborn: true)
    }
    let slot = used.first { slots[$0].process == process }
    if let slot { bury(slot, signal: signal, status: status) }
    if slot == nil, header.pointee.lastInside == process {
      // It was killed while it ended, when its slot was free already: nobody else looks whether the run is over.
      note(CrashRecord(signal: signal, status: status))
      lookForEnd(at: now)
    }
    return slot != nil || !hasUnborn
  }

  /// The same for one that was reaped before its maker had said whose it was. Another process may have its number by now, and says
  /// so itself.
  /// - Returns: whether that is settled.
  func bury(stray process: Int32, signal: Int32, status: Int32) -> Bool {
    lockAndRepair()
    defer { unlock() }
    guard header.pointee.ended.load(ordering: .relaxed) == 0 else { return true }
    let slot = (0..<header.pointee.slotsMade).first {
      slots[$0].state != .free && slots[$0].process == process && slots[$0].thread == 0
    }
    if let slot { bury(slot, signal: signal, status: status) }
    return slot != nil || !hasUnborn
  }

  /// Whether there is a task whose process nobody knows.
  private var hasUnborn: Bool {
    (0..<header.pointee.slotsMade).contains { slots[$0].state != .free && slots[$0].process == 0 }
  }

  /// Takes the lock in the host, which never does so otherwise: it would wait for one that only it can reap. If one had it that has
  /// ended, all is put right first.
  func lockAndRepair(after reaped: Int32 = 0) {
    let dead = lockInHost(after: reaped)
    guard dead != 0, header.pointee.ended.load(ordering: .relaxed) == 0 else { return }
    // It may be the host itself that has just ended it, to stop the run: then nothing is to go on from here.
    guard !isAskedToEnd else { return finish(.stopped) }
    header.pointee.lastInside = dead
    let time = now
    let tail = header.pointee.logTail.load(ordering: .relaxed)
    let last = log[Int((tail &- 1) & UInt64(header.pointee.logCapacity - 1))]
    emit(.controlLost, 0, at: time, a: 1)
    repair(after: last, at: time)
  }

  /// Four are kept.
  private func note(_ crash: CrashRecord) {
    switch header.pointee.crashCount {
    case 0: header.pointee.crashes.0 = crash
    case 1: header.pointee.crashes.1 = crash
    case 2: header.pointee.crashes.2 = crash
    case 3: header.pointee.crashes.3 = crash
    default: break
    }
    header.pointee.crashCount += 1
  }

  private func bury(_ slot: Int, signal: Int32, status: Int32, isUnborn: Bool = false) {
    let time = max(now, slots[slot].stillTime)
    note(
      CrashRecord(
        fiber: slots[slot].fiber, name: slots[slot].name, signal: signal, status: status, isUnborn: isUnborn))
    if !slots[slot].hasBegun { begin(slot, at: time) }
    stopWaiting(slot, at: time)
    giveBackLocks(of: slot, at: time)
    if header.pointee.granted == slot { header.pointee.granted = -1 }
    if header.pointee.holdsAfter == slot { header.pointee.holdsAfter = -1 }
    slots[slot].isAtGate = false
    endTask(slot, at: time)
  }

  private func stopWaiting(_ slot: Int, at time: UInt64) {
    let fiber = slots[slot].fiber
    switch slots[slot].state {
    case .parked:
      for index in 0..<header.pointee.channelCount where channels[index].id == slots[slot].object {
        remove(slot, from: &channels[index].senders)
        remove(slot, from: &channels[index].receivers)
      }
      for index in 0..<header.pointee.mutexCount where mutexes[index].id == slots[slot].object {
        remove(slot, from: &mutexes[index].line)
      }
      for index in 0..<header.pointee.groupCount where groups[index].id == slots[slot].object {
        remove(slot, from: &groups[index].line)
      }
      if header.pointee.lonely == slot { header.pointee.lonely = -1 }
      ready(slot, by: slot, fiber: 0, at: time, cause: .cancelled, object: slots[slot].object)
    case .sleeping:
      emit(
        .fiberReady, slot, at: time, fiber: fiber, detail: ReadyCause.cancelled.rawValue, b: slots[slot].sequence,
        d: UInt32(slot))
    case .inCall: emit(.machineSyscallExit, slot, at: time, fiber: fiber, detail: SyscallExit.fast.rawValue)
    case .active, .free: break
    }
    slots[slot].state = .active
  }

  private func giveBackLocks(of slot: Int, at time: UInt64) {
    for index in 0..<header.pointee.mutexCount {
      if mutexes[index].holder == slots[slot].fiber {
        giveBack(index, slot, at: time)
      } else if slots[slot].isHeir, mutexes[index].holder == 0 {
        // It was woken for a lock and never took it: the next in line is woken instead.
        wakeHeir(of: index, slot, at: time)
      }
    }
  }
}
