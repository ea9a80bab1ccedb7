private import CKernel

/// The reading end of a pipe. Its writing end's closing is the end of the stream.
public final class PipeReader: ReadableStream {
  public let file: PolledFile
  fileprivate init(_ file: PolledFile) { self.file = file }
}

/// The writing end of a pipe.
public final class PipeWriter: WritableStream {
  public let file: PolledFile
  fileprivate init(_ file: PolledFile) { self.file = file }
}

/// Makes a pipe of the kernel's (Go's `os.Pipe`). To hand values from fiber to fiber, a `Channel` is the better way.
public func makePipe() throws(IOError) -> (reader: PipeReader, writer: PipeWriter) {
  var ends: [Int32] = [-1, -1]
  _ = try IOError.check(ck_pipe(&ends), "pipe")
  let reader: PolledFile
  do throws(IOError) {
    reader = try PolledFile(ends[0], .other, "pipe")
  } catch {
    _ = ck_close(ends[1])
    throw error
  }
  return (PipeReader(reader), PipeWriter(try PolledFile(ends[1], .other, "pipe")))
}

/// Waits until a descriptor can be read without blocking, is at its end, or has an error to tell of. It stays the caller's, and may be a
/// blocking one; any number of fibers may wait for it.
/// - Parameters:
///   - descriptor: a pipe's, a socket's, a terminal's, or any other's that epoll knows.
///   - timeout: at most this long, in the runtime's virtual time.
/// - Throws: `IOError.failed` with `EPERM` for what cannot be waited for, as a regular file; `.deadlineExceeded`.
public func waitReadable(_ descriptor: Int32, timeout: Duration? = nil) throws(IOError) {
  try wait(for: descriptor, .reading, timeout, "waitReadable")
}

/// The same for writing.
public func waitWritable(_ descriptor: Int32, timeout: Duration? = nil) throws(IOError) {
  try wait(for: descriptor, .writing, timeout, "waitWritable")
}

/// On a duplicate: the poller knows each descriptor once, and others may wait for it too.
private func wait(
  for descriptor: Int32, _ direction: PolledFile.Direction, _ timeout: Duration?, _ operation: StaticString
) throws(IOError) {
  let duplicate = try IOError.check(ck_duplicate(descriptor), operation)
  let file = try PolledFile(duplicate, .other, operation)
  defer { file.close() }
  if let timeout { try file.setDeadline(direction, after: timeout, operation) }
  try file.waitUntilReady(direction, operation)
}
