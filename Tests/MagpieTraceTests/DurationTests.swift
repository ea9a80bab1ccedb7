import Testing

@testable import MagpieTrace

/// Lengths of time as words.
struct DurationTests {
  @Test(
    "A number and a unit are read",
    arguments: [
      ("5ns", 5), ("250us", 250_000), ("250µs", 250_000), ("250μs", 250_000), ("1.5ms", 1_500_000),
      ("2s", 2_000_000_000), ("0s", 0),
    ])
  func isRead(text: String, nanoseconds: UInt64) {
    #expect(Duration(text: text)?.nanoseconds == nanoseconds)
  }

  @Test(
    "Other texts are none",
    arguments: ["", "s", "5", "5 ms", "-5ms", "1e3s", ".5s", "5m", "1.2.3s", "99999999999999s", "ms5", "infs", "nans"])
  func isRefused(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test("It is written in the largest unit that needs no fraction")
  func isWritten() {
    #expect(Duration.zero.text == "0s")
    #expect(Duration.microseconds(1500).text == "1500us")
    #expect(Duration.seconds(3600).text == "3600s")
    #expect(Duration.nanoseconds(7).text == "7ns")
  }

  @Test("Nanoseconds are whole, never negative, and no more than fit")
  func counts() {
    #expect(Duration.seconds(-5).nanoseconds == 0)
    #expect(Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999).nanoseconds == 1)
    #expect(Duration.seconds(Int64.max).nanoseconds == UInt64.max / 2)
  }
}
