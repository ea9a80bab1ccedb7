import Testing

@testable import Magpie

extension RuntimeTests {
  /// Programs whose answer is known from elsewhere. What they are made of is fibers and channels; each ends by itself, with all its
  /// fibers, or its run would be a deadlock.
  @Suite("Programs")
  struct ProgramTests {
    static let processorCounts = [1, 2, 8]

    // MARK: Prime sieve

    /// A chain of fibers, one for each prime, that grows at its end: each lets through what its prime does not divide.
    @Test("A sieve of fibers finds the primes", arguments: processorCounts)
    func sieve(processors: Int) throws {
      let limit = 541, primes = Log<Int>()
      try run(processors: processors) {
        var numbers = Channel<Int>()
        spawn { [numbers] in
          for number in 2...limit { numbers.send(number) }
          numbers.close()
        }
        while let prime = numbers.receive() {
          primes.note(prime)
          let passed = Channel<Int>()
          spawn { [numbers] in
            for number in numbers where number % prime != 0 { passed.send(number) }
            passed.close()
          }
          numbers = passed
        }
      }
      // By the definition, and by the number of the last one.
      let expected = (2...limit).filter { number in !(2..<number).contains { number % $0 == 0 } }
      #expect(primes.entries == expected)
      #expect(primes.entries.count == 100)
    }

    // MARK: Channels that carry channels

    private struct Question: Sendable {
      var number: Int
      var answer: Channel<Int>
    }

    @Test("A question carries the channel for its answer", arguments: processorCounts)
    func questions(processors: Int) throws {
      let sum = Word(), wrong = Word()
      try run(processors: processors) {
        let questions = Channel<Question>(), asked = WaitGroup()
        for _ in 0..<3 {
          spawn { for question in questions { question.answer.send(question.number * question.number) } }
        }
        asked.add(20)
        for number in 1...20 {
          spawn {
            let answer = Channel<Int>()
            for repetition in 0..<10 {
              questions.send(Question(number: number + repetition, answer: answer))
              let value = answer.receive()!
              if value != (number + repetition) * (number + repetition) { wrong.add() }
              if repetition == 0 { sum.add(value) }
            }
            asked.done()
          }
        }
        asked.wait()
        questions.close()
      }
      #expect(wrong.value == 0)
      #expect(sum.value == 2_870, "the first twenty squares")
    }

    @Test("A channel of channels of channels comes out as it went in", arguments: processorCounts)
    func nested(processors: Int) throws {
      let sum = Word()
      try run(processors: processors) {
        let outer = Channel<Channel<Channel<Int>>>()
        spawn {
          for block in 0..<5 {
            let middle = Channel<Channel<Int>>(capacity: block % 2)
            outer.send(middle)
            for line in 0..<5 {
              let inner = Channel<Int>(capacity: line % 3)
              middle.send(inner)
              for value in 0..<4 { inner.send(100 * block + 10 * line + value) }
              inner.close()
            }
            middle.close()
          }
          outer.close()
        }
        for middle in outer { for inner in middle { for value in inner { sum.add(value) } } }
      }
      // 0 to 4 hundreds, 0 to 4 tens, 0 to 3 ones: 100 values.
      #expect(sum.value == 100 * 200 + 100 * 20 + 150)
    }

    // MARK: Fairness of select

    /// What two cases of a select may be that can both go on, every time.
    enum Ready: String, CaseIterable, Sendable {
      case receive, send, closed, mixed
    }

    /// A coin of which 4,000 throws give 2,000 for each side, with a deviation of 32: ten deviations off it is not fair.
    @Test("Of two cases that can go on each is as likely to be chosen", arguments: processorCounts, Ready.allCases)
    func fairness(processors: Int, ready: Ready) throws {
      let throwCount = 4_000
      let counts = [Word(), Word()]
      try run(processors: processors) {
        let channels = [Channel<Int>(capacity: throwCount), Channel<Int>(capacity: throwCount)]
        for (index, channel) in channels.enumerated() where ready == .receive || ready == .mixed && index == 0 {
          for value in 0..<throwCount { channel.send(value) }
        }
        if ready == .closed { for channel in channels { channel.close() } }
        for _ in 0..<throwCount {
          let chosen = select {
            for (index, channel) in channels.enumerated() {
              if ready == .send || ready == .mixed && index == 1 {
                send(1, on: channel) { index }
              } else {
                receive(from: channel) { _ in index }
              }
            }
          }
          counts[chosen].add()
        }
      }
      #expect(counts[0].value + counts[1].value == throwCount)
      #expect((1_680...2_320).contains(counts[0].value), "\(counts[0].value) and \(counts[1].value)")
    }

    // MARK: Ends that propagate

    @Test("The end of a stream passes through all stages, behind all values", arguments: processorCounts, [0, 1, 5])
    func endFromAbove(processors: Int, capacity: Int) throws {
      let stages = 50, values = rounds(200), received = Log<Int>(), ended = Word()
      try run(processors: processors) {
        let first = Channel<Int>(capacity: capacity)
        var last = first
        for _ in 0..<stages {
          let input = last, output = Channel<Int>(capacity: capacity)
          spawn {
            for value in input { output.send(value + 1) }
            ended.add()
            output.close()
          }
          last = output
        }
        spawn {
          for value in 0..<values { first.send(value) }
          first.close()
        }
        for value in last { received.note(value) }
        #expect(last.receive() == nil, "and it stays at its end")
      }
      #expect(received.entries == (0..<values).map { $0 + stages })
      #expect(ended.value == stages)
    }

