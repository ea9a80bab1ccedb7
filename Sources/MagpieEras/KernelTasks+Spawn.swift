import CKernel
import Glibc
import Magpie
import MagpieTrace
import Synchronization

/// Starting tasks: a thread or a process each.
extension KernelTasks {
  /// What a new thread begins with.
  private final class Entry {
    let tasks: KernelTasks
    let slot: Int
    let fiber: UInt32
    let body: @Sendable () -> Void

    init(_ tasks: KernelTasks, _ slot: Int, _ body: @escaping @Sendable () -> Void) {
      (self.tasks, self.slot, self.body) = (tasks, slot, body)
      fiber = tasks.arena.slots[slot].fiber
    }
  }

  /// Real nanoseconds for which the kernel may refuse another thread or process, while others end.
  private static let patience: UInt64 = 5_000_000_000
  /// A stack for a thread where there is no room for one of the usual size.
  private static let smallStack = 256 << 10

  public func spawn(name: String, _ body: @escaping @Sendable () -> Void) {
    let me = me
    let time = arena.pass(me, .spawn)
    let slot = arena.makeTask(name: name, by: me, at: time)
    if slot == nil { arena.finish(.limit) }
    arena.unlock()
    guard let slot, start(slot, body) else { return checkpoint() }
  }

  /// Starts the first task. - Returns: false if the kernel refuses it.
  func startFirst(_ body: @escaping @Sendable () -> Void) -> Bool {
    let slot = arena.withLock { arena.makeTask(name: "main", by: nil, at: arena.now)! }
    return start(slot, body, isFirst: true)
  }

  /// Gives the task of a slot its thread or process, again and again while the kernel refuses.
  private func start(_ slot: Int, _ body: @escaping @Sendable () -> Void, isFirst: Bool = false) -> Bool {
    let end = ck_monotonic_ns() + KernelTasks.patience
    while true {
      if hasProcesses ? fork(slot, body, isFirst: isFirst) : startThread(slot, body) { return true }
      if arena.end != nil { return false }
      if ck_monotonic_ns() > end {
        arena.withLock { arena.finish(.limit) }
        return false
      }
      usleep(1000)
    }
  }

  private func startThread(_ slot: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
    let entry = Unmanaged.passRetained(Entry(self, slot, body))
    arena.header.pointee.threadCount.wrappingAdd(1, ordering: .relaxed)
    for stack in [0, KernelTasks.smallStack] {
      let error = ck_task_thread_start(
        stack,
        {
          let entry = Unmanaged<Entry>.fromOpaque($0!).takeUnretainedValue()
          entry.tasks.runTask(entry.slot, entry.fiber, entry.body)
        },
        {
          let entry = Unmanaged<Entry>.fromOpaque($0!).takeRetainedValue()
          entry.tasks.arena.forgetThread()
        }, entry.toOpaque())
      if error == 0 { return true }
    }
    entry.release()
    arena.forgetThread()
    return false
  }

  private func fork(_ slot: Int, _ body: @escaping @Sendable () -> Void, isFirst: Bool) -> Bool {
    let fiber = arena.slots[slot].fiber
    if arena.refusesFork(fiber: fiber) { return false }
    arena.fail(.killsBeforeFork, fiber: fiber)
    let process = isFirst ? ck_fork() : ck_fork_sibling()
    if process == 0 {
      ck_task_process_begin(host)
      arena.fail(.killsNewborn, fiber: fiber)
      runTask(slot, fiber, body)
      _exit(0)
    }
    guard process > 0 else { return false }
    arena.fail(.killsAfterFork, fiber: fiber)
    // Where the first is made, this is the host.
    if isFirst { arena.lockAndRepair() } else { arena.lock() }
    // It says so itself, unless it was killed before; by now the slot may be another task's.
    if arena.slots[slot].fiber == fiber, arena.slots[slot].process == 0 { arena.slots[slot].process = process }
    arena.unlock()
    return true
  }

  /// The whole life of a task, on its own thread.
  private func runTask(_ slot: Int, _ fiber: UInt32, _ body: () -> Void) {
    ck_set_task(Int32(slot))
    arena.lock()
    // It was buried if its maker was killed before this.
    guard arena.slots[slot].fiber == fiber else { arena.leave() }
    arena.slots[slot].process = getpid()
    arena.slots[slot].thread = ck_task_thread_id()
    let begin = arena.passLocked(slot, .begin)
    arena.begin(slot, at: begin)
    arena.unlock()
    body()
    let end = arena.pass(slot, .exit)
    arena.endTask(slot, at: end)
    arena.unlock()
  }
}

extension Arena {
  /// A thread is about to end.
  func forgetThread() {
    // Release: all that it did is done. Partner: the acquire in `KernelProgram.waitForThreads`.
    if header.pointee.threadCount.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
      header.pointee.threadCount.wake(acrossProcesses: true)
    }
  }
}
