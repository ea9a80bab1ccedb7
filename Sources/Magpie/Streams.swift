private import CKernel

// What connections and the ends of pipes have in common. All of it is called on a fiber, which parks where it must wait; the
// kernel thread goes on with other fibers.

/// A stream of bytes that can be read.
public protocol ReadableStream: Sendable {
  /// The descriptor on the poller.
  var file: PolledFile { get }
}

/// A stream of bytes that can be written.
public protocol WritableStream: Sendable {
  /// The descriptor on the poller.
  var file: PolledFile { get }
}

extension ReadableStream {
  /// Reads what is there, up to the size of the buffer; waits if there is nothing yet (Go's `Read`).
  /// - Returns: the number of bytes; 0 at the end of the stream, or for a buffer of no size.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int { try file.read(into: buffer) }

  /// Reads what is there, up to `count` bytes; waits if there is nothing yet.
  /// - Returns: the bytes; none at the end of the stream.
  public func read(atMost count: Int) throws(IOError) -> [UInt8] {
    var result: Result<Int, IOError> = .success(0)
    let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialized in
      do throws(IOError) {
        initialized = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        result = .failure(error)
      }
    }
    _ = try result.get()
    return bytes
  }

  /// Fills the buffer; waits until enough has come (Go's `io.ReadFull`).
  /// - Returns: the number of bytes; fewer than the buffer has only at the end of the stream.
  public func readAll(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// From now on a read that has not returned after a length of the runtime's virtual time throws
  /// `IOError.deadlineExceeded`, and so do all later ones, until another deadline is set; nil for none (Go's `SetReadDeadline`).
  /// It holds for a fiber that waits already, too.
  public func setReadDeadline(after duration: Duration?) throws(IOError) {
    try file.setDeadline(.reading, after: duration, "setReadDeadline")
  }
}

extension WritableStream {
  /// Writes all bytes; waits while the kernel has no room for them (Go's `Write`). Writes of several fibers do not mix.
  /// - Throws: `IOError.failed` with `EPIPE` or `ECONNRESET` if nobody can read them any more; never a signal. How many bytes were
  ///   written before an error is not known.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) { try file.write(bytes) }

  /// Writes all bytes.
  public func write(_ bytes: [UInt8]) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(IOError) in try file.write(UnsafeRawBufferPointer(bytes)) }
  }

  /// Writes a text as UTF-8.
  public func write(_ text: String) throws(IOError) { try write(Array(text.utf8)) }

  /// As `setReadDeadline`, for writes (Go's `SetWriteDeadline`).
  public func setWriteDeadline(after duration: Duration?) throws(IOError) {
    try file.setDeadline(.writing, after: duration, "setWriteDeadline")
  }
}

extension ReadableStream {
  /// Closes the stream. Fibers that wait for it get `IOError.closed`; closing twice does nothing (Go's `Close`).
  public func close() { file.close() }
}

extension WritableStream {
  /// Closes the stream. Fibers that wait for it get `IOError.closed`; closing twice does nothing (Go's `Close`).
  public func close() { file.close() }
}

/// A stream of bytes in both directions.
public protocol Connection: ReadableStream, WritableStream {}

extension Connection {
  /// Closes the connection in both directions. Fibers that wait for it get `IOError.closed`; closing twice does nothing.
  public func close() { file.close() }

  /// Ends the writing direction: the other side reads to the end of what was written, and can still write (Go's `CloseWrite`).
  public func shutdownWriting() throws(IOError) {
    _ = try file.perform(.writing, "shutdown") { Int(ck_shutdown(file.descriptor, true)) }
  }

  /// Ends the reading direction: who waits for bytes there gets those that have come, and then the end of the stream; writing goes
  /// on (Go's `CloseRead`).
  public func shutdownReading() throws(IOError) { try file.shutdownReading() }

  /// Both deadlines at once (Go's `SetDeadline`).
  public func setDeadline(after duration: Duration?) throws(IOError) {
    try setReadDeadline(after: duration)
    try setWriteDeadline(after: duration)
  }
}
