import Glibc
public import MagpieView
import Synchronization

/// The screen's run loop: keys to messages, messages to commands, frames when something has changed.
public enum TerminalLoop {
  /// How often a program in which nothing happens is asked whether that is still so, in milliseconds; and one that is held or has
  /// ended, which only a key can change.
  static let idle: Int32 = 200
  static let still: Int32 = 500

  /// Shows the program until the user leaves or a signal comes; the terminal is given back in any case.
  ///
  /// - Parameter savePicture: writes a picture of the screen, and says what came of it.
  /// - Returns: the exit status: 0, or 1 if something was wrong with the run; 130, 143, 129 after INT, TERM, HUP.
  public static func run(
    app: consuming App, program: some Program, options: TerminalOptions = TerminalOptions(),
    savePicture: (Picture) -> Phrase
  ) throws(TerminalError) -> Int32 {
    let terminal = try Terminal(theme: app.theme, options: options)
    defer { terminal.close() }
    if terminal.abilities.isASCII { app.isASCII = true }
    if !terminal.abilities.hasMouse { app.isMouseOn = false }
    let frame = Int32(1000 / min(max(options.framesPerSecond, 1), 60))
    var isChanged = true
    var lastFrame = UInt64(0)
    var lastChange = now()
    while true {
      if let status = leaving() {
        program.perform(.quit)
        return status
      }
      if Rescue.stop.exchange(false, ordering: .acquiringAndReleasing) {
        terminal.suspend()
        isChanged = true
      }
      let wasContinued = Rescue.continued.exchange(false, ordering: .acquiringAndReleasing)
      if Rescue.resized.exchange(false, ordering: .acquiringAndReleasing) || wasContinued {
        terminal.adapt()
        isChanged = true
      }
      if readKeys(&app, program, terminal) { isChanged = true }
      if app.isOver { return app.exitStatus }
      terminal.setMouse(isOn: app.isMouseOn)
      if observe(&app, program) { isChanged = true }
      let time = now()
      if isChanged { lastChange = time }
      if isChanged || app.isMoving, app.awaitsFrame || time - lastFrame >= UInt64(frame - 1) * 1_000_000 {
        let size = terminal.size
        let canvas = program.withHistory { app.draw($0, width: size.width, height: size.height, now: time) }
        terminal.draw(canvas, theme: app.theme)
        if app.isOver { return app.exitStatus }
        lastFrame = time
        isChanged = false
        if let picture = app.takePicture() {
          _ = app.update(.noticed(savePicture(picture)))
          isChanged = true
        }
      }
      // What has just changed is likely to change again; what stands still is asked less and less often.
      let isQuiet = !isChanged && !app.isMoving && time - lastChange > 300_000_000
      let status = app.observation.facts.status
      let pause = status == .held || status == .ended ? still : idle
      guard wait(isQuiet ? pause : max(1, frame - Int32((now() - lastFrame) / 1_000_000))) else {
        program.perform(.quit)
        return 128 + SIGHUP
      }
    }
  }

  private static func leaving() -> Int32? {
    let signal = Rescue.leave.load(ordering: .acquiring)
    return signal == 0 ? nil : 128 + signal
  }

  private static func readKeys(_ app: inout App, _ program: some Program, _ terminal: Terminal) -> Bool {
    var isChanged = false
    // A paste is cut into frames, so that the screen never stands.
    for _ in 0..<256 {
      switch terminal.readKey() {
      case .nothing: return isChanged
      case .other: continue
      case .redraw: terminal.redraw()
      case .key(let key):
        for command in app.update(.key(key)) { program.perform(command) }
      case .mouse(let event):
        for command in app.update(.mouse(event)) { program.perform(command) }
      }
      isChanged = true
      // The rest is for what is seen then: the keys may have been pressed at once, or the machine be slow.
      if app.isOver || app.awaitsFrame { break }
    }
    return isChanged
  }

  /// - Returns: whether there is something new to draw.
  private static func observe(_ app: inout App, _ program: some Program) -> Bool {
    let facts = program.facts
    let observation = program.withHistory { App.Observation(facts, $0) }
    let isNew = !observation.looksLike(app.observation)
    if isNew { for command in app.update(.observed(observation)) { program.perform(command) } }
    return isNew
  }

  /// Waits for a key, a signal or the time; false when the terminal is gone.
  private static func wait(_ milliseconds: Int32) -> Bool {
    var files = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Rescue.wake.load(ordering: .relaxed), events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&files, 2, milliseconds) > 0 else { return true }
    if files[1].revents != 0 {
      var count: UInt64 = 0
      _ = read(files[1].fd, &count, 8)
    }
    return files[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) == 0
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
