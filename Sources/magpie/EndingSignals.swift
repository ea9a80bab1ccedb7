import Glibc
import MagpieSession

/// INT and TERM for a run that serves: the first asks it to end, the second ends the process.
enum EndingSignals {
  private static let signals = [SIGINT, SIGTERM]

  /// From here on a signal calls `ask`, on a thread of its own. To be called before other threads are started: what they all block
  /// is kept for the one that waits for it.
  static func watch(_ ask: @escaping @Sendable () -> Void) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    // Without a thread the signals do what they always do.
    guard BackgroundThread("magpie-signals", { wait(ask) }) != nil else {
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      return
    }
  }

  private static func wait(_ ask: () -> Void) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    var signal: CInt = 0
    guard sigwait(&set, &signal) == 0 else { return }
    ask()
    guard sigwait(&set, &signal) == 0 else { return }
    complain(.stoppedByASecondSignal)
    _exit(128 + signal)
  }
}
