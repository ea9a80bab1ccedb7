import Glibc
import TestSupport
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
      #expect(terminal.modes == "1110")
      let process = try #require(Self.process(terminal))
      #expect(kill(process, signal) == 0)
      try await terminal.ended(status)
      #expect(terminal.modes == Tmux.plainModes)
      try await terminal.shell("stty -a >\(terminal.folder)/after; echo after-$((40 + 2))", until: "after-42")
      let before = File.text(of: terminal.folder + "/before")
      #expect(!before.isEmpty && before == File.text(of: terminal.folder + "/after"))
      #expect(terminal.screen.contains("before-42") && !terminal.screen.contains("LIVE"))
    }

    @Test func controlCIsAnInterrupt() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start()
      terminal.press("C-c")
      try await terminal.ended(130)
      #expect(terminal.modes == Tmux.plainModes)
    }

    @Test func quittingGivesBackWhatWasTaken() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.shell("clear; stty -a >\(terminal.folder)/before; echo before-$((40 + 2))", until: "before-42")
      try await terminal.start()
      #expect(terminal.modes == "1110")
      try await terminal.quit()
      #expect(terminal.modes == Tmux.plainModes)
      try await terminal.shell("stty -a >\(terminal.folder)/after; echo after-$((40 + 2))", until: "after-42")
      #expect(File.text(of: terminal.folder + "/before") == File.text(of: terminal.folder + "/after"))
    }

    /// A trap, and a stack that is used up: on a fiber's stack, while the screen is drawn, which another thread goes on with until
    /// the process has ended.
    @Test(
      "What kills a fiber gives the terminal back, and then says what it was",
      arguments: ["trap", "overflow", "linger"])
    func aFiberThatDies(deed: String) async throws {
      let terminal = try await Tmux(width: 100, height: 30)
      let folder = terminal.folder
      try await terminal.shell("clear; stty -a >\(folder)/before; echo before-$((40 + 2))", until: "before-42")
      try await terminal.shell("HostileProgram \(folder)/now \(deed); echo status-$?", until: "LIVE")
      #expect(terminal.modes == "1110")
      #expect(Shell.run("touch \(folder)/now").status == 0)
      try await terminal.until("the shell's line on how it ended") { screen in
        [SIGILL, SIGTRAP, SIGSEGV].contains { screen.contains("status-\(128 + $0)\n") }
      }
      #expect(terminal.modes == Tmux.plainModes)
      let screen = terminal.screen
      #expect(screen.contains("before-42") && !screen.contains("LIVE") && !screen.contains("━"), "\(screen)")
      #expect(screen.contains(deed == "overflow" ? "stack" : "a trap in a fiber"), "\(screen)")
      try await terminal.shell("stty -a >\(folder)/after; echo after-$((40 + 2))", until: "after-42")
      #expect(File.text(of: folder + "/before") == File.text(of: folder + "/after"))
    }

    @Test func stoppedAndInTheForegroundAgain() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      try await terminal.start()
      try await terminal.hold()
      terminal.press("C-z")
      try await terminal.until("the shell") { $0.contains("Stopped") && !$0.contains("HELD") }
      #expect(terminal.modes == Tmux.plainModes)
      try await terminal.shell("stty -a; echo shell-$((40 + 2))", until: "shell-42")
      terminal.type("fg; echo back-$?")
      try await terminal.until("the whole screen again") {
        $0.contains("HELD · LIVE") && $0.contains("global queue") && $0.contains("q quit") && !$0.contains("shell-42")
      }
      #expect(terminal.modes == "1110")
      terminal.press("Space")
      try await terminal.until("RUNNING")
      terminal.press("q")
      try await terminal.until("back-0")
      #expect(terminal.modes == Tmux.plainModes)
    }

    @Test func aTerminalThatIsGoneEndsTheProgram() async throws {
      let terminal = try await Tmux(width: 80, height: 24)
      terminal.type("(echo $BASHPID >\(terminal.folder)/pid; exec magpie run fan-out)")
      try await terminal.until("LIVE")
      let process = try #require(Self.process(terminal))
      terminal.close()
      defer { if Tmux.isAlive(process) { kill(process, SIGKILL) } }
      try await terminal.until("the end of the program") { _ in !Tmux.isAlive(process) }
    }

    @Test func whereNothingCanBeDrawnTheOtherWaysAreNamed() async throws {
      let terminal = try await Tmux()
      let folder = terminal.folder
      for (number, command) in ["TERM=dumb magpie", "magpie </dev/null", "magpie >\(folder)/out"].enumerated() {
        try await terminal.shell("\(command) 2>\(folder)/error; echo status-$?-\(number)", until: "status-2-\(number)")
        let complaint = File.text(of: folder + "/error")
        #expect(complaint.contains("--headless") && complaint.contains("--text"), "\(command): \(complaint)")
      }
      #expect(File.bytes(of: folder + "/out").isEmpty)
    }

    private static func process(_ terminal: Tmux) -> pid_t? {
      File.text(of: terminal.folder + "/pid").split(separator: "\n").first.flatMap { pid_t($0) }
    }
  }
}
