import CKernel

/// Connections on the network poller, and the end.
extension MagpieTasks {
  public func listen(on descriptor: Int32) throws(IOError) -> ListenerHandle {
    ListenerHandle(index: network.add(try TCPListener(adopting: descriptor)))
  }

  public func accept(on listener: ListenerHandle) throws(IOError) -> ConnectionHandle {
    let connection = try network.listener(listener.index).accept()
    let (index, isShut) = network.add(connection, of: listener.index)
    if isShut { try? connection.shutdownReading() }
    return ConnectionHandle(index: index)
  }

  public func shutDown(_ listener: ListenerHandle, atOnce: Bool) {
    network.listener(listener.index).close()
    for connection in network.shut(listener.index) {
      if atOnce { connection.close() } else { try? connection.shutdownReading() }
    }
  }

  public func setReadDeadline(after duration: Duration, on connection: ConnectionHandle) {
    try? network.connection(connection.index).setReadDeadline(after: duration)
  }

  public func read(
    from connection: ConnectionHandle, into buffer: UnsafeMutableRawBufferPointer
  ) throws(IOError) -> Int {
    let connection = network.connection(connection.index)
    do throws(IOError) {
      return try connection.read(into: buffer)
    } catch .deadlineExceeded where ck_is_ready(connection.file.descriptor, false) {
      // Virtual time can jump, as when a held program is stepped: what has come is not late.
      try connection.setReadDeadline(after: nil)
      defer { try? connection.setReadDeadline(after: .zero) }
      return try connection.read(into: buffer)
    } catch {
      throw error
    }
  }

  public func write(
    _ bytes: UnsafeRawBufferPointer, to connection: ConnectionHandle, within duration: Duration
  ) throws(IOError) {
    let connection = network.connection(connection.index)
    try connection.setWriteDeadline(after: duration)
    var rest = bytes
    while !rest.isEmpty {
      do throws(IOError) {
        rest = UnsafeRawBufferPointer(rebasing: rest[try connection.file.writeSome(rest)...])
      } catch .deadlineExceeded where ck_is_ready(connection.file.descriptor, true) {
        // As above: there is room, so this does not wait.
        try connection.setWriteDeadline(after: nil)
        rest = UnsafeRawBufferPointer(rebasing: rest[try connection.file.writeSome(rest)...])
        try connection.setWriteDeadline(after: duration)
      } catch {
        throw error
      }
    }
  }

  public func shutdownWriting(on connection: ConnectionHandle) {
    try? network.connection(connection.index).shutdownWriting()
  }

  public func close(_ connection: ConnectionHandle) { network.remove(connection.index)?.close() }

  public func waitUntilAskedToEnd() throws(IOError) { try waitReadable(network.endEvent()) }

  /// Asks the tasks that wait for it to end. From any thread.
  public func askToEnd() { network.askToEnd() }
  public var isAskedToEnd: Bool { network.isAskedToEnd }
}
