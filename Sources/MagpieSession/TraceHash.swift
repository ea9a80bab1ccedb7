import MagpieTrace

/// A hash of the merged events with their virtual stamps, in order: the same run, the same hash.
struct TraceHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ event: Event) {
    mix(event.word0)
    mix(event.word1)
    mix(event.word2)
    mix(event.word3)
  }

  private mutating func mix(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    value = product.high ^ product.low
  }
}
