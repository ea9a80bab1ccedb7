private import MagpieSession

/// What one repetition brought: names and values, in order.
public struct BenchmarkRow: Sendable {
  private enum Value: Sendable {
    case text(String)
    case whole(Int)
    case real(Double)
  }

  private var fields: [(key: String, value: Value)] = []

  init(_ name: String) {
    add("system", "magpie")
    add("name", name)
  }

  mutating func add(_ key: String, _ text: String) { fields.append((key, .text(text))) }
  mutating func add(_ key: String, _ number: Int) { fields.append((key, .whole(number))) }
  /// Kept to a thousandth: what is measured in nanoseconds has no more to say.
  mutating func add(_ key: String, _ number: Double) {
    fields.append((key, .real((number * 1000).rounded() / 1000)))
  }

  /// One object on one line.
  public var json: String {
    var writer = JSONWriter()
    writer.object { object in
      for field in fields {
        switch field.value {
        case .text(let text): object.field(field.key, text)
        case .whole(let number): object.field(field.key, number)
        case .real(let number): object.field(field.key, number)
        }
      }
    }
    return writer.text
  }

  /// The values in columns, for people.
  public var columns: String {
    fields.dropFirst().map { field in
      switch field.value {
      case .text(let text): BenchmarkRow.pad(text, field.key, isText: true)
      case .whole(let number): BenchmarkRow.pad("\(number)", field.key, isText: false)
      case .real(let number): BenchmarkRow.pad("\(number)", field.key, isText: false)
      }
    }.joined(separator: "  ")
  }

  /// The names above the columns.
  public var heading: String {
    fields.dropFirst().map { field in
      if case .text = field.value {
        BenchmarkRow.pad(field.key, field.key, isText: true)
      } else {
        BenchmarkRow.pad(field.key, field.key, isText: false)
      }
    }.joined(separator: "  ")
  }

  private static func pad(_ text: String, _ key: String, isText: Bool) -> String {
    let space = String(repeating: " ", count: max(max(key.count, 12) - text.count, 0))
    return isText ? text + space : space + text
  }
}
