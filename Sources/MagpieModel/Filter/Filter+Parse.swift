import MagpieTrace

/// What is wrong with a filter's text.
public enum FilterError: Error, Sendable, Hashable {
  case empty
  case unknownField(String)
  case unknownKind(String)
  /// A number was wanted: `p:0`.
  case notANumber(field: String, value: String)
  /// A length of time was wanted: `time>1.5ms`.
  case notATime(field: String, value: String)
  /// It can be told only afterwards: a breakpoint cannot stop before it.
  case onlyAfterwards
}

extension Filter {
  /// Reads a filter.
  /// - Throws: what is wrong with the first term that cannot be read.
  public init(_ text: String) throws(FilterError) {
    var terms: [Term] = []
    for (body, isNegated) in Filter.words(text) {
      terms.append(Term(condition: try Filter.condition(body), isNegated: isNegated))
    }
    guard !terms.isEmpty else { throw .empty }
    self.terms = terms
  }

  /// The terms of a text, each without the minus that asks for its opposite.
  static func words(_ text: String) -> [(body: Substring, isNegated: Bool)] {
    text.split(separator: " ").map { $0.hasPrefix("-") ? ($0.dropFirst(), true) : ($0, false) }
  }

  private static func condition(_ term: Substring) throws(FilterError) -> Condition {
    guard let place = term.firstIndex(where: { ":<>".contains($0) }) else { return .kinds(try kinds(term)) }
    let name = term[..<place].lowercased()
    let value = term[term.index(after: place)...]
    guard let field = Field(rawValue: name) else { throw .unknownField(String(term[..<place])) }
    let isTime = [.time, .wait, .ran, .call].contains(field)
    guard isTime || term[place] == ":" else { throw .notANumber(field: name, value: String(value)) }
    switch field {
    case .kind: return .kinds(try kinds(value))
    case .processor: return .processors(try numbers(value, name))
    case .machine: return .machines(try numbers(value, name))
    case .fiber: return .fibers(try numbers(value, name))
    case .time, .wait, .ran, .call:
      guard term[place] != ":", let time = nanoseconds(value) else {
        throw .notATime(field: name, value: String(value))
      }
      if field == .time { return term[place] == ">" ? .after(time) : .before(time) }
      return term[place] == ">" ? .longer(field, than: time) : .shorter(field, than: time)
    }
  }

  private static func kinds(_ names: Substring) throws(FilterError) -> Set<EventKind> {
    var kinds: Set<EventKind> = []
    for name in names.split(separator: ",", omittingEmptySubsequences: false) {
      let wanted = name.lowercased()
      let found = EventKind.allCases.filter { kind in
        let whole = kind.name.lowercased()
        // A P that sysmon takes from a call is handed on, too.
        return whole == wanted || whole.split(separator: ".").contains { $0 == wanted }
          || wanted == "handoff" && kind == .processorRetake
      }
      guard !found.isEmpty else { throw .unknownKind(String(name)) }
      kinds.formUnion(found)
    }
    return kinds
  }

  static func numbers<Number: FixedWidthInteger>(
    _ values: Substring, _ field: String
  ) throws(FilterError) -> Set<Number> {
    var numbers: Set<Number> = []
    for value in values.split(separator: ",", omittingEmptySubsequences: false) {
      // With the letter or without: `g:17`, `g:G17`.
      let digits = value.lowercased().hasPrefix(field) ? value.dropFirst(field.count) : value
      guard let number = Number(digits) else { throw .notANumber(field: field, value: String(value)) }
      numbers.insert(number)
    }
    return numbers
  }

  /// `10`, `1.5ms`, `2s`: nanoseconds where no unit is said.
  static func nanoseconds(_ text: Substring) -> UInt64? {
    (Duration(text: text) ?? Duration(text: text + "ns"))?.nanoseconds
  }
}
