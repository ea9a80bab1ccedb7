import CKernel
import Glibc
public import Magpie
import MagpieTrace
import Synchronization

/// Plain blocking sockets: each wait is a blocking call of its thread. Under threads only; processes share no descriptors.
final class BlockingNetwork: Sendable {
  private struct State {
    var listeners: [(file: Int32, isShut: Bool)] = []
    /// A number is used again once its connection is closed. The deadline is in the task's own virtual time.
    var connections: [(file: Int32, listener: Int, deadline: UInt64)?] = []
    var free: [Int] = []
    /// Raised when those who wait should look again whether they still should.
    var event: Int32 = -1
  }

  private let state = ThreadMutex(State())

  deinit {
    state.withLock { state in
      if state.event >= 0 { _ = ck_close(state.event) }
      for connection in state.connections { if let connection { _ = ck_close(connection.file) } }
      for listener in state.listeners where listener.file >= 0 { _ = ck_close(listener.file) }
    }
  }

  func addListener(_ file: Int32) -> Int {
    state.withLock { state in
      state.listeners.append((file, false))
      return state.listeners.count - 1
    }
  }

  /// The listener's file; -1 once it is shut down.
  func listener(_ index: Int) -> Int32 { state.withLock { $0.listeners[index].isShut ? -1 : $0.listeners[index].file } }

  func add(_ file: Int32, of listener: Int) -> Int {
    state.withLock { state in
      let index = state.free.popLast() ?? state.connections.count
      if index == state.connections.count { state.connections.append(nil) }
      state.connections[index] = (file, listener, .max)
      // Born shut if its listener was shut down meanwhile.
      if state.listeners[listener].isShut { _ = ck_shutdown(file, false) }
      return index
    }
  }

  func connection(_ index: Int) -> (file: Int32, deadline: UInt64)? {
    state.withLock { state in state.connections[index].map { ($0.file, $0.deadline) } }
  }

  func setDeadline(_ index: Int, _ deadline: UInt64) { state.withLock { $0.connections[index]?.deadline = deadline } }

  func remove(_ index: Int) {
    let file: Int32? = state.withLock { state in
      guard let connection = state.connections[index] else { return nil }
      state.connections[index] = nil
      state.free.append(index)
      return connection.file
    }
    if let file { _ = ck_close(file) }
  }

  func shut(_ listener: Int, atOnce: Bool) {
    state.withLock { state in
      state.listeners[listener].isShut = true
      for case let connection? in state.connections where connection.listener == listener {
        _ = ck_shutdown(connection.file, false)
        if atOnce { _ = ck_shutdown(connection.file, true) }
      }
    }
    wake()
  }

  /// Closes a listener whose last wait is over.
  func close(listener: Int) {
    state.withLock { state in
      if state.listeners[listener].file >= 0 { _ = ck_close(state.listeners[listener].file) }
      state.listeners[listener].file = -1
    }
  }

  // MARK: waiting

  /// Has all that wait look again.
  func wake() { state.withLock { if $0.event >= 0 { _ = ck_event_raise($0.event) } } }

  /// Made by the first that waits; -1 if it cannot be had, and then each looks again after a slice.
  private func event() -> Int32 {
    state.withLock { state in
      if state.event < 0 { state.event = ck_event_create() }
      return state.event
    }
  }

  /// Real milliseconds after which a wait looks again at virtual time.
  private static let slice: Int32 = 20

  /// Waits until a file is ready, or `isOver`. The raised event is left raised: it stands for an end, and ends every wait.
  /// - Returns: whether it is ready.
  func wait(for file: Int32, _ direction: Int32, isOver: () -> Bool) -> Bool {
    let event = event()
    while true {
      var files = [
        pollfd(fd: file, events: Int16(direction), revents: 0), pollfd(fd: event, events: Int16(POLLIN), revents: 0),
      ]
      // Once raised, the event would end each sleep at once.
      let count = poll(&files, isOver() ? 1 : 2, isOver() ? 0 : BlockingNetwork.slice)
      if files[0].revents != 0 { return true }
      if isOver() { return false }
      if count > 0, files[1].revents != 0 { usleep(1000) }
    }
  }
}

