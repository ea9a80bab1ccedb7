import CNcurses
import Glibc
public import MagpieView
import Synchronization

/// The terminal while magpie has it: draws canvases by their differences, reads keys, and is given back on every way out.
public final class Terminal {
  public let depth: ColorDepth
  /// Whether the locale can show more than ASCII.
  public let isUTF8: Bool
  private var paint: Paint
  private var shown: Canvas?
  private var line: [wchar_t] = []
  private var isOpen = true
  private let screen: OpaquePointer

  /// Takes the terminal.
  public init(theme: Theme) throws(TerminalError) {
    guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
    let name = Terminal.environment("TERM") ?? ""
    guard !name.isEmpty, name != "dumb", name != "unknown" else { throw .dumb(name) }
    guard magpie_look_up(name) == 0 else { throw .unknown(name) }
    let canMove = magpie_string("cup") != nil
    magpie_forget_look_up()
    guard canMove else { throw .dumb(name) }
    setlocale(LC_CTYPE, "")
    isUTF8 = String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8"

    tcgetattr(0, Rescue.state.attributes)
    Rescue.install()
    let wanted = Terminal.wantedDepth()
    let before = Terminal.environment("TERMINFO")
    if wanted == .direct, let entry = DirectColor.entry(for: name) { setenv("TERMINFO", entry, 1) }
    let made = magpie_open_screen()
    // Children must not inherit the made entry.
    if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") }
    guard let made else {
      Rescue.uninstall()
      throw .unknown(name)
    }
    screen = made
    depth = Terminal.start(wanted)
    paint = Paint(depth: depth, theme: theme)
    Terminal.prepareRescue()
    Rescue.divertStandardError()
  }

  deinit { close() }

  public var size: (width: Int, height: Int) { (Int(magpie_columns()), Int(magpie_lines())) }

  // MARK: drawing

  /// Shows a canvas: only cells that differ from what is shown are written, and the screen is refreshed once.
  public func draw(_ canvas: Canvas, theme: Theme) {
    if paint.use(theme) || shown?.width != canvas.width || shown?.height != canvas.height { shown = nil }
    for y in 0..<min(canvas.height, size.height) { draw(canvas, y) }
    shown = canvas
    wrefresh(magpie_screen())
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
      line.removeAll(keepingCapacity: true)
      var end = start
      while end < width, canvas.cells[row + end].style == style,
        end <= x || isChanged(canvas, row + end)
          || canvas.cells[row + end].scalar == Canvas.Cell.continuation
      {
        let scalar = canvas.cells[row + end].scalar
        // What copies a screen drops blanks at a line's end, and with them the ground: a no-break space stays.
        if scalar == 0x20, end == width - 1, isUTF8 {
          line.append(0xA0)
        } else if scalar != Canvas.Cell.continuation {
          line.append(wchar_t(truncatingIfNeeded: scalar))
        }
        end += 1
      }
      let look = paint.look(style)
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

  // MARK: keys

  /// The next key that was pressed, if any.
  func readKey() -> KeyPress {
    var value: Int32 = 0
    switch magpie_read_key(&value) {
    case -1: return .nothing
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
    adapt()
  }

  private func leave() {
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
    nodelay(magpie_screen(), true)
    curs_set(0)
    if environment("ESCDELAY") == nil { magpie_set_escape_delay(25) }
    guard wanted != .none, has_colors() else { return .none }
    start_color()
    switch magpie_colors() {
    case 0x100_0000...: return .direct
    case 256...: return .palette256
    case 16...: return .sixteen
    case 8...: return .eight
    default: return .none
    }
  }

  private static func wantedDepth() -> ColorDepth {
    if let value = environment("NO_COLOR"), !value.isEmpty { return .none }
    switch environment("COLORTERM") {
    case "truecolor", "24bit": return .direct
    default: return .palette256
    }
  }

  /// Lays down what a signal handler needs.
  private static func prepareRescue() {
    var count = 0
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

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
