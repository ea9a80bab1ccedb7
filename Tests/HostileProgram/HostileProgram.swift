import Glibc
import Magpie
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieTerminal
import MagpieTrace
import MagpieView

/// A program whose fibers do what the screen must survive: names that would steer a terminal, a trap, a stack without an end. The
/// end-to-end tests run it; `HostileProgram FILE names|trap|overflow|linger` does the last three when FILE is there: the last is a trap
/// after which the process takes its time to end, as where a core is written.
@main
enum HostileProgram {
  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 3, let deed = Deed(rawValue: words[2]) else { exit(2) }
    if deed == .linger { lingerAfterTraps() }
    var request = RunRequest(scenario: Hostility(deed, file: words[1]), processors: 2)
    request.repeats = true
    request.isPaced = true
    let session = Session(request)
    session.start()
    let themes = try Theme.embedded()
    exit(
      try TerminalLoop.run(app: App(themes: themes, theme: themes[0]), program: Watched(session)) { _ in
        .pictureFailed(SystemError(number: EIO))
      })
  }

  /// For many frames; whoever handles the signal later comes before.
  private static func lingerAfterTraps() {
    for signal in [SIGILL, SIGTRAP] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        usleep(700_000)
        var plain = sigaction()
        plain.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(signal, &plain, nil)
        raise(signal)
      }
      sigaction(signal, &action, nil)
    }
  }
}

enum Deed: String, Sendable { case names, trap, overflow, linger }

struct Hostility: Scenario {
  static let name = "hostile"
  static let text = "fibers with names that would steer a terminal"
  static let parameters: [Parameter] = []

  struct Shared: BitwiseCopyable, Sendable {}

  /// Each says in plain letters what it is, so that a test can see that it was drawn.
  static let names = [
    "\u{1B}[2J\u{1B}]0;TITLE\u{7}escape", "\u{9B}31mcontrol", "\u{202E}override", "a\u{301}\u{302}\u{303}marks",
    "\u{200B}\u{200D}\u{FEFF}zero", "line\nfeed\rreturn\ttab", "\u{E0041}\u{E000}private",
    "long" + String(repeating: "\u{1B}[31m\u{301}x", count: 1250),
  ]

  let deed: Deed
  let file: String

  init(_ values: ParameterValues) throws(ScenarioError) { (deed, file) = (.names, "") }
  init(_ deed: Deed, file: String) { (self.deed, self.file) = (deed, file) }

  func share<System: TaskSystem>(on system: System) -> Shared { Shared() }

  func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    let (deed, file) = (deed, file)
    for name in Hostility.names {
      system.spawn(name: name) {
        for _ in 0..<50 { system.compute(for: .milliseconds(5)) }
      }
    }
    if deed == .names { return }
    system.spawn(name: "\(deed)") {
      while access(file, F_OK) != 0 { system.sleep(for: .milliseconds(10)) }
      if deed != .overflow { fatalError("a trap in a fiber") }
      system.add(Hostility.depth(1), to: system.makeCounter())
    }
  }

  /// Calls itself until the stack is used up.
  @inline(never)
  private static func depth(_ number: Int) -> Int { number == 0 ? 0 : depth(number &+ 1) &+ number }

  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    ScenarioResult(ok: true)
  }
}

/// The run as the screen needs it.
final class Watched: Program {
  private let session: Session

  init(_ session: Session) { self.session = session }

  var facts: ProgramFacts {
    var facts = ProgramFacts()
    facts.scenario = Hostility.names[0]
    facts.processors = 2
    switch session.status {
    case .running: facts.status = .running
    case .held: facts.status = .held
    case .stepping: facts.status = .stepping
    case .ended: facts.status = .ended
    }
    return facts
  }

  func withHistory<Result>(_ body: (inout History) -> Result) -> Result { session.withHistory(body) }

  func perform(_ command: ProgramCommand) {
    switch command {
    case .hold: session.hold()
    case .release: session.release()
    case .step: session.step()
    case .quit: session.stop()
    default: break
    }
  }
}
