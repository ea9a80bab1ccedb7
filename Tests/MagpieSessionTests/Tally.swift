import MagpieTrace

@testable import MagpieSession

/// A run that is over, counted: its summary, and its events one by one.
struct Tally {
  let summary: Summary
  let events: [Event]

  init(_ session: Session, _ summary: Summary) {
    self.summary = summary
    events = session.withHistory { history in (0..<history.count).compactMap { history.event(at: $0 + 1) } }
  }

  subscript(kind: EventKind) -> Int { summary.events.byKind[kind] ?? 0 }
  /// A number of the scenario's own; -1 if it has none of that name.
  subscript(key: String) -> Int { summary.result.fields.first { $0.key == key }?.value ?? -1 }

  func count(where condition: (Event) -> Bool) -> Int { events.count(where: condition) }

  /// Values that went into channels: by their senders, or moved up by a receiver.
  var sends: Int { self[.channelSend] + count { $0.kind == .channelReceive && $0.detail == 1 } }
  /// Values that came out: to a receiver that took them, or that waited.
  var receives: Int {
    count { $0.kind == .channelReceive && $0.detail != 2 } + count { $0.kind == .channelSend && $0.detail == 1 }
  }
}
