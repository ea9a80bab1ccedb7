import Glibc

/// What /proc tells of a process's memory, in bytes.
struct ProcessFacts {
  /// Address space.
  let reserved: Double
  /// Pages that it has in memory, shared ones too.
  let resident: Double
  /// Those that nobody else has.
  let own: Double
  /// The kernel's tables of where they are.
  let tables: Double

  /// - Parameter process: a number, or `self`.
  init?(of process: String) {
    let status = ProcessFacts.fields(of: "/proc/\(process)/status")
    let pages = ProcessFacts.fields(of: "/proc/\(process)/smaps_rollup")
    // The rollup counts pages; what `status` has of them may be a few dozen off for each CPU.
    guard let reserved = status["VmSize"], let resident = pages["Rss"], let tables = status["VmPTE"] else {
      return nil
    }
    self.reserved = reserved
    self.resident = resident
    self.tables = tables
    own = (pages["Private_Clean"] ?? 0) + (pages["Private_Dirty"] ?? 0)
  }

  /// Throws where what is to be made next would not leave enough memory for everybody else.
  /// - Parameter bytes: what it needs.
  static func leaveRoom(made: Int, of wanted: Int, bytes: Int = 0) throws(LabObstacle) {
    let reserve = 512.0 * 1024 * 1024
    let left = fields(of: "/proc/meminfo")["MemAvailable"] ?? .infinity
    if left < reserve + Double(bytes) {
      throw .refused(made: made, of: wanted, why: .memoryLeft(megabytes: Int(left) >> 20))
    }
  }

  /// Lines such as `VmRSS:   1234 kB`, as bytes.
  private static func fields(of path: String) -> [String: Double] {
    guard let file = fopen(path, "re") else { return [:] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = fread(&bytes, 1, bytes.count, file)
    var fields: [String: Double] = [:]
    for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
      let words = line.split(whereSeparator: { " \t:".contains($0) })
      if words.count == 3, words[2] == "kB", let number = Double(words[1]) { fields[String(words[0])] = number * 1024 }
    }
    return fields
  }
}
