import CKernel
import Glibc
import MagpieTrace

/// What tests break: a process is killed, or stopped, at a moment that nobody could hit from outside.
extension Arena {
  enum Fault: UInt8 {
    case none = 0
    /// In the middle of an operation, with the lock, before it writes the event of that number.
    case killsWriter, stopsWriter
    /// The same; and the host is stopped when it knows, and has not taken the lock yet.
    case killsWriterStopsHost, stopsHost
    /// The maker of the fiber of that number: when that has its slot, and its process is not made, or made but not told of.
    case killsBeforeFork, killsAfterFork
    /// The process of the fiber of that number, before it has said that it is there.
    case killsNewborn
    /// No process is made for the fiber of that number, or a later one, as where there may be no more.
    case refusesFork
  }

  /// The lock is held.
  @inline(never)
  func fail(at event: UInt64) {
    let fault = header.pointee.fault
    guard event >= header.pointee.faultAt else { return }
    switch fault {
    case .killsWriter: die(SIGKILL)
    case .stopsWriter: die(SIGSTOP)
    case .killsWriterStopsHost: die(SIGKILL, andThen: .stopsHost)
    default: break
    }
  }

  func failInHost() {
    if header.pointee.fault == .stopsHost { die(SIGSTOP) }
  }

  /// Once: who comes next is spared.
  func fail(_ fault: Fault, fiber: UInt32) {
    guard header.pointee.fault == fault, header.pointee.faultAt == UInt64(fiber) else { return }
    die(SIGKILL)
  }

  private func die(_ signal: Int32, andThen next: Fault = .none) {
    header.pointee.fault = next
    _ = ck_kill(getpid(), signal)
  }

  func refusesFork(fiber: UInt32) -> Bool {
    header.pointee.fault == .refusesFork && UInt64(fiber) >= header.pointee.faultAt
  }
}
