import Glibc
import MagpieTrace

/// An open directory, read a batch at a time.
struct Directory: ~Copyable {
  /// One entry.
  struct Entry {
    let name: [UInt8]
    /// nil when the file system does not say.
    let kind: SystemCall.FileKind?
  }

  private static let batch = 256
  private let stream: OpaquePointer

  /// Opens a directory; fails with the error number.
  /// - Parameter named: it is on the command line: a link is followed.
  @inline(never)
  init(_ path: [UInt8], named: Bool) throws(SystemError) {
    let flags = O_RDONLY | O_DIRECTORY | O_NOCTTY | O_CLOEXEC | (named ? 0 : O_NOFOLLOW)
    let descriptor = SystemCall.openAt(path, flags)
    guard descriptor >= 0 else { throw SystemError(number: -descriptor) }
    try self.init(descriptor: descriptor)
  }

  /// Takes over an open directory; closes it if this fails.
  @inline(never)
  init(descriptor: CInt) throws(SystemError) {
    guard let stream = fdopendir(descriptor) else {
      let number = errno
      SystemCall.close(descriptor)
      throw SystemError(number: number)
    }
    self.stream = stream
  }

  deinit { closedir(stream) }

  /// Appends the next entries, without `.` and `..`.
  /// - Returns: whether there may be more; the error when reading failed.
  @inline(never)
  func read(into entries: inout [Entry]) -> Result<Bool, SystemError> {
    for _ in 0..<Directory.batch {
      errno = 0
      guard let found = readdir(stream) else {
        return errno == 0 ? .success(false) : .failure(SystemError(number: errno))
      }
      let offset = MemoryLayout<dirent>.offset(of: \.d_name)!
      let start = UnsafeRawPointer(found) + offset
      let name = [UInt8](UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
      if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
      entries.append(Entry(name: name, kind: Directory.kind(ofEntryType: found.pointee.d_type)))
    }
    return .success(true)
  }

  private static func kind(ofEntryType type: UInt8) -> SystemCall.FileKind? {
    switch Int(type) {
    case Int(DT_REG): .regular
    case Int(DT_DIR): .directory
    case Int(DT_LNK): .link
    case Int(DT_CHR), Int(DT_BLK), Int(DT_FIFO), Int(DT_SOCK): .device
    default: nil
    }
  }
}
