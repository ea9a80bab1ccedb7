public import Magpie

/// A web server for the files below a directory, a task a connection: sockets on the network poller, files in blocking calls.
///
/// It speaks HTTP/1.1 and 1.0 to GET and HEAD: connections are kept, parts of files can be asked for. No client is trusted: what
/// is not plain HTTP is refused and the connection closed, nothing outside the directory can be reached, and who keeps a task
/// waiting loses it.
public struct Serve: Scenario {
  public static let name = "serve"
  public static let text = "a web server for the files of a directory, a task a connection, until INT or TERM"
  public static let chineseText = "提供一个目录中文件的 Web 服务器，每个连接一个任务，直到 INT 或 TERM"
  public static let parameters: [Parameter] =
    [.path("root", "the directory whose files are served", zh: "提供其中文件的目录")] + Reception.parameters
  public static let serves = true

  public struct Shared: BitwiseCopyable, Sendable {
    let reception: Reception.Shared
    /// Requests answered, those of them that were refused, and bytes of files that were sent.
    let requests, refused, sent: Counter
  }

  let reception: Reception
  let root: ServedRoot
  private let rootName: String

  public init(_ values: ParameterValues) throws(ScenarioError) {
    guard case .bytes(let path) = values["root"] else { throw .missingArgument(Serve.parameters[0]) }
    root = try ServedRoot(path)
    rootName = printable(path)
    reception = try Reception(values)
  }

  public var port: Int? { reception.socket.port }
  public var announcement: Announcement? { .serves(root: rootName, port: reception.socket.port) }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      reception: reception.share(on: system), requests: system.makeCounter(), refused: system.makeCounter(),
      sent: system.makeCounter())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    reception.run(on: system, shared.reception) { connection in
      // A client that has gone, or does not read what it asked for: there is nobody to tell.
      try? attend(connection, on: system, shared)
    }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let requests = system.value(of: shared.requests), refused = system.value(of: shared.refused)
    return ScenarioResult(
      ok: reception.check(on: system, shared.reception, complete: complete) && refused <= requests,
      [
        "port": reception.socket.port, "connections": system.value(of: shared.reception.accepted),
        "requests": requests, "refused": refused, "sent": system.value(of: shared.sent),
      ], notes: reception.notes.all)
  }
}
