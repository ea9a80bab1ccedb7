import CKernel
import Magpie
import MagpieTrace
import Synchronization

/// Breakpoints. A task may be in another process, which cannot know what the viewer's closure wants; so while there is one, each task
/// asks at the gate and stands there, and a thread of the viewer answers: it may pass, or the program is held before it does.
final class Doorkeeper: Sendable {
  private struct State {
    var always: (@Sendable (Upcoming) -> Bool)?
    var once: (@Sendable (Upcoming) -> Bool)?
    var stoppedBefore: Upcoming?
    /// What it was stopped before goes on without being asked again.
    var isRunning = false
    /// The kernel's id of the thread that answers, while there is one.
    var thread: Int32?
    var hasEnded = false
  }

  private let arena: Arena
  private let state = ThreadMutex(State())
  /// Real nanoseconds after which it looks whether it should end.
  private static let pause: Int64 = 100_000_000

  init(_ arena: Arena) { self.arena = arena }

  func setBreakpoint(_ stopsBefore: (@Sendable (Upcoming) -> Bool)?) {
    state.withLock { $0.always = stopsBefore }
    change()
  }

  func setOnce(_ stopsBefore: @escaping @Sendable (Upcoming) -> Bool) {
    forget()
    state.withLock { $0.once = stopsBefore }
    change()
  }

  var stoppedBefore: Upcoming? { state.withLock { $0.stoppedBefore } }

  /// What the program was stopped before goes on.
  /// - Parameter isStepped: as a step, which passes in any case.
  func forget(isStepped: Bool = false) {
    let stopped = state.withLock { state in
      defer { state.stoppedBefore = nil }
      return state.stoppedBefore
    }
    guard let stopped, !isStepped else { return }
    arena.withLock { arena.slots[Int(stopped.machine)].isAllowed = true }
  }

  func end() { state.withLock { $0.hasEnded = true } }

  /// Has tasks ask from now on, or no longer.
  private func change() {
    let (asks, starts) = state.withLock { state in
      let asks = state.always != nil || state.once != nil
      defer { if asks { state.isRunning = true } }
      return (asks, asks && !state.isRunning)
    }
    if starts {
      var thread: UInt64 = 0
      let box = Unmanaged.passRetained(self)
      let error = ck_thread_start(
        &thread, "magpie-door", { Unmanaged<Doorkeeper>.fromOpaque($0!).takeRetainedValue().answer() }, box.toOpaque())
      if error != 0 {
        box.release()
        state.withLock { $0.isRunning = false }
        return
      }
      ck_thread_detach(thread)
    }
    arena.withLock {
      arena.header.pointee.asks = asks
      for slot in 0..<arena.header.pointee.slotsMade where arena.slots[slot].asks { arena.rouse(slot) }
    }
  }

  /// The kernel's id of the thread that answers, if one does.
  var thread: Int32? { state.withLock { $0.thread } }

  private func answer() {
    state.withLock { $0.thread = ck_thread_id() }
    defer { state.withLock { $0.thread = nil } }
    while arena.end == nil, !state.withLock({ $0.hasEnded }) {
      let seen = arena.header.pointee.askWord.load(ordering: .acquiring)
      arena.withLock { answerAll() }
      arena.header.pointee.askWord.sleep(while: seen, atMost: Doorkeeper.pause, acrossProcesses: true)
    }
  }

  /// The one whose time is the earliest first; the rest once the program goes on. The lock is held.
  private func answerAll() {
    while arena.header.pointee.isHeld.load(ordering: .relaxed) == 0 {
      let asking = (0..<arena.header.pointee.slotsMade).filter {
        arena.slots[$0].asks && arena.slots[$0].isAtGate && !arena.slots[$0].isAllowed && !arena.slots[$0].isFrozen
      }
      guard let slot = asking.min(by: { (arena.slots[$0].stillTime, $0) < (arena.slots[$1].stillTime, $1) }) else {
        return
      }
      let upcoming = arena.upcoming(slot)
      let stops = state.withLock { state in
        let stops = state.always?(upcoming) == true || state.once?(upcoming) == true
        if stops {
          state.once = nil
          state.stoppedBefore = upcoming
        }
        return stops
      }
      if stops {
        arena.setHeld()
        if state.withLock({ $0.always == nil }) { arena.header.pointee.asks = false }
      } else {
        arena.slots[slot].isAllowed = true
        arena.rouse(slot)
      }
    }
  }
}

extension Arena {
  /// What the task of a slot is about to do. The lock is held.
  func upcoming(_ slot: Int) -> Upcoming {
    let (certain, possible) = slots[slot].operation.events
    return Upcoming(
      certain: certain, possible: possible, machine: UInt16(truncatingIfNeeded: slot), processor: Event.noProcessor,
      fiber: slots[slot].fiber, time: slots[slot].stillTime)
  }

  var upcoming: [Upcoming] { (0..<header.pointee.slotsMade).filter { slots[$0].isAtGate }.map(upcoming) }
}
