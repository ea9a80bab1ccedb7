import Themes
import Yams

/// Why a scheme cannot be used: the file, and what is wrong with it where.
public enum ThemeError: Error, Sendable, Hashable {
  case notYAML(file: String, line: Int)
  /// A key that must be there is not.
  case missing(file: String, key: String)
  /// A value is not what the key needs.
  case notAColor(file: String, key: String, value: String)
  case unknown(name: String, nearest: String)
}

/// A base16 colour scheme: sixteen colours and a name.
///
/// The legacy form (the colours at the top level, the name under `scheme`) is read too.
public struct Scheme: Sendable, Hashable {
  public var name: String
  /// What the user calls it.
  public var slug: String
  /// base00 to base0F.
  public var colors: [Color]

  public static let keys = (0..<16).map { "base0" + String($0, radix: 16, uppercase: true) }

  public init(yaml: [UInt8], file: String) throws(ThemeError) {
    let text = String(decoding: yaml, as: UTF8.self)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw .notYAML(file: file, line: Scheme.line(of: error))
    } catch {
      throw .notYAML(file: file, line: 1)
    }
    guard let mapping = node?.mapping else { throw .notYAML(file: file, line: 1) }
    let palette: Node.Mapping
    if let inner = mapping["palette"] {
      guard let found = inner.mapping else { throw .missing(file: file, key: "palette") }
      palette = found
    } else {
      palette = mapping
    }
    guard let name = (mapping["name"] ?? mapping["scheme"])?.scalar?.string, !name.isEmpty else {
      throw .missing(file: file, key: "name")
    }
    var colors: [Color] = []
    for key in Scheme.keys {
      guard let value = palette[Node(key)] else { throw .missing(file: file, key: key) }
      // A colour of digits only is a number to YAML; its text is what counts.
      guard let string = value.scalar?.string, let color = Color(hex: string) else {
        throw .notAColor(file: file, key: key, value: value.scalar?.string ?? "")
      }
      colors.append(color)
    }
    self.name = name
    slug = mapping["slug"]?.scalar?.string ?? Scheme.slug(from: name)
    self.colors = colors
  }

  static func slug(from name: String) -> String {
    String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }

  private static func line(of error: YamlError) -> Int {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    default: 1
    }
  }
}
