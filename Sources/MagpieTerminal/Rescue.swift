import CNcurses
import Glibc
import Synchronization

/// Gives the terminal back from anywhere, a signal handler on a fiber's stack included: two system calls on what was
/// prepared when the screen was opened.
///
/// All of it is async-signal-safe: no allocation, no lock, no ARC; only loads, write(2), pread(2), tcsetattr(3), dup2(2), fcntl(2).
///
/// The thread that draws goes on until the process ends, which may take a while, as where a core is written: what it draws would
/// come upon the screen that was given back. So standard output goes nowhere before that.
public enum Rescue {
  struct State: @unchecked Sendable {
    /// What brings the screen back: attributes, keypad, cursor, the screen before.
    let bytes: UnsafeMutableRawPointer
    let buffer: UnsafeMutableRawPointer
    let attributes: UnsafeMutablePointer<termios>
    let previous: UnsafeMutablePointer<sigaction>
  }

  static let byteLimit = 1024
  static let bufferSize = 4096
  /// Made before any handler is installed, so that a handler only reads it.
  static let state = State(
    bytes: .allocate(byteCount: byteLimit, alignment: 8), buffer: .allocate(byteCount: bufferSize, alignment: 8),
    attributes: .allocate(capacity: 1), previous: .allocate(capacity: 65))
  static let byteCount = Atomic<Int>(0)
  /// Whether the terminal is ours and must be given back.
  static let isActive = Atomic<Bool>(false)
  /// The file that holds what was written to standard error meanwhile, and the real standard error; -1: not diverted.
  static let diverted = Atomic<Int32>(-1)
  static let realError = Atomic<Int32>(-1)
  /// Takes whatever is written, and keeps nothing; -1: it could not be opened.
  static let nowhere = Atomic<Int32>(-1)
  /// Signals that ask the loop to leave or to look: number of the last INT, TERM or HUP; size changed; stop; continued.
  static let leave = Atomic<Int32>(0)
  static let resized = Atomic<Bool>(false)
  static let stop = Atomic<Bool>(false)
  static let continued = Atomic<Bool>(false)
  /// An eventfd that wakes the loop.
  static let wake = Atomic<Int32>(-1)

  /// Gives the terminal back if it is ours, for good; then writes out what went to standard error meanwhile. Async-signal-safe.
  private static func restoreTerminal() {
    guard isActive.exchange(false, ordering: .acquiringAndReleasing) else { return }
    let screen = fcntl(1, F_DUPFD_CLOEXEC, 3), nowhere = nowhere.load(ordering: .acquiring)
    if screen >= 0, nowhere >= 0 { dup2(nowhere, 1) }
    _ = write(screen >= 0 ? screen : 1, state.bytes, byteCount.load(ordering: .relaxed))
    // A background process that sets attributes would be stopped.
    tcsetattr(0, TCSANOW, state.attributes)
    releaseStandardError()
  }

  static func releaseStandardError() {
    let file = diverted.exchange(-1, ordering: .acquiringAndReleasing)
    guard file >= 0 else { return }
    let real = realError.exchange(-1, ordering: .acquiringAndReleasing)
    if real >= 0 {
      dup2(real, 2)
      close(real)
    }
    var offset: off_t = 0
    while true {
      let count = pread(file, state.buffer, bufferSize, offset)
      guard count > 0 else { break }
      offset += count
      var written = 0
      while written < count {
        let result = write(2, state.buffer + written, count - written)
        guard result > 0 else { break }
        written += result
      }
    }
    close(file)
  }

  /// Sends standard error into a file in memory, if it would go onto the screen.
  static func divertStandardError() {
    guard isatty(2) == 1, diverted.load(ordering: .relaxed) < 0 else { return }
    let file = magpie_memory_file()
    guard file >= 0 else { return }
    let real = fcntl(2, F_DUPFD_CLOEXEC, 3)
    guard real >= 0, dup2(file, 2) >= 0 else {
      close(file)
      return
    }
    realError.store(real, ordering: .releasing)
    diverted.store(file, ordering: .releasing)
  }

  // MARK: signals

  private static let fatal = [SIGSEGV, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGTRAP, SIGQUIT]
  private static let asking = [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT]

  /// The handlers of fatal signals, installed once and for the life of the process: after the terminal was given back they do
  /// nothing, and who was installed later, as the runtime's, may lead to them. See `Magpie.Crash`.
  private static let fatalHandlers: Void = {
    // Release: partner of the acquire in `restoreTerminal`.
    nowhere.store(open("/dev/null", O_WRONLY | O_CLOEXEC), ordering: .releasing)
    for signal in fatal {
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = { signal, info, _ in Rescue.die(signal, info) }
      action.sa_flags = SA_SIGINFO | Int32(SA_ONSTACK)
      sigaction(signal, &action, state.previous + Int(signal))
    }
  }()

  /// Installs the handlers, and keeps those that were there.
  static func install() {
    _ = state
    for atomic in [isActive.load(ordering: .relaxed), stop.load(ordering: .relaxed)] { _ = atomic }
    _ = (byteCount.load(ordering: .relaxed), diverted.load(ordering: .relaxed), realError.load(ordering: .relaxed))
    _ = (resized.load(ordering: .relaxed), continued.load(ordering: .relaxed))
    leave.store(0, ordering: .relaxed)
    wake.store(magpie_wake_file(), ordering: .releasing)
    _ = fatalHandlers
    for signal in asking {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Rescue.note($0) }
      action.sa_flags = SA_RESTART | Int32(SA_ONSTACK)
      sigaction(signal, &action, state.previous + Int(signal))
    }
  }

  /// Puts back the handlers that were there, but for fatal signals.
  static func uninstall() {
    for signal in asking { sigaction(signal, state.previous + Int(signal), nil) }
    let file = wake.exchange(-1, ordering: .acquiringAndReleasing)
    if file >= 0 { close(file) }
  }

  /// The program dies: the terminal first, then whoever handled this signal before, so that status and backtrace stay.
  private static func die(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
    restoreTerminal()
    sigaction(signal, state.previous + Int(signal), nil)
    // A fault happens again when the instruction is repeated; what was sent must be sent again, and so must a breakpoint, which has
    // been passed.
    let wasSent = (info?.pointee.si_code ?? 0) <= 0
    if wasSent || signal == SIGABRT || signal == SIGQUIT || signal == SIGTRAP { raise(signal) }
  }

  private static func note(_ signal: Int32) {
    let keep = errno
    switch signal {
    case SIGWINCH: resized.store(true, ordering: .releasing)
    case SIGTSTP: stop.store(true, ordering: .releasing)
    case SIGCONT: continued.store(true, ordering: .releasing)
    default: leave.store(signal, ordering: .releasing)
    }
    var one: UInt64 = 1
    _ = write(wake.load(ordering: .acquiring), &one, 8)
    errno = keep
  }
}
