import MagpieTrace

// Values as words of ASCII, for another process to read: a file's name may be of any bytes.
extension ParameterValues {
  /// One word a value that is set: `name=` and the value, bytes in hexadecimal.
  public func exactWords(for parameters: [Parameter]) -> [String] {
    parameters.compactMap { parameter in
      switch self[parameter] {
      case .integer(let value): "\(parameter.name)=i\(value)"
      case .duration(let value): "\(parameter.name)=d\(value.nanoseconds)"
      case .bytes(let bytes): "\(parameter.name)=b\(ParameterValues.hexadecimal(bytes))"
      case .paths(let paths): "\(parameter.name)=p" + paths.map(ParameterValues.hexadecimal).joined(separator: ",")
      case nil: nil
      }
    }
  }

  /// What `exactWords` gave.
  public init(exactWords words: [String], for parameters: [Parameter]) throws(ScenarioError) {
    self.init(defaultsOf: parameters)
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let kind = parts[1].first,
        let parameter = parameters.first(where: { $0.name == parts[0] })
      else { throw .unexpectedArgument(word) }
      let rest = parts[1].dropFirst()
      switch (kind, Int(rest)) {
      case ("i", let value?): self[parameter] = .integer(value)
      case ("d", let value?): self[parameter] = .duration(.nanoseconds(value))
      case ("b", _): self[parameter] = .bytes(ParameterValues.bytes(rest))
      case ("p", _):
        self[parameter] = .paths(
          rest.split(separator: ",", omittingEmptySubsequences: false).map(ParameterValues.bytes))
      default: throw .unexpectedArgument(word)
      }
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func bytes(_ text: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
