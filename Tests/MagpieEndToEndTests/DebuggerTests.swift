import Glibc
import TestSupport
import Testing

/// Debuggers and profilers walk a fiber's stack as they walk a thread's. Skipped where there is no gdb, unless the environment has CI
/// or MAGPIE_CI.
@Suite(.enabled(if: isDebuggerInstalled || Tmux.isDemanded, "gdb is not installed: apt-get install -y gdb"))
struct DebuggerTests {
  /// What gdb says that stops in the first fiber, as it switches away.
  private func gdb(_ commands: [String]) throws -> String {
    let words =
      ["set pagination off", "set debuginfod enabled off", "tbreak ck_trampoline", "run"]
      + ["tbreak ck_switch", "continue"] + commands + ["kill"]
    let program = try "\(Products.folder)/magpie bench yield --procs 1 --reps 1 --ops 100"
    return Shell.run(
      "env SWIFT_BACKTRACE=enable=no gdb -nx -batch "
        + words.map { "-ex \(Shell.quoted($0))" }.joined(separator: " ") + " --args \(program) </dev/null"
    ).output
  }

  @Test("A backtrace in a fiber ends at the fiber's entry, at each instruction of the switch up to that of the stacks")
  func backtrace() throws {
    #if arch(x86_64)
      let before = 8
    #else
      let before = 13
    #endif
    let output = try gdb((0..<before).flatMap { ["echo at-\($0)\\n", "bt -3", "stepi"] })
    for step in 0..<before {
      let part = output.components(between: "at-\(step)\n", and: "at-\(step + 1)\n")
      let frames = part.split(separator: "\n").filter { $0.hasPrefix("#") }
      #expect(frames.count == 3, "step \(step): \(part)")
      #expect(frames.last?.contains(" ck_trampoline ") == true, "step \(step): \(part)")
    }
    #expect(!output.contains("Backtrace stopped") && !output.contains("corrupt"), "\(output)")
  }

  @Test("The chain of frame pointers ends in 0, inside the fiber's stack")
  func framePointers() throws {
    let output = try gdb([
      "set $frame = (unsigned long) $fp", "set $first = $frame", "set $last = $frame", "set $count = 0",
      // In one line, as gdb takes loops from a file only.
      "python\nwhile int(gdb.parse_and_eval('$frame')) != 0 and int(gdb.parse_and_eval('$count')) < 1000:\n"
        + "  gdb.execute('set $last = $frame')\n  gdb.execute('set $frame = *(unsigned long *) $frame')\n"
        + "  gdb.execute('set $count = $count + 1')\nend",
      #"printf "frames %d, end %d, bytes %d\n", $count, $frame, $last - $first"#,
    ])
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("frames ") }, "\(output)")
    let numbers = line.split { !$0.isNumber && $0 != "-" }.compactMap { Int($0) }
    try #require(numbers.count == 3)
    #expect((3...100).contains(numbers[0]) && numbers[1] == 0, "\(line)")
    #expect((1..<128 * 1024).contains(numbers[2]), "\(line)")
  }
}

private let isDebuggerInstalled = Shell.run("command -v gdb").status == 0

extension String {
  fileprivate func components(between begin: String, and end: String) -> Substring {
    guard let start = firstRange(of: begin)?.upperBound else { return "" }
    let rest = self[start...]
    return rest[..<(rest.firstRange(of: end)?.lowerBound ?? rest.endIndex)]
  }
}
