import MagpieModel

/// Finding events: what was asked for last, and a search that goes on from frame to frame. Steals, while nobody has asked.
struct Finder: Sendable {
  /// Events that one frame looks at: a few milliseconds.
  static let eventsAFrame = 200_000

  private(set) var text = "kind:took,tookRunNext"
  private(set) var filter = Filter(kinds: [.stealTook, .stealTookRunNext])
  /// Whether somebody has asked.
  private(set) var isAsked = false
  /// That there is no such event.
  private(set) var notice: Phrase?
  private var search: (next: Int, isForward: Bool)?

  var isSearching: Bool { search != nil }

  mutating func ask(for filter: Filter, _ text: String) {
    self.filter = filter
    self.text = text
    isAsked = true
  }

  /// Begins to look for the next event, from one on.
  mutating func begin(from start: Int, isForward: Bool) {
    notice = nil
    search = (start, isForward)
  }

  /// Says why there is nothing to look for.
  mutating func refuse(_ phrase: Phrase) { notice = phrase }

  mutating func stop() {
    notice = nil
    search = nil
  }

  /// Goes on looking. - Returns: the number of the event, once it is found.
  mutating func advance(in history: History) -> Int? {
    guard let (next, isForward) = search else { return nil }
    let (found, rest) = history.find(filter, from: next, isForward: isForward, limit: Finder.eventsAFrame)
    search = rest.map { ($0, isForward) }
    if found == nil, rest == nil { notice = .foundNothing(text, isForward: isForward) }
    return found
  }
}
