/// A line under the header for what the user has set up and what came of it: breakpoint, frozen things, a command that could
/// not be done; and that no more of the past is kept, where one has come to its beginning. It is there only while there is something
/// to say.
struct Banner {
  let scene: Scene
  let view: App.View
  let breakpoint: String
  /// How many bands are wanted in big letters, where there is no room for them.
  var tooManyForBig: Int?

  var isShown: Bool { !parts.isEmpty }

  func draw(_ canvas: inout Canvas, y: Int) {
    canvas.clear(Area(x: 0, y: y, width: canvas.width, height: 1), Style(.text, on: .chip))
    var x = 1
    for (phrase, role) in parts {
      x =
        canvas.write(
          scene.say(phrase), x: x, y: y, Style(role, on: .chip, bold: role == .blocked), limit: canvas.width - 1 - x)
        + 3
      guard x < canvas.width - 4 else { return }
    }
  }

  /// The most pressing first.
  private var parts: [(Phrase, Role)] {
    let facts = scene.facts
    var parts: [(Phrase, Role)] = []
    if let refusal = facts.refusal { parts.append((.refusal(refusal), .error)) }
    if let count = tooManyForBig {
      parts.append((scene.state.era == .mpn ? .tooManyForBig(count) : .era(.tooManyForBig(count)), .text))
    }
    if facts.status == .held, let stopped = facts.stoppedBefore { parts.append((.stoppedBefore(stopped), .blocked)) }
    if !breakpoint.isEmpty { parts.append((.breaksAt(breakpoint), .text)) }
    if !facts.frozenFibers.isEmpty || !facts.frozenMachines.isEmpty {
      parts.append((.frozen(fibers: facts.frozenFibers.sorted(), machines: facts.frozenMachines.sorted()), .timer))
    }
    let oldest = scene.history.firstAvailable
    // The log says it itself, above its oldest event.
    if oldest > 0, scene.shown <= oldest, scene.shown < scene.end, view != .events, view != .compare {
      parts.append((.historyBegins(UInt64(oldest + 1)), .text))
    }
    if facts.load != 1 { parts.append((.load(facts.load), .dim)) }
    return parts
  }
}
