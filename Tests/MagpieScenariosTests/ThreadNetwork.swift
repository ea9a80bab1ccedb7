import Glibc
import Magpie

/// Plain blocking sockets, with `poll` for deadlines and for the end.
final class ThreadNetwork: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var listeners: [(descriptor: CInt, isShut: Bool)] = []
  private var connections: [(descriptor: CInt, listener: Int, deadline: ContinuousClock.Instant)?] = []
  /// A pipe that is closed at one end when the run is asked to end.
  private var end: [CInt] = [-1, -1]

  init() {
    pthread_mutex_init(mutex, nil)
    pipe(&end)
  }

  func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  func add(_ descriptor: CInt) -> Int {
    locked {
      listeners.append((descriptor, false))
      return listeners.count - 1
    }
  }

  /// Looks every few milliseconds whether the listener is shut.
  func accept(_ listener: Int) throws(IOError) -> Int {
    while true {
      let (descriptor, isShut) = locked { listeners[listener] }
      if isShut {
        close(descriptor)
        throw .closed(operation: "accept")
      }
      guard isReady(descriptor, POLLIN, until: .now + .milliseconds(5)) else { continue }
      let connection = Glibc.accept(descriptor, nil, nil)
      if connection < 0 { throw .failed(operation: "accept", errno: errno) }
      return locked {
        connections.append((connection, listener, .now))
        return connections.count - 1
      }
    }
  }

  func shut(_ listener: Int, atOnce: Bool) {
    locked {
      listeners[listener].isShut = true
      for case let connection? in connections where connection.listener == listener {
        shutdown(connection.descriptor, CInt(atOnce ? SHUT_RDWR : SHUT_RD))
      }
    }
  }

  func setDeadline(_ connection: Int, _ deadline: ContinuousClock.Instant) {
    locked { connections[connection]!.deadline = deadline }
  }

  func read(_ connection: Int, _ buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
    let (descriptor, _, deadline) = locked { connections[connection]! }
    guard isReady(descriptor, POLLIN, until: deadline) else { throw .deadlineExceeded(operation: "read") }
    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    if count < 0 { throw .failed(operation: "read", errno: errno) }
    return count
  }

  func write(
    _ connection: Int, _ bytes: UnsafeRawBufferPointer, until deadline: ContinuousClock.Instant
  ) throws(IOError) {
    let descriptor = descriptor(connection)
    var rest = bytes
    while !rest.isEmpty {
      guard isReady(descriptor, POLLOUT, until: deadline) else { throw .deadlineExceeded(operation: "write") }
      let count = send(descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      if count < 0, errno != EAGAIN { throw .failed(operation: "write", errno: errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
    }
  }

  func descriptor(_ connection: Int) -> CInt { locked { connections[connection]!.descriptor } }

  func remove(_ connection: Int) {
    locked {
      close(connections[connection]!.descriptor)
      connections[connection] = nil
    }
  }

  var open: Int { locked { connections.count { $0 != nil } } }

  func askToEnd() { close(end[1]) }
  func waitUntilAskedToEnd() { _ = isReady(end[0], POLLIN, until: .now + .seconds(3600)) }

  private func isReady(_ descriptor: CInt, _ events: CInt, until deadline: ContinuousClock.Instant) -> Bool {
    var file = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let left = ContinuousClock.now.duration(to: deadline).components
    return poll(&file, 1, CInt(max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000))) > 0
  }
}

extension ThreadSystem {
  func listen(on descriptor: Int32) throws(IOError) -> ListenerHandle {
    ListenerHandle(index: network.add(descriptor))
  }
  func accept(on listener: ListenerHandle) throws(IOError) -> ConnectionHandle {
    ConnectionHandle(index: try network.accept(number(listener)))
  }
  func shutDown(_ listener: ListenerHandle, atOnce: Bool) { network.shut(number(listener), atOnce: atOnce) }
  func setReadDeadline(after duration: Duration, on connection: ConnectionHandle) {
    network.setDeadline(number(connection), .now + duration)
  }
  func read(
    from connection: ConnectionHandle, into buffer: UnsafeMutableRawBufferPointer
  ) throws(IOError) -> Int { try network.read(number(connection), buffer) }
  func write(
    _ bytes: UnsafeRawBufferPointer, to connection: ConnectionHandle, within duration: Duration
  ) throws(IOError) { try network.write(number(connection), bytes, until: .now + duration) }
  func shutdownWriting(on connection: ConnectionHandle) {
    shutdown(network.descriptor(number(connection)), CInt(SHUT_WR))
  }
  func close(_ connection: ConnectionHandle) { network.remove(number(connection)) }
  func waitUntilAskedToEnd() throws(IOError) { network.waitUntilAskedToEnd() }
}
