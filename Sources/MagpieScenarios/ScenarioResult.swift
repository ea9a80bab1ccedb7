/// What a scenario says of its own run, from its own counters and never from events.
public struct ScenarioResult: Sendable, Equatable {
  /// One number of a scenario's check.
  public struct Field: Sendable, Equatable {
    public let key: String
    public let value: Int

    public init(key: String, value: Int) {
      self.key = key
      self.value = value
    }
  }

  /// The check holds; after a stop, that nothing contradicts it so far.
  public var ok: Bool
  /// What was counted, in the order in which it is shown.
  public var fields: [Field]
  /// For standard error, such as files that could not be read.
  public var notes: [ScenarioNote]

  public init(ok: Bool, _ fields: KeyValuePairs<String, Int> = [:], notes: [ScenarioNote] = []) {
    self.ok = ok
    self.fields = fields.map { Field(key: $0.key, value: $0.value) }
    self.notes = notes
  }
}
