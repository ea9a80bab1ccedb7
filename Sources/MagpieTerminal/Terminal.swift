import CNcurses
import Glibc
public import MagpieView
import Synchronization

/// The terminal while magpie has it: draws canvases by their differences, reads keys and the mouse, and is given back on every
/// way out.
public final class Terminal {
  public let abilities: Abilities
  private var paint: Paint
  private var shown: Canvas?
  private var line: [wchar_t] = []
  private var isOpen = true
  private let screen: OpaquePointer
  private var isMouseOn = false
  /// What has been read of a report on the mouse.
  private var mouseReport: MouseReport?

  /// Takes the terminal.
  public init(theme: Theme, options: TerminalOptions = TerminalOptions()) throws(TerminalError) {
    guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
    let name = Terminal.environment("TERM") ?? ""
    guard !name.isEmpty, name != "dumb", name != "unknown" else { throw .dumb(name) }
    guard let described = Abilities.describedName(for: name), magpie_look_up(described) == 0 else {
      throw .unknown(name)
    }
    let canMove = magpie_string("cup") != nil
    magpie_forget_look_up()
    guard canMove else { throw .dumb(name) }
    abilities = Abilities.current(options)

    tcgetattr(0, Rescue.state.attributes)
    Rescue.install()
    let wanted = abilities.depth
    let before = Terminal.environment("TERMINFO")
    let colors = Abilities.Description(of: described)?.colors ?? 0
    if wanted.rawValue > colors, let entry = TerminfoEntry.make(for: described, wanted) {
      setenv("TERMINFO", entry, 1)
    }
    let made = magpie_open_screen(described)
    // Children must not inherit the made entry.
    if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") }
    guard let made else {
      Rescue.uninstall()
      throw .unknown(name)
    }
    screen = made
    paint = Paint(depth: Terminal.start(wanted), theme: theme)
    prepareRescue()
    Rescue.divertStandardError()
  }

  deinit { close() }

  public var size: (width: Int, height: Int) { (Int(magpie_columns()), Int(magpie_lines())) }

  // MARK: drawing

  /// Shows a canvas: only cells that differ from what is shown are written, and the screen is refreshed once, if at all.
  public func draw(_ canvas: Canvas, theme: Theme) {
    if paint.use(theme) || shown?.width != canvas.width || shown?.height != canvas.height { shown = nil }
    guard shown != canvas else { return }
    for y in 0..<min(canvas.height, size.height) { draw(canvas, y) }
    shown = canvas
    // ncurses empties its buffer at the end of a refresh, so that the marks stand before and behind.
    if abilities.hasSynchronizedUpdates { send(Terminal.updateBegins) }
    wrefresh(magpie_screen())
    if abilities.hasSynchronizedUpdates { send(Terminal.updateEnds) }
  }

  private static let updateBegins: StaticString = "\u{1B}[?2026h"
  private static let updateEnds: StaticString = "\u{1B}[?2026l"

  /// Writes what ncurses has no name for, past its buffer.
  private func send(_ bytes: StaticString) {
    _ = write(1, bytes.utf8Start, bytes.utf8CodeUnitCount)
  }

  private func draw(_ canvas: Canvas, _ y: Int) {
    let width = min(canvas.width, size.width)
    let row = y * canvas.width
    var x = 0
    while x < width {
      guard isChanged(canvas, row + x) else {
        x += 1
        continue
      }
      var start = x
      // A wide character is written as a whole.
      if canvas.cells[row + x].scalar == Canvas.Cell.continuation, start > 0 { start -= 1 }
      let style = canvas.cells[row + start].style
      let isLine = Paint.isLine(canvas.cells[row + start].scalar)
      line.removeAll(keepingCapacity: true)
      var end = start
      while end < width, canvas.cells[row + end].style == style,
        Paint.isLine(canvas.cells[row + end].scalar) == isLine,
        end <= x || isChanged(canvas, row + end)
          || canvas.cells[row + end].scalar == Canvas.Cell.continuation
      {
        let scalar = canvas.cells[row + end].scalar
        // What copies a screen drops blanks at a line's end, and with them the ground: a no-break space stays.
        if scalar == 0x20, end == width - 1, !canvas.isASCII {
          line.append(0xA0)
        } else if scalar != Canvas.Cell.continuation {
          line.append(wchar_t(truncatingIfNeeded: scalar))
        }
        end += 1
      }
      var look = paint.look(style)
      if isLine { look.attributes &= ~magpie_underline() }
      magpie_write(Int32(y), Int32(start), line, Int32(line.count), look.attributes, look.pair)
      x = max(end, x + 1)
    }
  }

  private func isChanged(_ canvas: Canvas, _ index: Int) -> Bool {
    guard let shown else { return true }
    return shown.cells[index] != canvas.cells[index]
  }

