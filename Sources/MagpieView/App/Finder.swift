import MagpieModel
import MagpieTrace

/// Finding events: what was asked for last, and a search that goes on from frame to frame. While nobody has asked, what the scheduler
/// is about.
struct Finder: Sendable {
  /// Events that one frame looks at: a few milliseconds.
  static let eventsAFrame = 200_000

  /// The scheduler whose events they are.
  var era = Era.mpn
  private var asked: (filter: Filter, text: String)?
  /// Whether somebody has asked.
  var isAsked: Bool { asked != nil }
  var filter: Filter { (asked ?? usual).filter }
  var text: String { (asked ?? usual).text }
  /// That there is no such event.
  private(set) var notice: Phrase?
  private var search: (next: Int, isForward: Bool)?

  var isSearching: Bool { search != nil }

  /// Steals, where there are some; else each switch; where the kernel switches, what makes it do so.
  private var usual: (filter: Filter, text: String) {
    switch era {
    case .mpn, .distributed: (Filter(kinds: [.stealTook, .stealTookRunNext]), "kind:took,tookRunNext")
    case .serial, .nto1, .global: (Filter(kinds: [.fiberStart]), "kind:fiber.start")
    case .threads, .processes: (Filter(kinds: [.fiberPark]), "kind:fiber.park")
    }
  }

  mutating func ask(for filter: Filter, _ text: String) { asked = (filter, text) }

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
