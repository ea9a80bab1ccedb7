import CKernel
import Glibc
import MagpieTrace
import MagpieView

/// The processes that measure: the same program, told to measure one case and to print what it found, a value a line.
public enum LabHost {
  /// The first word of its command line.
  private static let name = "lab-host"
  /// Seconds that a measurement may take.
  private static let patience = 60

  // MARK: On the side of who reports

  /// Has a case measured.
  static func measure(_ claim: LabClaim, _ one: LabCase) throws(LabObstacle) -> [Double] {
    let lines = try output(of: [name, "\(getpid())", claim.rawValue] + one.words).split(separator: "\n")
    let values = lines.compactMap { Double($0) }
    guard values.count == one.rows.count, values.count == lines.count else {
      throw lines.first.map { LabObstacle(line: String($0)) } ?? .failed(.silent)
    }
    return values
  }

  private static func output(of words: [String]) throws(LabObstacle) -> String {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .failed(.noPipe(SystemError(number: errno))) }
    defer { close(ends[0]) }
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addclose(&files, ends[0])
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&files, ends[1])
    var child: pid_t = 0
    var arguments = (["magpie"] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let error = posix_spawn(&child, "/proc/self/exe", &files, nil, &arguments, environ)
    close(ends[1])
    guard error == 0 else { throw .failed(.noProcess(SystemError(number: error))) }
    let (read, isLate) = contents(of: ends[0])
    if isLate { kill(child, SIGKILL) }
    let status = ChildProcess.reap(child)
    if isLate { throw .failed(.tookLonger(seconds: patience)) }
    if status & 0x7F != 0 { throw .failed(.signal(Int(status & 0x7F))) }
    return read
  }

  /// Reads to the end, or as long as patience lasts.
  private static func contents(of file: Int32) -> (String, isLate: Bool) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let end = ck_monotonic_ns() + UInt64(patience) * 1_000_000_000
    while true {
      let now = ck_monotonic_ns()
      var wanted = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      guard now < end else { return ("", true) }
      guard poll(&wanted, 1, Int32((end - now) / 1_000_000) + 1) != 0 else { continue }
      let count = read(file, &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { break }
    }
    return (String(decoding: bytes, as: UTF8.self), false)
  }

  // MARK: On the side of who measures

  /// Measures what the words of the command line say, and prints it.
  /// - Returns: the exit status; nil where they are for another.
  public static func run(_ words: [String]) -> Int32? {
    guard words.first == name else { return nil }
    do throws(LabObstacle) {
      let words = LabWords(words: Array(words.dropFirst()))
      ck_task_process_begin(Int32(truncatingIfNeeded: try words.number(0)))
      // Threads that block on purpose are nothing to warn of.
      setenv("MAGPIE_CHECKS", "0", 1)
      let name = try words.word(1)
      guard let experiment = Lab.experiments.first(where: { $0.claim.rawValue == name }) else {
        throw .failed(.misunderstood)
      }
      for value in try experiment.measure(LabWords(words: Array(words.words.dropFirst(2)))) { print(value) }
      return 0
    } catch {
      print(error.line)
      return 1
    }
  }
}
