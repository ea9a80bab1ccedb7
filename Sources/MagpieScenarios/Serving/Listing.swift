/// A page that lists a directory. Names are data: nothing in them is taken for HTML, or for another address.
enum Listing {
  /// - Parameters:
  ///   - path: the names that lead to the directory.
  ///   - names: those of directories end in `/`.
  static func page(of path: [[UInt8]], _ names: [[UInt8]]) -> [UInt8] {
    let title = escaped([Byte.slash] + path.flatMap { $0 + [Byte.slash] })
    var text = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>\(title)</title></head>\n"
    text += "<body><h1>\(title)</h1>\n<ul>\n"
    if !path.isEmpty { text += "<li><a href=\"../\">../</a></li>\n" }
    for name in names {
      let isDirectory = name.last == Byte.slash
      let target = RequestPath.encoded(isDirectory ? name.dropLast() : name)
      text += "<li><a href=\"./\(String(decoding: target, as: UTF8.self))\(isDirectory ? "/" : "")\">"
      text += "\(escaped(name))</a></li>\n"
    }
    return Array((text + "</ul>\n</body></html>\n").utf8)
  }

  private static func escaped(_ bytes: [UInt8]) -> String {
    var text = ""
    for character in printable(bytes).unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
