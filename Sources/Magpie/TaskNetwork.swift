import CKernel
import MagpieTrace

/// The connections of the tasks, by the numbers in their handles, and the wish that all should end.
///
/// A lock, held for a few instructions and never across a switch: a connection is looked up once a system call.
final class TaskNetwork: Sendable {
  private struct State {
    var listeners: [TCPListener] = []
    /// By listener: no more are accepted.
    var isShut: [Bool] = []
    /// A number is used again once its connection is closed.
    var connections: [(connection: TCPConnection, listener: Int)?] = []
    var free: [Int] = []
    /// Raised when the run is asked to end; -1 until somebody waits for that.
    var event: Int32 = -1
    var isAskedToEnd = false
  }

  private let state = ThreadMutex(State())

  deinit { state.withLock { if $0.event >= 0 { _ = ck_close($0.event) } } }

  // MARK: Connections

  func add(_ listener: TCPListener) -> Int {
    state.withLock { state in
      state.listeners.append(listener)
      state.isShut.append(false)
      return state.listeners.count - 1
    }
  }

  func listener(_ index: Int) -> TCPListener { state.withLock { $0.listeners[index] } }

  /// - Returns: its number, and whether its listener was shut down meanwhile.
  func add(_ connection: TCPConnection, of listener: Int) -> (index: Int, isShut: Bool) {
    state.withLock { state in
      let index = state.free.popLast() ?? state.connections.count
      if index == state.connections.count { state.connections.append(nil) }
      state.connections[index] = (connection, listener)
      return (index, state.isShut[listener])
    }
  }

  func connection(_ index: Int) -> TCPConnection { state.withLock { $0.connections[index]!.connection } }

  func remove(_ index: Int) -> TCPConnection? {
    state.withLock { state in
      guard let (connection, _) = state.connections[index] else { return nil }
      state.connections[index] = nil
      state.free.append(index)
      return connection
    }
  }

  /// From now on each new connection of the listener is born shut. - Returns: those that there are.
  func shut(_ listener: Int) -> [TCPConnection] {
    state.withLock { state in
      state.isShut[listener] = true
      return state.connections.compactMap { $0?.listener == listener ? $0?.connection : nil }
    }
  }

  // MARK: The end

  var isAskedToEnd: Bool { state.withLock { $0.isAskedToEnd } }

  /// From any thread.
  func askToEnd() {
    state.withLock { state in
      state.isAskedToEnd = true
      if state.event >= 0 { _ = ck_event_raise(state.event) }
    }
  }

  /// A descriptor that can be read once the run is asked to end.
  func endEvent() throws(IOError) -> Int32 {
    let event: Int32 = state.withLock { state in
      if state.event < 0 { state.event = ck_event_create() }
      if state.event >= 0, state.isAskedToEnd { _ = ck_event_raise(state.event) }
      return state.event
    }
    return try IOError.check(event, "eventfd")
  }
}
