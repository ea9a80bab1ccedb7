import CKernel
import MagpieTrace
import TestSupport
import Testing

@testable import Magpie

/// The runtime on real threads. One test at a time: there are few CPUs, and each run wants them all.
@Suite(.serialized)
enum RuntimeTests {
  /// The numbers of processors that most tests run on: one, few, more than there are CPUs.
  static let processorCounts = [1, 2, 8, 32]
}

/// Runs a body as the first fiber. A run that hangs is stopped, so that its test fails and the others go on.
func run(
  processors: Int, _ change: (inout Configuration) -> Void = { _ in }, _ body: @escaping @Sendable () -> Void
) throws {
  var configuration = Configuration(processors: processors)
  change(&configuration)
  try run(Runtime(configuration), body)
}

func run(_ runtime: Runtime, _ body: @escaping @Sendable () -> Void) throws {
  let watch = Job { if !runtime.waitForEnd(atMost: 60_000_000_000) { runtime.stop() } }
  defer { watch.join() }
  try runtime.run(body)
}

/// A run one machine at a time, in an order drawn from a seed.
/// - Parameter processors: nil for a number that goes with the seed.
func simulation(_ seed: Int, _ processors: Int? = nil) -> Configuration {
  var configuration = Configuration(processors: processors ?? [2, 3, 8, 1][seed % 4])
  configuration.isSimulated = true
  configuration.seed = UInt64(seed)
  return configuration
}

/// What fibers say, in the order in which they say it.
final class Log<Entry: Sendable>: Sendable {
  private let state = ThreadMutex<[Entry]>([])
  var entries: [Entry] { state.withLock { $0 } }
  func note(_ entry: Entry) { state.withLock { $0.append(entry) } }
}

/// A word that fibers share.
final class Word: Sendable {
  private let state: ThreadMutex<Int>
  init(_ value: Int = 0) { state = ThreadMutex(value) }
  var value: Int {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
  func raise(to least: Int) { state.withLock { $0 = max($0, least) } }
  /// Adds, and gives the sum.
  @discardableResult
  func add(_ amount: Int = 1) -> Int {
    state.withLock { value in
      value += amount
      return value
    }
  }
}

/// A value that counts itself in a word as long as it lives.
final class Token: Sendable {
  private let alive: Word
  init(_ alive: Word) {
    self.alive = alive
    alive.add()
  }
  deinit { alive.add(-1) }
}

/// Fewer rounds where each costs a hundred times as much.
func rounds(_ count: Int) -> Int { ck_under_tsan() ? max(count / 20, 1) : count }

/// A plain variable, protected by what the test says.
final class Plain<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}
