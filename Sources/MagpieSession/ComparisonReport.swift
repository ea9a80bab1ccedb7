public import MagpieModel

/// Two runs that are over, and the figures in which they differ: for pipes and scripts.
public struct ComparisonReport: Sendable {
  /// One run: its summary, and the moment at its end.
  public struct Side: Sendable {
    public var summary: Summary
    public var end: SchedulerState

    public init(summary: Summary, end: SchedulerState) {
      self.summary = summary
      self.end = end
    }
  }

  /// What a row tells of both.
  public enum Subject: Sendable, Hashable {
    /// At the end of each.
    case figure(Figure)
    /// Of the whole run.
    case wallTime, lockTakings, kernelProcesses, kernelThreads, kernelVoluntary, kernelInvoluntary

    /// As programs read it.
    var name: String {
      switch self {
      case .figure(let figure): figure.rawValue
      case .wallTime: "wall_ns"
      case .lockTakings: "lock_takings"
      case .kernelProcesses: "kernel_processes"
      case .kernelThreads: "kernel_threads"
      case .kernelVoluntary: "kernel_voluntary"
      case .kernelInvoluntary: "kernel_involuntary"
      }
    }

    /// Whether it is nanoseconds; else a count.
    public var isDuration: Bool {
      switch self {
      case .figure(let figure): figure.isDuration
      case .wallTime: true
      default: false
      }
    }
  }

  /// A figure of both.
  public struct Row: Sendable {
    public let subject: Subject
    /// Left and right.
    public let values: [UInt64]
    public let judgement: Judgement
  }

  public let left: Side
  public let right: Side

  public init(_ left: Side, _ right: Side) {
    self.left = left
    self.right = right
  }

  /// 1 if something was wrong with either run, else 0.
  public var exitStatus: Int32 { max(left.summary.exitStatus, right.summary.exitStatus) }

  /// The figures of the end, and those of the whole run.
  public var rows: [Row] {
    let same = left.end.fibersFinished == right.end.fibersFinished
    let figures = Figure.allCases.filter { $0.isTold(under: [left.summary.era, right.summary.era]) }.map { figure in
      let values = [figure.value(in: left.end), figure.value(in: right.end)]
      return Row(
        subject: .figure(figure), values: values,
        judgement: Judgement(figure, values[0], values[1], haveDoneTheSame: same))
    }
    let whole: [(subject: Subject, value: (Summary) -> UInt64)] = [
      (.wallTime, { $0.wallNanoseconds }), (.lockTakings, { UInt64($0.lock.takings) }),
      (.kernelProcesses, { UInt64($0.kernel.processes) }), (.kernelThreads, { UInt64($0.kernel.threads) }),
      (.kernelVoluntary, { UInt64($0.kernel.voluntary) }), (.kernelInvoluntary, { UInt64($0.kernel.involuntary) }),
    ]
    return figures
      + whole.map { subject, value in
        let values = [value(left.summary), value(right.summary)]
        return Row(subject: subject, values: values, judgement: values[0] == values[1] ? .equal : .differ)
      }
  }

  /// One JSON object on one line: both summaries, and each figure that differs, with the side that is better in it, 0 or 1.
  public var json: String {
    var json = JSONWriter()
    json.object {
      $0.field("version", 1)
      $0.field("scenario", left.summary.scenario)
      $0.field("seed", left.summary.seed)
      $0.key("sides")
      $0.array([left, right]) { $1.summary.write(to: &$0) }
      $0.key("figures")
      $0.array(rows.filter { $0.judgement != .equal }) { json, row in
        json.object {
          $0.field("figure", row.subject.name)
          $0.key("values")
          $0.array(row.values) { $0.value($1) }
          $0.key("better")
          if case .better(let side) = row.judgement { $0.value(side) } else { $0.null() }
        }
      }
    }
    return json.text
  }
}