  /// Takes the terminal's size anew, and draws everything with the next canvas.
  func adapt() {
    var window = winsize()
    if ioctl(1, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 {
      resizeterm(Int32(window.ws_row), Int32(window.ws_col))
    }
    redraw()
  }

  /// Forgets what is shown: something else has written on the screen.
  func redraw() {
    wclear(magpie_screen())
    shown = nil
  }

  // MARK: keys and the mouse

  /// Has the terminal tell what the mouse does, or leaves the mouse to the terminal. Does nothing where there is none.
  public func setMouse(isOn: Bool) {
    guard abilities.hasMouse, isOn != isMouseOn else { return }
    isMouseOn = isOn
    send(isOn ? Terminal.mouseOn : Terminal.mouseOff)
  }

  /// Presses, releases and, while a button is down, movements; in the form that has no end of the screen.
  private static let mouseOn: StaticString = "\u{1B}[?1002h\u{1B}[?1006h"
  private static let mouseOff: StaticString = "\u{1B}[?1006l\u{1B}[?1002l"

  /// The next key that was pressed, if any.
  func readKey() -> KeyPress {
    var value: Int32 = 0
    let kind = magpie_read_key(&value)
    if kind == -1 { return .nothing }
    if kind == 1, value == magpie_mouse_key() {
      mouseReport = MouseReport()
      return .other
    }
    if mouseReport != nil, kind == 0 {
      switch mouseReport?.take(value) {
      case .unfinished: return .other
      case .event(let event):
        mouseReport = nil
        return .mouse(event)
      case .broken, .ignored, nil:
        mouseReport = nil
        return .other
      }
    }
    mouseReport = nil
    switch kind {
    case 1: return Terminal.functionKey(value)
    default:
      switch value {
      case 0x1B: return .key(.escape)
      case 0x0C: return .redraw
      case 0x0D, 0x0A: return .key(.enter)
      case 0x09: return .key(.tab)
      case 0x08, 0x7F: return .key(.backspace)
      default:
        guard let scalar = Unicode.Scalar(UInt32(bitPattern: value)), value >= 0x20 else { return .other }
        return .key(.character(scalar))
      }
    }
  }

  enum KeyPress {
    case nothing, other, redraw
    case key(Key)
    case mouse(MouseEvent)
  }

  private static func functionKey(_ value: Int32) -> KeyPress {
    switch value {
    case KEY_UP: .key(.up)
    case KEY_DOWN: .key(.down)
    case KEY_LEFT: .key(.left)
    case KEY_RIGHT: .key(.right)
    case KEY_PPAGE: .key(.pageUp)
    case KEY_NPAGE: .key(.pageDown)
    case KEY_HOME: .key(.home)
    case KEY_END: .key(.end)
    case KEY_ENTER: .key(.enter)
    case KEY_BACKSPACE: .key(.backspace)
    // KEY_RESIZE only repeats what the signal has said.
    default: .other
    }
  }

  // MARK: giving back, and taking again

  /// Gives the terminal back; what went to standard error meanwhile follows.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    leave()
    Rescue.uninstall()
    delscreen(screen)
  }

  /// Stops the process as Ctrl-Z asks, and takes the terminal again when it goes on.
  func suspend() {
    let wasMouseOn = isMouseOn
    leave()
    var standard = sigaction()
    standard.__sigaction_handler.sa_handler = SIG_DFL
    var own = sigaction()
    sigaction(SIGTSTP, &standard, &own)
    kill(getpid(), SIGTSTP)
    // Here again after SIGCONT.
    sigaction(SIGTSTP, &own, nil)
    Rescue.continued.store(false, ordering: .relaxed)
    reset_prog_mode()
    Rescue.isActive.store(true, ordering: .releasing)
    Rescue.divertStandardError()
    setMouse(isOn: wasMouseOn)
    adapt()
  }

  private func leave() {
    setMouse(isOn: false)
    // Nothing of the drawing must stay: some terminals have no screen of its own to leave, and some, when their size has
    // changed meanwhile, bring parts of it back.
    wclear(magpie_screen())
    wrefresh(magpie_screen())
    Rescue.isActive.store(false, ordering: .releasing)
    endwin()
    Rescue.releaseStandardError()
  }

  // MARK: preparation

  private static func start(_ wanted: ColorDepth) -> ColorDepth {
    cbreak()
    noecho()
    nonl()
    intrflush(magpie_screen(), false)
    keypad(magpie_screen(), true)
    magpie_know_mouse_key()
    nodelay(magpie_screen(), true)
    curs_set(0)
    if environment("ESCDELAY") == nil { magpie_set_escape_delay(25) }
    guard wanted != .none, has_colors() else { return .none }
    start_color()
    // What is drawn without colours stands in the terminal's own, and not in white on black.
    use_default_colors()
    return min(wanted, ColorDepth(colors: Int(magpie_colors())))
  }

  /// Lays down what a signal handler needs.
  private func prepareRescue() {
    var count = 0
    func add(_ bytes: StaticString) {
      for index in 0..<bytes.utf8CodeUnitCount where count < Rescue.byteLimit {
        Rescue.state.bytes.storeBytes(of: bytes.utf8Start[index], toByteOffset: count, as: UInt8.self)
        count += 1
      }
    }
    if abilities.hasSynchronizedUpdates { add(Terminal.updateEnds) }
    if abilities.hasMouse { add(Terminal.mouseOff) }
    for name in ["sgr0", "op", "clear", "rmkx", "cnorm", "rmcup"] {
      guard var place = magpie_string(name) else { continue }
      while place.pointee != 0, count < Rescue.byteLimit {
        // Padding, `$<5>`, is for terminals that needed time.
        if place.pointee == 0x24, place[1] == 0x3C {
          while place.pointee != 0, place.pointee != 0x3E { place += 1 }
          if place.pointee == 0 { break }
          place += 1
          continue
        }
        Rescue.state.bytes.storeBytes(of: place.pointee, toByteOffset: count, as: CChar.self)
        count += 1
        place += 1
      }
    }
    Rescue.byteCount.store(count, ordering: .releasing)
    Rescue.isActive.store(true, ordering: .releasing)
  }

  /// A variable of the environment; nil when it is missing or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
