/// What a scenario that serves tells the user when it is ready.
public enum Announcement: Sendable, Equatable, CustomStringConvertible {
  case echoes(port: Int)
  case serves(root: String, port: Int)

  /// In one line.
  public var description: String {
    switch self {
    case .echoes(let port): "echoes on 127.0.0.1 port \(port)"
    case .serves(let root, let port): "serves \(root) at http://127.0.0.1:\(port)/"
    }
  }
}
