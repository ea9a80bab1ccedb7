private import CKernel
private import Glibc

/// A limit that a run met: of its configuration, of this process or of the kernel. The run ends where it is, as Go's does with "thread
/// exhaustion".
public struct Limit: Error, Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
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
  /// What could not be had.
  public let wanted: Thing
  /// How much memory that takes; nil where it is something else.
  public let bytes: Int?

  package init(_ kind: Kind, value: Int?, wanted: Thing, bytes: Int? = nil) {
    self.kind = kind
    self.value = value
    self.wanted = wanted
    self.bytes = bytes
  }

  /// What a run needs.
  public enum Thing: String, Sendable, Hashable {
    case machine, fiber, task
    /// The thread on which the run begins, and the one that reads its events.
    case run, reader
    /// The process from which those of the tasks are made, and the memory that they share.
    case host, sharedMemory
    case traceRing, fileTable, fiberTable
    /// Stacks in one piece, and what is under each.
    case stacks, guardPage
  }
}

extension Limit.Thing: CustomStringConvertible {
  public var description: String {
    switch self {
    case .machine: "a machine"
    case .fiber: "another fiber"
    case .task: "a task"
    case .run: "the run"
    case .reader: "the reader of events"
    case .host: "the tasks' host process"
    case .sharedMemory: "what the tasks share"
    case .traceRing: "the trace ring of a machine"
    case .fileTable: "the table of files"
    case .fiberTable: "the table of fibers"
    case .stacks: "fibers' stacks"
    case .guardPage: "the guard page of a fiber's stack"
    }
  }
}

extension Limit: CustomStringConvertible {
  /// One line: what could not be had, the limit with its present value, and the way out.
  public var description: String {
    switch kind {
    case .machines:
      "no thread for \(thing): all \(number) that there may be (Configuration.maximumMachines) are in blocking calls "
        + "or run fibers that never call; let a Semaphore limit the calls that block at once, or raise maximumMachines"
    case .threads:
      "no thread for \(thing): the kernel refuses another one; this user may have \(number) (ulimit -u), "
        + "\(Limit.otherThreadLimits); raise the one that is reached, or let a Semaphore limit the calls that block at once"
    case .mappings:
      "no memory for \(thing): this process has as many mappings as it may, \(number) (vm.max_map_count); "
        + "raise it by sysctl -w vm.max_map_count=N; a thread takes three, and before Linux 6.13 a fiber's stack two"
    case .addressSpace:
      "no memory for \(thing): this process may have \(number) bytes of address space (ulimit -v); raise it, or "
        + "lower Configuration.stackSize"
    case .memory:
      "no memory for \(thing): the kernel has none left to promise; see vm.overcommit_memory, or lower "
        + "Configuration.stackSize"
    case .sharedMemory:
      "no memory for \(thing): "
        + (value == nil
          ? "the kernel has none left to promise; see vm.overcommit_memory"
          : "this process may have \(number) bytes of address space (ulimit -v); raise it")
        + ", or take an era with fibers, which needs less"
    case .files: "no file for \(thing): this process may have \(number) open files (ulimit -n); raise it"
    case .fileSize: "no file for \(thing): one of this process may have \(number) bytes (ulimit -f); raise it"
    case .fibers:
      "no memory for \(thing): \(number) live at once, which is the most that a runtime has; let a Semaphore limit them"
    }
  }

  /// `fibers' stacks, 8192 KiB`
  private var thing: String { "\(wanted)" + (size.map { ", \($0)" } ?? "") }

  /// `512 MiB`; nil where it is no memory.
  public var size: String? { bytes.map { $0 < 10 << 20 ? "\($0 >> 10) KiB" : "\($0 >> 20) MiB" } }

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
  package static func memory(bytes: Int, for wanted: Thing) -> Limit {
    if let limit = mappings(for: wanted, bytes) ?? addressSpace(room: bytes, for: wanted, bytes) { return limit }
    let space = ck_resource_limit(CK_ADDRESS_SPACE)
    // There is room for it now, but other threads may have had that a moment ago; only where the kernel promises strictly can it be
    // short of anything else.
    let isStrict = ck_read_number("/proc/sys/vm/overcommit_memory") == 2
    return space < 0 || isStrict
      ? Limit(.memory, value: nil, wanted: wanted, bytes: bytes)
      : Limit(.addressSpace, value: Int(space), wanted: wanted, bytes: bytes)
  }

  /// Why the kernel refuses a thread. The C library says EAGAIN as well where it found no memory for the thread's stack.
  package static func thread(for wanted: Thing) -> Limit {
    if let limit = mappings(for: wanted) ?? addressSpace(room: ck_thread_bytes(), for: wanted) { return limit }
    let processes = ck_resource_limit(CK_PROCESSES)
    return Limit(.threads, value: processes < 0 ? nil : Int(processes), wanted: wanted)
  }

  /// Why the kernel refuses memory, or a file in memory, for what tasks share which it schedules.
  package static func shared(errno: Int32, for wanted: Thing, bytes: Int? = nil) -> Limit {
    func limit(_ kind: Kind, _ resource: ck_resource) -> Limit {
      let value = ck_resource_limit(resource)
      return Limit(kind, value: value < 0 ? nil : Int(value), wanted: wanted, bytes: bytes)
    }
    return switch errno {
    case EMFILE, ENFILE: limit(.files, CK_OPEN_FILES)
    case EFBIG: limit(.fileSize, CK_FILE_SIZE)
    default: mappings(for: wanted, bytes) ?? limit(.sharedMemory, CK_ADDRESS_SPACE)
    }
  }

  /// Nil while there may be more of them.
  private static func mappings(for wanted: Thing, _ bytes: Int? = nil) -> Limit? {
    let most = ck_read_number("/proc/sys/vm/max_map_count")
    // A few short of it: what is to be split needs two more.
    guard most > 0, ck_mapping_count() >= most - 4 else { return nil }
    return Limit(.mappings, value: Int(most), wanted: wanted, bytes: bytes)
  }

  /// Nil while there is room for so many bytes more.
  private static func addressSpace(room: Int, for wanted: Thing, _ bytes: Int? = nil) -> Limit? {
    let space = ck_resource_limit(CK_ADDRESS_SPACE)
    let pages = ck_read_number("/proc/self/statm")
    guard space >= 0, pages < 0 || room > Int(space) - Int(pages) * ck_page_size() else { return nil }
    return Limit(.addressSpace, value: Int(space), wanted: wanted, bytes: bytes)
  }
}
