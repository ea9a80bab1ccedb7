public import Magpie
public import MagpieTrace

/// What a run has to tell besides its numbers, a line of standard error each.
public enum ScenarioNote: Sendable, Hashable {
  /// A file that could not be read; its path is harmless.
  case unreadable(path: String, SystemError)
  case cannotServe(IOError)
  case cannotAccept(IOError)
  /// So many more of the same.
  case more(Int)
  /// So many files, of which nobody here knows the names.
  case unreadableFiles(Int)
}

extension ScenarioNote: CustomStringConvertible {
  /// In one line.
  public var description: String {
    switch self {
    case .unreadable(let path, let error): "\(path): \(error.text)"
    case .cannotServe(let error): "cannot serve: \(error)"
    case .cannotAccept(let error): "\(error)"
    case .more(let count): "and \(count) more"
    case .unreadableFiles(let count): "\(count) could not be read"
    }
  }
}
