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

/// The last line while a filter is written or has something to say.
struct FinderLine {
  let finder: Finder
  let say: Language

  func draw(_ canvas: inout Canvas, y: Int) {
    canvas.clear(Area(x: 0, y: y, width: canvas.width, height: 1), Style(.dim, on: .bar))
    guard let prompt = finder.prompt else {
      let words = finder.notice ?? .searching(finder.text)
      canvas.write(say(words), x: 1, y: y, Style(.text, on: .bar), limit: canvas.width - 2)
      return
    }
    var x = canvas.write(say(.findPrompt), x: 1, y: y, Style(.title, on: .bar, bold: true)) + 1
    // The end of a long one is what is written.
    x = canvas.write(String(prompt.suffix(max(canvas.width - x - 2, 0))), x: x, y: y, Style(.text, on: .bar))
    canvas.clear(Area(x: x, y: y, width: 1, height: 1), Style(.text, on: .selected))
    let rest = canvas.width - x - 4
    let hint = finder.notice ?? (prompt.isEmpty ? .findExample : nil)
    if let hint, rest > 0 {
      let style = finder.notice == nil ? Style(.dim, on: .bar) : Style(.error, on: .bar, bold: true)
      canvas.write(say(hint), x: x + 3, y: y, style, limit: rest)
    }
  }
}
