import MagpieModel

/// Finding events: the line in which a filter is written, the filter that was asked for last, and a search that goes on from
/// frame to frame.
struct Finder: Sendable {
  /// Events that one frame looks at: a few milliseconds.
  static let eventsAFrame = 200_000
  /// Characters of a filter, at most.
  static let longest = 200

  /// What has been written; nil while nothing is asked.
  private(set) var prompt: String?
  /// What was wrong with it, or that there is no such event.
  private(set) var notice: Phrase?
  private(set) var text = ""
  private var filter: Filter?
  private var search: (next: Int, isForward: Bool)?

  var isSearching: Bool { search != nil }
  var hasFilter: Bool { filter != nil }
  /// Whether there is something to draw in place of the footer.
  var isShown: Bool { prompt != nil || notice != nil || isSearching }

  mutating func open() {
    prompt = text
    notice = nil
  }

  /// What a key does while the line is open. - Returns: whether a filter was given.
  mutating func type(_ key: Key) -> Bool {
    guard let written = prompt else { return false }
    notice = nil
    switch key {
    case .escape: prompt = nil
    case .backspace: prompt = String(written.dropLast())
    case .character(let scalar) where (0x20..<0x7F).contains(scalar.value) && written.count < Finder.longest:
      prompt = written + String(Character(scalar))
    case .enter:
      do throws(FilterError) {
        filter = try Filter(written)
        text = written
        prompt = nil
        return true
      } catch {
        notice = .filterError(error)
      }
    default: break
    }
    return false
  }

  /// Begins to look for the next event, from one on.
  mutating func begin(from start: Int, isForward: Bool) {
    notice = nil
    search = (start, isForward)
  }

  mutating func stop() {
    notice = nil
    search = nil
  }

  /// Goes on looking. - Returns: the number of the event, once it is found.
  mutating func advance(in history: History) -> Int? {
    guard let (next, isForward) = search, let filter else { return nil }
    let (found, rest) = history.find(filter, from: next, isForward: isForward, limit: Finder.eventsAFrame)
    search = rest.map { ($0, isForward) }
    if found == nil, rest == nil { notice = .foundNothing(text, isForward: isForward) }
    return found
  }
}
