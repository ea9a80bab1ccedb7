/// Writes one JSON value on one line, keys in the order in which they are written.
///
/// `JSONEncoder` gives no order of its own, and readers of the output are promised one. Any string comes out valid: Swift's
/// are Unicode, and what JSON or a terminal cannot hold is escaped.
///
///     var json = JSONWriter()
///     json.object {
///       $0.field("version", 1)
///       $0.key("names"); $0.array(names) { $0.value($1) }
///     }
///     print(json.text)
public struct JSONWriter {
  public private(set) var text = ""
  /// Whether a value stands before the next one in the same object or array.
  private var needsComma = false

  public init() {}

  /// Writes an object; `fields` writes its keys and values.
  public mutating func object(_ fields: (inout JSONWriter) -> Void) {
    open("{")
    fields(&self)
    close("}")
  }

  /// Writes an array; `value` writes exactly one value for each element.
  public mutating func array<Elements: Sequence>(
    _ elements: Elements, _ value: (inout JSONWriter, Elements.Element) -> Void
  ) {
    open("[")
    for element in elements { value(&self, element) }
    close("]")
  }

  /// Writes a key; its value must follow.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    text += ":"
    needsComma = false
  }

  public mutating func value(_ value: some BinaryInteger) { literal(String(value)) }
  public mutating func value(_ value: Bool) { literal(value ? "true" : "false") }
  public mutating func null() { literal("null") }

  /// Writes a number, or null for what JSON has no number for.
  public mutating func value(_ value: Double) { literal(value.isFinite ? String(value) : "null") }

  public mutating func value(_ value: String) {
    separate()
    quote(value)
    needsComma = true
  }

  public mutating func field(_ name: String, _ number: some BinaryInteger) {
    key(name)
    value(number)
  }

  public mutating func field(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }

  public mutating func field(_ name: String, _ number: Double) {
    key(name)
    value(number)
  }

  /// Writes a text, or null.
  public mutating func field(_ name: String, _ string: String?) {
    key(name)
    if let string { value(string) } else { null() }
  }

  private mutating func literal(_ literal: String) {
    separate()
    text += literal
    needsComma = true
  }

  private mutating func open(_ bracket: String) {
    separate()
    text += bracket
    needsComma = false
  }

  private mutating func close(_ bracket: String) {
    text += bracket
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { text += "," }
  }

  private mutating func quote(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // Control characters, also those above ASCII; what ends a line in JavaScript or turns the direction of text; and the
      // byte order mark, which some readers take out.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FEFF}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
