/// The last line: the keys that matter now, from the table.
struct Footer {
  let scene: Scene
  let view: App.View
  let bindings: [KeyBinding]
  /// Whether something is selected that can be frozen.
  var canFreeze = false
  /// Whether a filter was asked for, which the next match goes by.
  var isAsked = false
  /// Whether a pane has the whole body.
  var isZoomed = false

  /// Where a key stands, for the mouse.
  struct Part: Sendable, Hashable {
    var area: Area
    var action: Action
  }

  private typealias Words = (rank: Int, action: Action, key: String, text: String)

  @discardableResult
  func draw(_ canvas: inout Canvas, y: Int) -> [Part] {
    canvas.clear(Area(x: 0, y: y, width: canvas.width, height: 1), Style(.dim, on: .bar))
    var words = scene.lesson != nil ? lessonWords : bindings.compactMap { self.words($0) }
    // Help and quit are never left out.
    func length() -> Int { words.reduce(0) { $0 + Canvas.width(of: $1.key) + Canvas.width(of: $1.text) + 3 } }
    while length() > canvas.width, let least = words.indices.max(by: { words[$0].rank < words[$1].rank }),
      words[least].rank > 0
    {
      words.remove(at: least)
    }
    var x = 1
    return words.map { word in
      let start = x
      x = canvas.write(word.key, x: x, y: y, Style(.title, on: .bar, bold: true))
      x = canvas.write(word.text, x: x + 1, y: y, Style(.dim, on: .bar)) + 2
      return Part(area: Area(x: start, y: y, width: x - 2 - start, height: 1), action: word.action)
    }
  }

  private func words(_ binding: KeyBinding) -> Words? {
    guard binding.views?.contains(view) ?? true, let footer = binding.footer, let phrase = label(binding) else {
      return nil
    }
    return (footer.rank, binding.action, key(binding), scene.say(phrase))
  }

  /// A presenter's keys.
  private var lessonWords: [Words] {
    let words: [(Int, Action, String, Phrase)] = [
      (0, .right, "→", .keyNext), (0, .left, "←", .keyPrevious), (2, .step, ".", .keyStep), (3, .back, ",", .keyBack),
      (1, .explain, "enter", .keyExplain), (4, .stage, "1-5", .keyViews), (0, .help, "?", .keyHelp),
      (0, .quit, "q", .keyQuit),
    ]
    return words.map { ($0.0, $0.1, $0.2, scene.say($0.3)) }
  }

  /// Keys that belong together stand together.
  private func key(_ binding: KeyBinding) -> String {
    switch binding.action {
    case .slower: together(binding, .faster, by: " ")
    case .stage: together(binding, scene.playback == nil ? .stats : .compare, by: "-")
    case .findPrevious: together(binding, .findNext, by: " ")
    case .zoomOut: together(binding, .zoomIn, by: " ")
    default: binding.keys[0].label
    }
  }

  private func together(_ binding: KeyBinding, _ other: Action, by mark: String) -> String {
    let other = bindings.first { $0.action == other }
    return binding.keys[0].label + (other.map { mark + $0.keys[0].label } ?? "")
  }

  private func label(_ binding: KeyBinding) -> Phrase? {
    switch binding.action {
    case .holdOrRelease where scene.playback != nil: scene.playback?.mode == .plays ? .keyHold : .compare(.keyPlay)
    case .breakpoint where scene.playback != nil: nil
    case .focus where view != .compare: nil
    case .holdOrRelease where scene.facts.status == .ended: nil
    case .holdOrRelease where scene.facts.status != .running: .keyRelease
    case .live where scene.shown == scene.end || scene.playback != nil: nil
    case .freeze where !canFreeze || scene.facts.status == .ended: nil
    case .findPrevious where isAsked: .keyMatches
    case .zoomPane where !isZoomed: nil
    case .findPrevious where scene.state.era != .mpn: .era(.keyFindOn(scene.state.era))
    // It works everywhere, and is seen in one view.
    case .mark where view != .timeline: nil
    default: binding.footer?.text
    }
  }
}
