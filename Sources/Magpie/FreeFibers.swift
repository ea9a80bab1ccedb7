/// The fibers that nobody uses, as a processor keeps them (Go's gfget, gfput): a bundle in use and a full spare one. A bundle too
/// many goes to the shared list, and comes from there when both are empty, in one step however many fibers it holds.
///
/// Only for the holder of the processor.
struct FreeFibers {
  static let bundleSize = 32

  private var first: FiberRef?
  private var count = 0
  private var spare: FiberRef?

  /// The fibers that are kept. O(1).
  var held: Int { count + (spare == nil ? 0 : FreeFibers.bundleSize) }

  /// A fiber to use anew. O(1).
  @inline(__always)
  mutating func pop() -> FiberRef? {
    if first == nil, let full = spare {
      spare = nil
      take(bundle: full)
    }
    guard let fiber = first else { return nil }
    first = fiber.pointee.next
    fiber.pointee.next = nil
    count &-= 1
    return fiber
  }

  /// Keeps a fiber. O(1).
  /// - Returns: a full bundle that is too many.
  @inline(__always)
  mutating func push(_ fiber: FiberRef) -> FiberRef? {
    fiber.pointee.next = first
    first = fiber
    count &+= 1
    guard count == FreeFibers.bundleSize else { return nil }
    let surplus = spare
    spare = fiber
    first = nil
    count = 0
    return surplus
  }

  /// Uses a full bundle; what was in use must be used up.
  mutating func take(bundle: FiberRef) {
    first = bundle
    count = FreeFibers.bundleSize
  }
}
