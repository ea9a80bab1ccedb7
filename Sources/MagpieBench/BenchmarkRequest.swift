/// What to measure.
public struct BenchmarkRequest: Sendable {
  public var name: String
  /// How many processors; nil for the benchmark's own choice.
  public var processors: Int?
  public var repetitions = 5
  /// How much one repetition does; nil for the benchmark's own size.
  public var operations: Int?
  /// Whether the runtime is traced, with nobody reading.
  public var isTraced = false

  public init(_ name: String) { self.name = name }
}
