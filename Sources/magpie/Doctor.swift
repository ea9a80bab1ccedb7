import ArgumentParser
import Glibc
import MagpieScenarios

/// `magpie doctor`: what this terminal and this machine can do, why something looks as it does, and what to do about it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: help(.doctor))

  @Flag(help: ArgumentHelp(help(.json)))
  var json = false

  @OptionGroup var language: LanguageFlag

  mutating func run() throws {
    try language.check()
    let files = UserSettings()
    let groups: [Diagnosis.Group] = [
      (.terminal, Doctor.terminal(files)), (.files, Doctor.files(files)), (.machine, Doctor.machine),
    ]
    print(json ? Diagnosis.json(groups) : Diagnosis.text(groups, .spoken))
  }

  static var machine: [Diagnosis] {
    [
      Diagnosis(.kernel, Facts.kernel.map { .plain($0) } ?? .notKnown),
      cpus,
      Facts.hasGuardInstall
        ? Diagnosis(.guardPages, .plain("MADV_GUARD_INSTALL"))
        : Diagnosis(.guardPages, .plain("mprotect"), isFine: false, why: .noGuardInstall, advice: .newerKernel),
      Diagnosis(.mappings, Facts.mapLimit.map { .plain("\($0)") } ?? .notKnown, why: .plain("vm.max_map_count")),
      hasMemoryBarrier() == true
        ? Diagnosis(.membarrier, .yes)
        : Diagnosis(.membarrier, .no, isFine: false, why: .kernelRefuses, advice: .sandbox),
      limit(.openFiles, RLIMIT_NOFILE, "ulimit -n", wanted: 1024, .files),
      limit(.threads, __RLIMIT_NPROC, "ulimit -u", wanted: 512, .threads),
      limit(.addressSpace, RLIMIT_AS, "ulimit -v", wanted: 4 << 30, .addressSpace),
      perf,
    ]
  }

  private static var cpus: Diagnosis {
    let allowed = availableCPUs() ?? Facts.onlineCPUs
    return Diagnosis(
      .cpus, .defaultProcessors(allowed), why: .cpusOnline(Facts.onlineCPUs, allowed: Facts.allowedCPUs),
      advice: allowed < 2 ? .oneCPU : nil)
  }

  private static func limit(
    _ name: DoctorPhrase, _ resource: __rlimit_resource, _ command: String, wanted: UInt,
    _ purpose: DoctorPhrase.Resource
  ) -> Diagnosis {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return Diagnosis(name, .notKnown) }
    let isUnlimited = limit.rlim_cur == UInt.max
    let isFine = isUnlimited || limit.rlim_cur >= wanted
    return Diagnosis(
      name, isUnlimited ? .unlimited : .plain("\(limit.rlim_cur)"), isFine: isFine, why: .plain(command),
      advice: isFine ? nil : .raise(purpose, command: command, wanted: wanted))
  }

  /// What perf(1) may do here: magpie does without, but who wants to look deeper may not be able to.
  private static var perf: Diagnosis {
    guard let level = Facts.perfLevel else { return Diagnosis(.plain("perf"), .notKnown, why: .noParanoid) }
    let value: DoctorPhrase = level > 2 ? .no : level == 2 ? .perfUser : level == 1 ? .perfKernel : .perfAll
    return Diagnosis(
      .plain("perf"), value, why: .perfLevel(level), advice: level > 2 ? .perfAdvice : nil)
  }
}
