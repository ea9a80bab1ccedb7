import CKernel
import Glibc
import Synchronization

/// The last words of a fiber whose code kills the process: a stack that is used up, a trap of Swift's, a bad pointer. One line on
/// standard error says which fiber it was and where it came from; then the signal takes its course, so that whoever else waits for
/// it has its turn, Swift's own backtracer for one, and the process ends by that signal.
///
/// The handler runs on the machine's alternate stack, as a fiber that has no stack left could run nothing. All of it is
/// async-signal-safe: no allocation, no lock, no reference counted; loads, write(2), sigaction(2), raise(3).
///
/// Handlers chain by putting back who was there before and letting the signal come again. So it does not matter whether this one
/// is installed before or after another of that kind, if each is installed once and stays: one that was put back by somebody who
/// found it there could find itself behind its own back. A signal that comes to the same thread again kills the process plainly.
enum Crash {
  private static let signals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT]
  private static let page = UInt(ck_page_size())

  /// Made before the handler is installed, so that it only reads it.
  private struct Room: @unchecked Sendable {
    let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
    let text = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 8)
  }
  private static let room = Room()
  /// The kernel's number of the thread that has said its words; 0: none yet.
  private static let speaker = Atomic<Int32>(0)

  /// Installs the handlers, once in the life of the process.
  static let handlers: Void = {
    _ = (room, page, speaker.load(ordering: .relaxed))
    for signal in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = { signal, info, _ in Crash.die(signal, info) }
      action.sa_flags = SA_SIGINFO | Int32(SA_ONSTACK)
      sigaction(signal, &action, room.previous + Int(signal))
    }
  }()

  private static func die(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
    let thread = ck_thread_id()
    let (isFirst, other) = speaker.compareExchange(expected: 0, desired: thread, ordering: .acquiringAndReleasing)
    if isFirst, let machine = MachineRef.ofThread, let fiber = machine.pointee.fiber {
      speak(signal, info, fiber, machine)
    }
    if !isFirst && other == thread {
      var plain = sigaction()
      plain.__sigaction_handler.sa_handler = SIG_DFL
      sigaction(signal, &plain, nil)
    } else {
      sigaction(signal, room.previous + Int(signal), nil)
    }
    // A fault happens again when the instruction is repeated; what was sent must be sent again, and so must a breakpoint, which
    // has been passed.
    if wasSent(info) || signal == SIGABRT || signal == SIGTRAP { raise(signal) }
  }

  private static func wasSent(_ info: UnsafeMutablePointer<siginfo_t>?) -> Bool { (info?.pointee.si_code ?? 0) <= 0 }

  private static func speak(
    _ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ fiber: FiberRef, _ machine: MachineRef
  ) {
    var text = SignalSafeText(room.text)
    let address = faultAddress(signal, info)
    text.append("magpie: ")
    if let address, let stack = fiber.pointee.stack, isGuard(address, of: stack) {
      text.append("stack overflow in ")
      text.append(fiber: fiber)
      text.append(", whose stack has ")
      text.append(UInt64(stack.size >> 10))
      text.append(" KiB; enlarge it with spawn(stackSize:), or that of all fibers with Configuration.stackSize")
      text.append("; the fiber was ")
    } else {
      text.append(name(of: signal))
      text.append(cause(of: signal, wasSent: wasSent(info)))
      if let address {
        text.append(" at address 0x")
        text.append(UInt64(address), radix: 16)
      }
      text.append(" in ")
      text.append(fiber: fiber)
      text.append(" on machine ")
      text.append(UInt64(machine.pointee.id))
      text.append(", ")
    }
    text.append(originOf: fiber)
    text.append("\n")
    text.writeToStandardError()
  }

  /// The address that was touched; nil where the signal has none.
  private static func faultAddress(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) -> UInt? {
    guard let info, info.pointee.si_code > 0, signal == SIGSEGV || signal == SIGBUS else { return nil }
    return UInt(bitPattern: info.pointee._sifields._sigfault.si_addr)
  }

  private static func isGuard(_ address: UInt, of stack: Stack) -> Bool {
    let bottom = UInt(bitPattern: stack.bottom)
    return address < bottom && address >= bottom - page
  }

  private static func name(of signal: Int32) -> StaticString {
    switch signal {
    case SIGSEGV: "SIGSEGV"
    case SIGBUS: "SIGBUS"
    case SIGILL: "SIGILL"
    case SIGFPE: "SIGFPE"
    case SIGTRAP: "SIGTRAP"
    default: "SIGABRT"
    }
  }

  /// - Parameter wasSent: by a program, not by the CPU.
  private static func cause(of signal: Int32, wasSent: Bool) -> StaticString {
    switch signal {
    case SIGABRT: " (abort was called)"
    case _ where wasSent: " (sent by a program)"
    case SIGSEGV: " (a bad pointer)"
    case SIGBUS: " (a bad address, or a mapped file that was cut short)"
    case SIGILL: " (a trap of Swift's: a precondition, an index, an overflow or a nil)"
    case SIGFPE: " (an arithmetic error)"
    default: " (a breakpoint, or a trap of Swift's)"
    }
  }
}
