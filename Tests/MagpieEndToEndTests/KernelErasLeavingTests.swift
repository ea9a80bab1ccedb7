import Glibc
import TestSupport
import Testing

extension EndToEnd {
  /// However a viewer ends, its tasks' threads and processes, and the memory that they share, end with it.
  @Suite("Leaving the kernel eras", .serialized) struct KernelErasLeaving {
    enum End: Sendable, CaseIterable {
      case quit, interrupt, terminate, hangUp, kill, closedTerminal

      var signal: Int32? {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        case .kill: SIGKILL
        case .quit, .closedTerminal: nil
        }
      }
    }

    @Test("Nothing is left of a run", arguments: ["threads", "processes"], End.allCases)
    func nothingIsLeft(era: String, end: End) async throws {
      let terminal = try await Tmux(width: 100, height: 30)
      terminal.type(
        "(echo $BASHPID >\(terminal.folder)/pid; exec magpie run pipeline --era \(era)); echo status-$?")
      try await terminal.until("LIVE")
      let viewer = try #require(
        File.text(of: terminal.folder + "/pid").split(separator: "\n").first.flatMap { pid_t($0) })
      // The first task is there, and others.
      try await terminal.until("a few tasks") { _ in
        era == "threads" ? Self.numbers(in: "/proc/\(viewer)/task").count > 5 : Self.hosts(of: viewer).count > 2
      }
      let all = [viewer] + Self.hosts(of: viewer)
      switch end {
      case .quit: terminal.press("q")
      case .closedTerminal: terminal.close()
      default: #expect(Glibc.kill(viewer, try #require(end.signal)) == 0)
      }
      let deadline = ContinuousClock.now + .seconds(30)
      func left() -> [pid_t] { (all + Self.hosts(of: viewer)).filter(Tmux.isAlive) }
      while !left().isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
      #expect(left().isEmpty)
      for process in left() { Glibc.kill(process, SIGKILL) }
      if end == .quit { try await terminal.ended(0) }
      // What kills at once leaves no terminal on which the shell's words could be looked for.
      if let signal = end.signal, end != .kill { try await terminal.ended(128 + Int(signal)) }
    }

    private static func numbers(in path: String) -> [pid_t] {
      Shell.run("ls \(path)").output.split(separator: "\n").compactMap { pid_t($0) }
    }

    /// The host of a viewer's tasks, and their processes: all have the words that the host was started with.
    private static func hosts(of viewer: pid_t) -> [pid_t] {
      numbers(in: "/proc").filter { File.text(of: "/proc/\($0)/cmdline").contains("task-host\0\(viewer)\0") }
    }
  }
}
