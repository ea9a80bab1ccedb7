public import Magpie

/// A TCP server that sends back what it gets, a task a connection.
public struct Echo: Scenario {
  public static let name = "echo"
  public static let text = "a TCP server that sends back what it gets, a task a connection, until INT or TERM"
  public static let chineseText = "回显所收内容的 TCP 服务器，每个连接一个任务，直到 INT 或 TERM"
  public static let parameters = Reception.parameters
  public static let serves = true

  public struct Shared: BitwiseCopyable, Sendable {
    let reception: Reception.Shared
    let received, sent: Counter
  }

  private static let pieceSize = 64 << 10
  let reception: Reception

  public init(_ values: ParameterValues) throws(ScenarioError) { reception = try Reception(values) }

  public var port: Int? { reception.socket.port }
  public var announcement: Announcement? { .echoes(port: reception.socket.port) }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(reception: reception.share(on: system), received: system.makeCounter(), sent: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    reception.run(on: system, shared.reception) { connection in
      // A client that has gone, or is silent for too long: there is nobody to tell.
      try? echo(connection, on: system, shared)
    }
  }

  private func echo<System: TaskSystem>(
    _ connection: ConnectionHandle, on system: System, _ shared: Shared
  ) throws(IOError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Echo.pieceSize, alignment: 16)
    defer { piece.deallocate() }
    while true {
      system.setReadDeadline(after: reception.patience, on: connection)
      let count = try system.read(from: connection, into: piece)
      if count == 0 { return }
      system.add(count, to: shared.received)
      try system.write(
        UnsafeRawBufferPointer(rebasing: piece[..<count]), to: connection, within: reception.patience)
      system.add(count, to: shared.sent)
      // As in `serve`: the next bytes may be there already, and the ones after.
      system.checkpoint()
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let received = system.value(of: shared.received), sent = system.value(of: shared.sent)
    return ScenarioResult(
      ok: reception.check(on: system, shared.reception, complete: complete) && sent <= received,
      [
        "port": reception.socket.port, "connections": system.value(of: shared.reception.accepted),
        "received": received, "sent": sent,
      ], notes: reception.notes.all)
  }
}
