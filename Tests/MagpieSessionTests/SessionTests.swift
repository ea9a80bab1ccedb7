import Glibc
import Magpie
import MagpieScenarios
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieSession

/// Whole runs, from the fiber's call to the summary. One test at a time: there are few CPUs, and each run wants them all.
@Suite(.serialized)
enum SessionTests {}

/// A scenario at its small size; `grep` searches a tree that is removed again.
func withSmall<Result>(
  _ type: any Scenario.Type, _ change: (inout ParameterValues) -> Void = { _ in },
  _ body: (any Scenario) throws -> Result
) throws -> Result {
  var values = ParameterValues(smallOf: type.parameters)
  change(&values)
  let tree = type == Grep.self ? SmallTree() : nil
  defer { tree?.remove() }
  for parameter in type.parameters where parameter.kind == .paths {
    values[parameter] = .paths([Array(tree!.path.utf8)])
  }
  return try body(type.init(values))
}

/// Runs to the end; a run that hangs is stopped, so that its test fails and the others go on.
@discardableResult
func finish(_ session: Session) -> Summary {
  session.waitUntilEnded(atMost: 120)
  return session.summary()
}

func run(_ request: RunRequest) -> Session {
  let session = Session(request)
  session.start()
  return session
}

extension Session {
  /// Of an era that has fibers.
  var runtime: Runtime {
    guard case .runtime(let runtime) = scheduling else { preconditionFailure("the kernel schedules") }
    return runtime
  }

  /// The events that each machine has recorded.
  var recorded: [UInt64] { runtime.rings.map(\.published) }

  /// Holds the program, and waits until no machine is in the middle of an operation.
  func holdStill() {
    hold()
    waitUntilStill()
  }

  func waitUntilStill() {
    wait("no machine is in an operation") {
      runtime.endStepIfOver() && !runtime.machineNotes.contains(.inRuntime)
    }
  }

  /// Waits until the collector has dealt with all that was recorded.
  func waitUntilCollected() {
    wait("all is read") {
      let progress = self.progress
      return UInt64(progress.seen) + progress.lost == self.recorded.reduce(0, +)
    }
  }
}
