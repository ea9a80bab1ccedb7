import Synchronization

/// An integer of which there are atomic words. Synchronization has the operations for each type on its own, and wants
/// orderings that are known when it is compiled: so each is written out, and the choice between them falls away once inlined.
protocol AtomicInteger: FixedWidthInteger, UnsignedInteger, AtomicRepresentable, Sendable {
  static func load(_ atomic: borrowing Atomic<Self>, _ ordering: Ordering) -> Self
  static func store(_ atomic: borrowing Atomic<Self>, _ value: Self, _ ordering: Ordering)
  static func change(_ atomic: borrowing Atomic<Self>, _ change: Change, _ operand: Self, _ ordering: Ordering) -> Self
  static func compareExchange(
    _ atomic: borrowing Atomic<Self>, _ expected: Self, _ desired: Self, _ ordering: Ordering, _ failure: Ordering
  ) -> (exchanged: Bool, original: Self)
}

extension UInt32: AtomicInteger {
  @inline(__always)
  static func load(_ atomic: borrowing Atomic<UInt32>, _ ordering: Ordering) -> UInt32 {
    switch ordering {
    case .relaxed: atomic.load(ordering: .relaxed)
    case .acquiring: atomic.load(ordering: .acquiring)
    case .sequentiallyConsistent: atomic.load(ordering: .sequentiallyConsistent)
    case .releasing, .acquiringAndReleasing: fatalError("magpie: a load releases nothing")
    }
  }

  @inline(__always)
  static func store(_ atomic: borrowing Atomic<UInt32>, _ value: UInt32, _ ordering: Ordering) {
    switch ordering {
    case .relaxed: atomic.store(value, ordering: .relaxed)
    case .releasing: atomic.store(value, ordering: .releasing)
    case .sequentiallyConsistent: atomic.store(value, ordering: .sequentiallyConsistent)
    case .acquiring, .acquiringAndReleasing: fatalError("magpie: a store acquires nothing")
    }
  }

