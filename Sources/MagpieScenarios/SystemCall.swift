import Glibc
import MagpieTrace

/// The system calls of the scenarios: what C calls with `errno` gives a value or, below zero, the negated error number.
///
/// No function here is inlined: the address of `errno` belongs to a thread, and a compiler that keeps it across a call that
/// gives up the thread would read another thread's.
enum SystemCall {
  /// Sleeps in the kernel, which is what a slow system call looks like from outside. A signal may end it early.
  @inline(never)
  static func sleep(nanoseconds: Int) {
    _ = usleep(UInt32(clamping: nanoseconds / 1000))
  }

  /// What kind of thing a path names.
  enum FileKind {
    case regular, directory, link
    /// A device, a FIFO or a socket.
    case device

    init(mode: mode_t) {
      switch mode & S_IFMT {
      case S_IFDIR: self = .directory
      case S_IFLNK: self = .link
      case S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK: self = .device
      default: self = .regular
      }
    }
  }

  /// What a path names, a link followed; an error number when that cannot be found out.
  @inline(never)
  static func kind(of path: [UInt8]) -> Result<FileKind, SystemError> {
    var status = stat()
    let result = withTerminated(path) { stat($0, &status) }
    return result == 0 ? .success(FileKind(mode: status.st_mode)) : .failure(SystemError(number: errno))
  }

  /// An open file, and what it is.
  struct OpenFile {
    let descriptor: CInt
    let kind: FileKind
    let size: Int
    /// When it was changed last, in seconds since 1970.
    let modified: Int
  }

  /// Opens a file for reading.
  /// - Parameter named: it is on the command line: a link is followed, and a FIFO waits for its writer.
  @inline(never)
  static func open(_ path: [UInt8], named: Bool) -> Result<OpenFile, SystemError> {
    var flags = O_RDONLY | O_NOCTTY | O_CLOEXEC
    if !named { flags |= O_NONBLOCK | O_NOFOLLOW }
    let descriptor = openAt(path, flags)
    guard descriptor >= 0 else { return .failure(SystemError(number: -descriptor)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let number = errno
      Glibc.close(descriptor)
      return .failure(SystemError(number: number))
    }
    return .success(
      OpenFile(
        descriptor: descriptor, kind: FileKind(mode: status.st_mode), size: Int(status.st_size),
        modified: Int(status.st_mtim.tv_sec)))
  }

  @inline(never)
  static func close(_ descriptor: CInt) { _ = Glibc.close(descriptor) }

  @inline(never)
  static func read(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }

  /// Reads from a place in the file.
  @inline(never)
  static func read(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }

  /// What a path names, a link not followed.
  @inline(never)
  static func kindOfEntry(_ path: [UInt8]) -> FileKind? {
    var status = stat()
    return withTerminated(path) { lstat($0, &status) } == 0 ? FileKind(mode: status.st_mode) : nil
  }

  /// Linux's O_PATH, which glibc's headers show only to those who define _GNU_SOURCE.
  private static let pathOnly: CInt = 0o10000000

  /// Opens a path of any length: one longer than the kernel takes is walked in pieces.
  static func openAt(_ path: [UInt8], _ flags: CInt) -> CInt {
    var directory = AT_FDCWD
    var rest = path[...]
    while rest.count >= Int(PATH_MAX) {
      let end = rest.prefix(Int(PATH_MAX) - 1).lastIndex(of: UInt8(ascii: "/")) ?? rest.startIndex
      guard end > rest.startIndex else { break }
      let next = withTerminated(rest[..<end]) { openat(directory, $0, pathOnly | O_DIRECTORY | O_CLOEXEC) }
      let number = errno
      if directory != AT_FDCWD { close(directory) }
      guard next >= 0 else { return -number }
      directory = next
      rest = rest[end...].drop { $0 == UInt8(ascii: "/") }
    }
    let descriptor = withTerminated(rest) { openat(directory, $0, flags) }
    let number = errno
    if directory != AT_FDCWD { close(directory) }
    return descriptor >= 0 ? descriptor : -number
  }

  /// Opens a path below an open directory, one name after the other, and follows no symbolic link. The path has no `..`.
  @inline(never)
  static func openWithoutLinks(_ path: [UInt8], below directory: CInt, _ flags: CInt) -> CInt {
    var names = path.split(separator: UInt8(ascii: "/"))[...]
    guard let last = names.popLast() else { return -ENOENT }
    var current = directory
    defer { if current != directory { close(current) } }
    for name in names {
      let next = withTerminated(name) { openat(current, $0, pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
      guard next >= 0 else { return -errno }
      if current != directory { close(current) }
      current = next
    }
    let descriptor = withTerminated(last) { openat(current, $0, flags | O_NOFOLLOW) }
    return descriptor >= 0 ? descriptor : -errno
  }

  private static func withTerminated<Value>(
    _ path: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) -> Value
  ) -> Value {
    let characters = path.map { CChar(bitPattern: $0) } + [0]
    return characters.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}

extension SystemError {
  var isMissing: Bool { number == ENOENT || number == ENOTDIR }
  var isLink: Bool { number == ELOOP || number == EMLINK }
}
