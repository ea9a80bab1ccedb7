import Glibc
import Testing

@testable import MagpieScenarios

/// Both servers on threads with blocking sockets: what they ask of a task system, the older schedulers can give too.
@Suite("Serving on plain threads", .serialized)
struct ServingTests {
  private func values(_ type: any Scenario.Type, _ words: String...) throws -> ParameterValues {
    var values = ParameterValues(defaultsOf: type.parameters)
    try values.read(words, for: type.parameters)
    return values
  }

  /// Runs the scenario, lets `client` talk to it, and asks it to end.
  private func serve(_ scenario: some Scenario, _ client: (Int) -> Void) throws -> ScenarioResult {
    let system = ThreadSystem()
    let run = scenario.prepare(on: system)
    system.spawn(name: "root", run.root)
    client(try #require(scenario.port))
    system.network.askToEnd()
    system.waitForAll()
    #expect(system.network.open == 0)
    return run.check(true)
  }

  @Test("echo sends back what it gets")
  func echo() throws {
    let result = try serve(Echo(values(Echo.self))) { port in
      #expect(talk(port, "a magpie steals") == "a magpie steals")
      #expect(talk(port, "") == "")
    }
    #expect(result.ok && result.fields.map(\.value).dropFirst() == [2, 15, 15], "\(result)")
  }

  @Test("serve answers one request after the other on a connection")
  func serve() throws {
    let tree = ServedTree()
    let result = try serve(Serve(values(Serve.self, "--root", tree.root))) { port in
      let answer = talk(
        port, "GET /plain.txt HTTP/1.1\r\nHost: a\r\n\r\nGET /out HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(answer.contains("200 OK") && answer.contains("\r\n\r\nplain") && answer.contains("404 Not Found"))
      #expect(!answer.contains("secret"))
    }
    #expect(result.ok && result.fields.map(\.value).dropFirst() == [1, 2, 1, 5], "\(result)")
  }

  @Test("A port that is taken, and one that the system keeps, are refused in words")
  func ports() throws {
    let port = try ListeningSocket(port: 0)
    #expect(throws: ScenarioError.self) { try ListeningSocket(port: port.port) }
    do throws(ScenarioError) { _ = try ListeningSocket(port: port.port) } catch {
      #expect(
        "\(error)" == "cannot listen on port \(port.port): Address already in use: "
          + "another program listens there; --port 0 takes any free port")
    }
  }

  /// Sends the text, ends it, and reads all that comes back.
  private func talk(_ port: Int, _ text: String) -> String {
    let client = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(result == 0)
    send(client, text, text.utf8.count, 0)
    shutdown(client, CInt(SHUT_WR))
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(client, &piece, piece.count, 0), count > 0 { bytes += piece[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
