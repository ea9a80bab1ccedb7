private import CKernel
private import Glibc
private import MagpieTrace

/// Why a call on a file or a connection failed. Each case names the operation: `connect`, `read`, `accept` …
public enum IOError: Error, Sendable, Hashable {
  /// The kernel refused (Go's `syscall.Errno`). `errno` is the C library's number, as `ECONNREFUSED`.
  case failed(operation: String, errno: Int32)
  /// The file was closed, before the call or during it (Go's `net.ErrClosed`).
  case closed(operation: String)
  /// The deadline passed (Go's `os.ErrDeadlineExceeded`).
  case deadlineExceeded(operation: String)

  /// The operation that failed.
  public var operation: String {
    switch self {
    case .failed(let operation, _), .closed(let operation), .deadlineExceeded(let operation): operation
    }
  }
}

extension IOError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .failed(let operation, let errno):
      "\(operation): \(SystemError(number: errno).text) (errno \(errno))\(fileLimit?.wayOut ?? "")"
    case .closed(let operation): "\(operation): the file is closed"
    case .deadlineExceeded(let operation): "\(operation): the deadline has passed"
    }
  }
}

extension IOError {
  /// The kernel's limit on open files, where that was met.
  public enum FileLimit: Sendable {
    case ofProcess(Int64), ofAll(Int64)

    fileprivate var wayOut: String {
      switch self {
      case .ofProcess(let count): "; this process may have \(count) open files (ulimit -n): raise it, or close some"
      case .ofAll(let count): "; all processes together may have \(count) open files (fs.file-max): raise it"
      }
    }
  }

  /// With its present value; nil where something else failed.
  public var fileLimit: FileLimit? {
    switch self {
    case .failed(_, EMFILE): .ofProcess(ck_resource_limit(CK_OPEN_FILES))
    case .failed(_, ENFILE): .ofAll(ck_read_number("/proc/sys/fs/file-max"))
    default: nil
    }
  }

  /// What a call of CKernel returned, if it is no error.
  static func check(_ result: Int32, _ operation: StaticString) throws(IOError) -> Int32 {
    guard result >= 0 else { throw .failed(operation: "\(operation)", errno: -result) }
    return result
  }
}
