import Glibc

/// What is in files, those of /proc included.
package enum File {
  /// Nothing where it cannot be read.
  package static func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    return rest(of: file)
  }

  package static func text(of path: String) -> String { String(decoding: bytes(of: path), as: UTF8.self) }

  /// All that is left to read, which may be no file.
  static func rest(of stream: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = fread(&piece, 1, piece.count, stream), count > 0 { bytes += piece[..<count] }
    return bytes
  }
}
