/// The names of a trace: fibers, calls, annotations. They travel outside the rings, so no loss can take them.
public final class StringTable: Sendable {
  private struct State {
    var strings: [String] = [""]
    var ids: [String: UInt32] = [:]
  }
  private let state = ThreadMutex(State())
  /// Names kept at most; what comes later is called by the empty name.
  private let limit: Int

  public init(limit: Int = 1 << 20) { self.limit = limit }

  /// The id of a string, the same for the same string; 0 for the empty one.
  public func id(of string: String) -> UInt32 {
    guard !string.isEmpty else { return 0 }
    return state.withLock { state in
      if let id = state.ids[string] { return id }
      guard state.strings.count < limit else { return 0 }
      let id = UInt32(state.strings.count)
      state.strings.append(string)
      state.ids[string] = id
      return id
    }
  }

  /// The strings from an id on.
  public func strings(from id: Int) -> [String] {
    state.withLock { $0.strings.count > id ? Array($0.strings[max(id, 0)...]) : [] }
  }

  public func string(_ id: UInt32) -> String {
    state.withLock { $0.strings.indices.contains(Int(id)) ? $0.strings[Int(id)] : "" }
  }
}
