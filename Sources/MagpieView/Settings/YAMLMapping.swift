import Yams

/// Why a YAML file cannot be used, and in which line it begins to go wrong.
public enum YAMLError: Error, Sendable, Hashable {
  /// More bytes than any such file needs.
  case tooLarge(limit: Int)
  /// Not UTF-8: another kind of file.
  case notText
  /// Nested too deeply, or by too many references.
  case tooInvolved(line: Int)
  /// What the parser says.
  case syntax(line: Int, problem: String)
  /// A key that stands there more than once.
  case twice(String, line: Int)
  /// Fine, but not `key: value` lines.
  case notAMapping(line: Int)

  /// From 1; nil where it is the file as a whole.
  public var line: Int? {
    switch self {
    case .tooLarge, .notText: nil
    case .tooInvolved(let line), .syntax(let line, _), .twice(_, let line), .notAMapping(let line): line
    }
  }
}

/// The keys and values of a YAML file that anybody may have written, each with its line.
///
/// Reading is bounded in time, memory and stack, whatever the bytes are.
public struct YAMLMapping: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public let key: String
    public let value: YAMLValue
    /// Where the key stands, from 1.
    public let line: Int
  }

  public let entries: [Entry]

  /// No theme and no settings come near it.
  public static let byteLimit = 64 << 10
  static let depthLimit = 32
  static let referenceLimit = 8

  public init(reading bytes: [UInt8]) throws(YAMLError) {
    guard bytes.count <= YAMLMapping.byteLimit else { throw .tooLarge(limit: YAMLMapping.byteLimit) }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw .notText }
    try YAMLMapping.checkBounds(bytes)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw YAMLError(error)
    } catch {
      throw .syntax(line: 1, problem: "")
    }
    // An empty file says nothing, which is no error.
    guard let node else {
      entries = []
      return
    }
    guard case .mapping(let mapping) = YAMLValue(node).content else { throw .notAMapping(line: node.mark?.line ?? 1) }
    self = mapping
  }

  init(_ mapping: Node.Mapping) {
    entries = mapping.map { key, value in
      Entry(key: key.scalar?.string ?? "", value: YAMLValue(value), line: key.mark?.line ?? 1)
    }
  }

  public subscript(key: String) -> Entry? { entries.first { $0.key == key } }

  /// Refuses what would take the parser deep or long: it calls itself once a level, and compares keys with all that they refer to.
  private static func checkBounds(_ bytes: [UInt8]) throws(YAMLError) {
    var line = 1
    var depth = 0
    var references = 0
    // Columns at the beginning of a line that can each open a level of their own.
    var isBeginning = true
    var beginning = 0
    var previous = UInt8(ascii: "\n")
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(depth - 1, 0)
      case UInt8(ascii: "*"):
        let opens = Array(" \t\n[{,:".utf8).contains(previous)
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0x20
        if opens, next > 0x20, next != byte { references += 1 }
      default: break
      }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        (isBeginning, beginning) = (true, 0)
      } else if isBeginning, Array(" \t-?:".utf8).contains(byte) {
        beginning += 1
      } else {
        isBeginning = false
      }
      if depth > depthLimit || references > referenceLimit || beginning > 2 * depthLimit {
        throw .tooInvolved(line: line)
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      previous = byte
    }
  }
}

/// A value of a YAML file. Numbers and truth values are text, as they were written.
public struct YAMLValue: Sendable, Hashable {
  public indirect enum Content: Sendable, Hashable {
    case text(String)
    case list([YAMLValue])
    case mapping(YAMLMapping)
  }

  public let content: Content
  /// From 1.
  public let line: Int

  init(_ node: Node) {
    line = node.mark?.line ?? 1
    switch node {
    case .scalar(let scalar): content = .text(scalar.string)
    case .sequence(let sequence): content = .list(sequence.map { YAMLValue($0) })
    case .mapping(let mapping): content = .mapping(YAMLMapping(mapping))
    case .alias: content = .text("")
    }
  }

  public var text: String? { if case .text(let text) = content { text } else { nil } }
  public var mapping: YAMLMapping? { if case .mapping(let mapping) = content { mapping } else { nil } }
  /// A list's values, or the one value that stands where a list may stand.
  public var list: [YAMLValue] { if case .list(let values) = content { values } else { [self] } }
}

extension YAMLError {
  fileprivate init(_ error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self = .syntax(line: mark.line, problem: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      self = .twice(duplicates.sorted().first ?? "", line: context.mark.line)
    case .reader(let problem, _, _, _): self = .syntax(line: 1, problem: problem)
    default: self = .syntax(line: 1, problem: "")
    }
  }
}
