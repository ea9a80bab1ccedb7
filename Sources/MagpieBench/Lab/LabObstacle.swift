/// Why something could not be measured here.
public enum LabObstacle: Error, Sendable, Equatable {
  /// The kernel, or the memory that there is, allows no more than so many.
  case refused(made: Int, of: Int, why: LabFailure)
  /// It takes two CPUs.
  case oneCPU
  /// It went wrong.
  case failed(LabFailure)

  /// The same where it was the next of many.
  func after(_ made: Int, of wanted: Int) -> LabObstacle {
    guard case .refused(_, _, let why) = self else { return self }
    return .refused(made: made, of: wanted, why: why)
  }

  /// One line that `init(line:)` reads, from the process that measures to the one that reports.
  var line: String {
    let line =
      switch self {
      case .refused(let made, let wanted, let why): "refused \(made) \(wanted) \(why.line)"
      case .oneCPU: "one-cpu"
      case .failed(let failure): "failed \(failure.line)"
      }
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  init(line: String) {
    let words = line.split(separator: " ", maxSplits: 3)
    if words.count == 4, words[0] == "refused", let made = Int(words[1]), let wanted = Int(words[2]) {
      self = .refused(made: made, of: wanted, why: LabFailure(line: words[3]))
    } else if words == ["one-cpu"] {
      self = .oneCPU
    } else {
      self = .failed(LabFailure(line: line.hasPrefix("failed ") ? line.dropFirst(7) : line[...]))
    }
  }
}
