private import CKernel
public import MagpieTrace

/// What went wrong outside the scenario, in the eras in which the kernel schedules: processes that ended before their time.
public enum TaskTrouble: Sendable, Hashable {
  /// The task that it befell; nil for one that had just ended.
  public struct Victim: Sendable, Hashable {
    public var fiber: UInt32
    /// Its name, empty if it has none.
    public var name: String

    public init(fiber: UInt32, name: String) {
      self.fiber = fiber
      self.name = name
    }
  }

  /// How a process ended.
  public enum Ending: Sendable, Hashable {
    case signal(Int32)
    case status(Int32)
  }

  case hostNeverBegan(SystemError)
  case hostEnded(Ending)
  case ended(Victim?, Ending)
  /// The process that was to make its own was ended before.
  case neverBegan(Victim?)
  case more(Int)
}

extension TaskTrouble: CustomStringConvertible {
  /// In one line.
  public var description: String {
    switch self {
    case .hostNeverBegan(let error): "the tasks' host process cannot be started: \(error.text)"
    case .hostEnded(.signal(let number)): "the tasks' host process was ended by signal \(Self.named(number))"
    case .hostEnded(.status(let status)): "the tasks' host process ended with status \(status)"
    case .ended(let victim, .signal(let number)):
      "the process of \(Self.named(victim)) was ended by signal \(Self.named(number))"
    case .ended(let victim, .status(let status)):
      "the process of \(Self.named(victim)) ended with status \(status) before its task had"
    case .neverBegan(let victim):
      "\(Self.named(victim)) never began: the process that was to make its own was ended before"
    case .more(let count): "and \(count) more"
    }
  }

  private static func named(_ victim: Victim?) -> String {
    victim.map { "G\($0.fiber)\($0.name.isEmpty ? "" : " \($0.name)")" } ?? "a task that had just ended"
  }

  private static func named(_ signal: Int32) -> String { "\(signal) (\(String(cString: ck_signal_text(signal))))" }
}
