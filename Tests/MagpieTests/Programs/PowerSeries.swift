import Magpie

/// A fraction in lowest terms, its denominator positive.
struct Fraction: Sendable, Equatable {
  let numerator: Int, denominator: Int

  init(_ numerator: Int, _ denominator: Int = 1) {
    let divisor = Fraction.greatestDivisor(abs(numerator), abs(denominator)) * denominator.signum()
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

  static func + (a: Fraction, b: Fraction) -> Fraction {
    let shared = greatestDivisor(a.denominator, b.denominator)
    return Fraction(
      a.numerator * (b.denominator / shared) + b.numerator * (a.denominator / shared),
      a.denominator / shared * b.denominator)
  }

  static func * (a: Fraction, b: Fraction) -> Fraction {
    // Crosswise first, so that numbers stay small.
    let left = Fraction(a.numerator, b.denominator), right = Fraction(b.numerator, a.denominator)
    return Fraction(left.numerator * right.numerator, left.denominator * right.denominator)
  }
}

/// A power series that has no end: a fiber that gives its next coefficient when it is asked for it, and not before. Series are made of
/// series, each operation a fiber of its own, and of themselves: an integral begins with a number for which it asks nobody.
///
/// Who has enough of a series ends it. Its fiber then ends those that it asks, and so on; as nobody computes unless somebody waits for
/// the result, none of them is in the middle of anything.
struct PowerSeries: Sendable {
  // Room for one: there is never more than one question without an answer.
  private let demand = Channel<Void>(capacity: 1)
  private let coefficients = Channel<Fraction>(capacity: 1)

  /// Asks for the next coefficient.
  func next() -> Fraction {
    demand.send(())
    return coefficients.receive()!
  }

  /// Asks for no more.
  func end() { demand.close() }

  /// The first coefficients, and no more.
  func first(_ count: Int) -> [Fraction] {
    defer { end() }
    return (0..<count).map { _ in next() }
  }

  /// Two ends of channels, and nobody behind them yet.
  private init() {}

  /// - Parameters:
  ///   - end: ends the series that it asks.
  ///   - next: the n-th coefficient, asked for in order, from 0.
  private init(end: @escaping @Sendable () -> Void = {}, next: @escaping @Sendable (Int) -> Fraction) {
    let (demand, coefficients) = (demand, coefficients)
    spawn {
      var number = 0
      while demand.receive() != nil {
        coefficients.send(next(number))
        number += 1
      }
      end()
    }
  }

  /// So many numbers, and then zeros.
  static func polynomial(_ numbers: Int...) -> PowerSeries {
    PowerSeries { Fraction($0 < numbers.count ? numbers[$0] : 0) }
  }

  static func + (a: PowerSeries, b: PowerSeries) -> PowerSeries {
    PowerSeries(end: { [a, b].forEach { $0.end() } }) { _ in a.next() + b.next() }
  }

  static func * (a: Fraction, b: PowerSeries) -> PowerSeries { PowerSeries(end: b.end) { _ in a * b.next() } }

  /// The series times x.
  var shifted: PowerSeries { PowerSeries(end: end) { $0 == 0 ? Fraction(0) : next() } }

  func integral(from constant: Int) -> PowerSeries {
    PowerSeries(end: end) { $0 == 0 ? Fraction(constant) : Fraction(1, $0) * next() }
  }

  /// With a and b being what follows the first coefficients, the product is a₀b₀ + x (a₀b + b₀a + x ab), of which the last is
  /// such a product again.
  static func * (a: PowerSeries, b: PowerSeries) -> PowerSeries {
    let firsts = Plain([Fraction]()), rest = Plain<PowerSeries?>(nil)
    // What it has split belongs to the rest.
    return PowerSeries(end: { (rest.value.map { [$0] } ?? [a, b]).forEach { $0.end() } }) { number in
      if number == 0 {
        firsts.value = [a.next(), b.next()]
        return firsts.value[0] * firsts.value[1]
      }
      if number == 1 {
        let (a1, a2) = a.split(), (b1, b2) = b.split()
        rest.value = firsts.value[0] * b1 + firsts.value[1] * a1 + (a2 * b2).shifted
      }
      return rest.value!.next()
    }
  }

  var squared: PowerSeries {
    let (a, b) = split()
    return a * b
  }

  /// Twice the same series; it ends with the first of both.
  func split() -> (PowerSeries, PowerSeries) {
    let copies = (PowerSeries(), PowerSeries())
    feed(copies.0, copies.1)
    return copies
  }

  /// The series that a definition makes of the series itself.
  static func defined(_ definition: (PowerSeries) -> PowerSeries) -> PowerSeries {
    let (result, again) = (PowerSeries(), PowerSeries())
    definition(again).feed(result, again)
    return result
  }

  /// Answers who asks the copies. What one of them has had, the other will want. While the series computes, a copy may be asked for
  /// what is known already: the series may need it for that.
  private func feed(_ first: PowerSeries, _ second: PowerSeries) {
    spawn {
      let copies = [first, second]
      var known: [[Fraction]] = [[], []], isWanted = [false, false], isOpen = [true, true], isComputing = false
      while isOpen[0] {
        for copy in 0...1 where isWanted[copy] && !known[copy].isEmpty {
          copies[copy].coefficients.send(known[copy].removeFirst())
          isWanted[copy] = false
        }
        if isWanted.contains(true) && !isComputing {
          demand.send(())
          isComputing = true
        }
        select {
          for copy in 0...1 {
            if isOpen[copy] {
              receive(from: copies[copy].demand) { question in
                if question == nil { isOpen[copy] = false } else { isWanted[copy] = true }
              }
            }
          }
          if isComputing {
            receive(from: coefficients) { coefficient in
              for copy in 0...1 { known[copy].append(coefficient!) }
              isComputing = false
            }
          }
        }
      }
      end()
    }
  }
}
