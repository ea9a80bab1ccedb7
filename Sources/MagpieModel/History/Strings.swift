/// Names of fibers and calls, by the numbers that events carry. Bounded, for they may come from outside.
struct Strings: Sendable {
  static let maximumCount = 1 << 18
  static let maximumBytes = 64 << 20

  private var values: [UInt32: String] = [:]
  private var bytes = 0

  subscript(_ id: UInt32) -> String? { values[id] }
  var count: Int { values.count }
  var all: [UInt32: String] { values }

  mutating func define(_ id: UInt32, _ string: String) {
    let size = string.utf8.count
    let old = values[id]
    let total = bytes - (old?.utf8.count ?? 0) + size
    guard total <= Self.maximumBytes, old != nil || values.count < Self.maximumCount else { return }
    values[id] = string
    bytes = total
  }
}

extension History {
  /// Says what a string id means. The text is kept as it came, control characters and all: who draws it must know.
  /// Beyond 262,144 strings or 64 MiB new ones are not kept.
  public mutating func define(_ id: UInt32, _ string: String) { strings.define(id, string) }

  /// What a string id means, if it was said.
  public func string(_ id: UInt32) -> String? { strings[id] }
}
