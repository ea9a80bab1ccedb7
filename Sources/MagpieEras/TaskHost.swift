import CKernel
import Glibc
import Synchronization

/// The process whose children the tasks' processes are, in the era of processes. It has one thread, for forking is unsafe with more,
/// and does nothing but make the first task and reap all.
///
/// Tasks fork their own, with `CLONE_PARENT`: so the host is the parent of all, reaps them one by one, with what they used, and knows
/// the number of each until it has: nobody else's is ever killed. It ends when the viewer does (`PR_SET_PDEATHSIG`), after it has
/// ended them; and they end when it does, however that comes.
public enum TaskHost {
  /// Where the arena is.
  private static let file: Int32 = 3
  /// The exit status where it cannot map that.
  static let noMemory: Int32 = 3
  private static let pause: Int64 = 100_000_000
  /// The same, while there are some whose maker has not yet said whose they were.
  private static let shortPause: Int64 = 1_000_000

  /// Carries out the first task, `root`, and returns when all have ended.
  /// - Parameter viewer: the process that started this one.
  /// - Returns: the exit status.
  public static func run(viewer: Int32, _ root: @escaping @Sendable (KernelTasks) -> Void) -> Int32 {
    guard let arena = try? Arena(file: file, viewer: viewer) else { return noMemory }
    let tasks = KernelTasks(arena, hasProcesses: true, host: getpid())
    guard ck_host_begin(viewer) else { return 0 }
    guard tasks.startFirst({ root(tasks) }) else { return 1 }
    var isEnding = false
    var strays: [ck_ended_process] = []
    while true {
      var ended = ck_ended_process()
      let result = ck_reap(-1, false, &ended)
      if result == 1 {
        arena.header.pointee.voluntary.wrappingAdd(ended.voluntary, ordering: .relaxed)
        arena.header.pointee.involuntary.wrappingAdd(ended.involuntary, ordering: .relaxed)
        if !arena.bury(process: ended.process, signal: ended.signal, status: ended.status),
          ended.signal != 0 || ended.status != 0
        {
          strays.append(ended)
        }
        continue
      }
      if result < 0 { break }
      let signal = ck_host_wait(strays.isEmpty ? pause : shortPause)
      if signal == SIGTERM {
        arena.withLockAtEnd { arena.finish(.stopped) }
        isEnding = true
      }
      if isEnding { kill(in: arena) }
      strays.removeAll { arena.bury(stray: $0.process, signal: $0.signal, status: $0.status) }
    }
    arena.withLockAtEnd { arena.finish(.stopped) }
    return 0
  }

  /// Ends all tasks' processes. One that was forked just now comes to the gate, and leaves.
  private static func kill(in arena: Arena) {
    arena.withLockAtEnd {
      for slot in 0..<arena.header.pointee.slotsMade where arena.slots[slot].state != .free {
        if arena.slots[slot].process > 0 { _ = ck_kill(arena.slots[slot].process, SIGKILL) }
      }
    }
  }
}
