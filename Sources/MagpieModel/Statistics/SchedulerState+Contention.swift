extension SchedulerState {
  /// By what sync objects are put in order, the greatest first.
  public enum ContentionOrder: UInt8, Sendable, Hashable, CaseIterable {
    /// How long fibers have waited there in all, how often, and how many wait now.
    case waited, waits, waiters
  }

  /// The sync objects for which fibers have waited most, of those that are followed.
  /// - Complexity: O(objects).
  public func contention(by order: ContentionOrder, isReversed: Bool = false, limit: Int) -> [SyncObjectState] {
    var best: [(key: UInt64, index: Int)] = []
    for index in objects.indices where objects[index].waits > 0 {
      let record = objects[index]
      var key =
        switch order {
        case .waited: record.waitedNanoseconds
        case .waits: record.waits
        case .waiters: UInt64(record.waiters)
        }
      if isReversed { key = .max &- key }
      if best.count >= limit, let last = best.last, key <= last.key { continue }
      best.insert((key, index), at: best.firstIndex { $0.key < key } ?? best.count)
      if best.count > limit { best.removeLast() }
    }
    return best.compactMap { object(at: $0.index) }
  }
}

extension Statistics {
  /// Fibers stolen, by thief and victim; of many processors, neighbours are taken together to so many groups.
  /// - Complexity: O(processors²).
  public func stolen(groups: Int) -> [[UInt64]] {
    let count = processors.count
    let size = Statistics.groupSize(count, groups)
    let length = (count + size - 1) / size
    var result = [[UInt64]](repeating: [UInt64](repeating: 0, count: length), count: length)
    let known = min(count, matrixWidth)
    for thief in 0..<known {
      for victim in 0..<known { result[thief / size][victim / size] += UInt64(matrix[thief * matrixWidth + victim]) }
    }
    return result
  }

  /// How many neighbours make a group.
  public static func groupSize(_ count: Int, _ groups: Int) -> Int { max((count + groups - 1) / max(groups, 1), 1) }
}
