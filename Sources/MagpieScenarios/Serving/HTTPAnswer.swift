/// The head of an answer.
struct HTTPAnswer {
  private static let lineEnd = "\r\n"
  /// Another request may follow on the connection.
  let keeps: Bool
  /// The client must be told that the connection is kept.
  var saysThatItKeeps = false
  /// The answer to HEAD: what it is about is not sent.
  var isHeadOnly = false
  var status = HTTPStatus.ok
  private var fields = ""

  init(keeps: Bool) { self.keeps = keeps }

  /// - Parameter value: holds no line end.
  mutating func add(_ name: String, _ value: String) { fields += "\(name): \(value)\(HTTPAnswer.lineEnd)" }

  /// - Parameter length: of the body; nil for an answer that has none by its nature.
  func head(length: Int?) -> [UInt8] {
    let end = HTTPAnswer.lineEnd
    var text = "HTTP/1.1 \(status.rawValue) \(status.reason)\(end)Date: \(HTTPDate.now)\(end)Server: magpie\(end)"
    if let length { text += "Content-Length: \(length)\(end)" }
    if !keeps { text += "Connection: close\(end)" } else if saysThatItKeeps { text += "Connection: keep-alive\(end)" }
    return Array("\(text)\(fields)\(end)".utf8)
  }
}
