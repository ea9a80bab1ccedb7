private import CKernel
private import Glibc

/// A TCP connection (Go's net.TCPConn). Small messages are sent at once (`TCP_NODELAY`).
public final class TCPConnection: Connection {
  public let file: PolledFile
  fileprivate init(_ file: PolledFile) { self.file = file }

  /// Connects; waits until the other side has accepted, or the kernel gives up (Go's `net.Dial`).
  /// - Parameters:
  ///   - host: an IPv4 or IPv6 address; a name is looked up in a blocking call, and its first address is taken.
  ///   - port: 1...65,535.
  ///   - timeout: at most this long, in the runtime's virtual time.
  public static func connect(
    to host: String = "127.0.0.1", port: UInt16, timeout: Duration? = nil
  ) throws(IOError) -> TCPConnection {
    TCPConnection(try Sockets.connect(Sockets.address(host, port, "connect"), .tcp, timeout))
  }
}

/// Accepts TCP connections (Go's net.TCPListener).
public final class TCPListener: Sendable {
  private let file: PolledFile
  /// The port on which it listens.
  public let port: UInt16

  /// Binds an address and listens.
  /// - Parameters:
  ///   - host: an IPv4 or IPv6 address, or a name, as in `TCPConnection.connect`.
  ///   - port: 0 for any free one.
  public init(host: String = "127.0.0.1", port: UInt16 = 0) throws(IOError) {
    file = try Sockets.listen(Sockets.address(host, port, "listen"), .tcp)
    self.port = UInt16(truncatingIfNeeded: try IOError.check(ck_local_port(file.descriptor), "listen"))
  }

  /// Takes over a socket that listens already (Go's `net.FileListener`). It becomes non-blocking, and is closed if this fails.
  public init(adopting descriptor: Int32) throws(IOError) {
    file = try PolledFile(adopting: descriptor)
    port = UInt16(truncatingIfNeeded: try IOError.check(ck_local_port(descriptor), "listen"))
  }

  /// The next connection; waits for one. Several fibers may wait: each gets one, in order (Go's `Accept`).
  public func accept() throws(IOError) -> TCPConnection {
    let connection = try Sockets.accept(on: file, .tcp)
    ck_send_at_once(connection.descriptor)
    return TCPConnection(connection)
  }

  /// From now on `accept` waits no longer than this; nil for no limit (Go's `SetDeadline`).
  public func setDeadline(after duration: Duration?) throws(IOError) {
    try file.setDeadline(.reading, after: duration, "setDeadline")
  }

  /// Closes the listener. Fibers in `accept` get `IOError.closed`; connections live on.
  public func close() { file.close() }
}

/// A connection over a Unix-domain socket (Go's net.UnixConn).
public final class UnixConnection: Connection {
  public let file: PolledFile
  fileprivate init(_ file: PolledFile) { self.file = file }

  /// Connects to the socket at `path` (Go's `net.Dial("unix", path)`).
  /// - Throws: `IOError.failed` with `EAGAIN` if too many wait to be accepted there.
  public static func connect(to path: String) throws(IOError) -> UnixConnection {
    UnixConnection(try Sockets.connect(Sockets.address(path, "connect"), .unix, nil))
  }
}

/// Accepts connections over a Unix-domain socket (Go's net.UnixListener).
public final class UnixListener: Sendable {
  private let file: PolledFile

  /// Makes a socket at `path`, where nothing may be yet, and listens. Who made it removes it in the end.
  public init(path: String) throws(IOError) { file = try Sockets.listen(Sockets.address(path, "listen"), .unix) }

  /// The next connection; waits for one.
  public func accept() throws(IOError) -> UnixConnection { UnixConnection(try Sockets.accept(on: file, .unix)) }

  /// As for a `TCPListener`.
  public func setDeadline(after duration: Duration?) throws(IOError) {
    try file.setDeadline(.reading, after: duration, "setDeadline")
  }

  /// Closes the listener. Fibers in `accept` get `IOError.closed`; connections live on.
  public func close() { file.close() }
}

/// What both kinds of sockets do alike.
private enum Sockets {
  static func address(_ host: String, _ port: UInt16, _ operation: StaticString) throws(IOError) -> ck_address {
    var address = ck_address()
    var error = ck_resolve(host, port, true, &address)
    if error < 0 {
      // A name: its lookup may take long. The address crosses the call by pointer, on the fiber's own stack.
      error = withUnsafeMutablePointer(to: &address) { address in
        blocking("getaddrinfo") { ck_resolve(host, port, false, address) }
      }
    }
    _ = try IOError.check(error, operation)
    return address
  }

  static func address(_ path: String, _ operation: StaticString) throws(IOError) -> ck_address {
    var address = ck_address()
    _ = try IOError.check(ck_unix_address(path, &address), operation)
    return address
  }

  static func connect(_ address: ck_address, _ kind: PolledFile.Kind, _ timeout: Duration?) throws(IOError)
    -> PolledFile
  {
    var address = address
    let descriptor = try IOError.check(ck_socket(&address), "connect")
    // Before the poller sees it: a socket that is not even connecting counts as hung up.
    let begun = ck_connect(descriptor, &address)
    guard begun == 0 || begun == -EINPROGRESS else {
      _ = ck_close(descriptor)
      throw .failed(operation: "connect", errno: -begun)
    }
    let file = try PolledFile(descriptor, kind, "connect")
    guard begun != 0 else { return file }
    do throws(IOError) {
      if let timeout { try file.setDeadline(.writing, after: timeout, "connect") }
      try file.waitUntilReady(.writing, "connect")
      _ = try IOError.check(ck_socket_error(descriptor), "connect")
      if timeout != nil { try file.setDeadline(.writing, after: nil, "connect") }
    } catch {
      file.close()
      throw error
    }
    return file
  }

  static func listen(_ address: ck_address, _ kind: PolledFile.Kind) throws(IOError) -> PolledFile {
    var address = address
    let descriptor = try IOError.check(ck_socket(&address), "listen")
    var error = ck_bind(descriptor, &address)
    if error == 0 { error = ck_listen(descriptor) }
    guard error == 0 else {
      _ = ck_close(descriptor)
      throw .failed(operation: "listen", errno: -error)
    }
    return try PolledFile(descriptor, kind, "listen")
  }

  static func accept(on file: PolledFile, _ kind: PolledFile.Kind) throws(IOError) -> PolledFile {
    while true {
      do throws(IOError) {
        let descriptor = try file.perform(.reading, "accept") { Int(ck_accept(file.descriptor)) }
        return try PolledFile(Int32(descriptor), kind, "accept")
      } catch .failed(_, ECONNABORTED) {
        // It was closed while it waited: no reason to stop accepting.
        continue
      } catch {
        throw error
      }
    }
  }
}
