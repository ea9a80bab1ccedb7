import Glibc
import MagpieTrace
import Synchronization

/// A few words that threads or forked processes have in common, a cache line each, and a futex on each.
///
/// Lives as long as the process.
struct SharedWords: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  /// Whether processes share them; a futex is cheaper where they do not.
  private let isBetweenProcesses: Bool
  private static let line = 64

  init(_ count: Int, isBetweenProcesses: Bool) throws(LabObstacle) {
    let memory = mmap(nil, count * SharedWords.line, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { throw .failed(.noSharedMemory(SystemError(number: errno))) }
    base = memory
    self.isBetweenProcesses = isBetweenProcesses
  }

  subscript(index: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (base + index * SharedWords.line).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  func load(_ index: Int) -> UInt32 { self[index].pointee.load(ordering: .acquiring) }
  func store(_ index: Int, _ value: UInt32) { self[index].pointee.store(value, ordering: .releasing) }
  /// - Returns: the sum.
  func add(_ index: Int) -> UInt32 { self[index].pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue }

  /// Sleeps until a word has a value.
  func wait(_ index: Int, until value: UInt32) {
    while case let now = load(index), now != value {
      self[index].pointee.sleep(while: now, acrossProcesses: isBetweenProcesses)
    }
  }

  /// Wakes all that sleep on a word.
  func wake(_ index: Int) {
    self[index].pointee.wake(.max, acrossProcesses: isBetweenProcesses)
  }
}
