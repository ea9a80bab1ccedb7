extension ParameterValues {
  /// More work or less: each step doubles all sizes, or halves them where it is negative, within what the scenario allows.
  ///
  /// A size is a whole number that is smaller where a simulation is to have few steps; lengths of time, and numbers that are
  /// the same at every size, stay.
  public func loaded(by steps: Int, for parameters: [Parameter]) -> ParameterValues {
    var values = self
    for parameter in parameters where parameter.smallValue != parameter.defaultValue {
      guard case .integer(let value) = self[parameter], let range = parameter.range else { continue }
      let factor = 1 << min(abs(steps), 62)
      let (product, overflows) = value.multipliedReportingOverflow(by: factor)
      let scaled = steps < 0 ? value / factor : overflows ? range.upperBound : product
      values[parameter] = .integer(min(max(scaled, range.lowerBound), range.upperBound))
    }
    return values
  }
}
