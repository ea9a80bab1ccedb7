import Glibc

/// A line on standard error that says how far long work is; only where that is a terminal.
struct ProgressBar {
  private static let width = 30
  private let isShown = isatty(STDERR_FILENO) != 0
  let isASCII: Bool

  init(isASCII: Bool) { self.isASCII = isASCII }

  /// - Parameters:
  ///   - name: what is being done.
  ///   - part: how much of all is done, from 0 to 1.
  func show(_ name: String, _ part: Double) {
    guard isShown else { return }
    let part = min(max(part, 0), 1)
    let full = Int(part * Double(ProgressBar.width))
    let bar =
      String(repeating: isASCII ? "#" : "█", count: full)
      + String(repeating: isASCII ? "." : "░", count: ProgressBar.width - full)
    writeToStandardError("\r\(bar) \(Int(part * 100)) %  \(name)\u{1B}[K")
  }

  func hide() {
    if isShown { writeToStandardError("\r\u{1B}[K") }
  }
}
