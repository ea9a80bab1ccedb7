/// A benchmark that did not do its work, in words.
public struct BenchmarkError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
