import CNcurses

/// A terminfo entry like the terminal's own, but with more colours.
///
/// Few descriptions have 24 bits, although most terminals do, and ncurses does what the description says. So where COLORTERM
/// or the user promises more, the entry is read through ncurses, changed, compiled in memory and handed to `newterm` in the
/// environment (`TERMINFO=hex:…`). With 24 bits, colours below 8 stay the terminal's palette.
enum TerminfoEntry {
  /// The value for TERMINFO; nil if the terminal has no description or the entry would be too long.
  static func make(for terminal: String, _ depth: ColorDepth) -> String? {
    guard magpie_look_up(terminal) == 0 else { return nil }
    defer { magpie_forget_look_up() }
    var flags: [UInt8] = []
    var index: Int32 = 0
    while let name = magpie_flag_name(index) {
      flags.append(magpie_flag(name) > 0 ? 1 : 0)
      index += 1
    }
    var numbers: [Int32] = []
    index = 0
    while let name = magpie_number_name(index) {
      let name = String(cString: name)
      switch name {
      case "colors": numbers.append(Int32(depth.rawValue))
      case "pairs": numbers.append(0x1_0000)
      default: numbers.append(max(magpie_number(name), -1))
      }
      index += 1
    }
    var offsets: [Int16] = []
    var table: [UInt8] = []
    index = 0
    while let name = magpie_string_name(index) {
      let value: [UInt8]?
      switch String(cString: name) {
      case "setaf": value = Array(setColor(depth, isText: true).utf8)
      case "setab": value = Array(setColor(depth, isText: false).utf8)
      case "op": value = magpie_string(name).map { bytes($0) } ?? Array("\u{1B}[39;49m".utf8)
      // Colours are not to be redefined, and are named by setaf and setab only.
      case "initc", "initp", "scp", "setf", "setb": value = nil
      default: value = magpie_string(name).map { bytes($0) }
      }
      if let value {
        guard table.count + value.count + 1 < Int(Int16.max) else { return nil }
        offsets.append(Int16(table.count))
        table += value + [0]
      } else {
        offsets.append(-1)
      }
      index += 1
    }
    return compile(names: terminal + "|more colours", flags, numbers, offsets, table)
  }

  /// The sequence that sets a colour. The first 8 are `3N` and `4N`, the next 8 `9N` and `10N`.
  private static func setColor(_ depth: ColorDepth, isText: Bool) -> String {
    let (plain, bright) = isText ? ("3", "9") : ("4", "10")
    let first = "%p1%{8}%<%t\(plain)%p1%d"
    let second = "%p1%{8}%-%d"
    let rest =
      switch depth {
      case .none, .eight: "\(plain)%p1%d"
      case .sixteen: "\(bright)\(second)"
      case .palette256: "%p1%{16}%<%t\(bright)\(second)%e\(plain)8;5;%p1%d"
      case .direct: "\(plain)8;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d"
      }
    return "\u{1B}[%?\(first)%e\(rest)%;m"
  }

  /// term(5), with 32-bit numbers; short integers are little-endian wherever it is read.
  private static func compile(
    names: String, _ flags: [UInt8], _ numbers: [Int32], _ offsets: [Int16], _ table: [UInt8]
  ) -> String {
    var bytes: [UInt8] = []
    func short(_ value: Int) { bytes += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
    let name = Array(names.utf8) + [0]
    for value in [0o1036, name.count, flags.count, numbers.count, offsets.count, table.count] { short(value) }
    bytes += name
    bytes += flags
    if bytes.count % 2 == 1 { bytes.append(0) }
    for number in numbers {
      for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> Int32(shift))) }
    }
    for offset in offsets { short(Int(offset)) }
    bytes += table
    let digits = Array("0123456789ABCDEF".utf8)
    var hex = Array("hex:".utf8)
    hex.reserveCapacity(bytes.count * 2 + 4)
    for byte in bytes { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: hex, as: UTF8.self)
  }

  private static func bytes(_ string: UnsafePointer<CChar>) -> [UInt8] {
    var result: [UInt8] = []
    var place = string
    while place.pointee != 0 {
      result.append(UInt8(bitPattern: place.pointee))
      place += 1
    }
    return result
  }
}
