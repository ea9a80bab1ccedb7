public import Magpie

/// A workload: a root that spawns and ends, and a check that runs when all tasks have ended.
///
/// Scenarios are generic over `TaskSystem`, so that the same code runs under every scheduler. What their tasks share is
/// `Shared`, a trivial value of handles; a task's closure captures the system, that value, and its input. Results come back
/// through counters and cells only.
public protocol Scenario: Sendable {
  /// The handles that the tasks share.
  associatedtype Shared: BitwiseCopyable, Sendable

  /// What the command calls it.
  static var name: String { get }
  /// What it shows, in one line; in English and in Chinese.
  static var text: String { get }
  static var chineseText: String { get }
  /// What can be set, in the order in which it is shown.
  static var parameters: [Parameter] { get }
  /// How many processors it wants when nobody says; nil for as many as there are CPUs.
  static var processors: Int? { get }
  /// Whether it ends in a deadlock, and is right to.
  static var deadlocks: Bool { get }

  /// Whether a task waits for one that is made after it: where each runs to its end before the next, it never ends.
  static var waitsForLater: Bool { get }

  /// Whether it serves clients from outside until the user wants it to end. Such a run cannot be simulated.
  static var serves: Bool { get }

  /// - Parameter values: a value for each parameter; see `ParameterValues`.
  init(_ values: ParameterValues) throws(ScenarioError)

  /// Where clients find it, if it serves.
  var port: Int? { get }
  /// What is told to the user when it begins.
  var announcement: Announcement? { get }

  /// Allocates what the tasks share.
  func share<System: TaskSystem>(on system: System) -> Shared
  /// The body of the first task: spawns the others, and ends.
  func root<System: TaskSystem>(on system: System, _ shared: Shared)
  /// Compares what was done with what was to be done.
  /// - Parameter complete: true when the run is over, be it by a deadlock. When it was stopped before, `ok` means that nothing
  ///   so far contradicts.
  func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult
}

extension Scenario {
  public static var chineseText: String { text }
  public static var processors: Int? { nil }
  public static var deadlocks: Bool { false }
  public static var waitsForLater: Bool { deadlocks }
  public static var serves: Bool { false }
  public var port: Int? { nil }
  public var announcement: Announcement? { nil }

  /// Allocates what the tasks share and gives a run that knows it, whatever the scenario's type.
  public func prepare<System: TaskSystem>(on system: System) -> ScenarioRun {
    let shared = share(on: system)
    return ScenarioRun(
      root: { self.root(on: system, shared) },
      check: { complete in self.check(on: system, shared, complete: complete) })
  }
}
