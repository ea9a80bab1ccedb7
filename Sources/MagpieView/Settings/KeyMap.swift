/// Why a file of keys cannot be used.
public enum KeyMapError: Error, Sendable, Hashable {
  case notYAML(YAMLError)
  case unknownAction(name: String, line: Int)
  /// What is written is no key.
  case unknownKey(name: String, line: Int)
  case noKey(action: String, line: Int)
  /// Two actions that work in the same place have the same key.
  case conflict(key: String, action: String, other: String, line: Int)
}

/// Which key does what: the table of `KeyBinding`, changed by the user.
///
/// A file names actions and their keys, one or a list; they take the place of the keys that the action had:
///
///     step: [".", y]
///     theme: t
public struct KeyMap: Sendable {
  /// As the footer and the help show them.
  public let bindings: [KeyBinding]

  public init(_ bindings: [KeyBinding] = KeyBinding.all) { self.bindings = bindings }

  /// The keys of a file over those of a table.
  public init(yaml bytes: [UInt8], over bindings: [KeyBinding] = KeyBinding.all) throws(KeyMapError) {
    let file: YAMLMapping
    do { file = try YAMLMapping(reading: bytes) } catch { throw .notYAML(error) }
    var bindings = bindings
    var lines: [Action: Int] = [:]
    for entry in file.entries {
      guard let action = Action.allCases.first(where: { $0.name == entry.key }) else {
        throw .unknownAction(name: entry.key, line: entry.line)
      }
      var keys: [Key] = []
      for value in entry.value.list {
        guard let name = value.text, let key = Key(name: name) else {
          throw .unknownKey(name: value.text ?? "", line: value.line)
        }
        keys.append(key)
      }
      guard !keys.isEmpty else { throw .noKey(action: entry.key, line: entry.line) }
      lines[action] = entry.line
      bindings = bindings.map { $0.action == action ? $0.with(keys) : $0 }
    }
    try KeyMap.checkConflicts(bindings, lines)
    self.bindings = bindings
  }

  /// What a key does in a view.
  public func action(of key: Key, in view: App.View) -> Action? {
    bindings.first { $0.keys.contains(key) && ($0.views?.contains(view) ?? true) }?.action
  }

  /// The keys of an action, the first to be shown first.
  public func keys(of action: Action) -> [Key] { bindings.filter { $0.action == action }.flatMap(\.keys) }

  /// Only what the file has changed can be in conflict: where the table itself uses a key twice it means to.
  private static func checkConflicts(_ bindings: [KeyBinding], _ lines: [Action: Int]) throws(KeyMapError) {
    for (number, binding) in bindings.enumerated() {
      for other in bindings[..<number] where other.action != binding.action && binding.overlaps(other) {
        guard let key = binding.keys.first(where: other.keys.contains) else { continue }
        let isLater = (lines[binding.action] ?? 0) >= (lines[other.action] ?? 0)
        let (changed, before) = isLater ? (binding, other) : (other, binding)
        guard let line = lines[changed.action] else { continue }
        throw .conflict(key: key.label, action: changed.action.name, other: before.action.name, line: line)
      }
    }
  }
}

extension KeyBinding {
  func with(_ keys: [Key]) -> KeyBinding { KeyBinding(keys, action, in: views, footer: footer, help: help) }

  /// Whether both can be asked for at the same time.
  fileprivate func overlaps(_ other: KeyBinding) -> Bool {
    guard let views, let others = other.views else { return true }
    return !views.isDisjoint(with: others)
  }
}

extension Action {
  /// Its name in a file of keys: the words of the case with hyphens, `holdOrRelease` as `hold-or-release`.
  public var name: String {
    var name = ""
    for letter in String(describing: self) {
      if letter.isUppercase { name += "-" }
      name += letter.lowercased()
    }
    return name
  }
}
