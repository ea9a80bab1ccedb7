public import MagpieTrace

/// One breach of a rule, found by the audit.
public struct Finding: Sendable, Hashable {
  /// The number of the event that broke it, counted from 1; at the end of a run, the number of the last event.
  public var eventNumber: Int
  public var rule: Rule
  public var event: Event
  /// What the rule demanded and what was found, where these are numbers; their meaning is the rule's.
  public var expected: UInt32
  public var found: UInt32

  public init(eventNumber: Int, rule: Rule, event: Event, expected: UInt32 = 0, found: UInt32 = 0) {
    self.eventNumber = eventNumber
    self.rule = rule
    self.event = event
    self.expected = expected
    self.found = found
  }
}
