import CKernel

/// A fiber's stack: pages of address space above a guard page. It costs memory where it was touched.
struct Stack {
  /// The lowest usable byte; the guard page lies below.
  var bottom: UnsafeMutableRawPointer
  var size: Int
}

/// A few stacks of the default size that a processor keeps for itself: last in, first out. A plain array of fixed length: every
/// short fiber comes and goes through it.
struct StackCache: ~Copyable {
  private static let capacity = 64
  private let stacks = UnsafeMutablePointer<Stack>.allocate(capacity: StackCache.capacity)
  private(set) var count = 0

  deinit { stacks.deallocate() }

  /// - Returns: false when it is full.
  mutating func push(_ stack: Stack) -> Bool {
    guard count < StackCache.capacity else { return false }
    (stacks + count).initialize(to: stack)
    count &+= 1
    return true
  }

  /// The stacks that are kept, for who looks while the owner stands still.
  func forEach(_ body: (Stack) -> Void) {
    for index in 0..<count { body(stacks[index]) }
  }

  mutating func pop() -> Stack? {
    guard count > 0 else { return nil }
    count &-= 1
    return stacks[count]
  }
}

/// The stacks that no fiber uses: last in, first out, as the last one used is warm. A processor keeps a few of its own.
///
/// Stacks of the default size are cut from slabs of 64, so that neighbours share page tables; others have a mapping each.
/// `MADV_GUARD_INSTALL` (Linux 6.13) makes a guard page without splitting the mapping, and the kernel joins neighbouring
/// slabs: a million stacks are a few mappings. Older kernels get `mprotect`, which splits one into two a stack: then there are
/// about 32,000, by vm.max_map_count, and a run that wants more ends with a `Limit`.
struct StackPool: ~Copyable {
  private struct State {
    var free: [Stack] = []
    var slab: UnsafeMutableRawPointer?
    var slabUsed = 0
    var mappings: [(UnsafeMutableRawPointer, Int)] = []
    var taken = 0
  }
  static let stacksASlab = 64
  /// Nowhere is there room for a larger one; and this one can be rounded up and multiplied.
  private static let most = 1 << 47
  let size: Int
  private let page = Int(ck_page_size())
  private let lock = RuntimeLock()
  private let state: UnsafeMutablePointer<State>

  init(size wanted: Int) {
    let page = Int(ck_page_size())
    size = (min(max(wanted, 16 * 1024), StackPool.most) + page - 1) / page * page
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  /// A stack of at least `size` bytes.
  /// - Throws: the limit that leaves no room for it.
  func take(size wanted: Int) throws(Limit) -> Stack {
    lock.lock()
    defer { lock.unlock() }
    state.pointee.taken += 1
    guard wanted <= size else {
      return try map((min(wanted, StackPool.most) + page - 1) / page * page)
    }
    if let stack = state.pointee.free.popLast() { return stack }
    let stride = size + page
    if state.pointee.slab == nil || state.pointee.slabUsed == StackPool.stacksASlab {
      state.pointee.slab = try reserve(stride * StackPool.stacksASlab)
      state.pointee.slabUsed = 0
    }
    let stack = try guarded(state.pointee.slab! + state.pointee.slabUsed * stride, size: size)
    state.pointee.slabUsed += 1
    return stack
  }

  func give(_ stack: Stack) {
    lock.lock()
    defer { lock.unlock() }
    state.pointee.taken -= 1
    if stack.size == size {
      state.pointee.free.append(stack)
    } else if let index = state.pointee.mappings.firstIndex(where: { $0.0 == stack.bottom - page }) {
      let mapping = state.pointee.mappings.remove(at: index)
      ck_release(mapping.0, mapping.1)
    }
  }

  /// Stacks that fibers have, or processors keep.
  var taken: Int {
    lock.lock()
    defer { lock.unlock() }
    return state.pointee.taken
  }

  private func map(_ size: Int) throws(Limit) -> Stack { try guarded(reserve(size + page), size: size) }

  private func reserve(_ bytes: Int) throws(Limit) -> UnsafeMutableRawPointer {
    guard let memory = ck_reserve(bytes) else {
      throw .memory(bytes: bytes, for: .stacks)
    }
    state.pointee.mappings.append((memory, bytes))
    return memory
  }

  private func guarded(_ base: UnsafeMutableRawPointer, size: Int) throws(Limit) -> Stack {
    guard ck_guard(base, page) == 0 else { throw .memory(bytes: page, for: .guardPage) }
    return Stack(bottom: base + page, size: size)
  }

  /// Unmaps everything. No stack may be in use any more.
  func release() {
    for (address, bytes) in state.pointee.mappings { ck_release(address, bytes) }
    state.deinitialize(count: 1)
    state.deallocate()
  }
}
