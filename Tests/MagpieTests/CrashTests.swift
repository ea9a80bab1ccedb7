import CKernel
import Glibc
import Testing

@testable import Magpie

extension RuntimeTests {
  /// A fiber whose code kills the process is named, with where it came from; and the process ends by the signal all the same.
  @Suite("Last words", .disabled(if: ck_under_tsan(), "the sanitizer has last words of its own"))
  struct CrashTests {
    @Test("A stack overflow names the fiber, its stack's size, the way to enlarge it, and where the fiber was created")
    func overflow() async throws {
      let result = await #expect(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
        try Runtime(Configuration(processors: 2)).run {
          spawn(name: "diver", stackSize: 256 * 1024) { _ = dive(100_000_000) }
          waitForAllOthers()
        }
      }
      let line = try #require(lastWords(result, "stack overflow"))
      #expect(line.contains(#"in fiber 2 "diver", whose stack has 256 KiB; enlarge it with spawn(stackSize:)"#))
      #expect(line.contains("Configuration.stackSize"))
      #expect(line.contains(#"created by fiber 1 "main" at MagpieTests/CrashTests.swift:"#))
    }

    @Test("A trap of Swift's names the fiber, after Swift's own words")
    func trap() async throws {
      let result = await #expect(processExitsWith: .signal(trapSignal), observing: [\.standardErrorContent]) {
        try Runtime().run {
          spawn(name: "index") { [list = Plain([1])] in _ = list.value[list.value.count] }
          waitForAllOthers()
        }
      }
      let line = try #require(lastWords(result, "a trap of Swift's"))
      #expect(line.contains(#"in fiber 2 "index" on machine "#))
      #expect(line.contains(#"created by fiber 1 "main" at MagpieTests/CrashTests.swift:"#))
    }

    @Test("A bad pointer names the fiber and the address, and does not call it an overflow")
    func badPointer() async throws {
      let result = await #expect(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
        try Runtime().run { UnsafeMutablePointer<Int>(bitPattern: 0xABC0)!.pointee = 1 }
      }
      let line = try #require(lastWords(result, "SIGSEGV"))
      #expect(line.contains(#"at address 0xabc0 in fiber 1 "main""#))
      #expect(line.contains("created by the start of the runtime"))
      #expect(!line.contains("overflow"))
    }

    @Test("A signal that was sent names the fiber", arguments: [SIGBUS, SIGFPE, SIGTRAP])
    func raised(signal: Int32) async throws {
      let result = await #expect(processExitsWith: .signal(signal), observing: [\.standardErrorContent]) { [signal] in
        try Runtime().run { raise(signal) }
      }
      #expect(try #require(lastWords(result, "SIG")).contains(#" (sent by a program) in fiber 1 "main""#))
    }

    @Test("In a blocking call the fiber is named too")
    func blockingCall() async throws {
      let result = await #expect(processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]) {
        try Runtime().run { blocking { () -> Void in abort() } }
      }
      #expect(try #require(lastWords(result, "SIGABRT")).contains(#"in fiber 1 "main""#))
    }

    @Test("A creator that has ended is said to have, and a nameless fiber has no name")
    func orphan() async throws {
      let result = await #expect(processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]) {
        try Runtime(Configuration(processors: 1)).run {
          spawn(name: "parent") {
            spawn {
              yield()
              yield()
              abort()
            }
          }
          waitForAllOthers()
        }
      }
      let line = try #require(lastWords(result, "SIGABRT"))
      #expect(line.contains("in fiber 3 on machine"))
      #expect(line.contains("created by fiber 2 (which has ended) at "))
    }

    @Test("A handler of the program's that was there before, or comes later, has its turn", arguments: [false, true])
    func chained(isLater: Bool) async throws {
      let result = await #expect(processExitsWith: .exitCode(77), observing: [\.standardErrorContent]) { [isLater] in
        let install = { @Sendable in
          var action = sigaction()
          action.__sigaction_handler.sa_handler = { _ in _exit(77) }
          sigaction(SIGSEGV, &action, &before.value)
        }
        // One that passes on what it does not know, as a handler should.
        let passOn = { @Sendable in
          var action = sigaction()
          action.__sigaction_handler.sa_handler = { signal in sigaction(signal, &before.value, nil) }
          action.sa_flags = Int32(SA_ONSTACK)
          sigaction(SIGSEGV, &action, &before.value)
        }
        install()
        try Runtime().run {
          if isLater { passOn() }
          UnsafeMutablePointer<Int>(bitPattern: 0xABC0)!.pointee = 1
        }
      }
      #expect(try #require(lastWords(result, "SIGSEGV")).contains(#"in fiber 1 "main""#))
    }

    @Test("A name is cut between characters, and cannot control the terminal")
    func labels() {
      #expect(FiberLabel("").text == "")
      #expect(FiberLabel("worker").text == "worker")
      #expect(FiberLabel(String(repeating: "x", count: 100)).text == String(repeating: "x", count: 23))
      #expect(FiberLabel(String(repeating: "é", count: 12)).text == String(repeating: "é", count: 11))
      var room = [UInt8](repeating: 0, count: 16)
      let text = room.withUnsafeMutableBytes { buffer in
        var text = SignalSafeText(buffer)
        text.append("a\u{1B}[2J\u{7F}b")
        text.append(1234)
        text.append("more than there is room for")
        return String(decoding: buffer[..<text.count], as: UTF8.self)
      }
      #expect(text == "a?[2J?b1234more ")
    }
  }
}

/// What Swift's traps raise.
#if arch(arm64)
  private let trapSignal = SIGTRAP
#else
  private let trapSignal = SIGILL
#endif

private let before = Plain(sigaction())

/// The line of the runtime's that contains this.
private func lastWords(_ result: ExitTest.Result?, _ words: String) -> String? {
  result.flatMap { result in
    String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n").map(String.init)
      .first { $0.hasPrefix("magpie: ") && $0.contains(words) }
  }
}

/// Uses some hundred bytes of stack a level.
@inline(never)
private func dive(_ levels: Int) -> Int {
  withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { bytes in
    bytes[0] = UInt8(truncatingIfNeeded: levels)
    return levels > 1 ? dive(levels - 1) + Int(bytes[0]) : 0
  }
}
