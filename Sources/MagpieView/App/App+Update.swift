extension App {
  /// The tempos that two keys go through: 1/N.
  public static let tempos = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

  /// Takes in what happened; returns what is to be asked of the program.
  public mutating func update(_ message: Message) -> [ProgramCommand] {
    switch message {
    case .observed(let observation):
      if observation.facts.run != self.observation.facts.run { forgetRun() }
      self.observation = observation
      if let position {
        // What is no longer kept cannot be shown, and who has caught up is live.
        self.position = min(max(position, observation.first), observation.end)
      }
      followComparison()
      return []
    case .noticed(let phrase):
      notice = phrase
      return []
    case .mouse(let event):
      notice = nil
      return point(event)
    case .key(let key):
      notice = nil
      if prompt != nil { return type(key) }
      if themeList != nil {
        let isThemeKey = keyMap.action(of: key, in: view) == .theme
        chooseTheme { $0.type(key, isThemeKey: isThemeKey, $1) }
        return []
      }
      finder.stop()
      comparison?.stopFinding()
      if help.type(key) { return [] }
      guard let action = keyMap.action(of: key, in: view) else { return [] }
      return perform(action)
    }
  }

  mutating func perform(_ action: Action) -> [ProgramCommand] {
    if lesson != nil, present(action) { return [] }
    if let commands = compare(action) { return commands }
    switch action {
    case .holdOrRelease: return holdOrRelease()
    case .step: return step()
    case .back: look(at: shown - 1)
    case .live: position = nil
    case .slower: return tempo(App.tempos.first { $0 > observation.facts.tempo })
    case .faster: return tempo(App.tempos.last { $0 < observation.facts.tempo })
    case .find: prompt = Prompt(.find, text: finder.isAsked ? finder.text : "")
    case .breakpoint: prompt = Prompt(.breakpoint, text: breakpoint)
    case .filter:
      prompt = view == .fibers ? Prompt(.fibers, text: fiberTable.filterText) : Prompt(.filter, text: eventsFilter.text)
    case .findNext: return findNext()
    case .findPrevious: finder.begin(from: shown - 1, isForward: false)
    case .stage: show(.stage)
    case .timeline: show(.timeline)
    case .fibers: show(.fibers)
    case .events: show(.events)
    case .stats: show(.stats)
    case .compare: if comparison == nil { notice = .compare(.needsTwo) } else { show(.compare) }
    case .align: notice = .compare(.needsTwo)
    case .up, .down, .left, .right, .pageUp, .pageDown, .first, .last: move(action)
    case .focus: focusNext()
    case .explain: explain()
    case .close: close()
    case .zoomPane: zoomPane()
    case .zoomIn, .zoomOut, .fit, .undo, .lanes, .mark: timeline.perform(action)
    case .sort, .reverse: if view == .fibers { fiberTable.perform(action) } else { stats.perform(action) }
    case .stepSelected, .freeze, .wake, .block: return controlSelected(action)
    case .fewerProcessors, .moreProcessors, .lessLoad, .moreLoad, .restart: return controlRun(action)
    case .theme: themeList = ThemeList(themeIndex)
    case .language: language = language.next
    case .mouse: isMouseOn.toggle()
    case .big:
      isBig.toggle()
      zoomed = nil
      if isBig, view != .stage, view != .events { notice = .bigElsewhere }
    case .picture: wantsPicture = true
    case .help: help.toggle()
    case .quit:
      isOver = true
      return [.quit]
    }
    return []
  }

  /// Another run has begun: what was remembered of the last one's history means nothing now.
  private mutating func forgetRun() {
    position = nil
    cursor = nil
    motion = Motion()
    teller = Teller()
    explainer = Explainer()
    eventsFilter.forget()
    timeline = Timeline()
    fiberTable = FiberTable()
    stats = StatsView()
    selection = nil
    isExplained = false
    finder.stop()
  }

  mutating func show(_ view: View) {
    self.view = view
    help.isShown = false
  }

  /// Closes what is on top.
  private mutating func close() {
    if help.isShown {
      help.isShown = false
    } else if zoomed != nil {
      zoomed = nil
    } else if isExplained {
      isExplained = false
    } else if view == .fibers, fiberTable.close() {
    } else {
      selection = nil
    }
  }

  /// What is done while a theme is chosen: the screen shows each at once.
  mutating func chooseTheme(_ act: (inout ThemeList, [Theme]) -> ThemeList.Outcome) {
    guard var list = themeList else { return }
    switch act(&list, themes) {
    case .goesOn:
      themeIndex = list.chosen
      themeList = list
    case .taken: themeList = nil
    case .cancelled:
      themeIndex = list.before
      themeList = nil
    }
  }

  /// Moves the view, never the program.
  public mutating func look(at wanted: Int) {
    let target = min(max(wanted, observation.first), observation.end)
    position = target >= observation.end ? nil : target
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
    if let position, position < observation.end {
      look(at: position + 1)
      return []
    }
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
