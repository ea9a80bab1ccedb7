private import CKernel
private import Glibc

/// A limit that a run met: of its configuration, of this process or of the kernel. The run ends where it is, as Go's does with "thread
/// exhaustion".
public struct Limit: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// `Configuration.maximumMachines`.
    case machines
    /// Threads, as the kernel counts them: of this user, of its control group or of all.
    case threads
    /// Memory mappings of this process: vm.max_map_count.
    case mappings
    /// Address space of this process: `ulimit -v`.
    case addressSpace
    /// What the kernel has left to promise.
    case memory
    /// Fibers that live at once, in one runtime.
    case fibers
    /// Memory that tasks share which the kernel schedules: `ulimit -v`, where it has a value.
    case sharedMemory
    /// Open files of this process: `ulimit -n`.
    case files
    /// Bytes in a file of this process: `ulimit -f`.
    case fileSize
  }

  public let kind: Kind
  /// How much there may be at present: a number, or bytes; nil where nobody can say.
  public let value: Int?
  /// What could not be had, as `a fiber's stack of 128 KiB`.
  public let wanted: String

  package init(_ kind: Kind, value: Int?, wanted: String) {
    self.kind = kind
    self.value = value
    self.wanted = wanted
  }
}

extension Limit: CustomStringConvertible {
  /// One line: what could not be had, the limit with its present value, and the way out.
  public var description: String {
    switch kind {
    case .machines:
      "no thread for \(wanted): all \(number) that there may be (Configuration.maximumMachines) are in blocking calls "
        + "or run fibers that never call; let a Semaphore limit the calls that block at once, or raise maximumMachines"
    case .threads:
      "no thread for \(wanted): the kernel refuses another one; this user may have \(number) (ulimit -u), "
        + "\(Limit.otherThreadLimits); raise the one that is reached, or let a Semaphore limit the calls that block at once"
    case .mappings:
      "no memory for \(wanted): this process has as many mappings as it may, \(number) (vm.max_map_count); "
        + "raise it by sysctl -w vm.max_map_count=N; a thread takes three, and before Linux 6.13 a fiber's stack two"
    case .addressSpace:
      "no memory for \(wanted): this process may have \(number) bytes of address space (ulimit -v); raise it, or "
        + "lower Configuration.stackSize"
    case .memory:
      "no memory for \(wanted): the kernel has none left to promise; see vm.overcommit_memory, or lower "
        + "Configuration.stackSize"
    case .sharedMemory:
      "no memory for \(wanted): "
        + (value == nil
          ? "the kernel has none left to promise; see vm.overcommit_memory"
          : "this process may have \(number) bytes of address space (ulimit -v); raise it")
        + ", or take an era with fibers, which needs less"
    case .files: "no file for \(wanted): this process may have \(number) open files (ulimit -n); raise it"
    case .fileSize: "no file for \(wanted): one of this process may have \(number) bytes (ulimit -f); raise it"
    case .fibers:
      "no memory for \(wanted): \(number) live at once, which is the most that a runtime has; let a Semaphore limit them"
    }
  }

  private var number: String { value.map { "\($0)" } ?? "an unknown number" }

  private static var otherThreadLimits: String {
    let all = ck_read_number("/proc/sys/kernel/threads-max")
    var words = "all users \(all < 0 ? "an unknown number" : "\(all)") (kernel.threads-max)"
    let group = controlGroupLimit
    if group >= 0 { words += ", this control group \(group) (pids.max)" }
    return words
  }

  /// -1 for none.
  private static var controlGroupLimit: Int64 {
    guard let file = fopen("/proc/self/cgroup", "re") else { return -1 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix("0::") { return ck_read_number("/sys/fs/cgroup" + text.dropFirst(3) + "/pids.max") }
    }
    return -1
  }
}

extension Limit {
  /// Why the kernel refuses memory: it does not say which of its limits was met, so this looks.
  package static func memory(bytes: Int, for wanted: String) -> Limit {
    if let limit = mappings(for: wanted) ?? addressSpace(bytes: bytes, for: wanted) { return limit }
    let space = ck_resource_limit(CK_ADDRESS_SPACE)
    // There is room for it now, but other threads may have had that a moment ago; only where the kernel promises strictly can it be
    // short of anything else.
    let isStrict = ck_read_number("/proc/sys/vm/overcommit_memory") == 2
    return space < 0 || isStrict
      ? Limit(.memory, value: nil, wanted: wanted) : Limit(.addressSpace, value: Int(space), wanted: wanted)
  }

  /// Why the kernel refuses a thread. The C library says EAGAIN as well where it found no memory for the thread's stack.
  package static func thread(for wanted: String) -> Limit {
    if let limit = mappings(for: wanted) ?? addressSpace(bytes: ck_thread_bytes(), for: wanted) { return limit }
    let processes = ck_resource_limit(CK_PROCESSES)
    return Limit(.threads, value: processes < 0 ? nil : Int(processes), wanted: wanted)
  }

  /// Why the kernel refuses memory, or a file in memory, for what tasks share which it schedules.
  package static func shared(errno: Int32, for wanted: String) -> Limit {
    func limit(_ kind: Kind, _ resource: ck_resource) -> Limit {
      let value = ck_resource_limit(resource)
      return Limit(kind, value: value < 0 ? nil : Int(value), wanted: wanted)
    }
    return switch errno {
    case EMFILE, ENFILE: limit(.files, CK_OPEN_FILES)
    case EFBIG: limit(.fileSize, CK_FILE_SIZE)
    default: mappings(for: wanted) ?? limit(.sharedMemory, CK_ADDRESS_SPACE)
    }
  }

  /// Nil while there may be more of them.
  private static func mappings(for wanted: String) -> Limit? {
    let most = ck_read_number("/proc/sys/vm/max_map_count")
    // A few short of it: what is to be split needs two more.
    guard most > 0, ck_mapping_count() >= most - 4 else { return nil }
    return Limit(.mappings, value: Int(most), wanted: wanted)
  }

  /// Nil while there is room for so many bytes more.
  private static func addressSpace(bytes: Int, for wanted: String) -> Limit? {
    let space = ck_resource_limit(CK_ADDRESS_SPACE)
    let pages = ck_read_number("/proc/self/statm")
    guard space >= 0, pages < 0 || bytes > Int(space) - Int(pages) * ck_page_size() else { return nil }
    return Limit(.addressSpace, value: Int(space), wanted: wanted)
  }
}
