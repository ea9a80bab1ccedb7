import Glibc
import MagpieTrace
import Synchronization

/// A TCP socket that listens on 127.0.0.1. Made before the run begins, so that a port that cannot be had is wrong usage.
///
/// It is a plain blocking socket, for any task system to take over.
final class ListeningSocket: Sendable {
  /// -1 once somebody has taken it over.
  private let descriptor: Atomic<CInt>
  let port: Int

  /// - Parameter port: 0 for any free one.
  init(port: Int) throws(ScenarioError) {
    switch SystemCall.listen(port: UInt16(port)) {
    case .failure(let failure): throw .cannotListen(port: port, failure, wayOut: failure.wayOutOfListening)
    case .success(let (descriptor, port)):
      self.descriptor = Atomic(descriptor)
      self.port = Int(port)
    }
  }

  /// The descriptor, which is the caller's to close: clients are refused from then on. Only once.
  func take() -> CInt { descriptor.exchange(-1, ordering: .relaxed) }

  deinit {
    let descriptor = take()
    if descriptor >= 0 { SystemCall.close(descriptor) }
  }
}

extension SystemCall {
  /// A socket that listens on a port of 127.0.0.1, and the port.
  @inline(never)
  fileprivate static func listen(port: UInt16) -> Result<(descriptor: CInt, port: UInt16), SystemError> {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .failure(SystemError(number: errno)) }
    // A port that was used a moment ago may be used again.
    var on: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, SOMAXCONN) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard result else {
      let number = errno
      close(descriptor)
      return .failure(SystemError(number: number))
    }
    return .success((descriptor, UInt16(bigEndian: address.sin_port)))
  }

  /// Raises this process's limit of open files towards `wanted`, as far as that is allowed. - Returns: the limit.
  static func raiseFileLimit(to wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < wanted {
      var raised = limit
      raised.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }
}

extension SystemError {
  /// What to do about a port that cannot be had.
  fileprivate var wayOutOfListening: WayOutOfListening? {
    switch number {
    case EADDRINUSE: .isTaken
    case EACCES, EPERM: .isPrivileged
    default: nil
    }
  }
}
