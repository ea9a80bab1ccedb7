import Glibc
import Testing

extension EndToEnd {
  /// Every way out gives the terminal back.
  @Suite(.serialized) struct Leaving {
    @Test(arguments: [
      (SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129), (SIGSEGV, 128 + Int(SIGSEGV)), (SIGTRAP, 128 + Int(SIGTRAP)),
    ])
    func aSignalLeavesTheTerminalAsItWas(_ signal: Int32, _ status: Int) async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.shell("clear; stty -a >\(terminal.folder)/before; echo before-$((40 + 2))", until: "before-42")
      terminal.type("(echo $BASHPID >\(terminal.folder)/pid; exec magpie); echo status-$?")
      try await terminal.until("LIVE")
      let process = try #require(Self.process(terminal))
      #expect(kill(process, signal) == 0)
      try await terminal.ended(status)
      try await terminal.shell("stty -a >\(terminal.folder)/after; echo after-$((40 + 2))", until: "after-42")
      let before = Tmux.text(of: terminal.folder + "/before")
      #expect(!before.isEmpty && before == Tmux.text(of: terminal.folder + "/after"))
      #expect(terminal.screen.contains("before-42") && !terminal.screen.contains("LIVE"))
    }

    @Test func controlCIsAnInterrupt() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start()
      terminal.press("C-c")
      try await terminal.ended(130)
    }

    @Test func stoppedAndInTheForegroundAgain() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start()
      try await terminal.hold()
      terminal.press("C-z")
      try await terminal.until("the shell") { $0.contains("Stopped") && !$0.contains("HELD") }
      try await terminal.shell("stty -a; echo shell-$((40 + 2))", until: "shell-42")
      terminal.type("fg; echo back-$?")
      try await terminal.until("the whole screen again") {
        $0.contains("HELD · LIVE") && $0.contains("global queue") && $0.contains("q quit") && !$0.contains("shell-42")
      }
      terminal.press("Space")
      try await terminal.until("RUNNING")
      terminal.press("q")
      try await terminal.until("back-0")
    }

    @Test func aTerminalThatIsGoneEndsTheProgram() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      terminal.type("(echo $BASHPID >\(terminal.folder)/pid; exec magpie run fan-out)")
      try await terminal.until("LIVE")
      let process = try #require(Self.process(terminal))
      terminal.close()
      let deadline = ContinuousClock.now + .seconds(20)
      while Self.isAlive(process), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(25)) }
      #expect(!Self.isAlive(process))
      if Self.isAlive(process) { kill(process, SIGKILL) }
    }

    @Test func whereNothingCanBeDrawnTheOtherWaysAreNamed() async throws {
      let terminal = try await Tmux()
      let folder = terminal.folder
      for (number, command) in ["TERM=dumb magpie", "magpie </dev/null", "magpie >\(folder)/out"].enumerated() {
        try await terminal.shell("\(command) 2>\(folder)/error; echo status-$?-\(number)", until: "status-2-\(number)")
        let complaint = Tmux.text(of: folder + "/error")
        #expect(complaint.contains("--headless") && complaint.contains("--text"), "\(command): \(complaint)")
      }
      #expect(Tmux.bytes(of: folder + "/out").isEmpty)
    }

    private static func process(_ terminal: Tmux) -> pid_t? {
      Tmux.text(of: terminal.folder + "/pid").split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// A process that has ended but that nobody has asked for is gone, too.
    private static func isAlive(_ process: pid_t) -> Bool {
      guard let state = Tmux.text(of: "/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ").first
      else { return false }
      return state != "Z" && state != "X"
    }
  }
}