extension KernelTasks {
  private var hasEnded: Bool { arena.header.pointee.ended.load(ordering: .relaxed) != 0 }

  public func listen(on descriptor: Int32) throws(IOError) -> ListenerHandle {
    _ = ck_set_nonblocking(descriptor)
    return ListenerHandle(index: network.addListener(descriptor))
  }

  public func accept(on listener: ListenerHandle) throws(IOError) -> ConnectionHandle {
    let index = number(listener)
    let me = me
    while true {
      let file = network.listener(index)
      guard file >= 0 else {
        network.close(listener: index)
        throw .closed(operation: "accept")
      }
      beginCall(me, "accept")
      let isReady = network.wait(for: file, POLLIN) { network.listener(index) < 0 || hasEnded }
      let connection = isReady ? ck_accept(file) : -EAGAIN
      endCall(me)
      if connection >= 0 { return ConnectionHandle(index: network.add(connection, of: index)) }
      if connection != -EAGAIN, connection != -ECONNABORTED, connection != -EINTR, network.listener(index) >= 0 {
        throw .failed(operation: "accept", errno: -connection)
      }
    }
  }

  public func shutDown(_ listener: ListenerHandle, atOnce: Bool) { network.shut(number(listener), atOnce: atOnce) }

  public func setReadDeadline(after duration: Duration, on connection: ConnectionHandle) {
    let (deadline, overflow) = arena.withLock { arena.now }.addingReportingOverflow(duration.nanoseconds)
    network.setDeadline(number(connection), overflow ? .max : deadline)
  }

  public func read(
    from connection: ConnectionHandle, into buffer: UnsafeMutableRawBufferPointer
  ) throws(IOError) -> Int {
    guard let (file, deadline) = network.connection(number(connection)) else { throw .closed(operation: "read") }
    let me = me
    while true {
      beginCall(me, "read")
      let isReady = network.wait(for: file, POLLIN) { isPast(deadline) || hasEnded }
      let count = isReady ? ck_read(file, buffer.baseAddress, buffer.count) : 0
      endCall(me)
      if !isReady { throw .deadlineExceeded(operation: "read") }
      if count >= 0 { return count }
      if count != -Int(EAGAIN), count != -Int(EINTR) { throw .failed(operation: "read", errno: Int32(-count)) }
    }
  }

  public func write(
    _ bytes: UnsafeRawBufferPointer, to connection: ConnectionHandle, within duration: Duration
  ) throws(IOError) {
    guard let (file, _) = network.connection(number(connection)) else { throw .closed(operation: "write") }
    let me = me
    let (deadline, overflow) = arena.withLock { arena.now }.addingReportingOverflow(duration.nanoseconds)
    let end = overflow ? .max : deadline
    var rest = bytes
    while !rest.isEmpty {
      beginCall(me, "write")
      let isReady = network.wait(for: file, POLLOUT) { isPast(end) || hasEnded }
      let count = isReady ? ck_write(file, rest.baseAddress, rest.count, true) : 0
      endCall(me)
      if !isReady { throw .deadlineExceeded(operation: "write") }
      if count < 0, count != -Int(EAGAIN), count != -Int(EINTR) {
        throw .failed(operation: "write", errno: Int32(-count))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
    }
  }

  private func isPast(_ deadline: UInt64) -> Bool { deadline != .max && arena.withLock { arena.now } >= deadline }

  public func shutdownWriting(on connection: ConnectionHandle) {
    if let (file, _) = network.connection(number(connection)) { _ = ck_shutdown(file, true) }
  }

  public func close(_ connection: ConnectionHandle) { network.remove(number(connection)) }

  public func waitUntilAskedToEnd() throws(IOError) {
    let me = me
    beginCall(me, "wait")
    _ = network.wait(for: -1, POLLIN) {
      arena.header.pointee.isAskedToEnd.load(ordering: .acquiring) != 0 || hasEnded
    }
    endCall(me)
  }
}
