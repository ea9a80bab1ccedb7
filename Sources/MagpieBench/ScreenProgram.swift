import CKernel
import Glibc
import MagpieTrace

/// This program, run anew on a terminal of its own, of which this process is the other end.
struct ScreenProgram: ~Copyable {
  let process: pid_t
  private let terminal: Int32
  /// What it has written since `forget`.
  private(set) var output = ""

  /// Starts it with these words.
  init(_ words: [String], width: Int, height: Int) throws(BenchmarkError) {
    let arguments = ScreenProgram.copies(["magpie"] + words)
    let environment = ScreenProgram.copies(["TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"])
    defer { for text in arguments + environment { free(text) } }
    var process: Int32 = 0
    let terminal = ck_start_on_terminal(
      "/proc/self/exe", arguments, environment, Int32(width), Int32(height), &process)
    guard terminal >= 0 else { throw .noTerminal(SystemError(number: -terminal)) }
    self.terminal = terminal
    self.process = process
  }

  /// As the kernel takes them: a null at the end. To be freed.
  private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    copies.append(nil)
    return copies
  }

  /// One that was not asked to leave is ended.
  deinit {
    close(terminal)
    var status: Int32 = 0
    if waitpid(process, &status, WNOHANG) == 0 {
      kill(process, SIGKILL)
      waitpid(process, &status, 0)
    }
  }

  mutating func forget() { output = "" }

  func press(_ key: UInt8) {
    var key = key
    _ = write(terminal, &key, 1)
  }

  /// Takes what it writes for so many nanoseconds.
  mutating func watch(for nanoseconds: UInt64) {
    let end = ck_monotonic_ns() + nanoseconds
    while read(until: end) {}
  }

  /// Takes what it writes until these are among it, one after the other.
  mutating func wait(for texts: String...) throws(BenchmarkError) {
    let end = ck_monotonic_ns() + ScreenProgram.patience
    while !holds(texts) {
      guard read(until: end) else { throw .notShown(texts.joined(separator: " … ")) }
    }
  }

  private func holds(_ texts: [String]) -> Bool {
    var rest = output[...]
    for text in texts {
      guard let place = rest.firstRange(of: text) else { return false }
      rest = rest[place.upperBound...]
    }
    return true
  }

  /// Presses q, and waits until the process has ended.
  /// - Returns: its exit status; nil if a signal ended it.
  mutating func quit() throws(BenchmarkError) -> Int32? {
    press(UInt8(ascii: "q"))
    let end = ck_monotonic_ns() + ScreenProgram.patience
    while read(until: end) {}
    guard ck_monotonic_ns() < end else { throw .staysOn }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
  }

  /// For what must come at last, however slow the machine is.
  private static let patience: UInt64 = 30_000_000_000

  /// Takes what it has written, or writes next.
  /// - Returns: false at the time's end, or when the terminal is closed.
  private mutating func read(until end: UInt64) -> Bool {
    let now = ck_monotonic_ns()
    guard now < end else { return false }
    var file = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    guard poll(&file, 1, Int32(clamping: (end - now) / 1_000_000 + 1)) > 0 else { return ck_monotonic_ns() < end }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(terminal, &bytes, bytes.count)
    guard count > 0 else { return false }
    output += String(decoding: bytes[..<count], as: UTF8.self)
    return true
  }
}
