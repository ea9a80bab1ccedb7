import ArgumentParser
import Glibc
import MagpieScenarios

/// `magpie doctor`: what this terminal and this machine can do, why something looks as it does, and what to do about it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what this terminal and this machine can do, why, and what to do where something is off.")

  @Flag(help: "Print one JSON object on one line.")
  var json = false

  mutating func run() {
    let files = UserSettings()
    let groups = [
      ("terminal", Doctor.terminal(files)), ("files", Doctor.files(files)), ("machine", Doctor.machine),
    ]
    print(json ? Diagnosis.json(groups) : Diagnosis.text(groups))
  }

  static var machine: [Diagnosis] {
    [
      Diagnosis("kernel", Facts.kernel),
      cpus,
      Facts.hasGuardInstall
        ? Diagnosis("guard pages", "MADV_GUARD_INSTALL")
        : Diagnosis(
          "guard pages", "mprotect", isFine: false,
          why: "no MADV_GUARD_INSTALL before Linux 6.13, so that every stack takes two mappings",
          advice: "for very many fibers, a newer kernel or a larger vm.max_map_count"),
      Diagnosis("mappings", Facts.mapLimit.map { "\($0)" } ?? "not known", why: "vm.max_map_count"),
      hasMemoryBarrier() == true
        ? Diagnosis("membarrier", "yes")
        : Diagnosis(
          "membarrier", "no", isFine: false, why: "the kernel refuses it",
          advice: "a sandbox or a container may forbid it; without it magpie cannot run"),
      limit("open files", RLIMIT_NOFILE, "ulimit -n", wanted: 1024, for: "each connection of serve and echo takes one"),
      limit("threads", __RLIMIT_NPROC, "ulimit -u", wanted: 512, for: "each blocking call may take one"),
      limit("address space", RLIMIT_AS, "ulimit -v", wanted: 4 << 30, for: "each fiber's stack takes a part of it"),
      perf,
    ]
  }

  private static var cpus: Diagnosis {
    let allowed = availableCPUs() ?? Facts.onlineCPUs
    var why = "\(Facts.onlineCPUs) online"
    if let list = Facts.allowedCPUs { why += ", allowed \(list)" }
    return Diagnosis(
      "CPUs", "\(allowed) P by default", why: why,
      advice: allowed < 2 ? "with one CPU nothing runs side by side; --procs 4 shows stealing all the same" : nil)
  }

  private static func limit(
    _ name: String, _ resource: __rlimit_resource, _ command: String, wanted: UInt, for purpose: String
  ) -> Diagnosis {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return Diagnosis(name, "not known") }
    let isUnlimited = limit.rlim_cur == UInt.max
    let isFine = isUnlimited || limit.rlim_cur >= wanted
    return Diagnosis(
      name, isUnlimited ? "unlimited" : "\(limit.rlim_cur)", isFine: isFine, why: command,
      advice: isFine ? nil : "\(purpose): \(command) \(wanted), if the hard limit allows it")
  }

  /// What perf(1) may do here: magpie does without, but who wants to look deeper may not be able to.
  private static var perf: Diagnosis {
    guard let level = Facts.perfLevel else { return Diagnosis("perf", "not known", why: "no perf_event_paranoid") }
    let value = level > 2 ? "no" : level == 2 ? "this user's own code" : level == 1 ? "the kernel too" : "all"
    return Diagnosis(
      "perf", value, why: "kernel.perf_event_paranoid is \(level)",
      advice: level > 2 ? "magpie needs none; to profile it, sysctl kernel.perf_event_paranoid=2" : nil)
  }
}
