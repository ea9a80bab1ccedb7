import Glibc

/// What can be found out about this terminal and this machine, by asking and trying.
enum Facts {
  static var terminalSize: (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  static var kernel: String? {
    var name = utsname()
    guard uname(&name) == 0 else { return nil }
    return "\(text(of: &name.sysname)) \(text(of: &name.release)) \(text(of: &name.machine))"
  }

  private static func text<Field>(of field: inout Field) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  static var onlineCPUs: Int { sysconf(CInt(_SC_NPROCESSORS_ONLN)) }

  /// The CPUs that affinity leaves, as the kernel lists them: `0-3,6`.
  static var allowedCPUs: String? {
    let label = "Cpus_allowed_list:"
    let line = contents(of: "/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix(label) }
    return line.map { $0.dropFirst(label.count).filter { !$0.isWhitespace } }
  }

  static var mapLimit: Int? {
    contents(of: "/proc/sys/vm/max_map_count").flatMap { Int($0.filter { !$0.isWhitespace }) }
  }

  /// How little perf_event_open(2) allows: from -1, all, to 3 or 4, nothing.
  static var perfLevel: Int? {
    contents(of: "/proc/sys/kernel/perf_event_paranoid").flatMap { Int($0.filter { !$0.isWhitespace }) }
  }

  /// Tries MADV_GUARD_INSTALL (Linux 6.13) on a page of its own.
  static var hasGuardInstall: Bool {
    let guardInstall: CInt = 102
    let size = sysconf(CInt(_SC_PAGESIZE))
    guard let page = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), page != MAP_FAILED
    else { return false }
    defer { munmap(page, size) }
    return madvise(page, size, guardInstall) == 0
  }

  private static func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
