/// What is wrong with the text of a filter for fibers.
public enum FiberFilterError: Error, Sendable, Hashable {
  case empty
  case unknownField(String)
  case unknownState(String)
  /// A number was wanted: `g:17`.
  case notANumber(field: String, value: String)
  /// A length of time was wanted: `wait>1.5ms`.
  case notATime(field: String, value: String)
}

extension FiberFilter {
  /// Reads a filter.
  /// - Throws: what is wrong with the first term that cannot be read.
  public init(_ text: String) throws(FiberFilterError) {
    var terms: [Term] = []
    for (body, isNegated) in Filter.words(text) {
      terms.append(Term(condition: try FiberFilter.condition(body), isNegated: isNegated))
    }
    guard !terms.isEmpty else { throw .empty }
    self.terms = terms
  }

  private static func condition(_ term: Substring) throws(FiberFilterError) -> Condition {
    guard let place = term.firstIndex(where: { ":<>".contains($0) }) else {
      guard !term.isEmpty else { throw .empty }
      return .name(term.lowercased())
    }
    let name = term[..<place].lowercased()
    let sign = term[place]
    let value = term[term.index(after: place)...]
    guard let field = Field(rawValue: name) else { throw .unknownField(String(term[..<place])) }
    switch field {
    case .since, .wait, .ran:
      guard sign != ":", let time = Filter.nanoseconds(value) else {
        throw .notATime(field: name, value: String(value))
      }
      return sign == ">" ? .longer(field, time) : .shorter(field, time)
    case _ where sign != ":": throw .notANumber(field: name, value: String(value))
    case .state: return .states(try states(value))
    case .name: return .name(value.lowercased())
    case .fiber: return .fibers(try numbers(value, name))
    case .processor: return .processors(try numbers(value, name))
    case .machine: return .machines(try numbers(value, name))
    case .parent: return .parents(try numbers(value, "g", field: name))
    case .object: return .objects(try numbers(value, name))
    }
  }

  private static func states(_ names: Substring) throws(FiberFilterError) -> UInt32 {
    var codes: UInt32 = 0
    for name in names.split(separator: ",", omittingEmptySubsequences: false) {
      guard let state = State(rawValue: name.lowercased()) else { throw .unknownState(String(name)) }
      codes |= state.codes
    }
    return codes
  }

  private static func numbers<Number: FixedWidthInteger>(
    _ values: Substring, _ letter: String, field: String? = nil
  ) throws(FiberFilterError) -> Set<Number> {
    do throws(FilterError) {
      return try Filter.numbers(values, letter)
    } catch {
      guard case .notANumber(_, let value) = error else { throw .empty }
      throw .notANumber(field: field ?? letter, value: value)
    }
  }
}
