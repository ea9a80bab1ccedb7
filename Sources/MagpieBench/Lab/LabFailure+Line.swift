import Magpie
import MagpieTrace
import MagpieView

// How a failure crosses from the process that measures to the one that reports: a name, and what belongs to it.
extension LabFailure {
  var line: String {
    switch self {
    case .noTask(let error): "no-task \(error.number)"
    case .noPipe(let error): "no-pipe \(error.number)"
    case .noSharedMemory(let error): "no-shared-memory \(error.number)"
    case .noProcess(let error): "no-process \(error.number)"
    case .memoryLeft(let megabytes): "memory-left \(megabytes)"
    case .limit(let limit):
      "limit \(limit.kind.rawValue) \(limit.value.map { "\($0)" } ?? "none") \(limit.wanted.rawValue) "
        + (limit.bytes.map { "\($0)" } ?? "none")
    case .unfinished(let words): "unfinished \(words)"
    case .tookLonger(let seconds): "took-longer \(seconds)"
    case .signal(let number): "signal \(number)"
    case .silent: "silent"
    case .unknown(let words): words
    case .misunderstood: "misunderstood"
    case .restless: "restless"
    case .nothingRan: "nothing-ran"
    case .cannotStayOnCPU: "cannot-stay-on-cpu"
    case .noSecondCPU: "no-second-cpu"
    case .noFacts: "no-facts"
    }
  }

  /// Any line: whoever wrote it may have been ended half way, or be another program.
  init(line: Substring) {
    let words = line.split(separator: " ", maxSplits: 1)
    let name = words.first ?? "", rest = words.count > 1 ? words[1] : ""
    let number = Int(rest), error = Int32(rest).map { SystemError(number: $0) }
    switch (name, error, number) {
    case ("no-task", let error?, _): self = .noTask(error)
    case ("no-pipe", let error?, _): self = .noPipe(error)
    case ("no-shared-memory", let error?, _): self = .noSharedMemory(error)
    case ("no-process", let error?, _): self = .noProcess(error)
    case ("memory-left", _, let megabytes?): self = .memoryLeft(megabytes: megabytes)
    case ("limit", _, _): self = Limit(words: rest).map { .limit($0) } ?? .unknown(LabFailure.harmless(line))
    case ("unfinished", _, _): self = .unfinished(LabFailure.harmless(rest))
    case ("took-longer", _, let seconds?): self = .tookLonger(seconds: seconds)
    case ("signal", _, let number?): self = .signal(number)
    case ("silent", _, _): self = .silent
    case ("misunderstood", _, _): self = .misunderstood
    case ("restless", _, _): self = .restless
    case ("nothing-ran", _, _): self = .nothingRan
    case ("cannot-stay-on-cpu", _, _): self = .cannotStayOnCPU
    case ("no-second-cpu", _, _): self = .noSecondCPU
    case ("no-facts", _, _): self = .noFacts
    default: self = .unknown(LabFailure.harmless(line))
    }
  }

  /// As much of a text from outside as a reader can do with.
  fileprivate static func harmless(_ text: Substring) -> String { MagpieView.harmless(String(text.prefix(400))) }
}

extension Limit {
  /// Nil unless they are a kind, its value, what could not be had, and how many bytes that takes.
  fileprivate init?(words: Substring) {
    let words = words.split(separator: " ")
    guard words.count == 4, let kind = Kind(rawValue: String(words[0])),
      let wanted = Thing(rawValue: String(words[2]))
    else { return nil }
    let (value, bytes) = (Int(words[1]), Int(words[3]))
    guard value != nil || words[1] == "none", bytes != nil || words[3] == "none" else { return nil }
    self.init(kind, value: value, wanted: wanted, bytes: bytes)
  }
}
