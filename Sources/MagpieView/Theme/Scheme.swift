/// Why a scheme cannot be used: the file, and what is wrong with it where.
public enum ThemeError: Error, Sendable, Hashable {
  case notYAML(file: String, YAMLError)
  /// A key that must be there is not; the line is where it should stand.
  case missing(file: String, line: Int, key: String)
  /// A value is not what the key needs.
  case notAColor(file: String, line: Int, key: String, value: String)
  case unknown(name: String, nearest: String)
}

/// A base16 colour scheme: sixteen colours and a name. Of a base24 scheme the first sixteen are used.
///
/// The legacy form (the colours at the top level, the name under `scheme`) is read too.
public struct Scheme: Sendable, Hashable {
  public var name: String
  /// What the user calls it.
  public var slug: String
  /// Whether it is to be drawn without colours (`variant: mono`).
  public var isMono: Bool
  /// base00 to base0F.
  public var colors: [Color]

  public static let keys = (0..<16).map { "base0" + String($0, radix: 16, uppercase: true) }
  /// What base24 adds.
  static let moreKeys = (0..<8).map { "base1\($0)" }

  public init(yaml: [UInt8], file: String) throws(ThemeError) {
    let mapping: YAMLMapping
    do { mapping = try YAMLMapping(reading: yaml) } catch { throw .notYAML(file: file, error) }
    var palette = mapping
    var line = 1
    if let entry = mapping["palette"] {
      line = entry.line
      guard let found = entry.value.mapping else { throw .missing(file: file, line: line, key: "palette") }
      palette = found
    }
    guard let name = (mapping["name"] ?? mapping["scheme"])?.value.text, !name.isEmpty else {
      throw .missing(file: file, line: 1, key: "name")
    }
    var colors: [Color] = []
    for key in Scheme.keys {
      guard let entry = palette[key] else { throw .missing(file: file, line: line, key: key) }
      colors.append(try Scheme.color(entry, file: file))
    }
    for key in Scheme.moreKeys { if let entry = palette[key] { _ = try Scheme.color(entry, file: file) } }
    self.name = name
    let given = mapping["slug"]?.value.text ?? ""
    slug = given.isEmpty ? Scheme.slug(from: name) : given
    isMono = mapping["variant"]?.value.text == "mono"
    self.colors = colors
  }

  private static func color(_ entry: YAMLMapping.Entry, file: String) throws(ThemeError) -> Color {
    guard let color = entry.value.text.flatMap({ Color(hex: $0) }) else {
      throw .notAColor(file: file, line: entry.value.line, key: entry.key, value: entry.value.text ?? "")
    }
    return color
  }

  static func slug(from name: String) -> String {
    String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }
}
