import Magpie

/// What the scenarios that serve have in common: connections are accepted, each by a task of its own, until the user wants the
/// run to end; then what is going on may be finished, within a limit.
struct Reception: Sendable {
  struct Shared: BitwiseCopyable, Sendable {
    /// Connections accepted, and those whose task is through with them.
    let accepted, ended: Counter
    /// 1 once the end has begun; 1 once it is over.
    let isEnding, hasEnded: Cell
    /// Holds a value for each connection, and so limits them: who comes then waits in the kernel's queue.
    let places: ChannelHandle
  }

  static let parameters: [Parameter] = [
    .integer(
      "port", "where it listens on 127.0.0.1; 0 for any free port", zh: "在 127.0.0.1 上监听的端口；0 为任一空闲端口", default: 0,
      in: 0...65_535, small: 0),
    .integer("clients", "connections at the same time", zh: "同时的连接数", default: 1_000, in: 1...100_000, small: 10),
    .duration(
      "patience", "how long a client may be silent, or not read its answer", zh: "客户端可以沉默或不读应答多久",
      default: .seconds(30), in: .milliseconds(1) ... .seconds(3600), small: .milliseconds(10)),
  ]
  /// How long connections may go on once the run is asked to end.
  private static let limit = Duration.seconds(2)
  private static let look = Duration.milliseconds(10)
  /// Descriptors that are not for clients.
  private static let otherFiles = 64

  let socket: ListeningSocket
  let clients: Int
  let patience: Duration
  let notes = Notes()

  init(_ values: ParameterValues) throws(ScenarioError) {
    socket = try ListeningSocket(port: values.integer("port"))
    patience = values.duration("patience")
    // Two for each: the connection, and a file.
    let wanted = values.integer("clients")
    let limit = SystemCall.raiseFileLimit(to: 2 * wanted + Reception.otherFiles)
    clients = max(1, min(wanted, (limit - Reception.otherFiles) / 2))
  }

  func share<System: TaskSystem>(on system: System) -> Shared {
    notes.clear()
    return Shared(
      accepted: system.makeCounter(), ended: system.makeCounter(), isEnding: system.makeCell(0),
      hasEnded: system.makeCell(0), places: system.makeChannel(capacity: clients))
  }

  /// Receives connections until the run is asked to end, and sees them out.
  /// - Parameter attend: serves a connection, in a task of its own; it need not close it.
  func run<System: TaskSystem>(
    on system: System, _ shared: Shared, attend: @escaping @Sendable (ConnectionHandle) -> Void
  ) {
    do throws(IOError) {
      let listener = try system.listen(on: socket.take())
      system.spawn(name: "accept") { accept(on: system, listener, shared, attend: attend) }
      try system.waitUntilAskedToEnd()
      system.store(1, in: shared.isEnding)
      system.shutDown(listener, atOnce: false)
      var left = Reception.limit
      while left > .zero, system.value(of: shared.ended) < system.value(of: shared.accepted) {
        system.sleep(for: Reception.look)
        left -= Reception.look
      }
      system.shutDown(listener, atOnce: true)
      system.store(1, in: shared.hasEnded)
    } catch {
      notes.append(.cannotServe(error))
    }
  }

  private func accept<System: TaskSystem>(
    on system: System, _ listener: ListenerHandle, _ shared: Shared,
    attend: @escaping @Sendable (ConnectionHandle) -> Void
  ) {
    while true {
      system.send(1, on: shared.places)
      do throws(IOError) {
        let connection = try system.accept(on: listener)
        system.add(1, to: shared.accepted)
        system.spawn(name: "connection") {
          attend(connection)
          system.close(connection)
          system.add(1, to: shared.ended)
          _ = system.receive(from: shared.places)
        }
      } catch .closed {
        return
      } catch {
        // No descriptor or no memory is left, for the moment.
        notes.append(.cannotAccept(error))
        _ = system.receive(from: shared.places)
        system.sleep(for: .milliseconds(100))
      }
    }
  }

  /// Says that nothing more will come, and reads on for a while, so that the last answer is not lost: a connection that is closed
  /// with bytes unread is reset, and takes with it what the client has not read yet.
  func takeLeave<System: TaskSystem>(of connection: ConnectionHandle, on system: System) throws(IOError) {
    system.shutdownWriting(on: connection)
    system.setReadDeadline(after: min(patience, Reception.limit), on: connection)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 10, alignment: 16)
    defer { piece.deallocate() }
    for _ in 0..<256 where try system.read(from: connection, into: piece) == 0 { break }
  }

  /// Whether the connections add up.
  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> Bool {
    let accepted = system.value(of: shared.accepted), ended = system.value(of: shared.ended)
    return complete ? accepted == ended && system.load(shared.hasEnded) == 1 : ended <= accepted
  }
}
