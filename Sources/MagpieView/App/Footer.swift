/// The last line: the keys that matter now, from the table.
struct Footer {
  let scene: Scene
  let view: App.View
  let bindings: [KeyBinding]

  func draw(_ canvas: inout Canvas, y: Int) {
    canvas.clear(Area(x: 0, y: y, width: canvas.width, height: 1), Style(.dim, on: .bar))
    var parts =
      scene.lesson != nil
      ? lessonParts
      : bindings.compactMap { binding -> (rank: Int, key: String, text: String)? in
        guard binding.views?.contains(view) ?? true, let footer = binding.footer, let phrase = label(binding) else {
          return nil
        }
        return (footer.rank, key(binding), scene.say(phrase))
      }
    // Help and quit are never left out.
    func length() -> Int { parts.reduce(0) { $0 + Canvas.width(of: $1.key) + Canvas.width(of: $1.text) + 3 } }
    while length() > canvas.width, let least = parts.indices.max(by: { parts[$0].rank < parts[$1].rank }),
      parts[least].rank > 0
    {
      parts.remove(at: least)
    }
    var x = 1
    for part in parts {
      x = canvas.write(part.key, x: x, y: y, Style(.title, on: .bar, bold: true))
      x = canvas.write(part.text, x: x + 1, y: y, Style(.dim, on: .bar)) + 2
    }
  }

  /// A presenter's keys.
  private var lessonParts: [(rank: Int, key: String, text: String)] {
    let parts: [(Int, String, Phrase)] = [
      (0, "→", .keyNext), (0, "←", .keyPrevious), (2, ".", .keyStep), (3, ",", .keyBack), (1, "enter", .keyExplain),
      (4, "1-5", .keyViews), (0, "?", .keyHelp), (0, "q", .keyQuit),
    ]
    return parts.map { ($0.0, $0.1, scene.say($0.2)) }
  }

  /// Keys that belong together stand together.
  private func key(_ binding: KeyBinding) -> String {
    switch binding.action {
    case .slower: together(binding, .faster, by: " ")
    case .stage: together(binding, .stats, by: "-")
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
    case .holdOrRelease where scene.facts.status == .ended: nil
    case .holdOrRelease where scene.facts.status != .running: .keyRelease
    case .live where scene.shown == scene.end: nil
    // It works everywhere, and is seen in one view.
    case .mark where view != .timeline: nil
    default: binding.footer?.text
    }
  }
}
