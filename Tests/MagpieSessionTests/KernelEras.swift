import Glibc
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieEras
@testable import MagpieSession

/// Runs in which the kernel schedules the tasks.
enum KernelEras {
  static let all: [Era] = [.threads, .processes]

  /// A request for a scenario at its small size, with the built command for a host.
  static func request(
    _ type: any Scenario.Type, _ era: Era, processors: Int = 1, _ change: (inout ParameterValues) -> Void = { _ in }
  ) throws -> RunRequest {
    var values = ParameterValues(smallOf: type.parameters)
    change(&values)
    var request = RunRequest(scenario: try type.init(values), processors: processors)
    request.values = values
    request.era = era
    request.host = try Products.magpie
    return request
  }

  /// The names of a directory of /proc that are numbers.
  static func numbers(in path: String) -> [Int32] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var found: [Int32] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name) { found.append(number) }
    }
    return found
  }

  /// The processes that a viewer's host, and its tasks, are: all have the words that the host was started with.
  static func processes(ofViewer viewer: Int32) -> [Int32] {
    numbers(in: "/proc").filter {
      File.text(of: "/proc/\($0)/cmdline").contains("\0\(TaskHostProgram.word)\0\(viewer)\0")
    }
  }

  /// A number of `/proc/…/status`.
  static func number(_ label: String, of process: Int32, thread: Int32) -> Int {
    let lines = File.text(of: "/proc/\(process)/task/\(thread)/status").split(separator: "\n")
    let line = lines.first { $0.hasPrefix(label + ":") }
    return line.flatMap { Int($0.dropFirst(label.count + 1).filter(\.isNumber)) } ?? 0
  }
}

extension Session {
  /// Of an era in which the kernel schedules.
  var program: KernelProgram { scheduling.kernelProgram! }

  /// Waits until the log is read and nobody is in the middle of an operation, or about to be.
  func waitUntilQuiet() {
    let header = program.arena.header
    wait("all is still") {
      engine.endStepIfOver() && !engine.machineNotes.contains(.computing)
        && header.pointee.logTail.load(ordering: .acquiring) == header.pointee.logHead.load(ordering: .acquiring)
    }
    // The reader moves the head while it has the history.
    withHistory { _ in }
  }

  /// Events but samples, which come when they come.
  var told: [Event] {
    withHistory { history in
      (history.firstAvailable..<history.count).compactMap { history.event(at: $0 + 1) }.filter {
        $0.kind != .kernelSample
      }
    }
  }
}