    /// Nobody closes a channel that another sends on: who wants no more closes a channel of its own, which the senders select on.
    @Test("Who has had enough stops all stages before it", arguments: processorCounts)
    func endFromBelow(processors: Int) throws {
      let stages = 30, wanted = 25, ended = Word(), received = Log<Int>()
      try run(processors: processors) {
        /// A stage that passes values on until it is stopped, and then stops the one before it.
        @Sendable func pass(_ next: () -> Int?, to output: Channel<Int>, until stopped: Channel<Void>) {
          while let value = next() {
            let goesOn = select {
              send(value, on: output) { true }
              receive(from: stopped) { _ in false }
            }
            guard goesOn else { break }
          }
          output.close()
          ended.add()
        }
        let first = Channel<Int>(), firstStop = Channel<Void>()
        spawn {
          let value = Plain(0)
          pass(
            {
              value.value += 1
              return value.value
            }, to: first, until: firstStop)
        }
        var (last, stop) = (first, firstStop)
        for _ in 1..<stages {
          let (input, inputStop) = (last, stop)
          let output = Channel<Int>(), outputStop = Channel<Void>()
          spawn {
            pass({ input.receive() }, to: output, until: outputStop)
            inputStop.close()
          }
          (last, stop) = (output, outputStop)
        }
        for _ in 0..<wanted { received.note(last.receive()!) }
        stop.close()
      }
      #expect(received.entries == Array(1...wanted))
      #expect(ended.value == stages)
    }

    // MARK: Power series

    /// Runs a fiber's computation of coefficients.
    private func coefficients(
      _ processors: Int, _ compute: @escaping @Sendable () -> [Fraction]
    ) throws -> [Fraction] {
      let result = Log<[Fraction]>()
      try run(processors: processors) { result.note(compute()) }
      return result.entries.first ?? []
    }

    @Test("exp is its own integral, and 1: its coefficients by fibers that ask each other", arguments: processorCounts)
    func exponential(processors: Int) throws {
      let found = try coefficients(processors) { PowerSeries.defined { $0.integral(from: 1) }.first(15) }
      #expect(found == (0..<15).map { Fraction(1, (1..<max($0 + 1, 1)).reduce(1, *)) })
    }

    @Test("tan is the integral of 1 + tan²", arguments: processorCounts)
    func tangent(processors: Int) throws {
      let found = try coefficients(processors) {
        PowerSeries.defined { tangent in (.polynomial(1) + tangent.squared).integral(from: 0) }.first(12)
      }
      // Its odd ones, from the tables.
      let odd = [(1, 1), (1, 3), (2, 15), (17, 315), (62, 2_835), (1_382, 155_925)].map { Fraction($0, $1) }
      #expect(found == odd.flatMap { [Fraction(0), $0] })
    }

    @Test("A product of two recursive series: exp(x) exp(-x) is 1", arguments: processorCounts)
    func product(processors: Int) throws {
      let found = try coefficients(processors) {
        let growing = PowerSeries.defined { $0.integral(from: 1) }
        let shrinking = PowerSeries.defined { (Fraction(-1) * $0).integral(from: 1) }
        return (growing * shrinking).first(10)
      }
      #expect(found == [Fraction(1)] + Array(repeating: Fraction(0), count: 9))
    }

    // MARK: Mutual recursion

    private struct Call: Sendable {
      var argument: Int
      var result: Channel<Int>
    }

    /// Each of the two asks itself and the other, through channels; who answers a call is a fiber of its own, else the two would
    /// wait for each other.
    @Test("Hofstadter's female and male sequences, by two peers", arguments: processorCounts)
    func hofstadter(processors: Int) throws {
      let female = Log<Int>(), male = Log<Int>()
      try run(processors: processors) {
        let females = Channel<Call>(), males = Channel<Call>()
        @Sendable func ask(_ peer: Channel<Call>, _ argument: Int) -> Int {
          let call = Call(argument: argument, result: Channel(capacity: 1))
          peer.send(call)
          return call.result.receive()!
        }
        @Sendable func serve(_ own: Channel<Call>, _ other: Channel<Call>, first: Int) {
          for call in own {
            spawn {
              let number = call.argument
              call.result.send(number == 0 ? first : number - ask(other, ask(own, number - 1)))
            }
          }
        }
        spawn { serve(females, males, first: 1) }
        spawn { serve(males, females, first: 0) }
        for number in 0...20 {
          female.note(ask(females, number))
          male.note(ask(males, number))
        }
        females.close()
        males.close()
      }
      #expect(female.entries == [1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8, 9, 9, 10, 11, 11, 12, 13])
      #expect(male.entries == [0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 7, 8, 9, 9, 10, 11, 11, 12, 12])
    }

    @Test("Even and odd, told by two fibers that count down together", arguments: processorCounts)
    func parity(processors: Int) throws {
      let answers = Log<Bool>()
      try run(processors: processors) {
        let even = Channel<Int>(), odd = Channel<Int>(), isEven = Channel<Bool>()
        @Sendable func count(_ own: Channel<Int>, _ other: Channel<Int>, _ answer: Bool) {
          for number in own { if number == 0 { isEven.send(answer) } else { other.send(number - 1) } }
        }
        spawn { count(even, odd, true) }
        spawn { count(odd, even, false) }
        for number in [0, 1, 1_000, 1_001] {
          even.send(number)
          answers.note(isEven.receive()!)
        }
        even.close()
        odd.close()
      }
      #expect(answers.entries == [true, false, true, false])
    }
  }
}
