import ArgumentParser
import MagpieScenarios

/// `magpie doctor`: what this terminal and this machine can do, and why something is off.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what this terminal and this machine can do.")

  mutating func run() {
    let rows = Doctor.terminal + [[]] + Doctor.machine
    print(Table.lines(rows).joined(separator: "\n"))
  }

  static var terminal: [[String]] {
    [
      ["screen", Screen.obstacle.map { "no: \($0); --headless and --text work" } ?? "yes"],
      ["TERM", shown("TERM")],
      ["COLORTERM", shown("COLORTERM")],
      ["colours", Facts.colours],
      ["characters", Facts.isUTF8 ? "UTF-8" : "ASCII only: the locale's characters are \(Facts.codeset)"],
      ["size", size],
    ]
  }

  static var machine: [[String]] {
    [
      ["kernel", Facts.kernel],
      ["CPUs", cpus],
      ["guard pages", Facts.hasGuardInstall ? "MADV_GUARD_INSTALL" : guardFallback],
      ["mappings", Facts.mapLimit.map { "\($0) (vm.max_map_count)" } ?? "vm.max_map_count cannot be read"],
      ["membarrier", hasMemoryBarrier().map { $0 ? "yes" : "no: the kernel refuses it" } ?? "not known"],
    ]
  }

  private static let guardFallback =
    "mprotect: no MADV_GUARD_INSTALL before Linux 6.13, so that every stack takes two mappings"

  private static func shown(_ name: String) -> String { environment(name).map { printable($0.utf8) } ?? "not set" }

  private static var size: String {
    guard let (columns, rows) = Facts.terminalSize else { return "not a terminal" }
    return "\(columns)×\(rows)" + (columns < 60 || rows < 18 ? ": too small, 60×18 is needed" : "")
  }

  private static var cpus: String {
    var text = "\(Facts.onlineCPUs) online"
    if let allowed = Facts.allowedCPUs { text += ", allowed \(allowed)" }
    if let count = availableCPUs() { text += ", \(count) P by default" }
    return text
  }
}