  @inline(__always)
  static func change(
    _ atomic: borrowing Atomic<UInt32>, _ change: Change, _ operand: UInt32, _ ordering: Ordering
  ) -> UInt32 {
    switch change {
    case .exchange:
      switch ordering {
      case .relaxed: atomic.exchange(operand, ordering: .relaxed)
      case .acquiring: atomic.exchange(operand, ordering: .acquiring)
      case .releasing: atomic.exchange(operand, ordering: .releasing)
      case .acquiringAndReleasing: atomic.exchange(operand, ordering: .acquiringAndReleasing)
      case .sequentiallyConsistent: atomic.exchange(operand, ordering: .sequentiallyConsistent)
      }
    case .add:
      switch ordering {
      case .relaxed: atomic.wrappingAdd(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.wrappingAdd(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.wrappingAdd(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.wrappingAdd(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.wrappingAdd(operand, ordering: .sequentiallyConsistent).oldValue
      }
    case .subtract:
      switch ordering {
      case .relaxed: atomic.wrappingSubtract(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.wrappingSubtract(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.wrappingSubtract(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.wrappingSubtract(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.wrappingSubtract(operand, ordering: .sequentiallyConsistent).oldValue
      }
    case .or:
      switch ordering {
      case .relaxed: atomic.bitwiseOr(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.bitwiseOr(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.bitwiseOr(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.bitwiseOr(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.bitwiseOr(operand, ordering: .sequentiallyConsistent).oldValue
      }
    case .and:
      switch ordering {
      case .relaxed: atomic.bitwiseAnd(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.bitwiseAnd(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.bitwiseAnd(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.bitwiseAnd(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.bitwiseAnd(operand, ordering: .sequentiallyConsistent).oldValue
      }
    }
  }

  @inline(__always)
  static func compareExchange(
    _ atomic: borrowing Atomic<UInt32>, _ expected: UInt32, _ desired: UInt32, _ ordering: Ordering, _ failure: Ordering
  ) -> (exchanged: Bool, original: UInt32) {
    switch (ordering, failure) {
    case (.relaxed, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .relaxed, failureOrdering: .relaxed)
    case (.acquiring, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .acquiring, failureOrdering: .relaxed)
    case (.releasing, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .releasing, failureOrdering: .relaxed)
    case (.acquiringAndReleasing, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    case (.sequentiallyConsistent, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
    case (.releasing, .acquiring):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .releasing, failureOrdering: .acquiring)
    case (.sequentiallyConsistent, .sequentiallyConsistent):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .sequentiallyConsistent,
        failureOrdering: .sequentiallyConsistent)
    default: fatalError("magpie: nothing is exchanged in this ordering")
    }
  }
}

extension UInt64: AtomicInteger {
  @inline(__always)
  static func load(_ atomic: borrowing Atomic<UInt64>, _ ordering: Ordering) -> UInt64 {
    switch ordering {
    case .relaxed: atomic.load(ordering: .relaxed)
    case .acquiring: atomic.load(ordering: .acquiring)
    case .sequentiallyConsistent: atomic.load(ordering: .sequentiallyConsistent)
    case .releasing, .acquiringAndReleasing: fatalError("magpie: a load releases nothing")
    }
  }

  @inline(__always)
  static func store(_ atomic: borrowing Atomic<UInt64>, _ value: UInt64, _ ordering: Ordering) {
    switch ordering {
    case .relaxed: atomic.store(value, ordering: .relaxed)
    case .releasing: atomic.store(value, ordering: .releasing)
    case .sequentiallyConsistent: atomic.store(value, ordering: .sequentiallyConsistent)
    case .acquiring, .acquiringAndReleasing: fatalError("magpie: a store acquires nothing")
    }
  }

  @inline(__always)
  static func change(
    _ atomic: borrowing Atomic<UInt64>, _ change: Change, _ operand: UInt64, _ ordering: Ordering
  ) -> UInt64 {
    switch change {
    case .exchange:
      switch ordering {
      case .relaxed: atomic.exchange(operand, ordering: .relaxed)
      case .acquiring: atomic.exchange(operand, ordering: .acquiring)
      case .releasing: atomic.exchange(operand, ordering: .releasing)
      case .acquiringAndReleasing: atomic.exchange(operand, ordering: .acquiringAndReleasing)
      case .sequentiallyConsistent: atomic.exchange(operand, ordering: .sequentiallyConsistent)
      }
    case .add:
      switch ordering {
      case .relaxed: atomic.wrappingAdd(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.wrappingAdd(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.wrappingAdd(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.wrappingAdd(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.wrappingAdd(operand, ordering: .sequentiallyConsistent).oldValue
      }
    case .subtract:
      switch ordering {
      case .relaxed: atomic.wrappingSubtract(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.wrappingSubtract(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.wrappingSubtract(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.wrappingSubtract(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.wrappingSubtract(operand, ordering: .sequentiallyConsistent).oldValue
      }
    case .or:
      switch ordering {
      case .relaxed: atomic.bitwiseOr(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.bitwiseOr(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.bitwiseOr(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.bitwiseOr(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.bitwiseOr(operand, ordering: .sequentiallyConsistent).oldValue
      }
    case .and:
      switch ordering {
      case .relaxed: atomic.bitwiseAnd(operand, ordering: .relaxed).oldValue
      case .acquiring: atomic.bitwiseAnd(operand, ordering: .acquiring).oldValue
      case .releasing: atomic.bitwiseAnd(operand, ordering: .releasing).oldValue
      case .acquiringAndReleasing: atomic.bitwiseAnd(operand, ordering: .acquiringAndReleasing).oldValue
      case .sequentiallyConsistent: atomic.bitwiseAnd(operand, ordering: .sequentiallyConsistent).oldValue
      }
    }
  }

  @inline(__always)
  static func compareExchange(
    _ atomic: borrowing Atomic<UInt64>, _ expected: UInt64, _ desired: UInt64, _ ordering: Ordering, _ failure: Ordering
  ) -> (exchanged: Bool, original: UInt64) {
    switch (ordering, failure) {
    case (.relaxed, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .relaxed, failureOrdering: .relaxed)
    case (.acquiring, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .acquiring, failureOrdering: .relaxed)
    case (.releasing, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .releasing, failureOrdering: .relaxed)
    case (.acquiringAndReleasing, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    case (.sequentiallyConsistent, .relaxed):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
    case (.releasing, .acquiring):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .releasing, failureOrdering: .acquiring)
    case (.sequentiallyConsistent, .sequentiallyConsistent):
      atomic.compareExchange(
        expected: expected, desired: desired, successOrdering: .sequentiallyConsistent,
        failureOrdering: .sequentiallyConsistent)
    default: fatalError("magpie: nothing is exchanged in this ordering")
    }
  }
}
