extension App {
  /// The tempos that two keys go through: 1/N.
  public static let tempos = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

  /// Takes in what happened; returns what is to be asked of the program.
  public mutating func update(_ message: Message) -> [ProgramCommand] {
    switch message {
    case .observed(let observation):
      self.observation = observation
      if let position {
        // What is no longer kept cannot be shown, and who has caught up is live.
        self.position = min(max(position, observation.first), observation.end)
      }
      return []
    case .key(let key):
      if finder.prompt != nil {
        if finder.type(key) { find(isForward: true) }
        return []
      }
      finder.stop()
      guard let action = KeyBinding.action(of: key, inEvents: view == .events) else { return [] }
      return perform(action)
    }
  }

  private mutating func perform(_ action: Action) -> [ProgramCommand] {
    switch action {
    case .holdOrRelease: return holdOrRelease()
    case .step: return step()
    case .back: return look(at: shown - 1)
    case .up: return look(at: shown - 1)
    case .down: return look(at: shown + 1)
    case .pageUp: return look(at: shown - max(pageLength - 1, 1))
    case .pageDown: return look(at: shown + max(pageLength - 1, 1))
    case .first: return look(at: observation.first)
    case .live, .last:
      position = nil
      return []
    case .slower: return tempo(App.tempos.first { $0 > observation.facts.tempo })
    case .faster: return tempo(App.tempos.last { $0 < observation.facts.tempo })
    case .stage, .events:
      view = action == .stage ? .stage : .events
      isHelpShown = false
      return []
    case .find:
      finder.open()
      return []
    case .findNext, .findPrevious:
      find(isForward: action == .findNext)
      return []
    case .theme:
      themeIndex = (themeIndex + 1) % themes.count
      return []
    case .help:
      isHelpShown.toggle()
      return []
    case .close:
      isHelpShown = false
      return []
    case .quit:
      isOver = true
      return [.quit]
    }
  }

  /// Moves the view, never the program.
  private mutating func look(at wanted: Int) -> [ProgramCommand] {
    let target = min(max(wanted, observation.first), observation.end)
    position = target >= observation.end ? nil : target
    return []
  }

  /// Looks for the filter's next event from the one that is shown; asks for a filter where there is none.
  private mutating func find(isForward: Bool) {
    guard finder.hasFilter else { return finder.open() }
    finder.begin(from: isForward ? shown + 1 : shown - 1, isForward: isForward)
  }

  private mutating func holdOrRelease() -> [ProgramCommand] {
    switch observation.facts.status {
    case .running:
      observation.facts.status = .held
      return [.hold]
    case .held, .stepping:
      observation.facts.status = .running
      return [.release]
    case .ended:
      return []
    }
  }

  /// Forward in history while the view is back; at the live edge, one operation of the program.
  private mutating func step() -> [ProgramCommand] {
    if let position, position < observation.end { return look(at: position + 1) }
    position = nil
    switch observation.facts.status {
    case .ended:
      return []
    case .running:
      observation.facts.status = .stepping
      return [.hold, .step]
    case .held, .stepping:
      observation.facts.status = .stepping
      return [.step]
    }
  }

  private mutating func tempo(_ denominator: Int?) -> [ProgramCommand] {
    guard let denominator, observation.facts.status != .ended else { return [] }
    observation.facts.tempo = denominator
    return [.tempo(denominator)]
  }
}
