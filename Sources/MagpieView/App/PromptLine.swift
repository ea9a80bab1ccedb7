/// The last line while a filter is written, or a search has something to say.
struct PromptLine {
  let prompt: Prompt?
  let finder: Finder
  /// What is said until the next key.
  let notice: Phrase?
  let say: Language

  /// Whether there is something to draw in place of the footer.
  var isShown: Bool { prompt != nil || notice != nil || finder.notice != nil || finder.isSearching }

  func draw(_ canvas: inout Canvas, y: Int) {
    canvas.clear(Area(x: 0, y: y, width: canvas.width, height: 1), Style(.dim, on: .bar))
    guard let prompt else {
      let words = notice ?? finder.notice ?? .searching(finder.text)
      canvas.write(say(words), x: 1, y: y, Style(.text, on: .bar), limit: canvas.width - 2)
      return
    }
    let label: Phrase =
      switch prompt.purpose {
      case .find: .findPrompt
      case .filter, .fibers: .filterPrompt
      case .breakpoint: .breakPrompt
      }
    var x = canvas.write(say(label), x: 1, y: y, Style(.title, on: .bar, bold: true)) + 1
    // The end of a long one is what is written.
    x = canvas.write(String(prompt.text.suffix(max(canvas.width - x - 2, 0))), x: x, y: y, Style(.text, on: .bar))
    canvas.clear(Area(x: x, y: y, width: 1, height: 1), Style(.text, on: .selected))
    let rest = canvas.width - x - 4
    let example: Phrase = prompt.purpose == .fibers ? .fiberFilterExample : .findExample
    let hint = prompt.notice ?? (prompt.text.isEmpty ? example : nil)
    if let hint, rest > 0 {
      let style = prompt.notice == nil ? Style(.dim, on: .bar) : Style(.error, on: .bar, bold: true)
      canvas.write(say(hint), x: x + 3, y: y, style, limit: rest)
    }
  }
}
