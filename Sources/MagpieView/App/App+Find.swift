import MagpieModel

extension App {
  /// What a key does while a filter is written.
  mutating func type(_ key: Key) -> [ProgramCommand] {
    guard var written = prompt else { return [] }
    let outcome = written.type(key)
    prompt = written
    switch outcome {
    case .goesOn: return []
    case .cancelled:
      prompt = nil
      return []
    case .given(let filter):
      prompt = nil
      return take(filter, written)
    case .givenFibers:
      prompt = nil
      fiberTable.filterText = written.text
      return []
    }
  }

  private mutating func take(_ filter: Filter?, _ written: Prompt) -> [ProgramCommand] {
    let text = filter == nil ? "" : written.text
    switch written.purpose {
    case .find:
      guard let filter else { return [] }
      finder.ask(for: filter, text)
      return findNext()
    case .filter:
      eventsFilter = EventsFilter(text: text, filter: filter)
      return []
    case .fibers: return []
    case .breakpoint:
      breakpoint = text
      return [.breakpoint(filter)]
    }
  }

  /// On to the next event of the filter: in history while there is one, else the program goes on until it comes.
  mutating func findNext() -> [ProgramCommand] {
    if comparison != nil {
      comparison?.find(finder.filter, finder.text, isForward: true)
      return []
    }
    if shown < observation.end || observation.facts.status == .ended {
      finder.begin(from: shown + 1, isForward: true)
      return []
    }
    guard !finder.filter.asksForDurations else {
      finder.refuse(.filterError(.onlyAfterwards))
      return []
    }
    position = nil
    observation.facts.status = .running
    return [.runUntil(finder.filter)]
  }
}
