import Glibc
import MagpieTrace
import MagpieView

/// Pictures of the screen as files: NAME.svg and NAME.txt, in the current folder.
enum PictureFiles {
  /// As many as there can be of one name.
  static let mostOfAName = 999

  /// Writes both files, or neither. What is there already is left alone: a number is put after the name, -2, -3 and so on.
  ///
  /// - Returns: what came of it, in words.
  static func save(_ picture: Picture, in folder: String = ".") -> Phrase {
    for number in 1...mostOfAName {
      let name = number == 1 ? picture.name : "\(picture.name)-\(number)"
      do throws(SystemError) {
        try write(picture, to: folder + "/" + name)
        return .pictureSaved(name)
      } catch {
        if error.number != EEXIST { return .pictureFailed(error) }
      }
    }
    return .pictureFailed(SystemError(number: EEXIST))
  }

  private static func write(_ picture: Picture, to path: String) throws(SystemError) {
    try write(picture.svg, to: path + ".svg")
    do throws(SystemError) {
      try write(picture.text, to: path + ".txt")
    } catch {
      unlink(path + ".svg")
      throw error
    }
  }

  /// Writes a file that was not there before. One that cannot be written to its end is taken away again.
  private static func write(_ text: String, to path: String) throws(SystemError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError(number: errno) }
    let bytes = Array(text.utf8)
    var count = 0
    var problem: Int32 = 0
    while count < bytes.count, problem == 0 {
      let result = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + count, $0.count - count) }
      if result > 0 { count += result } else { problem = errno == EINTR ? 0 : errno }
    }
    if close(file) != 0, problem == 0 { problem = errno }
    guard problem != 0 else { return }
    unlink(path)
    throw SystemError(number: problem)
  }
}
