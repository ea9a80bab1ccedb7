import Magpie

/// A connection: one request after the other.
extension Serve {
  /// Bytes of a request's body that are read over, so that the connection can be kept.
  private static let longestBody = 64 << 10

  func attend<System: TaskSystem>(
    _ connection: ConnectionHandle, on system: System, _ shared: Shared
  ) throws(IOError) {
    var inbox = Inbox()
    while true {
      switch try receive(from: connection, into: &inbox, on: system) {
      case nil: return
      case .failure(let refusal):
        try refuse(refusal, HTTPAnswer(keeps: false), to: connection, on: system, shared)
        return try reception.takeLeave(of: connection, on: system)
      case .success(let request):
        var keeps = request.keepsAlive && system.load(shared.reception.isEnding) == 0
        if case .length(let length) = request.body, length > Serve.longestBody { keeps = false }
        try answer(request, keeps: keeps, on: connection, system, shared)
        guard keeps else { return try reception.takeLeave(of: connection, on: system) }
        if case .length(let length) = request.body { try skip(length, of: &inbox, from: connection, on: system) }
        // A client that always has the next request ready would never let the others run.
        system.checkpoint()
      }
    }
  }

  /// The next request; nil when the client has none. For its first byte the client has its whole patience, then for the rest of
  /// the head again.
  private func receive<System: TaskSystem>(
    from connection: ConnectionHandle, into inbox: inout Inbox, on system: System
  ) throws(IOError) -> Result<HTTPRequest, Refusal>? {
    var hasDeadline = false
    while true {
      if let head = inbox.takeHead() {
        return Result { () throws(Refusal) in try HTTPRequest(head: head) }
      }
      if inbox.isFull { return .failure(inbox.refusal) }
      let isFirst = inbox.count == 0
      if !hasDeadline {
        system.setReadDeadline(after: reception.patience, on: connection)
        hasDeadline = !isFirst
      }
      do throws(IOError) {
        let count = try system.read(from: connection, into: inbox.space)
        // The end, if need be in the middle of a request.
        if count == 0 { return nil }
        inbox.take(count)
      } catch .deadlineExceeded {
        return isFirst ? nil : .failure(Refusal(.requestTimeout))
      } catch {
        throw error
      }
    }
  }

  /// Reads over the body of a request.
  private func skip<System: TaskSystem>(
    _ length: Int, of inbox: inout Inbox, from connection: ConnectionHandle, on system: System
  ) throws(IOError) {
    var left = length
    if left > inbox.count { system.setReadDeadline(after: reception.patience, on: connection) }
    while true {
      let here = min(left, inbox.count)
      inbox.drop(here)
      left -= here
      guard left > 0 else { return }
      let count = try system.read(from: connection, into: inbox.space)
      if count == 0 { return }
      inbox.take(count)
    }
  }
}
